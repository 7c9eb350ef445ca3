"""Each safety mechanism is taken away in a throw-away database: what it holds up breaks, and the invariants
or a later line of defence say so. With the mechanism in place the same moment leaves a healthy desk."""

from __future__ import annotations

import os
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from itertools import count
from typing import Any

import pytest
from django.db import IntegrityError, connection
from pytest_django import DjangoDbBlocker

from servicedesk.accounts.models import Post
from servicedesk.desk import actions, alarms, calendars, delivery, numbers, ringing
from servicedesk.desk.actions import begin
from servicedesk.desk.channels import MailChannel
from servicedesk.desk.errors import DeskError
from servicedesk.desk.invariants import QUIET, broken
from servicedesk.desk.models import Alarm, Notice, SubmissionKey
from servicedesk.desk.ringing import ring
from tests import make
from tests.desk.racing import errors, together
from tests.faults.elsewhere import cloned, copied, drop_constraints, inside, mutate
from tests.faults.world import LEASE, Sink, mail_server, wait_until
from tests.people import HOUSING, Cast, cast, person, posted

pytestmark = [pytest.mark.faults, pytest.mark.postgres, pytest.mark.django_db]

NOW = make.MONDAY
# The contact clock of a matter claimed at NOW ran out five minutes ago.
LATER = make.moment("2026-03-02 11:05")
Patch = pytest.MonkeyPatch


@pytest.fixture(scope="module")
def template(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[tuple[str, Cast]]:
    """A database with first rows and the cast, to be cloned for each moment."""
    name = f"mutants_{os.environ.get('PYTEST_XDIST_WORKER', 'alone')}"
    with django_db_blocker.unblock(), copied(name):
        with inside(name):
            people = cast()
        yield name, people


@pytest.fixture(autouse=True)
def no_calendar_of_another_database() -> Iterator[None]:
    calendars.forget()
    yield
    calendars.forget()


def tried(act: Callable[[], Any]) -> str:
    """Do it; return what a constraint said against it, or "" where nothing did or the desk refused."""
    try:
        act()
    except IntegrityError as error:
        return str(error).partition("\n")[0]
    except DeskError:
        return ""
    return ""


class Meeting:
    """A place where two wait for each other; who is alone goes on when the other one waits for a lock."""

    def __init__(self) -> None:
        self.there = count()
        self.came = 0

    def __call__(self) -> None:
        self.came = next(self.there) + 1
        wait_until(lambda: self.came > 1 or somebody_waits(), "the other one does not come")


def somebody_waits() -> bool:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM pg_locks WHERE NOT granted"
            " AND pid IN (SELECT pid FROM pg_stat_activity WHERE datname = current_database())"
        )
        return bool(cursor.fetchone()[0])


# Moments: what happens, and what is then wrong


def one_key_for_two_drafts(people: Cast, patch: Patch) -> list[str]:
    key, drafts = uuid.uuid4(), [make.draft(people) for _ in range(2)]
    send = partial(actions.submit, by=people.wang, at=NOW, key=key, facts={"text": "积水"})
    together(*[partial(send, draft) for draft in drafts])
    return broken(NOW)


def two_who_forgot_the_lock_plan_one_clock(people: Cast, patch: Patch) -> list[str]:
    clock = make.claimed(people).clocks.get(code="resolve")
    Alarm.objects.filter(clock=clock).delete()
    meet, look = Meeting(), alarms._next_rungs
    patch.setattr(alarms, "_next_rungs", lambda *words: [look(*words), meet()][0])
    together(*[partial(tried, partial(alarms.plan, clock, NOW))] * 2)
    return broken(NOW)


def a_sweeper_that_does_not_look_again(people: Cast, patch: Patch) -> list[str]:
    clock = make.claimed(people).clocks.get(code="contact")
    ring(LATER)
    told = Alarm.objects.get(clock=clock, fate="told")
    Alarm.objects.filter(clock=clock, settled_at=None).delete()
    Alarm.objects.create(clock=clock, rule=told.rule, rung=told.rung, rings_at=told.rings_at)
    patch.setattr(ringing, "settled_rungs", lambda clocks: {})
    ring(LATER)
    return broken(LATER)


def a_deliverer_comes_back_after_its_lease(people: Cast, patch: Patch) -> list[str]:
    """It stalled; another one has taken over and is about to send, when it says that its own try failed."""
    make.dispatched(people)
    at, sink = NOW, Sink()
    Notice.objects.filter(channel="email").update(next_try_at=at)
    stalled = delivery.claim(at, 20)
    second = delivery.claim(at + LEASE, 20)
    for notice in stalled:
        delivery._postpone(notice, at + LEASE, OSError("the line was cut"))
    third = delivery.claim(at + LEASE + timedelta(seconds=90), 20)
    with mail_server(sink) as url:
        patch.setattr("django.conf.settings.EMAIL_BACKEND", "django.core.mail.backends.smtp.EmailBackend")
        patch.setattr("django.conf.settings.EMAIL_HOST", "127.0.0.1")
        patch.setattr("django.conf.settings.EMAIL_PORT", int(url.rpartition(":")[2]))
        for batch in (second, third):
            now = delivery.Now(at + LEASE)
            delivery._send_all(batch, MailChannel(), now, now() + LEASE)
    assert stalled and len(sink.copies()) == len(stalled)
    twice = [f"{name} came {copies} times" for name, copies in sink.copies().items() if copies > 1]
    return twice + broken(NOW)


def one_alarm_of_a_batch_cannot_ring(people: Cast, patch: Patch) -> list[str]:
    bad, *_good = [make.claimed(people) for _ in range(4)]
    look = ringing._looked_at

    def stumble(alarm: Alarm, *words: Any) -> Any:
        if alarm.clock.case_id == bad.pk:
            raise ValueError("a bad row")
        return look(alarm, *words)

    patch.setattr(ringing, "_looked_at", stumble)
    ring(LATER)
    return broken(LATER + QUIET + timedelta(seconds=30))


def a_batch_fails_after_its_events(people: Cast, patch: Patch) -> list[str]:
    for _ in range(4):
        make.claimed(people)
    tell, falls = ringing.tell_many, iter([True])

    def stumble(*words: Any) -> None:
        if next(falls, False):
            raise ValueError("nobody can be told just now")
        tell(*words)

    patch.setattr(ringing, "tell_many", stumble)
    ring(LATER)
    return broken(LATER)


def two_officers_claim_one_matter(people: Cast, patch: Patch) -> list[str]:
    amy = posted(person(f"amy-{uuid.uuid4()}"), HOUSING, Post.Role.OFFICER)
    case, meet, look = make.dispatched(people), Meeting(), begin.ready
    patch.setattr(begin, "ready", lambda *words: [look(*words), meet()][0])
    said = together(*[partial(actions.claim, case, by=user, at=NOW) for user in (people.alice, amy)])
    won = len(said) - len(errors(said))
    return [f"{won} officers were told that it is theirs"] * (won != 1) + broken(NOW)


def several_submit_at_once(people: Cast, patch: Patch) -> list[str]:
    drafts = [make.draft(people) for _ in range(8)]
    make.submitted(people)
    send = partial(actions.submit, by=people.wang, at=NOW, facts={})
    said = together(*[partial(tried, partial(send, draft, key=uuid.uuid4())) for draft in drafts])
    return [each for each in said if each] + broken(NOW)


# Mechanisms, and how they are taken away


@dataclass(frozen=True)
class Mutant:
    name: str
    moment: Callable[[Cast, Patch], list[str]]
    weaken: Callable[[Patch], None]
    reports: str


def no_unique_key(patch: Patch) -> None:
    drop_constraints(SubmissionKey, "one_submission_a_key")


def no_single_pending_alarm(patch: Patch) -> None:
    drop_constraints(Alarm, "one_pending_alarm")


def no_rung_told_once(patch: Patch) -> None:
    drop_constraints(Alarm, "each_rung_told_once")


def no_token_at_the_end(patch: Patch) -> None:
    mutate(patch, delivery, "_mark", "pk=notice.pk, token=notice.token", "pk=notice.pk")


def no_halves(patch: Patch) -> None:
    mutate(
        patch,
        ringing,
        "_settle",
        "return _settle(pks[:half], known) + _settle(pks[half:], known)",
        "return 0",
    )


def no_transaction(patch: Patch) -> None:
    mutate(patch, ringing, "_settle", "with transaction.atomic():", "if True:")
    # Django would refuse this lock where there is no transaction.
    mutate(patch, ringing, "_locked", ".select_for_update(skip_locked=True, no_key=True)", "")


def no_counting_in_the_database(patch: Patch) -> None:
    once = "cursor.execute(statement, [count, series, year])"
    read = """cursor.execute(f'SELECT last FROM "{table}" WHERE series = %s AND year = %s', [series, year])"""
    first = "before = (cursor.fetchone() or [0])[0]"
    then = "cursor.execute(statement.replace('last = last +', 'last ='), [before + count, series, year])"
    mutate(patch, numbers, "_counted", once, f"{read}; {first}; {then}")


def no_lock(patch: Patch) -> None:
    mutate(patch, begin, "lock", '.select_for_update(of=("self",), no_key=True)', ".all()")


MUTANTS = [
    Mutant("unique key", one_key_for_two_drafts, no_unique_key, "made 2 cases"),
    Mutant(
        "one pending alarm", two_who_forgot_the_lock_plan_one_clock, no_single_pending_alarm, "are pending"
    ),
    Mutant("told once", a_sweeper_that_does_not_look_again, no_rung_told_once, "was told 2 times"),
    Mutant("lease token", a_deliverer_comes_back_after_its_lease, no_token_at_the_end, "came 2 times"),
    Mutant("row by row", one_alarm_of_a_batch_cannot_ring, no_halves, "did not ring"),
    Mutant("transaction", a_batch_fails_after_its_events, no_transaction, "Nobody was told"),
    Mutant("number", several_submit_at_once, no_counting_in_the_database, "desk_case_number"),
    Mutant("lock", two_officers_claim_one_matter, no_lock, "2 officers"),
]


@pytest.mark.parametrize("mutant", MUTANTS, ids=lambda each: each.name)
def test_a_safety_mechanism_that_is_missing_is_noticed(
    mutant: Mutant, template: tuple[str, Cast], monkeypatch: Patch
) -> None:
    name, people = template
    with cloned(name):
        with monkeypatch.context() as patch:
            assert mutant.moment(people, patch) == []
        with monkeypatch.context() as patch:
            mutant.weaken(patch)
            said = mutant.moment(people, patch)
    assert any(mutant.reports in line for line in said), said
