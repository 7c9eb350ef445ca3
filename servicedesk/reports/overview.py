"""The SLA overview: its figures on top, its tables, its trend; every surface shows these and no others."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from servicedesk.desk.registry import Words, kinds
from servicedesk.reports.counting import Counted, Limit, counted
from servicedesk.reports.figures import label
from servicedesk.reports.names import names_of
from servicedesk.reports.percentiles import Times, used_words
from servicedesk.reports.scope import NONE, Scope
from servicedesk.reports.shares import DASH
from servicedesk.reports.standing import BANDS
from servicedesk.reports.tables import Cell, Column, Line, Linking, Number, Rate, Said, Table, counts
from servicedesk.reports.trend import Month, trend

TOTAL = _("Together")
IN_TIME = Column(_("On time, last date told"), label("kept"), label("due"))
AS_FIRST = Column(_("On time, first date told"), label("kept-first"), label("due"))
SOLVED = Column(_("Solved"), label("solved"), label("answers"))
SATISFIED = Column(_("Satisfied"), label("satisfied"), label("rated"))
PERCENTILES = [Column(_("Half within")), Column(_("80% within")), Column(_("95% within"))]
FLOW = ("received", "closed", "open", "late")
APART = ("passed-on", "paused", "parked")


@dataclass(frozen=True)
class Overview:
    scope: Scope
    head: list[tuple[str, Words, Number]]
    rates: list[tuple[Words, Rate]]
    time: Times
    tables: list[Table]
    months: list[Month]

    @property
    def time_words(self) -> list[str]:
        return [used_words(seconds) for seconds in self.time.all]


def overview(scope: Scope, first: Words) -> Overview:
    """Count everything; `first` says what a row stands for."""
    found = counted(scope)
    rows = _rows(scope, found)
    total = Linking(scope, found.total)
    months = trend(scope)
    return Overview(
        scope=scope,
        head=[(name, label(name), total.number(name)) for name in (*FLOW, "paused", "unreached")],
        rates=[
            (AS_FIRST.label, total.broken("kept-first", "broken_first")),
            (IN_TIME.label, total.broken("kept", "broken")),
            (SOLVED.label, _solved(total)),
            (SATISFIED.label, total.rate("satisfied", "rated")),
        ],
        time=found.time,
        tables=[
            trend_table(scope, months),
            _limit_table(scope, found.limits),
            _time_table(first, rows, total, found),
            _result_table(first, rows, total, found),
            _age_table(first, rows, total),
        ],
        months=months,
    )


Row = tuple[str, Any, Linking]


def _rows(scope: Scope, found: Counted) -> list[Row]:
    """(label, key, its cells' maker) of every row that has anything, in the order of their register."""
    return [
        (name, key, Linking(scope, found.rows[key], {"row": NONE if key is None else str(key)}))
        for key, name in names_of(scope.group, list(found.rows)).items()
    ]


def times_cells(times: Times | None) -> list[Cell]:
    return [Said(used_words(seconds)) for seconds in (times or Times()).all]


def _solved(row: Linking) -> Rate:
    return row.rate("solved", "answers")


def _time_table(first: Words, rows: list[Row], total: Linking, found: Counted) -> Table:
    def cells(row: Linking, times: Times | None) -> list[Cell]:
        return [
            *(row.number(name) for name in FLOW),
            row.broken("kept", "broken"),
            row.broken("kept-first", "broken_first"),
            row.number("timed"),
            *times_cells(times),
            *(row.number(name) for name in APART),
        ]

    return Table(
        name="time",
        title=_("Amount and time"),
        first=first,
        columns=[*counts(*FLOW), IN_TIME, AS_FIRST, *counts("timed"), *PERCENTILES, *counts(*APART)],
        lines=[Line(name, cells(row, found.times.get(key))) for name, key, row in rows],
        total=Line(str(TOTAL), cells(total, found.time)),
        note=_(
            "A promise counts for the office that answers for it, the matter itself for the office it is "
            "with: so a matter may stand in two rows, and is one in the last."
        ),
    )


def _limit_table(scope: Scope, limits: Sequence[Limit]) -> Table:
    def cells(row: Linking, times: Times) -> list[Cell]:
        kept = [row.broken("kept", "broken"), row.broken("kept-first", "broken_first")]
        return [
            *kept,
            row.number("broken"),
            row.number("passed-on"),
            row.number("measured"),
            *times_cells(times),
        ]

    several = len({limit.kind for limit in limits}) > 1
    labels = {kind.code: str(kind.label) for kind in kinds()}
    lines = [
        Line(
            f"{labels.get(limit.kind, limit.kind)} · {limit.name}" if several else limit.name,
            cells(Linking(scope, limit.numbers, {"limit": limit.key}), limit.times),
        )
        for limit in limits
    ]
    return Table(
        name="limits",
        title=_("Each promise"),
        first=_("Promise"),
        columns=[IN_TIME, AS_FIRST, *counts("broken", "passed-on", "measured"), *PERCENTILES],
        lines=lines,
    )


def _result_table(first: Words, rows: list[Row], total: Linking, found: Counted) -> Table:
    def cells(row: Linking) -> list[Cell]:
        rated: Cell = row.rate("satisfied", "rated") if found.has_ratings else Said(DASH)
        return [_solved(row), row.number("unreached"), rated]

    columns = [SOLVED, *counts("unreached"), SATISFIED if found.has_ratings else Column(_("Satisfied"))]
    return Table(
        name="results",
        title=_("Results"),
        first=first,
        columns=columns,
        lines=[Line(name, cells(row)) for name, _key, row in rows],
        total=Line(str(TOTAL), cells(total)),
        note=_("What applicants said; it shares no denominator with the times above."),
    )


def _age_table(first: Words, rows: list[Row], total: Linking) -> Table:
    names = [f"age-{band}" for band in range(len(BANDS))]

    def cells(row: Linking) -> list[Cell]:
        return [*(row.number(name) for name in names), row.number("open")]

    return Table(
        name="ages",
        title=_("Age of what is open"),
        first=first,
        columns=[*(Column(band_words(*band)) for band in BANDS), *counts("open")],
        lines=[Line(name, cells(row)) for name, _key, row in rows if row.numbers.get("open")],
        total=Line(str(TOTAL), cells(total)),
        note=_("Whole working days since the submission."),
    )


def band_words(least: int, most: int | None) -> str:
    if most is None:
        return str(_("over %(n)d working days")) % {"n": least - 1}
    return str(_("%(least)d–%(most)d working days")) % {"least": least, "most": most}


def trend_table(scope: Scope, months: Sequence[Month]) -> Table:
    def line(month: Month) -> Line:
        row = month_row(scope, month)
        kept = row.rate("kept", "due")
        return Line(f"{month.first:%Y-%m}", [row.number("received"), row.number("closed"), kept])

    return Table(
        name="trend",
        title=_("Twelve months"),
        first=pgettext_lazy("of the year", "Month"),
        columns=[*counts("received", "closed"), IN_TIME],
        lines=[line(month) for month in months],
    )


def month_row(scope: Scope, month: Month) -> Linking:
    numbers = {
        "received": month.received,
        "closed": month.closed,
        "kept": month.kept.part,
        "due": month.kept.whole,
    }
    return Linking(scope, numbers, month.asked)


def period_words(scope: Scope) -> str:
    """The days of the period, both included."""
    since = timezone.localdate(scope.since)
    last = timezone.localdate(scope.until - timedelta(microseconds=1))
    return f"{since:%Y-%m-%d}" if since == last else f"{since:%Y-%m-%d} – {last:%Y-%m-%d}"
