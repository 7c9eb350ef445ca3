"""How promises were kept: by the first date and the last, how often it moved, how far it was missed."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.utils.translation import gettext_lazy as _

from servicedesk.desk.registry import Words
from servicedesk.reports import counting, moves
from servicedesk.reports.countable import by_group, by_limit, in_all
from servicedesk.reports.figures import label
from servicedesk.reports.judging import judge
from servicedesk.reports.names import names_of_limits
from servicedesk.reports.report import Asked, Report, Row, rows_of
from servicedesk.reports.tables import Cell, Column, Line, Linking, Table, counts

TOTAL = _("Together")
WHY = ("moved-extended", "moved-paused", "moved-calendar", "moved-redo")
MISSED = tuple(f"missed-{band}" for band in range(len(moves.BANDS)))
FIGURES = ("due", "kept", "kept-first", "broken", "moved", *WHY, "missed-0")


def keeping(asked: Asked) -> Report:
    """Two tables by promise and two by row: dates that moved, and dates that were missed."""
    scope = asked.scope
    judged = judge(scope)
    limits = counting.limits_of(scope, judged)
    by_code = by_limit(scope, moves.TALLIES)
    rows = rows_of(scope, judged.rows, by_group(scope, moves.TALLIES))
    total = Linking(scope, judged.total | in_all(scope, moves.TALLIES))
    names = names_of_limits(limits)
    named: list[Row] = [
        (
            names[limit.key],
            limit.key,
            Linking(scope, limit.numbers | by_code.get((limit.kind, limit.code), {}), {"limit": limit.key}),
        )
        for limit in limits
    ]
    return Report(
        scope=scope,
        head=[(name, label(name), total.number(name)) for name in ("due", "moved", "broken")],
        rates=[
            (_("On time, first date told"), total.broken("kept-first", "broken_first")),
            (_("On time, last date told"), total.broken("kept", "broken")),
        ],
        tables=[
            _moved("moved-limits", _("Dates that moved, by promise"), _("Promise"), named, None),
            _moved("moved", _("Dates that moved"), asked.first, rows, total),
            _missed(
                "missed-limits",
                _("By how much broken ones were missed, by promise"),
                _("Promise"),
                named,
                None,
            ),
            _missed("missed", _("By how much broken ones were missed"), asked.first, rows, total),
        ],
        figures=FIGURES,
        remarks=[
            _(
                "A date that moved was told anew each time; the first one stays on the record, and is judged "
                "beside the last."
            )
        ],
    )


def _moved(name: str, title: Words, first: Words, rows: Sequence[Row], total: Linking | None) -> Table:
    def cells(row: Linking) -> list[Cell]:
        return [
            row.rate("moved", "due"),
            *(row.number(why) for why in WHY),
            row.broken("kept-first", "broken_first"),
            row.broken("kept", "broken"),
        ]

    columns = [
        Column(label("moved"), label("moved"), label("due")),
        *counts(*WHY),
        Column(_("On time, first date told"), label("kept-first"), label("due")),
        Column(_("On time, last date told"), label("kept"), label("due")),
    ]
    return _table(
        name,
        title,
        first,
        columns,
        [(label_, cells(row)) for label_, _key, row in rows],
        cells(total) if total else None,
    )


def _missed(name: str, title: Words, first: Words, rows: Sequence[Row], total: Linking | None) -> Table:
    def cells(row: Linking) -> list[Cell]:
        return [row.number("broken"), *(row.number(band) for band in MISSED)]

    columns = [*counts("broken"), *(Column(band_words(*band)) for band in moves.BANDS)]
    late = [row for row in rows if row[2].numbers.get("broken")]
    return _table(
        name,
        title,
        first,
        columns,
        [(label_, cells(row)) for label_, _key, row in late],
        cells(total) if total else None,
    )


def _table(name: str, title: Words, first: Words, columns: list[Column], lines: Any, total: Any) -> Table:
    return Table(
        name=name,
        title=title,
        first=first,
        columns=columns,
        lines=[Line(said, cells) for said, cells in lines],
        total=Line(str(TOTAL), total) if total else None,
    )


def band_words(least: int, most: int | None) -> Words:
    """“1–3 days”: by the calendar."""
    if most is None:
        return str(_("over %(n)d days")) % {"n": least}
    if not least:
        return str(_("up to %(n)d day")) % {"n": most}
    return str(_("%(least)d–%(most)d days")) % {"least": least, "most": most}
