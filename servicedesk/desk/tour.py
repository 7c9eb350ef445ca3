"""Going through a tab of the queue matter by matter: what comes before and after the one that is open."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import parse_qs

from servicedesk.accounts.models import User
from servicedesk.desk.models import Case
from servicedesk.desk.paging import BY_NEAREST, first_rows
from servicedesk.desk.queue import Tab, cases_of_desk, tabs_of
from servicedesk.desk.sieve import key_in

# Nobody goes through more at a sitting; behind it the tour begins anew.
MOST = 200
KEPT_FILTERS = "_changelist_filters"


@dataclass(frozen=True)
class Tour:
    """The tab one came from, and the keys of the matters beside this one there."""

    tab: Tab
    earlier: int | None
    later: int | None


def tab_in(asked: Mapping[str, str]) -> str:
    """Code of the tab the queue, or the page before, says one came from; "" where it says none."""
    kept = parse_qs(asked.get(KEPT_FILTERS, "")).get("tab", [""])
    return asked.get("tab") or kept[0]


def later_in(asked: Mapping[str, str]) -> int | None:
    """Key of the matter that came next when the page before was made."""
    return key_in(asked.get("later"))


def tour(user: User, case: Case, code: str, at: datetime, promised: int | None = None) -> Tour | None:
    """The neighbours of the case in the tab, the soonest due first. Once it has left the tab, the first one
    there comes next; the one `promised` before a verb comes next after it, or a matter that is less pressing
    now would lead past those in between."""
    tab = next((tab for tab in tabs_of(user, at) if tab.code == code), None) if code else None
    if tab is None:
        return None
    keys = [row.pk for row in first_rows(cases_of_desk(user, at).filter(tab.holds), BY_NEAREST, MOST)]
    if case.pk not in keys:
        return Tour(tab, None, keys[0] if keys else None)
    place = keys.index(case.pk)
    later = keys[place + 1] if place + 1 < len(keys) else None
    if promised in keys and promised != case.pk:
        later = promised
    return Tour(tab, keys[place - 1] if place else None, later)
