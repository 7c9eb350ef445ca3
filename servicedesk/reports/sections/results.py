"""Time rates and result rates: two families, on one page and in no common denominator."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

from django.db.models import Count
from django.utils.translation import gettext_lazy as _

from servicedesk.desk.words import term_words
from servicedesk.reports import answers, counting, followups, promises
from servicedesk.reports.countable import by_group, in_all
from servicedesk.reports.counting import Limit
from servicedesk.reports.figures import label
from servicedesk.reports.judging import judge
from servicedesk.reports.names import names_of_limits
from servicedesk.reports.report import Asked, Report, Row, rows_of
from servicedesk.reports.scope import Scope
from servicedesk.reports.tables import Cell, Column, Line, Linking, Table, counts

TOTAL = _("Together")
FIGURES = (
    *("due", "kept", "kept-first", "asked-valid", "asked-solved", "asked-partly", "asked-unsolved"),
    *("asked-in-vain", "asked-rated", "asked-satisfied", "rated", "satisfied"),
)
# As many limits of one promise are named; more would fill the cell.
MOST_TERMS = 3
SOLVED = Column(_("Solved, when asked"), label("asked-solved"), label("asked-valid"))
CONTENT = Column(_("Content, when asked"), label("asked-satisfied"), label("asked-rated"))
REVIEWED = Column(_("Good reviews"), label("satisfied"), label("rated"))


def results(asked: Asked) -> Report:
    """The rates by promise, what applicants said when asked, and apart their own reviews."""
    scope = asked.scope
    limits = counting.limits_of(scope, judge(scope))
    words, said = by_group(scope, followups.TALLIES), in_all(scope, followups.TALLIES)
    reviews = counting.ratings_by_group(scope)
    total = Linking(scope, said)
    reviewed = Linking(scope, counting.summed(reviews.values()))
    return Report(
        scope=scope,
        head=[(name, label(name), total.number(name)) for name in ("asked-valid", "asked-partly")]
        + [("asked-in-vain", label("asked-in-vain"), total.number("asked-in-vain"))],
        rates=[
            (SOLVED.label, total.rate("asked-solved", "asked-valid")),
            (CONTENT.label, total.rate("asked-satisfied", "asked-rated")),
            (REVIEWED.label, reviewed.rate("satisfied", "rated")),
        ],
        tables=[
            _time_rates(scope, limits),
            _asked_table(asked, rows_of(scope, words), total),
            _review_table(asked, rows_of(scope, reviews), reviewed),
        ],
        figures=FIGURES,
        remarks=[
            _(
                "Time rates say whether something was done in time; result rates what came of it. They share "
                "no denominator, and neither stands for the other."
            ),
        ],
    )


def _time_rates(scope: Scope, limits: Sequence[Limit]) -> Table:
    terms, names = _terms(scope), names_of_limits(limits)

    def line(limit: Limit) -> Line:
        row = Linking(scope, limit.numbers, {"limit": limit.key})
        kept: list[Cell] = [row.broken("kept", "broken"), row.broken("kept-first", "broken_first")]
        return Line(names[limit.key], [*kept, row.number("broken")], sub=terms.get(limit.key, ""))

    return Table(
        name="time-rates",
        title=_("Time rates"),
        first=_("Promise"),
        columns=[
            Column(_("On time, last date told"), label("kept"), label("due")),
            Column(_("On time, first date told"), label("kept-first"), label("due")),
            *counts("broken"),
        ],
        lines=[line(limit) for limit in limits],
        note=_("Each promise by itself: a matter may keep one and break another."),
    )


def _terms(scope: Scope) -> dict[str, str]:
    """The limits a promise ran under, the most frequent first, by “kind.code”."""
    rows = promises.judged(scope).order_by().values("case__kind", "code", "term", "unit")
    found: dict[str, list[str]] = defaultdict(list)
    for row in sorted(rows.annotate(n=Count("pk")), key=lambda row: (-row["n"], row["unit"], row["term"])):
        found[f"{row['case__kind']}.{row['code']}"].append(term_words(row["term"], row["unit"]))
    return {
        key: " / ".join(words[:MOST_TERMS]) + (" …" if len(words) > MOST_TERMS else "")
        for key, words in found.items()
    }


def _asked_table(asked: Asked, rows: Sequence[Row], total: Linking) -> Table:
    def cells(row: Linking) -> list[Cell]:
        return [
            row.rate("asked-solved", "asked-valid"),
            row.number("asked-partly"),
            row.number("asked-unsolved"),
            row.number("asked-in-vain"),
            row.rate("asked-satisfied", "asked-rated"),
        ]

    return Table(
        name="asked",
        title=_("Asked after the answer"),
        first=asked.first,
        columns=[SOLVED, *counts("asked-partly", "asked-unsolved", "asked-in-vain"), CONTENT],
        lines=[Line(name, cells(row)) for name, _key, row in rows],
        total=Line(str(TOTAL), cells(total)),
        note=_(
            "By the centre, by the one-time link, or by the applicant's own confirmation; by the office "
            "the matter is with."
        ),
    )


def _review_table(asked: Asked, rows: Sequence[Row], total: Linking) -> Table:
    return Table(
        name="reviews",
        title=_("Good and bad reviews"),
        first=asked.first,
        columns=[REVIEWED],
        lines=[Line(name, [row.rate("satisfied", "rated")]) for name, _key, row in rows],
        total=Line(str(TOTAL), [total.rate("satisfied", "rated")]),
        note=_(
            "What applicants rated of their own accord on the five levels (GB/T 39735-2020); nothing said "
            "when asked is among it, nor a rating that an appeal found mistaken."
        )
        if answers.rated_paths(asked.scope)
        else _("No matter of this kind is rated."),
    )
