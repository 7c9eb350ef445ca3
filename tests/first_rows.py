"""What the migrations load, and the flush of a transactional test takes away: it is copied aside when the
test database is made and put back when such a test has ended. New migrations with rows need nothing here."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.apps import apps
from django.contrib.auth.models import Permission
from django.contrib.contenttypes.models import ContentType
from django.db import connection, transaction
from pytest_django import DjangoDbBlocker
from pytest_django.plugin import blocking_manager_key

from servicedesk.desk import calendars

# A flush ends with the signal that writes these anew.
WRITTEN_AFTER_A_FLUSH = {Permission, ContentType}


def _tables() -> Iterator[tuple[str, str]]:
    """Every table of ours, and where its rows are kept; both quoted."""
    quoted = connection.ops.quote_name
    for model in apps.get_models(include_auto_created=True):
        if model._meta.managed and not model._meta.proxy and model not in WRITTEN_AFTER_A_FLUSH:
            yield quoted(model._meta.db_table), quoted(f"kept_{model._meta.db_table}")


def copy_aside() -> None:
    """Keep the rows there are in tables that no flush knows of."""
    with connection.cursor() as cursor:
        for table, kept in _tables():
            cursor.execute(f"SELECT 1 FROM {table} LIMIT 1")
            if cursor.fetchone():
                cursor.execute(f"CREATE TABLE {kept} AS SELECT * FROM {table}")


def put_back() -> None:
    """Write the kept rows, keys and all, into tables that a flush has emptied."""
    calendars.forget()
    there = {connection.ops.quote_name(name) for name in connection.introspection.table_names()}
    with transaction.atomic(), connection.cursor() as cursor:
        for table, kept in _tables():
            if kept in there:
                cursor.execute(f"INSERT INTO {table} SELECT * FROM {kept}")


def flushes(item: pytest.Item) -> bool:
    """Whether the test has begun and commits, so that pytest-django empties the database at its end."""
    marker = item.get_closest_marker("django_db")
    asked = {"transactional_db", "live_server"} & set(getattr(item, "fixturenames", ()))
    begun = "_django_db_marker" in getattr(item, "funcargs", {})
    return begun and bool(asked or (marker and marker.kwargs.get("transaction")))


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> None:
    with django_db_blocker.unblock():
        copy_aside()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_teardown(item: pytest.Item) -> Iterator[None]:
    emptied = flushes(item)
    try:
        yield
    finally:
        if emptied:
            with item.config.stash[blocking_manager_key].unblock():
                put_back()
