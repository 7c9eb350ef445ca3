"""The SLA overview: its figures on top, its tables, its trend; every surface shows these and no others."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from servicedesk.desk.registry import Words
from servicedesk.reports.ages import city_calendar, open_ages
from servicedesk.reports.chart import drawing, month_row
from servicedesk.reports.counting import Counted, Limit, counted
from servicedesk.reports.figures import label
from servicedesk.reports.flow import a_year_before, flow
from servicedesk.reports.flow_chart import flow_drawing
from servicedesk.reports.names import names_of_limits
from servicedesk.reports.percentiles import Times, used_words
from servicedesk.reports.report import Report, Row, rows_of
from servicedesk.reports.scope import Scope
from servicedesk.reports.shares import DASH
from servicedesk.reports.standing import BANDS
from servicedesk.reports.tables import Cell, Column, Line, Linking, Rate, Said, Table, counts
from servicedesk.reports.trend import Month, trend

TOTAL = _("Together")
IN_TIME = Column(_("On time, last date told"), label("kept"), label("due"))
AS_FIRST = Column(_("On time, first date told"), label("kept-first"), label("due"))
SOLVED = Column(_("Solved"), label("solved"), label("answers"))
SATISFIED = Column(_("Satisfied"), label("satisfied"), label("rated"))
PERCENTILES = [Column(_("Half within")), Column(_("80% within")), Column(_("95% within"))]
FLOW = ("received", "closed", "open", "late")
APART = ("passed-on", "paused", "parked")
OPEN_AGES = [Column(_("Half are younger than")), Column(_("80% younger than")), Column(_("95% younger than"))]
STILL = ("paused", "parked")


@dataclass(frozen=True, kw_only=True)
class Overview(Report):
    """`before` are the same months a year earlier."""

    time: Times
    months: list[Month]
    before: list[Month] = field(default_factory=list)

    @property
    def time_words(self) -> list[str]:
        return [used_words(seconds) for seconds in self.time.all]


def overview(scope: Scope, first: Words) -> Overview:
    """Count everything; `first` says what a row stands for."""
    found = counted(scope)
    rows = rows_of(scope, found.rows)
    total = Linking(scope, found.total)
    calendar = city_calendar()
    months, before = trend(scope), trend(a_year_before(scope))
    slots = _slots(scope, found.total.get("open", 0))
    by_row = {key: times for (key,), times in open_ages(calendar, scope, scope.group_of_facts()).items()}
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
            trend_table(scope, months, before),
            _flow_table(slots),
            _limit_table(scope, found.limits),
            _time_table(first, rows, total, found),
            open_table(first, rows, total, by_row, open_ages(calendar, scope).get(())),
            _result_table(first, rows, total, found),
            age_table(first, rows, total),
        ],
        drawings={"flow": flow_drawing(slots), "trend": drawing(scope, months, before)},
        months=months,
        before=before,
    )


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

    names = names_of_limits(limits)
    lines = [
        Line(names[limit.key], cells(Linking(scope, limit.numbers, {"limit": limit.key}), limit.times))
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


def age_table(first: Words, rows: list[Row], total: Linking) -> Table:
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


def open_table(
    first: Words, rows: list[Row], total: Linking, times: Mapping[Any, Times], time: Times | None
) -> Table:
    """Ages so far of what is open, apart from the times of what is done: it is not over yet."""

    def cells(row: Linking, found: Times | None) -> list[Cell]:
        return [row.number("open"), *times_cells(found), *(row.number(name) for name in STILL)]

    return Table(
        name="open",
        title=_("Still open: age so far"),
        first=first,
        columns=[*counts("open"), *OPEN_AGES, *counts(*STILL)],
        lines=[Line(name, cells(row, times.get(key))) for name, key, row in rows if row.numbers.get("open")],
        total=Line(str(TOTAL), cells(total, time)),
        note=_(
            "Office time since the submission, standstills included; what is not over yet is in none of the "
            "times above. Standing still and parked are as they are now."
        ),
    )


def _slots(scope: Scope, left: int) -> list[tuple[str, Linking]]:
    """The stretches of the period in words, with what came, went and was left."""
    return [
        (
            f"{slot.first:%m-%d}" if slot.last.year == scope.end.year else f"{slot.first:%Y-%m}",
            Linking(
                scope, {"received": slot.received, "closed": slot.closed, "open": slot.backlog}, slot.asked
            ),
        )
        for slot in flow(scope, left)
    ]


def _flow_table(slots: Sequence[tuple[str, Linking]]) -> Table:
    def line(row: Linking) -> Line:
        words = f"{row.more['since']} – {row.more['until']}"
        return Line(words, [row.number("received"), row.number("closed"), row.number("open")])

    return Table(
        name="flow",
        title=_("In and out"),
        first=_("Stretch"),
        columns=[*counts("received", "closed"), Column(_("Open at its end"))],
        lines=[line(row) for _said, row in slots],
        note=_("By weeks, of longer periods by months; what was left open after each."),
    )


def trend_table(scope: Scope, months: Sequence[Month], before: Sequence[Month] = ()) -> Table:
    """Twelve months; beside each, where `before` has it, the same month of the year before."""
    earlier = {month.first: month for month in before}

    def cells(month: Month) -> list[Cell]:
        row = month_row(scope, month)
        return [row.number("received"), row.number("closed"), row.rate("kept", "due")]

    def line(month: Month) -> Line:
        year_ago = earlier.get(month.first.replace(year=month.first.year - 1))
        found = cells(month)
        if year_ago is not None:
            found += cells(year_ago)
        return Line(f"{month.first:%Y-%m}", found)

    columns = [*counts("received", "closed"), IN_TIME]
    if before:
        columns += [
            *(Column(_of_last_year(label(name))) for name in ("received", "closed")),
            Column(_of_last_year(IN_TIME.label), IN_TIME.part, IN_TIME.whole),
        ]
    return Table(
        name="trend",
        title=_("Twelve months, and the same a year before") if before else _("Twelve months"),
        first=pgettext_lazy("of the year", "Month"),
        columns=columns,
        lines=[line(month) for month in months],
        note=_("Of a month that is not over, the same days of last year.") if before else "",
    )


def _of_last_year(what: Words) -> Words:
    return str(_("%(what)s, a year before")) % {"what": what}


def period_words(scope: Scope) -> str:
    """The days of the period, both included."""
    since = timezone.localdate(scope.since)
    last = timezone.localdate(scope.until - timedelta(microseconds=1))
    return f"{since:%Y-%m-%d}" if since == last else f"{since:%Y-%m-%d} – {last:%Y-%m-%d}"
