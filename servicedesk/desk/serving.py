"""Who serves where on a day, and for whom a person may act: read once per user object."""

from __future__ import annotations

from collections.abc import Iterable
from copy import copy
from datetime import date, datetime
from functools import reduce
from operator import or_
from typing import Any

from django.db.models import Exists, Q, QuerySet
from django.utils import timezone

from servicedesk.accounts.models import Deputy, Office, Post, User
from servicedesk.desk.models import Membership
from servicedesk.desk.registry import CENTRE, looking_after

Role = Post.Role


def today(at: datetime) -> date:
    return timezone.localtime(at).date()


def _kept(user: User, name: str, on: date, load: Any) -> Any:
    """Ask once per user object and day: a request and its page ask the same things many times."""
    kept = user.__dict__.setdefault("_desk_kept", {})
    if (name, on) not in kept:
        kept[name, on] = load()
    return kept[name, on]


def limit(user: User, *, office: int | None = None, party: int | None = None) -> None:
    """Let this user object act at one office only, or for one party only, as a token of it says. What a
    person may not do because of what else they are, they may not do with a token either."""
    user.__dict__["_desk_limit"] = (office, party)
    user.__dict__.pop("_desk_kept", None)


def limits_of(user: User) -> tuple[int | None, int | None]:
    """The office, and the party, the user object is limited to."""
    found: tuple[int | None, int | None] = user.__dict__.get("_desk_limit", (None, None))
    return found


def posts_of(user: User, on: date) -> list[Post]:
    """Posts the user holds on that day, as far as a token lets them; none for whoever is not active staff."""
    office, party = limits_of(user)
    if party is not None:
        return []
    held = all_posts_of(user, on)
    return held if office is None else [post for post in held if post.office_id == office]


def all_posts_of(user: User, on: date) -> list[Post]:
    """Posts the user holds on that day, wherever.

    Whoever keeps the machine, its security or its audit has no other post (等保 2.0), whatever rows say."""
    if not (user.is_authenticated and user.is_active and user.is_staff):
        return []
    held: list[Post] = _kept(user, f"held:{user.is_superuser}", on, lambda: _held(user, on))
    return held


def _held(user: User, on: date) -> list[Post]:
    held: list[Post] = _kept(user, "posts", on, lambda: _own_and_lent(user, on))
    own = [post for post in held if post.user_id == user.pk]
    if user.is_superuser or any(post.role in Post.WITHOUT_CASES for post in own):
        return [post for post in own if post.role in Post.WITHOUT_CASES]
    only = user.__dict__.get("_desk_stead", ...)
    return held if only is ... else [post for post in held if post.user_id in {user.pk, only}]


def _own_and_lent(user: User, on: date) -> list[Post]:
    """The user's own posts, and those of people away for whom they stand in; none that keeps the machine,
    its security or its audit is lent, and what was lent is not lent on."""
    away = Deputy.objects.current(on).filter(deputy=user.pk, user__is_active=True, user__is_staff=True)
    lent = Q(user__in=away.values("user")) & ~Q(role__in=Post.WITHOUT_CASES)
    posts = Post.objects.current(on).filter(Q(user=user.pk) | lent)
    looks = [Exists(parties(user.pk, on)) for parties in looking_after()]
    flag = {"looks_after": reduce(or_, looks)} if looks else {}
    return list(posts.annotate(**flag).select_related("office").order_by("pk"))


def looked_after(user: User, on: date) -> list[QuerySet[Any]]:
    """Parties the user looks after on that day beside their own post, as queries; none for whoever looks
    after none, keeps the machine, or comes with a token."""
    if limits_of(user) != (None, None) or stands_apart(user, on):
        return []
    own = [post for post in all_posts_of(user, on) if post.user_id == user.pk]
    if not any(getattr(post, "looks_after", False) for post in own):
        return []
    return [parties(user.pk, on) for parties in looking_after()]


def absent_of(user: User, on: date) -> list[int]:
    """Keys of the people whose posts the user holds while they are away."""
    return sorted({post.user_id for post in posts_of(user, on)} - {user.pk})


def stands_for(user: User, on: date) -> set[int]:
    """The user and those away for whom they stand in: whose matters are theirs to handle."""
    return {user.pk, *absent_of(user, on)}


def alone(user: User, stead: int | None = None) -> User:
    """The same person without what was lent to them, but for the posts of `stead`."""
    found = copy(user)
    found.__dict__.pop("_desk_kept", None)
    found.__dict__ |= {"_desk_stead": stead, "_desk_limit": limits_of(user)}
    return found


def stands_apart(user: User, on: date) -> bool:
    """Whether the user keeps the machine, its security or its audit, and so has no right in any case."""
    return user.is_superuser or any(post.role in Post.WITHOUT_CASES for post in all_posts_of(user, on))


def parties_of(user: User, on: date) -> set[int]:
    """Keys of the parties the user may act for on that day."""
    if not (user.is_authenticated and user.is_active) or stands_apart(user, on):
        return set()
    return _members(user, on)[True]


def claimed_parties(user: User, on: date) -> set[int]:
    """Keys of the parties the user says to act for, before that is approved."""
    if not (user.is_authenticated and user.is_active) or stands_apart(user, on):
        return set()
    return _members(user, on)[False]


def _members(user: User, on: date) -> dict[bool, set[int]]:
    def load() -> dict[bool, set[int]]:
        found: dict[bool, set[int]] = {True: set(), False: set()}
        rows = Membership.objects.current(on).filter(user=user).values_list("is_confirmed", "party")
        for confirmed, party in rows:
            if limits_of(user)[1] in (None, party):
                found[confirmed].add(party)
        return {True: found[True], False: found[False] - found[True]}

    kept: dict[bool, set[int]] = _kept(user, "parties", on, load)
    return kept


def holds(user: User, role: str, on: date) -> bool:
    return any(post.role == role for post in posts_of(user, on))


def is_dispatcher(user: User, on: date) -> bool:
    return any(post.role == Role.DISPATCHER and post.office.code == CENTRE for post in posts_of(user, on))


def all_offices(user: User | None = None, on: date | None = None) -> dict[int, Office]:
    """Every office by its key in the order of codes; read once for a user object and day."""

    def load() -> dict[int, Office]:
        return {office.pk: office for office in Office.objects.order_by("code")}

    kept: dict[int, Office] = load() if user is None or on is None else _kept(user, "offices", on, load)
    return kept


def below(offices: set[int], known: Iterable[Office] | None = None) -> set[int]:
    """Keys of these offices and of all below them in the tree (`known`, where it was read before)."""
    children: dict[int | None, list[int]] = {}
    for office in all_offices().values() if known is None else known:
        children.setdefault(office.parent_id, []).append(office.pk)
    found, todo = set(offices), list(offices)
    while todo:
        fresh = [pk for pk in children.get(todo.pop(), []) if pk not in found]
        found.update(fresh)
        todo.extend(fresh)
    return found


def reach(user: User, roles: frozenset[str], on: date) -> set[int]:
    """Offices where the user serves in one of `roles`. Heads and leaders also reach what is below."""

    def load() -> set[int]:
        mine = [post for post in posts_of(user, on) if post.role in roles]
        here = {post.office_id for post in mine}
        above = {post.office_id for post in mine if post.role in {Role.HEAD, Role.LEADER}}
        return here | (below(above, all_offices(user, on).values()) if above else set())

    return _kept(user, f"reach:{sorted(roles)}", on, load)


def subject_to(user: User, on: date) -> set[int]:
    """Offices where the user serves, and all that stand above them: complaints about these are not theirs to
    know."""

    def load() -> set[int]:
        held = {post.office_id for post in all_posts_of(user, on)}
        return above(held, all_offices(user, on).values()) if held else set()

    kept: set[int] = _kept(user, "subject_to", on, load)
    return kept


def who_may_know(people: Iterable[User], against: int | None, on: date) -> list[User]:
    """Of these people, those who may know of what is said against an office: nobody serving there or below.
    Everybody where it is against none."""
    return [user for user in people if against is None or against not in subject_to(user, on)]


def above(offices: set[int], known: Iterable[Office] | None = None) -> set[int]:
    """Keys of these offices and of all that stand above them in the tree."""
    if not offices:
        return set()
    parents = {each.pk: each.parent_id for each in (all_offices().values() if known is None else known)}
    found: set[int] = set()
    todo: list[int | None] = list(offices)
    while todo:
        office = todo.pop()
        if office is not None and office not in found:
            found.add(office)
            todo.append(parents.get(office))
    return found


def sees_all(user: User, on: date) -> bool:
    return is_dispatcher(user, on) or any(holds(user, role, on) for role in (Role.MANAGER, Role.SUPERVISOR))
