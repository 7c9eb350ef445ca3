"""Who hears an alarm. Posts and offices are read once, however many alarms ring."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator
from datetime import date

from servicedesk.accounts.models import Office, Post, User
from servicedesk.desk.models import AlarmRule, Case, Clock, Membership
from servicedesk.desk.registry import CENTRE

Role, Whom = Post.Role, AlarmRule.Whom
HEARS = frozenset({Role.OFFICER, Role.HEAD, Role.DISPATCHER, Role.LEADER, Role.SUPERVISOR})


class Recipients:
    """The people who serve on a day, by office and role: two queries."""

    def __init__(self, on: date) -> None:
        self._on = on
        self._acting: dict[int, list[User]] = {}
        self._above: dict[int, int | None] = {}
        self._centre: int | None = None
        self._government: set[int] = set()
        for pk, code, above, sort in Office.objects.order_by().values_list("pk", "code", "parent", "sort"):
            self._above[pk] = above
            if sort == Office.Sort.GOVERNMENT:
                self._government.add(pk)
            if code == CENTRE:
                self._centre = pk
        self._serving: dict[tuple[int, str], list[User]] = defaultdict(list)
        self._posted: dict[int, set[int]] = defaultdict(set)
        posts = Post.objects.current(on).filter(user__is_active=True, user__is_staff=True)
        for post in posts.select_related("user").order_by("user", "pk"):
            self._posted[post.user_id].add(post.office_id)
            if post.role in HEARS:
                self._serving[post.office_id, post.role].append(post.user)

    def of(self, whom: str, clock: Clock) -> list[User]:
        """Those a rule speaks to, in a fixed order. Where nobody serves, the duty goes further up, and
        last to the centre: it never speaks to an empty room. A complaint about an office is spoken of to
        nobody who serves there or below; if all else fails, to the supervisors."""
        found = {
            Whom.OFFICER: self._officers,
            Whom.HEAD: self._heads,
            Whom.CENTRE: lambda clock: [],
            Whom.LEADER: self._leaders,
            Whom.APPLICANT: self._applicants,
        }[Whom(whom)](clock)
        if found and whom == Whom.APPLICANT:
            return found
        known = self._may_know(found, clock.case) or self._may_know(self._dispatchers(), clock.case)
        return known or self._may_know(self._supervisors(), clock.case)

    def meet(self, cases: Iterable[Case]) -> None:
        """Learn who acts for those whose terms these are: one query, none where all are known."""
        strangers = {party for case in cases for party in _parties(case)} - self._acting.keys()
        if not strangers:
            return
        self._acting |= {party: [] for party in strangers}
        members = Membership.objects.current(self._on).filter(party__in=strangers, user__is_active=True)
        members = members.filter(is_confirmed=True)
        for member in members.select_related("user").order_by("pk"):
            self._acting[member.party_id].append(member.user)

    def _applicants(self, clock: Clock) -> list[User]:
        self.meet([clock.case])
        acting = [user for party in _parties(clock.case) for user in self._acting[party]]
        return list({user.pk: user for user in acting}.values())

    def _officers(self, clock: Clock) -> list[User]:
        named = clock.step.officer if clock.step else None
        if named is None and (clock.step is None or clock.step.office_id == clock.case.office_id):
            # Whoever has the matter, but not for a step that waits for another office.
            named = clock.case.officer
        if named is not None and named.is_active:
            return [named]
        serving = self._serving
        here = serving[clock.office_id, Role.OFFICER] or serving[clock.office_id, Role.SUPERVISOR]
        return here or self._heads(clock)

    def _heads(self, clock: Clock) -> list[User]:
        return self._nearest(clock.office_id, Role.HEAD)

    def _leaders(self, clock: Clock) -> list[User]:
        """Never the principal leaders of the city 主要领导: to them a named person goes, with a brief."""
        own = clock.office_id in self._government
        return self._nearest(clock.office_id, Role.LEADER, frozenset() if own else self._government)

    def _may_know(self, people: Iterable[User], case: Case) -> list[User]:
        against = case.against_id
        if against is None:
            return list(people)
        return [user for user in people if against not in self._above_all(user)]

    def _above_all(self, user: User) -> Iterator[int]:
        """Where somebody serves, and all that stands above."""
        return (each for office in self._posted[user.pk] for each in self._upward(office))

    def _supervisors(self) -> list[User]:
        found = {
            user.pk: user
            for (_office, role), users in self._serving.items()
            if role == Role.SUPERVISOR
            for user in users
        }
        return [found[key] for key in sorted(found)]

    def _dispatchers(self) -> list[User]:
        if self._centre is None:
            return []
        return self._serving[self._centre, Role.DISPATCHER] or self._nearest(self._centre, Role.HEAD)

    def _nearest(self, office: int, role: str, but: Collection[int] = frozenset()) -> list[User]:
        """Who holds the role at the office, or at the nearest one above where somebody does; not `but`."""
        upward = (each for each in self._upward(office) if each not in but)
        return next((found for each in upward if (found := self._serving[each, role])), [])

    def _upward(self, office: int | None) -> Iterator[int]:
        seen: set[int] = set()
        while office is not None and office not in seen:
            seen.add(office)
            yield office
            office = self._above.get(office)


def _parties(case: Case) -> list[int]:
    return [party for party in (case.applicant_id, case.about_id) if party is not None]
