"""Who hears of dates that moved, and in which words: one line a case in each person's next digest."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import date, datetime

from django.utils import timezone

from servicedesk.accounts.models import User
from servicedesk.desk.alike import Alike, telling
from servicedesk.desk.models import AlarmRule, Clock, Event, Membership
from servicedesk.desk.outgoing import Telling
from servicedesk.desk.recipients import Recipients
from servicedesk.desk.shifts import Moved


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
    fewer than cases."""

    def __init__(self, reason: str) -> None:
        self.reason, self._alike = reason, Alike("redated")

    def telling(self, event: Event, people: list[User], clocks: list[Clock]) -> Telling:
        context = {"clocks": clocks, "reason": self.reason}
        return telling(self._alike, event, people, clocks, context, digest=True)


def _members(moved: Iterable[Moved], on: date) -> dict[int, list[User]]:
    """Active, confirmed users who may act for the parties of these cases."""
    cases = [each.clock.case for each in moved]
    parties = {key for case in cases for key in (case.applicant_id, case.about_id) if key is not None}
    rows = Membership.objects.current(on).filter(party__in=parties, user__is_active=True, is_confirmed=True)
    found: dict[int, list[User]] = defaultdict(list)
    for row in rows.select_related("user").order_by("pk"):
        found[row.party_id].append(row.user)
    return found
