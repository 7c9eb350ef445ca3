"""The queue as a table to take along: streamed, a part at a time, so that a million matters need no more
memory than a hundred."""

from __future__ import annotations

import csv
import io
import tempfile
from collections.abc import Callable, Iterable, Iterator
from contextlib import nullcontext
from datetime import datetime
from itertools import islice
from typing import Any

import openpyxl  # type: ignore[import-untyped]
from django.conf import settings
from django.db import connections, transaction
from django.db.models import Case as Choice
from django.db.models import CharField, Expression, F, Func, Model, OuterRef, QuerySet, Subquery, Value, When
from django.http import FileResponse, StreamingHttpResponse
from django.utils import timezone
from django.utils.translation import get_language, override, pgettext
from django.utils.translation import gettext as _

from servicedesk.accounts.models import Office, User
from servicedesk.desk.cells import MARK, defused, quickly_defused
from servicedesk.desk.masks import masked, masked_text
from servicedesk.desk.models import Case, Clock
from servicedesk.desk.queue import OPEN
from servicedesk.desk.registry import kinds
from servicedesk.desk.trail import log_export

# A list longer than this leaves the house for a reason only.
ASKS_A_REASON = 1000
# A workbook is written whole before it goes; a longer list is taken as CSV, which is not.
MOST_IN_XLSX = 20_000
CHUNK = 2000
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
MOMENTS = ("submitted_at", "accepted_at", "due", "closed_at")
COLUMNS = (
    *(
        "number",
        "title",
        "kind",
        "applicant__name",
        "applicant__sort",
        "state",
        "outcome",
        "office",
        "officer",
    ),
    *MOMENTS,
)


class Local(Func):
    """A moment as the city reads it, made by PostgreSQL, which is quicker at it than we are."""

    template = "to_char(timezone(%(zone)s, %(expressions)s), 'YYYY-MM-DD HH24:MI')"
    output_field = CharField()

    def __init__(self, moment: Any) -> None:
        super().__init__(moment, zone=f"'{settings.TIME_ZONE}'")


def case_sheet(cases: QuerySet[Case], user: User, at: datetime, reason: str = "") -> StreamingHttpResponse:
    """The cases as CSV; that they were taken along is logged on the user's chain, with the reason."""
    log_export(user, at, {"of": "cases", "rows": cases.order_by().count()}, reason)
    response = StreamingHttpResponse(_lines(Sheet(cases)), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{_name(at)}.csv"'
    return response


def case_book(cases: QuerySet[Case], user: User, at: datetime, reason: str = "") -> FileResponse:
    """The same as a workbook, of the first `MOST_IN_XLSX`."""
    rows = min(cases.order_by().count(), MOST_IN_XLSX)
    log_export(user, at, {"of": "cases", "rows": rows}, reason)
    book = openpyxl.Workbook(write_only=True)
    page, sheet = book.create_sheet(_("Matters")), Sheet(cases)
    page.append([defused(cell) for cell in sheet.header])
    for row in islice((row for chunk in sheet.chunks() for row in chunk), MOST_IN_XLSX):
        page.append(row)
    file = tempfile.TemporaryFile()  # noqa: SIM115 (the response closes it)
    book.save(file)
    file.seek(0)
    return FileResponse(file, as_attachment=True, filename=f"{_name(at)}.xlsx", content_type=XLSX)


def _name(at: datetime) -> str:
    return f"cases-{timezone.localtime(at):%Y%m%d-%H%M}"


def _lines(sheet: Sheet) -> Iterator[str]:
    file = io.StringIO()
    writer = csv.writer(file)
    writer.writerow([defused(cell) for cell in sheet.header])
    yield MARK + file.getvalue()
    for chunk in sheet.chunks():
        file.seek(0)
        file.truncate()
        writer.writerows(chunk)
        yield file.getvalue()


class Sheet:
    """The rows of some cases, each a list of harmless cells, in the language of whoever asked."""

    def __init__(self, cases: QuerySet[Case]) -> None:
        self.language = get_language()
        # The rows are read when the request and its language are over.
        self.dimensions = {
            name: (path, str(label)) for kind in kinds() for name, path, label in kind.dimensions
        }
        paths = [path for path, _label in self.dimensions.values()]
        self.told = {path: _Told(path) for path in paths}
        self.by_database = connections[cases.db].vendor == "postgresql"
        plain = cases.select_related(None).prefetch_related(None).order_by("-submitted_at", "-pk")
        moments = {f"at_{name}": self._moment(name) for name in MOMENTS}
        names = [f"at_{name}" if name in MOMENTS else name for name in COLUMNS]
        self.rows = plain.annotate(**moments).values_list(*names, *paths)
        self.paths = paths
        self.header = [*titles(), *(label for _path, label in self.dimensions.values())]
        self.kinds = {kind.code: str(kind.label) for kind in kinds()}
        self.states = {value: str(label) for value, label in Case.State.choices}
        self.outcomes = {value: str(label) for value, label in Case.Outcome.choices}
        self.offices = {office.pk: quickly_defused(office.title()) for office in Office.objects.all()}
        self.officers = _Told("officer")

    def _moment(self, name: str) -> Any:
        moment: Any = _nearest() if name == "due" else F(name)
        return Local(moment) if self.by_database else moment

    def chunks(self) -> Iterator[list[list[str]]]:
        # One reading transaction lets PostgreSQL hand out the rows as they are asked for; on SQLite it would
        # hold the lock of all writers.
        with transaction.atomic() if self.by_database else nullcontext():
            rows = self.rows.iterator(chunk_size=CHUNK)
            while chunk := list(islice(rows, CHUNK)):
                with override(self.language):
                    told = self._chunk(chunk)
                yield told

    def _chunk(self, chunk: list[Any]) -> list[list[str]]:
        self.officers.learn(row[8] for row in chunk)
        for at, path in enumerate(self.paths, len(COLUMNS)):
            self.told[path].learn(row[at] for row in chunk)
        known = [self.told[path].words for path in self.paths]
        when: Callable[[Any], str] = (lambda text: text or "") if self.by_database else local
        officers = self.officers.words
        return [
            [
                number,
                quickly_defused(masked_text(title)),
                self.kinds.get(kind, kind),
                quickly_defused(name if sort == "company" else masked(name, "name")),
                self.states[state],
                self.outcomes.get(outcome, ""),
                self.offices[office],
                officers[officer],
                when(submitted),
                when(accepted),
                when(due),
                when(closed),
                *(words[value] for words, value in zip(known, values, strict=True)),
            ]
            for (
                number,
                title,
                kind,
                name,
                sort,
                state,
                outcome,
                office,
                officer,
                submitted,
                accepted,
                due,
                closed,
                *values,
            ) in chunk
        ]


class _Told:
    """What the rows at the end of a lookup path are called, asked once of each."""

    def __init__(self, path: str) -> None:
        self.words: dict[Any, str] = {None: ""}
        self.model: type[Model] | None = Case
        for part in path.split("__"):
            assert self.model is not None
            self.model = self.model._meta.get_field(part).related_model

    def learn(self, values: Iterable[Any]) -> None:
        fresh = set(values) - self.words.keys()
        if self.model is None:
            self.words |= {value: defused(value) for value in fresh}
        elif fresh:
            found = self.model._default_manager.in_bulk(fresh)
            self.words |= {value: defused(found.get(value)) for value in fresh}


def _nearest() -> Expression:
    """When the first running clock of an open case is due; a closed one is not asked."""
    clocks = Clock.objects.running().filter(case=OuterRef("pk"), due_at__isnull=False)
    first = Subquery(clocks.order_by("due_at").values("due_at")[:1])
    return Choice(When(OPEN, then=first), default=Value(None))


def titles() -> list[str]:
    return [
        _("number"),
        _("title"),
        _("kind"),
        _("company"),
        _("state"),
        _("outcome"),
        _("office"),
        _("officer"),
        pgettext("moment", "received"),
        pgettext("moment", "accepted"),
        _("due"),
        pgettext("moment", "closed"),
    ]


def local(moment: datetime | None) -> str:
    return f"{timezone.localtime(moment):%Y-%m-%d %H:%M}" if moment else ""
