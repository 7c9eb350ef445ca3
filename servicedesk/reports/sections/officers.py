"""What each officer has in hand: for whoever leads them, and nobody else."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from servicedesk.accounts.models import Post
from servicedesk.desk.permissions import today
from servicedesk.reports import load, promises
from servicedesk.reports.countable import by_group
from servicedesk.reports.counting import summed
from servicedesk.reports.figures import label
from servicedesk.reports.percentiles import Times, times_by, used_words
from servicedesk.reports.report import Asked, Report, rows_of
from servicedesk.reports.scope import Scope
from servicedesk.reports.tables import Cell, Column, Line, Linking, Said, Table, counts

TOTAL = _("Together")
NAMES = ("open", "due-today", "late", "closed")
FIGURES = (*NAMES, "timed")


def officers(asked: Asked) -> Report:
    """One row an officer, whatever was asked; matters nobody has taken stand in a row of their own."""
    scope = replace(asked.scope, group=load.OFFICER, asked={**asked.scope.asked, "group": load.OFFICER})
    numbers = by_group(scope, load.TALLIES)
    leading = promises.leading(scope)
    times = {key: found for (key,), found in times_by(leading, "case__officer").items()}
    timed = {key: {"timed": found.n} for key, found in times.items()}
    rows = rows_of(scope, numbers, timed)
    total = Linking(asked.scope, summed([*numbers.values(), *timed.values()]))
    offices = _offices(scope, (key for _name, key, _row in rows if key is not None))

    def cells(row: Linking, times: Times) -> list[Cell]:
        return [*(row.number(name) for name in (*NAMES, "timed")), Said(used_words(times.p50))]

    return Report(
        scope=scope,
        head=[(name, label(name), total.number(name)) for name in NAMES],
        tables=[
            Table(
                name="officers",
                title=_("Each officer"),
                first=pgettext_lazy("staff", "Officer"),
                columns=[*counts(*NAMES, "timed"), Column(_("Half within"))],
                lines=[
                    Line(name, cells(row, times.get(key, Times())), sub=offices.get(key, ""))
                    for name, key, row in rows
                ],
                total=Line(str(TOTAL), cells(total, times_by(leading).get((), Times()))),
                note=_(
                    "By who has the matter now, also of what was closed: a matter handed on counts for "
                    "whoever took it. Numbers of few matters say little about a person, and nothing about "
                    "how hard the matters were."
                ),
            )
        ],
        figures=FIGURES,
        remarks=[_("For planning who gets what next; no measure of anybody's merit.")],
    )


def _offices(scope: Scope, keys: Iterable[Any]) -> dict[Any, str]:
    """Where each serves today, as far as the report reaches."""
    posts = Post.objects.current(today(scope.at)).filter(user__in=list(keys))
    if scope.offices is not None:
        posts = posts.filter(office__in=scope.offices)
    found: dict[Any, list[str]] = defaultdict(list)
    for post in posts.select_related("office").order_by("office__sort", "office__code"):
        if post.office.title() not in found[post.user_id]:
            found[post.user_id].append(post.office.title())
    return {key: ", ".join(titles) for key, titles in found.items()}
