"""Who serves in a desk filled for measuring: an officer or two and a head in each office, a dispatcher and a
leader. Nobody can log in with these accounts until somebody gives them a password."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date

from servicedesk.accounts.models import Office, Post, User
from servicedesk.accounts.offices import load_offices
from servicedesk.desk.registry import CENTRE

Role = Post.Role
OFFICERS = 2


@dataclass
class People:
    offices: dict[str, Office]
    serving: dict[tuple[str, str], list[User]] = field(default_factory=lambda: defaultdict(list))

    def of(self, office: str, role: str) -> list[User]:
        return self.serving[office, role]

    def handling(self) -> list[Office]:
        """Offices that may be given a matter, in a fixed order."""
        found = [each for code, each in sorted(self.offices.items()) if self.serving[code, Role.OFFICER]]
        return [each for each in found if each.code != CENTRE and each.is_open]


def settle(since: date) -> People:
    """The offices, and who serves in them since that day; whoever is missing is made."""
    load_offices()
    people = People({office.code: office for office in Office.objects.order_by("code")})
    plan = [(CENTRE, Role.DISPATCHER, 2), (CENTRE, Role.LEADER, 1)]
    for code, office in people.offices.items():
        if office.sort != Office.Sort.GOVERNMENT:
            plan += [(code, Role.OFFICER, OFFICERS), (code, Role.HEAD, 1)]
    for code, role, count in plan:
        for number in range(1, count + 1):
            user, _ = User.objects.get_or_create(
                username=f"bulk-{code}-{role}-{number}",
                defaults={"name": f"{people.offices[code].name[:6]}{number}", "is_staff": True},
            )
            _serve(user, people.offices[code], role, since)
            people.serving[code, role].append(user)
    leader = people.of(CENTRE, Role.LEADER)[0]
    for office in people.offices.values():
        _serve(leader, office, Role.LEADER, since)
    return people


def _serve(user: User, office: Office, role: str, since: date) -> None:
    if not Post.objects.filter(user=user, office=office, role=role, since__lte=since).exists():
        Post.objects.get_or_create(user=user, office=office, role=role, since=since)
