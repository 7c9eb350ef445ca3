"""The desk as it is served, without the second factor and the limits for strangers, which a generator of
requests would meet first."""

import os

os.environ.setdefault("ENVIRONMENT", "local")

from servicedesk.settings import *  # noqa: F403

ALLOWED_HOSTS = ["localhost", "127.0.0.1", "testserver"]
ROOT_URLCONF = "tests.benchmarks.urls"
STAFF_NEED_SECOND_FACTOR = False
AXES_ENABLED = False
ACCOUNT_RATE_LIMITS = False
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
