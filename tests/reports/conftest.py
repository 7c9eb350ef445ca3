from __future__ import annotations

import pytest
from django.utils import timezone

from tests.people import Cast, cast
from tests.reports.month import NOW, Month, month


@pytest.fixture
def people(db: None) -> Cast:
    return cast()


@pytest.fixture
def march(people: Cast) -> Month:
    return month(people)


@pytest.fixture
def on_10_april(monkeypatch: pytest.MonkeyPatch) -> None:
    """The desk's clock stands at the moment the month is asked about."""
    monkeypatch.setattr(timezone, "now", lambda: NOW)
