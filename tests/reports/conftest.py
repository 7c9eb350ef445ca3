from __future__ import annotations

from copy import deepcopy

import pytest
from django.utils import timezone
from pytest_django import DjangoDbBlocker

from servicedesk.reports import facts
from tests.people import Cast, cast
from tests.reports.kept_rows import Rows, put_down, written
from tests.reports.month import NOW, Month, month


@pytest.fixture
def people(db: None, request: pytest.FixtureRequest) -> Cast:
    """The cast; where the month is asked for as well, those who lived in it."""
    if "march" in request.fixturenames:
        march: Month = request.getfixturevalue("march")
        return march.people
    return cast()


@pytest.fixture(scope="session")
def walked(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> tuple[Month, Rows]:
    """The month, walked once by the real verbs, and its rows."""
    with django_db_blocker.unblock():
        return written(_march)


def _march() -> Month:
    found = month(cast())
    facts.refresh()
    return found


@pytest.fixture
def march(walked: tuple[Month, Rows], db: None) -> Month:
    found, rows = walked
    put_down(rows)
    return deepcopy(found)


@pytest.fixture
def on_10_april(monkeypatch: pytest.MonkeyPatch) -> None:
    """The desk's clock stands at the moment the month is asked about."""
    monkeypatch.setattr(timezone, "now", lambda: NOW)
