"""Real processes around the test's database: workers to kill, sweepers to race, a mail server with moods."""

from __future__ import annotations

import asyncio
import os
import random
import signal
import socket
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from aiosmtpd.controller import Controller
from django.db import connection
from django.db.models import Count
from django.utils import timezone

from servicedesk.accounts.models import User
from servicedesk.desk.alarms import plan_many
from servicedesk.desk.audit import verify
from servicedesk.desk.delivery import deliver
from servicedesk.desk.models import Alarm, AlarmRule, Clock, Event, Notice
from tests.desk.rows import Town, make_case, make_clock, make_event

ROOT = Path(__file__).resolve().parents[2]
BIN = Path(sys.executable).parent
# Longer than any worker keeps a notice for itself.
LEASE = timedelta(minutes=10)


def surroundings(**more: str) -> dict[str, str]:
    """The environment of a child: this test's database, broker and folders."""
    return (
        os.environ | {"DJANGO_SETTINGS_MODULE": "servicedesk.settings", "DATABASE_URL": database_url()} | more
    )


def database_url() -> str:
    found = connection.settings_dict
    if connection.vendor == "sqlite":
        return f"sqlite:///{found['NAME']}"
    who = f"{found['USER']}:{found['PASSWORD']}" if found["PASSWORD"] else found["USER"]
    return f"postgres://{who}@{found['HOST']}:{found['PORT'] or 5432}/{found['NAME']}"


def start(*words: str, **more: str) -> subprocess.Popen[str]:
    """Start a child in a session of its own, so that it can be killed with all its children."""
    return subprocess.Popen(
        words,
        cwd=ROOT,
        env=surroundings(**more),
        start_new_session=True,
        text=True,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
    )


def kill(child: subprocess.Popen[str], sign: int = signal.SIGKILL) -> None:
    with suppress(ProcessLookupError):
        os.killpg(child.pid, sign)
    child.wait(timeout=20)
    if child.stdout:
        child.stdout.close()


@contextmanager
def worker(app: str = "servicedesk", **more: str) -> Iterator[subprocess.Popen[str]]:
    """A Celery worker as the server starts it; killed with -9 at the end whatever it is doing."""
    words = (str(BIN / "celery"), "--quiet", "-A", app, "worker", "--concurrency", "1", "--without-mingle")
    child = start(*words, "--loglevel", "WARNING", **more)
    try:
        yield child
    finally:
        kill(child)


def run_together(*scripts: tuple[str, ...], **more: str) -> list[str]:
    """Start `tests.faults.racer` once for each script, let all go at one moment, return what they say."""
    go = Path(os.environ["VAR_ROOT"]) / f"go-{time.monotonic_ns()}"
    children = [
        start(sys.executable, "-m", "tests.faults.racer", str(go), *words, **more) for words in scripts
    ]
    ready = [go.with_name(f"{go.name}-{child.pid}") for child in children]
    wait_until(lambda: all(path.exists() for path in ready), "the racers are not ready")
    go.touch()
    said = [child.communicate(timeout=60)[0] for child in children]
    assert all(child.returncode == 0 for child in children), said
    return said


def wait_until(holds: Callable[[], Any], otherwise: str, seconds: float = 30) -> None:
    end = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < end, otherwise
        time.sleep(0.05)


def crash(point: str, *does: str, **more: str) -> int:
    """Do it in a process that dies at the named point; return how it ended."""
    child = start(sys.executable, "-m", "tests.faults.crashing", *does, CRASH_AT=point, **more)
    child.communicate(timeout=30)
    return child.returncode


# Duties


def duties(number: int, now: datetime) -> list[Clock]:
    """Clocks that ran out a minute ago, each with one rung due and one to come, told at any hour."""
    town = Town()
    for rung, offset in ((1, 0), (2, 20)):
        AlarmRule.objects.create(
            subject="rows", rung=rung, offset=offset, unit="working_days", whom="officer",
            effect="red", any_hour=True, valid_from="2018-01-01",
        )  # fmt: skip
    ran_out = now - timedelta(minutes=1)
    began = now - timedelta(days=30)
    clocks = [
        make_clock(make_case(town, submitted=began), start=began, due_at=ran_out) for _ in range(number)
    ]
    plan_many(clocks, began)
    return clocks


def damage(clocks: list[Clock]) -> list[str]:
    """Everything lost, doubled or broken after the sweeps have come to rest; empty when all is well."""
    told = Counter(Alarm.objects.filter(rung=1, fate="told").values_list("clock", flat=True))
    pending = Counter(Alarm.objects.filter(rung=2, settled_at=None).values_list("clock", flat=True))
    events = Counter(Event.objects.filter(verb="alarm").values_list("case", flat=True))
    mine = Notice.objects.filter(event__verb="alarm")
    pairs = mine.values_list("event__case", "channel", "state").annotate(Count("pk"))
    notices = {tuple(pair): number for *pair, number in pairs}
    wrong = [f"clock {each.pk} told {told[each.pk]} times" for each in clocks if told[each.pk] != 1]
    wrong += [f"clock {each.pk} planned {pending[each.pk]} times" for each in clocks if pending[each.pk] != 1]
    for each in clocks:
        if events[each.case_id] != 1:
            wrong.append(f"case {each.case_id} has {events[each.case_id]} alarm events")
        for channel in ("app", "email"):
            if notices.get((each.case_id, channel, "sent")) != 1:
                wrong.append(f"case {each.case_id} has no single {channel} notice that was sent")
    return wrong + [str(finding) for finding in verify()]


def unsettled(now: datetime) -> int:
    return Alarm.objects.filter(settled_at=None, rings_at__lt=now).count()


def unsent() -> int:
    return Notice.objects.filter(channel="email", state="queued").count()


def people_awaiting_digests(number: int, now: datetime) -> list[User]:
    """Heads with two pieces of news each, waiting for their morning."""
    town = Town()
    people = [
        User.objects.create(username=f"head-{place}", name=f"Head {place}", email=f"h{place}@desk.example")
        for place in range(number)
    ]
    for _ in range(2):
        event = make_event(make_case(town, submitted=now), now)
        Notice.objects.bulk_create(
            Notice(
                event=event, recipient=user, channel="digest", language="en", subject="News",
                body="News.", created_at=now, next_try_at=now,
            )
            for user in people
        )  # fmt: skip
    return people


# Mail


# How a mail server with moods answers: it mostly takes the mail, and then sometimes cuts the line.
MOODS = ["250 taken"] * 18 + ["cut", "451 later"]


@dataclass
class Sink:
    """A mail server that keeps what it takes. `answers` are given first: a reply, or `cut` for a connection
    lost after the mail was taken; then, where there is a `chance`, what it feels like."""

    answers: list[str] = field(default_factory=list)
    slow: float = 0
    chance: random.Random | None = None
    cuts: int = 0
    mails: list[tuple[str, bytes]] = field(default_factory=list)

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        await asyncio.sleep(self.slow)
        answer = self.answer()
        if answer == "cut" or answer.startswith("250"):
            self.mails.append((name_of(envelope.content), envelope.content))
        if answer == "cut":
            self.cuts += 1
            server.transport.abort()
        return answer

    def answer(self) -> str:
        if self.answers:
            return self.answers.pop(0)
        return self.chance.choice(MOODS) if self.chance else "250 taken"

    def copies(self) -> Counter[str]:
        return Counter(name for name, _ in self.mails)

    def bytes_of(self, name: str) -> set[bytes]:
        return {content for each, content in self.mails if each == name}


def name_of(content: bytes) -> str:
    lines = content.decode("ascii", "replace").splitlines()
    return next(line for line in lines if line.lower().startswith("message-id:"))


@contextmanager
def mail_server(sink: Sink) -> Iterator[str]:
    """Run the sink on a free port and yield its EMAIL_URL."""
    port = free_port()
    controller = Controller(sink, hostname="127.0.0.1", port=port)
    controller.start()
    try:
        yield f"smtp://127.0.0.1:{port}"
    finally:
        controller.stop()


def deliver_the_rest(url: str, settings: Any) -> None:
    """The sweep that comes when the leases of the dead have ended."""
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", int(url.rpartition(":")[2])
    deliver(timezone.now() + LEASE)


def free_port() -> int:
    with socket.socket() as asked:
        asked.bind(("127.0.0.1", 0))
        return int(asked.getsockname()[1])
