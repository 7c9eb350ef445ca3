"""What the surroundings may say: each refusal is seen from outside, by starting the settings anew."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parent.parent.parent
GOOD_SECRET = "k3J-9fWq_2mZr7Lx0VbT5nYc8HdPg1sAeUoIi4QtR6wEyMjN" + "vXz"
PRODUCTION = {"ENVIRONMENT": "production", "SECRET_KEY": GOOD_SECRET, "ALLOWED_HOSTS": "desk.example.cn"}
SHOW = """
import json
from servicedesk import settings
names = %s
print(json.dumps({name: getattr(settings, name, None) for name in names}, default=str))
"""


def start(var: Path, code: str, **said: str) -> subprocess.CompletedProcess[str]:
    env = {"PATH": os.environ["PATH"], "VAR_ROOT": str(var), "DJANGO_SETTINGS_MODULE": "servicedesk.settings"}
    command = [sys.executable, "-c", code]
    return subprocess.run(command, cwd=ROOT, env=env | said, capture_output=True, text=True, timeout=60)


def settings_of(var: Path, *names: str, **said: str) -> dict[str, Any]:
    done = start(var, SHOW % list(names), **said)
    assert done.returncode == 0, done.stderr
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def refusal(var: Path, **said: str) -> str:
    done = start(var, "import servicedesk.settings", **said)
    assert done.returncode != 0, "this should have been refused"
    return done.stderr.strip().splitlines()[-1]


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ({}, "SECRET_KEY"),
        ({"DEBUG": "perhaps"}, "DEBUG must be true or false"),
        ({"DEMO": "ja"}, "DEMO must be true or false"),
        ({"ENVIRONMENT": "staging"}, "ENVIRONMENT must be one of"),
        ({**PRODUCTION, "DEBUG": "true"}, "refuses DEBUG and DEMO"),
        ({**PRODUCTION, "DEMO": "1"}, "refuses DEBUG and DEMO"),
        ({**PRODUCTION, "SECRET_KEY": ""}, "SECRET_KEY"),
        ({**PRODUCTION, "SECRET_KEY": "short"}, "SECRET_KEY"),
        ({**PRODUCTION, "SECRET_KEY": "a" * 80}, "SECRET_KEY"),
        ({**PRODUCTION, "SECRET_KEY": "django-insecure-" + GOOD_SECRET}, "SECRET_KEY"),
        ({**PRODUCTION, "ALLOWED_HOSTS": ""}, "ALLOWED_HOSTS"),
        ({**PRODUCTION, "ALLOWED_HOSTS": "*"}, "ALLOWED_HOSTS"),
        ({**PRODUCTION, "ALLOWED_HOSTS": "desk.example.cn,*"}, "ALLOWED_HOSTS"),
        ({**PRODUCTION, "SECURE": "false"}, "SECURE"),
        ({**PRODUCTION, "HSTS_SECONDS": "soon"}, "HSTS_SECONDS must be a whole number"),
        ({**PRODUCTION, "REDIS_URL": "127.0.0.1:6379"}, "REDIS_URL must be a URL"),
        ({**PRODUCTION, "REDIS_URL": "http://127.0.0.1"}, "REDIS_URL must be a URL"),
        ({**PRODUCTION, "DATABASE_URL": "mysql://desk@localhost/desk"}, "DATABASE_URL must be a URL"),
        ({**PRODUCTION, "SITE_URL": "desk.example.cn"}, "SITE_URL must be a URL"),
        ({**PRODUCTION, "SITE_URL": "ftp://desk.example.cn"}, "SITE_URL must be a URL"),
        ({**PRODUCTION, "CACHE_URL": "tape://desk"}, "CACHE_URL must be a URL"),
        ({**PRODUCTION, "EMAIL_URL": "pigeon://desk"}, "EMAIL_URL must be a URL"),
        ({**PRODUCTION, "OIDC_URL": "http://id.example.cn"}, "OIDC_URL must be a URL"),
        ({**PRODUCTION, "OIDC_URL": "https://id.example.cn"}, "OIDC_CLIENT_ID and OIDC_SECRET"),
        ({**PRODUCTION, "DESK_ADDRESSES": "10.0.0.0/33"}, "DESK_ADDRESSES must hold networks"),
        ({**PRODUCTION, "DESK_ADDRESSES": "the town hall"}, "DESK_ADDRESSES must hold networks"),
        ({**PRODUCTION, "STAFF_IDLE_MINUTES": "never"}, "STAFF_IDLE_MINUTES must be a whole number"),
        ({**PRODUCTION, "STORAGE_ROOT": "files"}, "STORAGE_ROOT must be an absolute path"),
        ({**PRODUCTION, "UPLOAD_MAX_BYTES": "-1"}, "UPLOAD_MAX_BYTES must be a whole number"),
    ],
)
def test_nonsense_and_danger_are_refused(tmp_path: Path, said: dict[str, str], words: str) -> None:
    assert words in refusal(tmp_path, **said)


def test_silence_means_production(tmp_path: Path) -> None:
    silent = {name: value for name, value in PRODUCTION.items() if name != "ENVIRONMENT"}
    found = settings_of(
        tmp_path, "PRODUCTION", "DEBUG", "SESSION_COOKIE_SECURE", "SECURE_SSL_REDIRECT", **silent
    )
    assert found == {
        "PRODUCTION": True,
        "DEBUG": False,
        "SESSION_COOKIE_SECURE": True,
        "SECURE_SSL_REDIRECT": True,
    }


def test_production_passes_the_deployment_check(tmp_path: Path) -> None:
    command = [sys.executable, "manage.py", "check", "--deploy", "--fail-level", "WARNING"]
    env = {"PATH": os.environ["PATH"], "VAR_ROOT": str(tmp_path), **PRODUCTION}
    env |= {"DATABASE_URL": "postgres://desk@127.0.0.1/desk", "CACHE_URL": "redis://127.0.0.1/1"}
    done = subprocess.run(command, cwd=ROOT, env=env, capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr


def test_the_local_secret_is_made_once_and_kept_to_oneself(tmp_path: Path) -> None:
    first = settings_of(tmp_path, "SECRET_KEY", DEMO="1")
    assert len(first["SECRET_KEY"]) > 50
    assert settings_of(tmp_path, "SECRET_KEY", ENVIRONMENT="local") == first
    assert (tmp_path / "secret-key").stat().st_mode & 0o777 == 0o600


def test_without_redis_the_broker_is_a_folder(tmp_path: Path) -> None:
    found = settings_of(tmp_path, "CELERY_BROKER_URL", "CELERY_BROKER_TRANSPORT_OPTIONS", DEMO="1")
    assert found["CELERY_BROKER_URL"] == "filesystem://localhost"
    folders = found["CELERY_BROKER_TRANSPORT_OPTIONS"]
    assert folders["data_folder_in"] == folders["data_folder_out"]
    assert all(Path(folder).is_dir() for folder in folders.values())


def test_with_redis_no_task_outlives_the_visibility_timeout(tmp_path: Path) -> None:
    names = ("CELERY_BROKER_TRANSPORT_OPTIONS", "CELERY_TASK_TIME_LIMIT", "CELERY_BROKER_URL")
    found = settings_of(tmp_path, *names, DEMO="1", REDIS_URL="redis://127.0.0.1:6379/0")
    assert found["CELERY_BROKER_URL"] == "redis://127.0.0.1:6379/0"
    assert found["CELERY_TASK_TIME_LIMIT"] < found["CELERY_BROKER_TRANSPORT_OPTIONS"]["visibility_timeout"]


def test_sqlite_takes_the_write_lock_first(tmp_path: Path) -> None:
    database = settings_of(tmp_path, "DATABASES", DEMO="1")["DATABASES"]["default"]
    assert database["NAME"] == str(tmp_path / "desk.sqlite3")
    assert database["OPTIONS"]["transaction_mode"] == "IMMEDIATE"
    assert "journal_mode=WAL" in database["OPTIONS"]["init_command"]
    assert not database.get("ATOMIC_REQUESTS")
