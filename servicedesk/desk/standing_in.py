"""Deputies for leave 代理 as the desk asks about them: for whom somebody stands in, and who hears along."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date, datetime

from django.db.models import Q

from servicedesk.accounts.models import Deputy, User
from servicedesk.desk.models import Case, Notice, Step
from servicedesk.desk.outgoing import Telling
from servicedesk.desk.permissions import may
from servicedesk.desk.serving import absent_of, alone, today, who_may_know


def in_whose_stead(user: User, verb: str, case: Case, at: datetime, step: Step | None) -> int | None:
    """Key of the absent person in whose stead the user may do this; None where they may in their own name."""
    away = absent_of(user, today(at))
    if not away or may(alone(user), verb, case, at, step):
        return None
    fitting = (key for key in away if may(alone(user, key), verb, case, at, step))
    return next(fitting, None)


def rows_about(user: User, on: date) -> list[Deputy]:
    """For whom the user stands in today, and who stands in for them."""
    rows = Deputy.objects.current(on).filter(Q(deputy=user) | Q(user=user))
    return list(rows.select_related("user", "deputy").order_by("pk"))


def deputies_of(users: Iterable[User], on: date) -> dict[int, list[User]]:
    """Active deputies by the key of whom they stand in for: one query."""
    found: dict[int, list[User]] = {}
    rows = Deputy.objects.current(on).filter(user__in=[user.pk for user in users])
    rows = rows.filter(deputy__is_active=True, deputy__is_staff=True)
    for row in rows.select_related("deputy").order_by("pk"):
        found.setdefault(row.user_id, []).append(row.deputy)
    return found


def with_deputies(tellings: Sequence[Telling], at: datetime) -> list[Telling]:
    """The news of matters with the deputies of those away added, each once an event; nobody hears of their
    own deed, nor of what is said against their own office."""
    about = [each for each in tellings if each.event.case_id is not None and each.recipients]
    staff = {user.pk: user for each in about for user in each.recipients if user.is_staff}
    on = today(at)
    standing = deputies_of(staff.values(), on) if staff else {}
    if not standing:
        return list(tellings)
    heard = _heard(about, standing)
    return [_with(each, standing, heard, on) if each in about else each for each in tellings]


def _heard(tellings: Iterable[Telling], standing: dict[int, list[User]]) -> set[tuple[int, int]]:
    """(event, person) of what is told already, here or before."""
    events = {each.event.pk for each in tellings}
    people = {user.pk for users in standing.values() for user in users}
    rows = Notice.objects.filter(event__in=events, recipient__in=people, channel=Notice.Channel.APP)
    told = {(each.event.pk, user.pk) for each in tellings for user in each.recipients}
    return told | set(rows.values_list("event", "recipient"))


def _with(
    telling: Telling, standing: dict[int, list[User]], heard: set[tuple[int, int]], on: date
) -> Telling:
    event, more = telling.event, []
    for user in telling.recipients:
        for deputy in standing.get(user.pk, ()):
            if (event.pk, deputy.pk) not in heard and deputy.pk != event.by_id:
                heard.add((event.pk, deputy.pk))
                more.append(deputy)
    against = event.case.against_id if event.case else None
    return replace(telling, recipients=[*telling.recipients, *who_may_know(more, against, on)])
