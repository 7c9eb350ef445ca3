"""My day: the figures a member of staff begins with, each a link to the queue it counts."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Count
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from servicedesk.accounts.models import User
from servicedesk.desk.models import Case, Notice
from servicedesk.desk.models.case import CaseQuerySet
from servicedesk.desk.permissions import Role, reach, today
from servicedesk.desk.queue import (
    NEAREST_FIRST,
    OPEN,
    Tab,
    cases_of_desk,
    counts,
    is_late,
    serves_cases,
    tabs_of,
    with_rows,
    with_standstills,
)
from servicedesk.desk.standing_in import rows_about

SHOWN = 8
# What is listed in full, in this order of urgency, and at most two of them.
LISTED = ("dispatch", "signing", "mine", "unclaimed", "raised", "back", "late")
LISTS = 2
EMPTY = {"mine": _("Nothing is in your hands."), "unclaimed": _("Everything is claimed.")}


@dataclass(frozen=True)
class Figure:
    tab: Tab
    number: int

    @property
    def look(self) -> str:
        return "alarm" if self.tab.hot and self.number else ""


@dataclass(frozen=True)
class Short:
    """The first matters of one tab."""

    label: str | Promise
    code: str
    rows: list[Any]
    number: int


def day_of(user: User, at: datetime) -> dict[str, Any]:
    """Everything the page needs, in a fixed number of queries."""
    unread = list(Notice.objects.unread(user).select_related("event__case")[: SHOWN + 1])
    told: dict[str, Any] = {
        "now": at,
        "standing_in": rows_about(user, today(at)),
        "notices": unread[:SHOWN],
        "more_notices": len(unread) > SHOWN,
    }
    if not serves_cases(user, at):
        return told
    cases, tabs = cases_of_desk(user, at), tabs_of(user, at)
    numbers = counts(cases, tabs)
    figures = [Figure(tab, numbers[tab.code]) for tab in tabs if tab.counted]
    return told | {
        "serves": True,
        "figures": figures,
        "lists": shorts(cases, figures),
        "load": load(cases, user, at),
    }


def shorts(cases: CaseQuerySet, figures: list[Figure]) -> list[Short]:
    """The first rows of the most urgent tabs that hold anything."""
    by_code = {figure.tab.code: figure for figure in figures}
    chosen = [by_code[code] for code in LISTED if code in by_code and by_code[code].number][:LISTS]
    keys = {figure.tab.code: _first_keys(cases, figure.tab) for figure in chosen}
    wanted = {key for found in keys.values() for key in found}
    rows = {row.pk: row for row in with_standstills(list(with_rows(Case.objects.filter(pk__in=wanted))))}
    return [
        Short(figure.tab.label, figure.tab.code, [rows[key] for key in keys[figure.tab.code]], figure.number)
        for figure in chosen
    ]


def _first_keys(cases: CaseQuerySet, tab: Tab) -> list[int]:
    found = with_rows(cases.filter(tab.holds)).prefetch_related(None).order_by(*NEAREST_FIRST)
    return list(found.values_list("pk", flat=True)[:SHOWN])


def load(cases: CaseQuerySet, user: User, at: datetime) -> list[dict[str, Any]]:
    """Of the offices the user heads: who has how much in hand, and how much of it is late."""
    headed = reach(user, frozenset({Role.HEAD}), today(at))
    if not headed:
        return []
    here = cases.filter(OPEN, office__in=headed).order_by()
    rows: Any = here.values("officer", "officer__name").annotate(
        open=Count("pk"), late=Count("pk", filter=is_late(at))
    )
    return sorted(rows, key=lambda row: (row["officer"] is not None, -row["late"], -row["open"]))
