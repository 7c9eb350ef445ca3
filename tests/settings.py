"""The settings under pytest: a var/ folder for each process, quick passwords, no lock-out, no codes.

`script/test` gives DATABASE_URL and REDIS_URL; without them tests run on SQLite and the folder broker.
"""

import atexit
import os
import shutil
import sys
import tempfile
from pathlib import Path
from urllib.parse import urlsplit

ROOT = Path(__file__).resolve().parent.parent

# mypy reads these settings as well, and ends too abruptly to clear up after itself.
scratch = (
    tempfile.mkdtemp(prefix="servicedesk-test-") if "pytest" in sys.modules else str(ROOT / "var" / "types")
)
if "pytest" in sys.modules:
    atexit.register(shutil.rmtree, scratch, ignore_errors=True)
worker = os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw")
for unwanted in (
    "DEBUG",
    "DEMO",
    "SECURE",
    "EMAIL_URL",
    "CACHE_URL",
    "ALLOWED_HOSTS",
    "BEHIND_PROXY",
    "SMS_URL",
    "WECOM_CORP",
):
    os.environ.pop(unwanted, None)
os.environ |= {"ENVIRONMENT": "test", "VAR_ROOT": scratch, "SECRET_KEY": "only for the tests"}
# Each process has a Redis database of its own, so that one may wipe it.
if redis_url := os.environ.get("REDIS_URL"):
    os.environ["REDIS_URL"] = urlsplit(redis_url)._replace(path=f"/{int(worker) + 1}").geturl()

from servicedesk.settings import *  # noqa: E402, F403
from servicedesk.settings import DATABASES, STATIC_ROOT, VAR  # noqa: E402

STATIC_ROOT.mkdir(parents=True, exist_ok=True)

ALLOWED_HOSTS = ["localhost", "127.0.0.1", "testserver"]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
AXES_ENABLED = False
STAFF_NEED_SECOND_FACTOR = False
ACCOUNT_RATE_LIMITS = False
# Each test's client is a server of its own, which would read every static file once more.
WHITENOISE_AUTOREFRESH = True
CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
if DATABASES["default"]["ENGINE"].endswith("sqlite3"):
    # A file, because threads (live server, races) cannot share a database in memory.
    DATABASES["default"]["TEST"] = {"NAME": str(VAR / f"test-{worker}.sqlite3")}
