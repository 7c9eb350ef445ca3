"""Rows written once by the real verbs and put down again for each test: a month of matters costs seconds to
walk and a moment to copy. What is kept is what the walk has added to a database with its first rows."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, TypeVar

from django.apps import apps
from django.db import connection, transaction
from django.db.models import Model

from servicedesk.desk import calendars
from tests.first_rows import WRITTEN_AFTER_A_FLUSH

T = TypeVar("T")
Rows = dict[str, list[Any]]


def written(write: Callable[[], T]) -> tuple[T, Rows]:
    """What `write` returned, and the rows it has added; the database is afterwards as it was before."""
    with taken_back():
        before = {model: _keys(model) for model in _models()}
        made = write()
        return made, {
            model._meta.db_table: rows for model in before if (rows := _added(model, before[model]))
        }


@contextmanager
def taken_back() -> Iterator[None]:
    with transaction.atomic():
        yield
        transaction.set_rollback(True)
    calendars.forget()


def put_down(rows: Rows) -> None:
    """Write the rows, keys and all; that they fit together is looked at when all are there."""
    with transaction.atomic(), connection.cursor() as cursor:
        for table, kept in rows.items():
            name = connection.ops.quote_name(table)
            if connection.vendor == "postgresql":
                asked = f"INSERT INTO {name} SELECT (kept::{name}).* FROM unnest(%s::text[]) AS kept"
                cursor.execute(asked, [kept])
            else:
                places = ", ".join(["%s"] * len(kept[0]))
                cursor.executemany(f"INSERT INTO {name} VALUES ({places})", kept)


def _models() -> list[type[Model]]:
    every = apps.get_models(include_auto_created=True)
    return [model for model in every if _is_kept(model)]


def _is_kept(model: type[Model]) -> bool:
    return model._meta.managed and not model._meta.proxy and model not in WRITTEN_AFTER_A_FLUSH


def _keys(model: type[Model]) -> list[Any]:
    return list(model._base_manager.order_by().values_list("pk", flat=True))


def _added(model: type[Model], before: list[Any]) -> list[Any]:
    """The rows beyond those; as the database writes them, for what it has written it reads again."""
    quoted = connection.ops.quote_name
    table, key = quoted(model._meta.db_table), quoted(str(model._meta.pk.column))
    known = set(before)
    whole = "kept::text" if connection.vendor == "postgresql" else "kept.*"
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT kept.{key}, {whole} FROM {table} AS kept ORDER BY 1")
        found = [row for row in cursor.fetchall() if row[0] not in known]
    return [row[1] if connection.vendor == "postgresql" else row[1:] for row in found]
