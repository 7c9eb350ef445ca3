from datetime import timedelta
from typing import Any

import pytest
from django.db import DatabaseError
from django.test import Client
from django.utils import timezone

from servicedesk.desk import health

pytestmark = pytest.mark.django_db


def test_the_process_answers_without_the_database(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(health.connection, "cursor", fails)
    assert client.get("/healthz").status_code == 200
    assert client.get("/readyz").status_code == 503


def fails(*args: Any) -> None:
    raise DatabaseError


def test_ready_means_every_migration_is_applied(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    assert client.get("/readyz").status_code == 200
    monkeypatch.setattr(health, "unapplied", lambda: ["desk.0002_later"])
    answer = client.get("/readyz")
    assert answer.status_code == 503
    assert "desk.0002_later" in answer.content.decode()


def test_the_status_of_a_quiet_desk_is_good(client: Client) -> None:
    said = client.get("/status").json()
    assert said == {
        "ok": True,
        "broker": True,
        "last_sweep": None,
        "oldest_due_alarm": None,
        "oldest_undelivered_notice": None,
    }


def test_a_duty_two_minutes_old_is_bad_news(monkeypatch: pytest.MonkeyPatch) -> None:
    now = timezone.now()
    monkeypatch.setattr(health, "oldest_due_alarm", lambda at: at - timedelta(seconds=119))
    assert health.work(now)["ok"]
    monkeypatch.setattr(health, "oldest_due_alarm", lambda at: at - timedelta(seconds=120))
    assert not health.work(now)["ok"]


def test_a_dead_broker_is_told_quickly(settings: Any) -> None:
    settings.CELERY_BROKER_URL = "redis://127.0.0.1:1/0"
    assert not health.work(timezone.now())["broker"]


def test_the_last_sweep_is_remembered() -> None:
    now = timezone.now()
    health.note_sweep(now)
    assert health.work(now)["last_sweep"] == now


def test_watching_pages_open_no_session_and_are_never_stored(client: Client) -> None:
    for path in ("/healthz", "/readyz", "/status"):
        answer = client.get(path)
        assert not answer.cookies
        assert "no-store" in answer.headers["Cache-Control"]
