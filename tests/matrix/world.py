"""The world the matrix is asked in: who there is, and which object each address names."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from http.cookies import SimpleCookie
from typing import Any

from django.apps import apps
from django.conf import settings
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver
from django.utils import timezone

from servicedesk.accounts.models import Post, User
from servicedesk.desk.models import Attachment, Case, Membership
from tests import make
from tests.people import SINCE, Cast, cast, member, person, posted

BACKEND = "servicedesk.accounts.backends.ByNameMailOrPhone"
# Where a stranger is sent to log in.
DOORS = ("/account/login/", "/account/reauthenticate/", "/account/2fa/", "/desk/login/")


@dataclass(frozen=True)
class Route:
    """One address of the house: its name, its pattern, and the view behind it."""

    name: str
    pattern: str

    @property
    def key(self) -> str:
        """The name; where it has none, or shares it, the pattern."""
        return self.pattern if self.name.endswith("?") else self.name

    @property
    def room(self) -> str:
        """The first part of the address; of the desk's many addresses the first two."""
        parts = self.pattern.split("/")
        return "/".join(parts[: 2 if parts[0] == "desk" and len(parts) > 3 else 1])


def routes() -> list[Route]:
    """Every address the resolver knows, in its order."""
    return list(_walk(get_resolver()))


def _walk(resolver: Any, prefix: str = "", space: str = "") -> Iterator[Route]:
    for entry in resolver.url_patterns:
        if isinstance(entry, URLResolver):
            inner = f"{space}{entry.namespace}:" if entry.namespace else space
            yield from _walk(entry, prefix + str(entry.pattern), inner)
        elif isinstance(entry, URLPattern):
            yield Route(f"{space}{entry.name or '?'}", prefix + str(entry.pattern))


@dataclass
class World:
    """Cases at one office, seen from every side.

    `own` is wang's company's matter at alice's office; `complaint` is one about that office, at the
    supervision office; `claimed` is what vera filed before her claim on the company is approved."""

    people: Cast
    own: Case
    complaint: Case
    claimed: Case
    draft: Case
    users: dict[str, User]
    papers: dict[str, int] = field(default_factory=dict)
    browser: Client = field(default_factory=lambda: Client(raise_request_exception=False))
    sessions: dict[str, str] = field(default_factory=dict)

    def client(self, name: str) -> Client:
        """The browser with this person's session and nothing else: what an address does to its cookies does
        not last."""
        browser = self.browser
        browser.cookies = SimpleCookie()
        if name != "nobody" and name not in self.sessions:
            browser.force_login(self.users[name], backend=BACKEND)
            self.sessions[name] = browser.cookies[settings.SESSION_COOKIE_NAME].value
            browser.cookies = SimpleCookie()
        if name != "nobody":
            browser.cookies[settings.SESSION_COOKIE_NAME] = self.sessions[name]
        return browser


def build() -> World:
    people = cast()
    posted(person("henry"), "fwzx", Post.Role.STATISTICIAN)
    posted(person("ivan"), "dcs", Post.Role.AUDITOR)
    posted(person("judy"), "fwzx", Post.Role.SECURITY)
    karl = posted(person("karl"), "fwzx", Post.Role.SYSTEM)
    User.objects.filter(pk=karl.pk).update(is_superuser=True)
    vera = member("vera", people.company)
    Membership.objects.filter(user=vera).update(is_confirmed=False, since=SINCE)
    # Nobody's word has run out, whatever day the suite runs on.
    at = timezone.now() - timedelta(hours=1)
    own = make.claimed(people, at=at)
    complaint = make.dispatched(people, at=at, to="dcs")
    Case.objects.filter(pk=complaint.pk).update(against=people.office())
    filed = make.submitted(people, at=at)
    Case.objects.filter(pk=filed.pk).update(opened_by=vera)
    users = {user.username: user for user in User.objects.all()}
    draft = make.draft(people, at=at)
    world = World(people, own, make.again(complaint), make.again(filed), draft, users)
    world.papers = {label: paper(getattr(world, label), people.wang) for label in ("own", "complaint")}
    return world


def paper(case: Case, by: User) -> int:
    """Key of a file on the case. Its bytes are not on the shelf: who may have it is asked before that."""
    facts = {"sha256": "0" * 64, "size": 1, "name": "a.pdf", "mime": "application/pdf", "path": "no/where"}
    return Attachment.objects.create(case=case, by=by, at=timezone.now(), **facts).pk


# What the converters of addresses are filled with where nothing better is said.
NOWHERE = {"pk": "999999", "key": "999999", "object_id": "999999", "token": "x" * 22, "code": "nothing"}


def addresses(route: Route, world: World) -> Iterator[tuple[str, str]]:
    """Each address of a route with the label of the object it names ("" where it names none)."""
    if route.name.startswith("admin:desk_case_") and "object_id" in route.pattern:
        for label in ("own", "complaint"):
            yield label, filled(route, {"object_id": str(getattr(world, label).pk)})
    elif route.name in {"desk:file", "api-attachment"}:
        for label, pk in world.papers.items():
            number = str(getattr(world, label).number)
            yield label, filled(route, {"pk": str(pk), "number": number})
    elif route.pattern.startswith("start/<slug:kind>/<int:pk>/"):
        yield "own", filled(route, {"kind": "direct-line", "pk": str(world.draft.pk)})
    elif route.name == "board:act":
        for label in ("own", "complaint"):
            yield label, filled(route, {"number": str(getattr(world, label).number), "verb": "link"})
    elif "number" in route.pattern and ("desk:" in route.name or "case" in route.name):
        for label in ("own", "complaint", "claimed"):
            case: Case = getattr(world, label)
            clock = case.clocks.order_by("pk").first()
            known = {"number": str(case.number), "pk": str(clock.pk if clock else 0), "verb": "message"}
            yield label, filled(route, known)
    elif "object_id" in route.pattern:
        yield "", filled(route, {"object_id": first_key(route)})
    else:
        yield "", filled(route, {"kind": "direct-line", "form": "csv", "verb": "message", "name": "sla"})


def first_key(route: Route) -> str:
    """Key of the first row of the admin's model, where there is one."""
    _, app, name, *_ = route.pattern.split("/")
    try:
        row = apps.get_model(app, name)._default_manager.order_by("pk").first()
    except LookupError:
        row = None
    return str(row.pk) if row else NOWHERE["object_id"]


def filled(route: Route, known: dict[str, str]) -> str:
    """The address with its converters filled in."""
    out, rest = "/", route.pattern
    while rest:
        if rest[0] == "<":
            inside, _, rest = rest[1:].partition(">")
            name = inside.rpartition(":")[2]
            out += known.get(name) or NOWHERE.get(name, "x")
        elif rest.startswith("(?P<"):
            name = rest[4:].partition(">")[0]
            depth, place = 0, 0
            for place, sign in enumerate(rest):  # noqa: B007
                depth += (sign == "(") - (sign == ")")
                if depth == 0:
                    break
            rest = rest[place + 1 :]
            out += known.get(name) or {"app_label": "desk", "url": "nothing-here/"}.get(name, "x")
        else:
            out += "" if rest[0] in "^$" else rest[0]
            rest = rest[1:]
    return out.replace("\\", "")
