"""The desk that is measured: filled in two stages, so that a thousand cases can be held against the rest."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from importlib import import_module

from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.core.management import call_command
from django.test import Client
from django.utils import timezone

from servicedesk.accounts.models import Office, Post, User
from servicedesk.desk.bulk.filling import Order, fill
from servicedesk.desk.models import Case
from tests.benchmarks.measuring import Measured

FEW = 1000
# From so many cases on, making the indexes anew is quicker than keeping them.
WORTH_IT = 50_000
BACKEND = "servicedesk.accounts.backends.ByNameMailOrPhone"
# So many open cases have the hundred thousand running clocks that are to be dated anew.
MOST_OPEN = 40_000


@dataclass
class Desk:
    """`small` holds what was measured at a thousand cases."""

    cases: int
    seed: int = 1
    small: dict[str, float] = field(default_factory=dict)
    found: list[Measured] = field(default_factory=list)

    @cached_property
    def at(self) -> datetime:
        return timezone.now().replace(microsecond=0)

    def stages(self) -> Iterator[int]:
        """Fill and give the number of cases at each stage."""
        call_command("migrate", interactive=False, verbosity=0)
        call_command("collectstatic", interactive=False, verbosity=0)
        counts = [FEW, self.cases] if self.cases > FEW else [self.cases]
        done = 0
        for count in counts:
            began = time.monotonic()
            open_ = min(MOST_OPEN, count // 4) - min(MOST_OPEN, done // 4)
            order = Order("direct-line", count - done, open_, 48, self.seed + done, self.at)
            fill(order, _told, unindexed=count - done >= WORTH_IT)
            took, done = time.monotonic() - began, count
            note = "words, facts and statistics included"
            last = Measured(
                "fill", count / took, "cases/s", target=5000, of="value", better="more", note=note
            )
            yield count
        self.found.insert(0, last)

    def runs(self, usual: int) -> int:
        """How often a thing is timed; once where only the harness is tried."""
        return usual if self.cases >= FEW else 1

    @cached_property
    def manager(self) -> User:
        """Sees every case and all figures."""
        user, _ = User.objects.get_or_create(
            username="bench-manager", defaults={"name": "Bench", "is_staff": True, "is_superuser": False}
        )
        centre = Office.objects.get(code="fwzx")
        Post.objects.get_or_create(
            user=user, office=centre, role=Post.Role.MANAGER, since=self.at.date().replace(year=2020)
        )
        return user

    @cached_property
    def officer(self) -> User:
        return User.objects.get(username="bulk-zjj-officer-1")

    def client(self, user: User) -> Client:
        client = Client()
        client.force_login(user, BACKEND)
        return client

    def open_case(self) -> Case:
        return Case.objects.open().filter(officer__isnull=False).latest("pk")


def _told(done: int) -> None:
    if done % 50_000 == 0:
        print(f"{done} filled", file=sys.stderr, flush=True)


def page(client: Client, address: str) -> bytes:
    """The whole answer; anything but a page is an error of the measure."""
    response = client.get(address)
    if response.status_code != 200:
        raise RuntimeError(f"{address} answers {response.status_code}.")
    return b"".join(response.streaming_content) if response.streaming else response.content


def session_of(user: User) -> str:
    """The cookie of a session in which the user is logged in."""
    store = import_module(settings.SESSION_ENGINE).SessionStore()
    store[SESSION_KEY] = str(user.pk)
    store[BACKEND_SESSION_KEY] = BACKEND
    store[HASH_SESSION_KEY] = user.get_session_auth_hash()
    store.save()
    return str(store.session_key)
