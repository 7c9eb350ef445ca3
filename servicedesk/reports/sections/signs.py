"""The page of signs that figures were worked on; what each can and cannot say stands beside it."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from servicedesk.reports import counting, gaming
from servicedesk.reports.countable import by_group, by_limit, in_all
from servicedesk.reports.figures import label
from servicedesk.reports.histogram import histogram
from servicedesk.reports.judging import judge
from servicedesk.reports.names import names_of_limits
from servicedesk.reports.report import Asked, Report, Row, rows_of
from servicedesk.reports.tables import Amount, Cell, Column, Line, Linking, Table, counts

TOTAL = _("Together")
FIGURES = (
    *("in-days", "last-minutes", "done", "just-below", "redone", "redone-closed", "returned"),
    *("extended", "extended-last-day", "later", "later-longer", "used-0"),
)
NUMBERS = ("redone", "redone-closed", "returned")
# Fewer than these in the three bins together, and nothing is said of an excess.
ENOUGH = 20


def signs(asked: Asked) -> Report:
    """The signs by row, the spread of the time used with its excess, and that by promise."""
    scope = asked.scope
    rows = rows_of(scope, by_group(scope, gaming.TALLIES))
    all_ = in_all(scope, gaming.TALLIES | gaming.BIN_TALLIES)
    total = Linking(scope, all_)
    return Report(
        scope=scope,
        rates=[
            (label("last-minutes"), total.rate("last-minutes", "in-days")),
            (label("just-below"), total.rate("just-below", "done")),
            (label("extended-last-day"), total.rate("extended-last-day", "extended")),
            (label("redone-closed"), total.rate("redone-closed", "redone")),
        ],
        tables=[_spread(asked, total), _by_promise(asked), _by_row(asked, rows, total)],
        drawings={"used": histogram(total, excess(all_))},
        figures=FIGURES,
        remarks=[
            _(
                "These are signs and no findings. They say where it may be worth opening the matters "
                "themselves; they accuse nobody, and an office with high numbers may have good reasons."
            ),
        ],
    )


def _by_row(asked: Asked, rows: list[Row], total: Linking) -> Table:
    def cells(row: Linking) -> list[Cell]:
        return [
            row.rate("last-minutes", "in-days"),
            row.rate("just-below", "done"),
            *(row.number(name) for name in NUMBERS),
            row.rate("extended-last-day", "extended"),
            row.number("later"),
            row.number("later-longer"),
        ]

    return Table(
        name="signs",
        title=_("Signs"),
        first=asked.first,
        columns=[
            Column(label("last-minutes"), label("last-minutes"), label("in-days")),
            Column(label("just-below"), label("just-below"), label("done")),
            *counts(*NUMBERS),
            Column(label("extended-last-day"), label("extended-last-day"), label("extended")),
            *counts("later", "later-longer"),
        ],
        lines=[Line(name, cells(row)) for name, _key, row in rows],
        total=Line(str(TOTAL), cells(total)),
        note=_(
            "A promise counts for the office that answers for it; what was taken up again for the office the "
            "matter is with now."
        ),
    )


def _spread(asked: Asked, total: Linking) -> Table:
    return Table(
        name="used",
        title=_("How much of the time was used"),
        first=_("Part of the time from start to due moment"),
        columns=[Column(_("Matters"))],
        lines=[
            Line(bin_words(place), [total.number(name.replace("_", "-"))])
            for place, name in enumerate(gaming.BIN_NAMES)
        ],
        note=_("A matter stands in each bin in which one of its promises ended."),
    )


def _by_promise(asked: Asked) -> Table:
    """Where the excess lies: a limit of two hours ends otherwise than one of fifteen days."""
    scope = asked.scope
    wanted = {name: gaming.BIN_TALLIES[name] for name in NEIGHBOURS} | {"done": gaming.TALLIES["done"]}
    found = by_limit(scope, wanted)
    limits = counting.limits_of(scope, judge(scope))
    named = {(limit.kind, limit.code): limit for limit in limits}
    names = names_of_limits(limits)
    lines = []
    for key in [key for key in named if key in found]:
        row = Linking(scope, found[key], {"limit": named[key].key})
        cells: list[Cell] = [row.number(name.replace("_", "-")) for name in NEIGHBOURS]
        lines.append(Line(names[named[key].key], [row.number("done"), *cells, Amount(excess(found[key]))]))
    return Table(
        name="used-limits",
        title=_("Around the due moment, by promise"),
        first=_("Promise"),
        columns=[
            *counts("done"),
            *(
                Column(bin_words(place))
                for place in (gaming.LAST_BIN - 1, gaming.LAST_BIN, gaming.LAST_BIN + 1)
            ),
            Column(pgettext_lazy("of the last bin", "Times its neighbours")),
        ],
        lines=lines,
        note=_(
            "How many times as many lie just below the due moment as in the mean of the two bins beside it; "
            "“—” where all three hold fewer than 20."
        ),
    )


NEIGHBOURS = [gaming.BIN_NAMES[gaming.LAST_BIN + step] for step in (-1, 0, 1)]


def excess(numbers: dict[str, int]) -> float | None:
    """How many times as many lie in the last bin below the due moment as in the mean of its neighbours; None
    where too few lie there to say so."""
    before, last, after = (numbers.get(name, 0) for name in NEIGHBOURS)
    if before + last + after < ENOUGH:
        return None
    return round(last / max((before + after) / 2, 0.5), 1)


def bin_words(place: int) -> str:
    """“95–100%”."""
    width = 100 // gaming.BINS_TO_DUE
    if place == gaming.BINS:
        return str(_("over %(n)d%%")) % {"n": place * width}
    return f"{place * width}–{(place + 1) * width}%"
