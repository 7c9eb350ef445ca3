"""Getting printed lines into the tables: by COPY on PostgreSQL, by many inserts at once on SQLite.

On PostgreSQL the foreign keys are not asked about rows that were made together, where the role may say so:
that asking costs more than everything else."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from django.db import connection, models, transaction

from servicedesk.desk.bulk.capture import columns
from servicedesk.desk.bulk.printing import Sheet
from servicedesk.desk.bulk.script import NULL, Model
from servicedesk.desk.models import Alarm, CaseWords
from servicedesk.desk.numbers import next_numbers

ROWS = 5000


def reserve(counts: Mapping[Model, int]) -> dict[Model, int]:
    """The first of so many keys of each table that are nobody else's; call it outside a transaction."""
    if connection.vendor != "postgresql":
        return {model: _last(model) + 1 for model in counts}
    found: dict[Model, int] = {}
    with transaction.atomic(), connection.cursor() as cursor:
        for model, count in sorted(counts.items(), key=lambda each: each[0]._meta.db_table):
            table = model._meta.db_table
            # Whoever inserts meanwhile waits this moment, so that the keys lie side by side.
            cursor.execute(f'LOCK TABLE "{table}" IN SHARE ROW EXCLUSIVE MODE')
            cursor.execute("SELECT nextval(pg_get_serial_sequence(%s, 'id'))", [table])
            found[model] = cursor.fetchone()[0]
            cursor.execute(
                "SELECT setval(pg_get_serial_sequence(%s, 'id'), %s)", [table, found[model] + count]
            )
    return found


def _last(model: Model) -> int:
    return model._default_manager.aggregate(last=models.Max("pk"))["last"] or 0


def write(sheet: Sheet, prefix: str) -> None:
    """Write everything of a batch, with numbers, in one transaction."""
    with transaction.atomic():
        _number(sheet, prefix)
        if _is_trusted():
            with connection.cursor() as cursor:
                cursor.execute("SET LOCAL session_replication_role = replica")
        for model, lines in sheet.lines.items():
            insert(model, "".join(lines))
        Alarm.objects.bulk_create(sheet.alarms, batch_size=ROWS)


def _number(sheet: Sheet, prefix: str) -> None:
    """Draw the numbers that were printed. Raises RuntimeError where somebody else has had one meanwhile."""
    for year, printed in sorted(sheet.numbers.items()):
        if next_numbers(prefix, year, len(printed)) != printed:
            raise RuntimeError(f"Somebody else submits cases in {year} while the desk is filled.")


def _is_trusted() -> bool:
    if connection.vendor != "postgresql":
        return False
    with connection.cursor() as cursor:
        cursor.execute("SELECT rolsuper FROM pg_roles WHERE rolname = current_user")
        return bool(cursor.fetchone()[0])


def insert(model: Model, text: str) -> None:
    names = ", ".join(f'"{each.column}"' for each in columns(model))
    table = f'"{model._meta.db_table}"'
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            with cursor.copy(f"COPY {table} ({names}) FROM STDIN") as copy:
                copy.write(text)
            return
        readers = [_reader(each) for each in columns(model)]
        marks = ", ".join(["%s"] * len(readers))
        rows = [_read(line, readers) for line in text.splitlines() if line]
        into = f"INSERT INTO {table} ({names}) VALUES ({marks})"  # noqa: S608 (names of our own models)
        for first in range(0, len(rows), ROWS):
            cursor.executemany(into, rows[first : first + ROWS])


def _with_followers(written: Iterable[Model]) -> list[Model]:
    """The tables written, and those the engine fills after them."""
    return [*written, Alarm, CaseWords]


def know_the_tables(written: Iterable[Model]) -> None:
    """Tell the planner at once what it would learn later."""
    with connection.cursor() as cursor:
        for model in _with_followers(written):
            cursor.execute(f'ANALYZE "{model._meta.db_table}"')


@contextmanager
def without_indexes(written: Iterable[Model]) -> Iterator[None]:
    """Drop what only makes reading quick and make it again at the end, at a fraction of the time. Whoever is
    killed in between leaves a desk without these indexes: for desks that are thrown away."""
    tables = [model._meta.db_table for model in _with_followers(written)]
    found = "SELECT indexname, indexdef FROM pg_indexes WHERE tablename = ANY(%s) AND indexdef NOT LIKE %s"
    with connection.cursor() as cursor:
        cursor.execute(found, [tables, "CREATE UNIQUE%"])
        indexes = cursor.fetchall()
        for name, _definition in indexes:
            cursor.execute(f'DROP INDEX "{name}"')
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            for _name, definition in indexes:
                cursor.execute(definition)


Reader = Callable[[str], Any]


def _read(line: str, readers: Sequence[Reader]) -> list[Any]:
    cells = zip(line.split("\t"), readers, strict=True)
    return [None if cell == NULL else read(cell) for cell, read in cells]


def _reader(column: models.Field[Any, Any]) -> Reader:
    """How SQLite stores what stands in a cell."""
    if isinstance(column, models.DateTimeField):
        return _moment
    if isinstance(column, models.BooleanField):
        return lambda cell: cell == "t"
    if isinstance(column, models.UUIDField):
        return lambda cell: cell.replace("-", "")
    whole = isinstance(column, models.IntegerField | models.ForeignKey)
    return int if whole else _unescaped


def _moment(cell: str) -> str:
    found = datetime.fromisoformat(cell)
    return str(connection.ops.adapt_datetimefield_value(found))


ESCAPES = {"\\\\": "\\", "\\t": "\t", "\\n": "\n", "\\r": "\r"}


def _unescaped(cell: str) -> str:
    return re.sub(r"\\[\\tnr]", lambda found: ESCAPES[found[0]], cell)
