"""The open figures: month by month what anybody may know, each column with its definition.

They are the numbers a report froze, or were counted by its functions; a cell of too few people or matters is
not shown, for it could tell who they were."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.utils import timezone
from django.utils.formats import date_format, number_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from servicedesk.desk.registry import Words
from servicedesk.desk.wording import in_every_language
from servicedesk.portal.open_columns import COLUMNS, STORED, Column
from servicedesk.reports.models import OpenMonth, ReportCorrection, ReportMinimum
from servicedesk.reports.monthly.cells import Stored
from servicedesk.reports.monthly.charts import chart
from servicedesk.reports.monthly.public import open_months
from servicedesk.reports.percentiles import used_words
from servicedesk.reports.shares import Share

HOUR = 3600


@dataclass(frozen=True)
class Shown:
    """A cell: words for people, a value for programs; None with `hidden` where it is too small to show."""

    said: str
    value: float | int | None
    hidden: bool = False


def least(at: datetime) -> int:
    """How many people or matters a cell needs to be shown."""
    rows = ReportMinimum.objects.valid(timezone.localdate(at)).filter(what=ReportMinimum.What.OPEN)
    number = rows.order_by("-valid_from", "-pk").values_list("number", flat=True).first()
    return number or 1


def hidden(minimum: int) -> Shown:
    said = ngettext("fewer than %(n)s", "fewer than %(n)s", minimum) % {"n": minimum}
    return Shown(said, None, hidden=True)


def shown_count(number: int, minimum: int) -> Shown:
    return hidden(minimum) if 0 < number < minimum else Shown(number_format(number), number)


def shown_share(share: Share, minimum: int) -> Shown:
    """A rate of too few is not shown; one of nothing is “—”."""
    return hidden(minimum) if 0 < share.whole < minimum else Shown(str(share), share.percent)


@dataclass(frozen=True)
class Month:
    first: date
    row: OpenMonth
    cells: Sequence[Shown]

    @property
    def name(self) -> str:
        return date_format(self.first, "YEAR_MONTH_FORMAT")

    @property
    def is_reported(self) -> bool:
        return self.row.report is not None

    def value(self, name: str) -> float | int | None:
        return next(
            cell.value for column, cell in zip(COLUMNS, self.cells, strict=True) if column.name == name
        )


def months(at: datetime, minimum: int) -> list[Month]:
    """The last twelve complete months that are counted, the newest first."""
    return [
        Month(row.month, row, [_cell(each, row.numbers, minimum) for each in COLUMNS])
        for row in open_months(at)
    ]


def _cell(column: Column, numbers: dict[str, Any], minimum: int) -> Shown:
    if column.unit == "count":
        return shown_count(numbers.get(STORED.get(column.name, column.name)) or 0, minimum)
    whole = numbers.get(STORED.get(column.whole, column.whole)) or 0
    if column.unit == "percent":
        part = whole - numbers[column.broken] if column.broken else numbers[column.part]
        return shown_share(Share(part, whole), minimum)
    if 0 < whole < minimum:
        return hidden(minimum)
    seconds = numbers.get("p50")
    return Shown(used_words(seconds), None if seconds is None else round(seconds / HOUR, 1))


def charts(found: Sequence[Month]) -> list[Stored]:
    """What came in and how it was kept, the oldest month first; hidden cells are gaps."""
    order = list(reversed(found))
    names = [f"{month.first:%Y-%m}" for month in order]
    flow = [
        (str(column.title), [month.value(column.name) for month in order])
        for column in COLUMNS
        if column.name in {"received", "closed"}
    ]
    kept = [(_("On time"), [month.value("on_time_percent") for month in order])]
    return [
        chart("flow", _("Received and closed, month by month"), "columns", names, flow),
        chart("kept", _("On time, month by month, percent"), "line", names, kept, percent=True),
    ]


@dataclass(frozen=True)
class Corrected:
    """A number of a reported month that is counted otherwise now."""

    month: date
    column: Words
    reported: Shown
    now: Shown
    noticed_at: datetime


def corrected(found: Sequence[Month], minimum: int) -> list[Corrected]:
    """Corrections of the reported months; those of counts only, from which every rate follows."""
    titles = {
        f"open/city/{STORED.get(each.name, each.name)}": each.title
        for each in COLUMNS
        if each.unit == "count"
    }
    reports = [month.row.report_id for month in found if month.row.report_id]
    if not reports:
        return []
    rows = ReportCorrection.objects.filter(report__in=reports, cell__in=titles, ended_at=None)
    return [
        Corrected(
            row.report.month,
            titles[row.cell],
            shown_count(row.reported or 0, minimum),
            shown_count(row.found or 0, minimum),
            row.noticed_at,
        )
        for row in rows.select_related("report").defer("report__content").order_by("-report__month", "pk")
    ]


def as_json(at: datetime) -> dict[str, Any]:
    """The open figures for programs; a cell that is too small is null and named in `hidden`."""
    minimum = least(at)
    return {
        "title": in_every_language(gettext_lazy("Open figures of the enterprise service desk")),
        "smallest_shown": minimum,
        "columns": [
            {
                "name": column.name,
                "unit": column.unit,
                "of": column.whole or None,
                "title": in_every_language(column.title),
                "definition": in_every_language(column.meaning),
            }
            for column in COLUMNS
        ],
        "months": [_told(month) for month in months(at, minimum)],
    }


def _told(month: Month) -> dict[str, Any]:
    report = month.row.report
    cells = list(zip(COLUMNS, month.cells, strict=True))
    return {
        "month": f"{month.first:%Y-%m}",
        "report": report.number if report else None,
        "counted_at": timezone.localtime(month.row.counted_at).isoformat(timespec="seconds"),
        **{column.name: cell.value for column, cell in cells},
        "hidden": [column.name for column, cell in cells if cell.hidden],
    }


def as_rows(at: datetime) -> list[list[Any]]:
    """The open figures as csv: names that never change, and “<5” for what is too small."""
    minimum = least(at)
    rows: list[list[Any]] = [["month", "report", *(column.name for column in COLUMNS)]]
    for month in months(at, minimum):
        number = month.row.report.number if month.row.report else ""
        rows.append([f"{month.first:%Y-%m}", number, *(_plain(cell, minimum) for cell in month.cells)])
    return rows


def _plain(cell: Shown, minimum: int) -> Any:
    return f"<{minimum}" if cell.hidden else "" if cell.value is None else cell.value


def definitions() -> list[list[str]]:
    """Each column with its title and definition in the active language."""
    head = ["column", "unit", "title", "definition"]
    return [head, *([each.name, each.unit, str(each.title), str(each.meaning)] for each in COLUMNS)]
