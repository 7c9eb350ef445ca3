from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import DatabaseError
from django.test import Client
from django.utils import timezone
from django.utils.translation import override

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
        "brake_held": None,
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


@pytest.fixture
def english() -> Iterator[None]:
    with override("en"):
        yield


def waiting(monkeypatch: pytest.MonkeyPatch, at: datetime, **seconds: int) -> list[str]:
    """What is said when each of these has waited that long."""
    for name in ("last_sweep", "oldest_due_alarm", "oldest_undelivered_notice"):
        since = at - timedelta(seconds=seconds[name]) if name in seconds else None
        monkeypatch.setattr(health, name, lambda *given, since=since: since)
    return health.late_work(at)


def test_staff_are_told_calmly_of_work_that_is_late(monkeypatch: pytest.MonkeyPatch, english: None) -> None:
    at = datetime(2026, 3, 3, 9, 10, tzinfo=UTC)
    assert waiting(monkeypatch, at) == []
    assert waiting(monkeypatch, at, last_sweep=120, oldest_due_alarm=120, oldest_undelivered_notice=600) == []
    assert [said.split()[1] for said in waiting(monkeypatch, at, last_sweep=121)] == ["last"]
    assert [said.split()[1] for said in waiting(monkeypatch, at, oldest_due_alarm=121)] == ["reminder"]
    [said] = waiting(monkeypatch, at, oldest_undelivered_notice=601)
    assert said.startswith("a letter has waited since") and "16:59" in said


def test_nothing_is_said_while_the_demonstration_is_filled(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(health, "progress", lambda: {"done": 3, "total": 600})
    assert waiting(monkeypatch, timezone.now(), last_sweep=9999) == []


def test_asking_what_is_late_takes_two_queries(django_assert_max_num_queries: Any) -> None:
    with django_assert_max_num_queries(2):
        assert health.late_work(timezone.now()) == []
