"""Who hears of dates that moved, and in which words: one line a case in each person's next digest."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import date, datetime
from functools import partial
from typing import Any

from django.utils import timezone

from servicedesk.accounts.models import User
from servicedesk.desk.models import AlarmRule, Case, Clock, Event, Membership
from servicedesk.desk.outgoing import Telling, link_to, rendered
from servicedesk.desk.recipients import Recipients
from servicedesk.desk.shifts import Moved

# Stands for a case's number while a text is rendered for many; no text holds this character.
MARK = "\ue000"


def news_of(events: list[Event], moved: list[Moved], reason: str, at: datetime) -> Iterator[Telling]:
    """What is told of each event: applicants hear of promises, officers of all."""
    known, members = Recipients(timezone.localdate(at)), _members(moved, timezone.localdate(at))
    clocks: dict[int, list[Clock]] = defaultdict(list)
    for each in moved:
        clocks[each.clock.case_id].append(each.clock)
    words = Words(reason)
    for event in events:
        assert event.case is not None
        mine = clocks[event.case.pk]
        staff = [user for clock in mine for user in known.of(AlarmRule.Whom.OFFICER, clock)]
        yield words.telling(event, staff, mine)
        promised = [clock for clock in mine if clock.public]
        parties = (event.case.applicant_id, event.case.about_id)
        company = [user for party in parties if party for user in members[party]] if promised else []
        # Whoever serves the office and the company hears it once.
        heard = {user.pk for user in staff}
        yield words.telling(event, [user for user in company if user.pk not in heard], promised)


class Words:
    """The words of one change: rendered once for all cases whose clocks move alike, of which there are far
    fewer than cases. So the template knows nothing of a case but its number and its link."""

    def __init__(self, reason: str) -> None:
        self.reason = reason
        self._kept: dict[Any, tuple[str, str]] = {}

    def telling(self, event: Event, people: list[User], clocks: list[Clock]) -> Telling:
        context = {"clocks": clocks, "reason": self.reason}
        words = partial(self._said, event, clocks)
        return Telling(event, people, "redated", context, digest=True, words=words)

    def _said(self, event: Event, clocks: list[Clock], language: str, is_staff: bool) -> tuple[str, str]:
        alike = (language, is_staff, *((*clock.label.items(), clock.due_at) for clock in clocks))
        anybody = Case(pk=0, number=MARK)
        if alike not in self._kept:
            context = {"clocks": clocks, "reason": self.reason, "case": anybody}
            self._kept[alike] = rendered(Telling(event, [], "redated", context), language, is_staff)
        subject, body = self._kept[alike]
        case = event.case
        number = case.number or "" if case else ""
        body = body.replace(link_to(anybody, is_staff), link_to(case, is_staff))
        return subject.replace(MARK, number), body.replace(MARK, number)


def _members(moved: Iterable[Moved], on: date) -> dict[int, list[User]]:
    """Active, confirmed users who may act for the parties of these cases."""
    cases = [each.clock.case for each in moved]
    parties = {key for case in cases for key in (case.applicant_id, case.about_id) if key is not None}
    rows = Membership.objects.current(on).filter(party__in=parties, user__is_active=True, is_confirmed=True)
    found: dict[int, list[User]] = defaultdict(list)
    for row in rows.select_related("user").order_by("pk"):
        found[row.party_id].append(row.user)
    return found
