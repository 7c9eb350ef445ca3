"""My day: the figures a member of staff begins with, each a link to the queue it counts."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from servicedesk.accounts.models import User
from servicedesk.desk import raised
from servicedesk.desk.load import load
from servicedesk.desk.models import Case, Notice, Watch
from servicedesk.desk.models.case import CaseQuerySet
from servicedesk.desk.paging import BY_NEAREST, first_rows
from servicedesk.desk.permissions import sees_all, today
from servicedesk.desk.queue import (
    Tab,
    cases_of_desk,
    complete,
    counts,
    number_words,
    serves_cases,
    tabs_of,
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
    def words(self) -> str:
        return number_words(self.number)

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
    numbers = counts(cases, tabs, all_seen=sees_all(user, today(at)))
    figures = [Figure(tab, numbers[tab.code]) for tab in tabs if tab.counted]
    return told | {
        "serves": True,
        "figures": figures,
        "lists": shorts(cases, figures),
        "load": load(cases, user, at),
        "watched": watched(cases, user),
        "before_me": raised.before(user, at) if raised.decides(user, at) else [],
    }


def shorts(cases: CaseQuerySet, figures: list[Figure]) -> list[Short]:
    """The first rows of the most urgent tabs that hold anything."""
    by_code = {figure.tab.code: figure for figure in figures}
    chosen = [by_code[code] for code in LISTED if code in by_code and by_code[code].number][:LISTS]
    found = {each.tab.code: first_rows(cases.filter(each.tab.holds), BY_NEAREST, SHOWN) for each in chosen}
    complete([row for rows in found.values() for row in rows])
    return [Short(each.tab.label, each.tab.code, found[each.tab.code], each.number) for each in chosen]


def watched(cases: CaseQuerySet, user: User) -> list[Case]:
    """The matters the user watches that are in their sight, the latest first."""
    rows = Watch.objects.filter(user=user, case__in=cases.order_by().values("pk"))
    return [row.case for row in rows.select_related("case__office")[:SHOWN]]
