"""What is looked over beside the sweep and at night: files nobody names, sheets nobody confirmed."""

from __future__ import annotations

import os
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.cache import cache
from django.utils import timezone
from import_export.tmp_storages import MediaStorage

from servicedesk.desk import nightwatch, tasks
from servicedesk.desk.files.shelf import GRACE

pytestmark = [pytest.mark.django_db, pytest.mark.sqlite]


@pytest.fixture(autouse=True)
def shelf(settings: Any, tmp_path: Path) -> Path:
    settings.STORAGE_ROOT = settings.MEDIA_ROOT = tmp_path
    return tmp_path


def orphan(shelf: Path, age: timedelta) -> Path:
    path = shelf / "attachments" / "2026" / "03" / "02" / "orphan"
    path.parent.mkdir(parents=True)
    path.write_bytes(b"x")
    written = (timezone.now() - age).timestamp()
    os.utime(path, (written, written))
    return path


def test_no_file_is_without_a_row_for_longer_than_an_hour() -> None:
    """Not even when the worker dies in the middle of one look."""
    assert timedelta(hours=1) > GRACE + 2 * nightwatch.BETWEEN_LOOKS


def test_a_sweep_deletes_the_orphans(shelf: Path) -> None:
    path = orphan(shelf, GRACE + timedelta(minutes=1))
    tasks.ring_alarms()
    assert not path.exists()


def test_a_file_that_may_still_get_its_row_is_left(shelf: Path) -> None:
    path = orphan(shelf, GRACE - timedelta(minutes=1))
    tasks.sweep(timezone.now())
    assert path.exists()


def test_many_sweeps_look_once_and_a_lost_cache_only_looks_again(monkeypatch: pytest.MonkeyPatch) -> None:
    looks: list[Any] = []
    monkeypatch.setattr(nightwatch, "delete_orphans", lambda at: looks.append(at) or 0)
    for _sweep in range(3):
        tasks.sweep(timezone.now())
    assert len(looks) == 1
    cache.clear()
    tasks.ring_alarms()
    assert len(looks) == 2


def test_a_storage_that_cannot_be_read_stops_no_sweep(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuses(at: Any) -> int:
        raise OSError("Input/output error")

    monkeypatch.setattr(nightwatch, "delete_orphans", refuses)
    assert tasks.sweep(timezone.now())["rung"] == 0


def test_sheets_nobody_confirmed_go_after_a_day(shelf: Path) -> None:
    storage = MediaStorage()
    storage.save(b"uscc,name\n")
    kept = shelf / storage.get_full_path()
    tasks.nightly()
    assert kept.exists()
    yesterday = (timezone.now() - timedelta(hours=25)).timestamp()
    os.utime(kept, (yesterday, yesterday))
    tasks.nightly()
    assert not kept.exists()
