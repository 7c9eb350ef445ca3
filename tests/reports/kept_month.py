"""The month of `month.py` written once for all tests of a module: what a test does to it is undone after it.

A module takes it with `from tests.reports.kept_month import kept_march, march  # noqa: F401`."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.db import transaction
from pytest_django import DjangoDbBlocker

from tests.people import cast
from tests.reports.month import Month, month


@pytest.fixture(scope="module")
def kept_march(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[Month]:
    with django_db_blocker.unblock(), transaction.atomic():
        yield month(cast())
        transaction.set_rollback(True)


@pytest.fixture
def march(kept_march: Month, db: None) -> Month:
    """The month, with people who remember nothing of the test before."""
    for user in vars(kept_march.people).values():
        user.__dict__.pop("_desk_kept", None)
    return kept_march
