"""The demo is walked through the real verbs, so it must look like one history, twice the same."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.core.management import CommandError, call_command
from django.db import transaction

from enterprises import uscc
from enterprises.demo.fill import fill
from enterprises.models import Company
from servicedesk.accounts import demo
from servicedesk.accounts.models import Post
from servicedesk.desk.audit import verify
from servicedesk.desk.models import Case, Clock, Event, Notice
from servicedesk.desk.replay import differences

# Each step commits, as where the demo runs: thousands of savepoints in one transaction are a crawl.
pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.sqlite]
UNTIL = datetime(2026, 11, 20, 17, 0, tzinfo=ZoneInfo("Asia/Shanghai"))


def told(done: int, total: int) -> None:
    """Nobody watches."""


def history() -> list[tuple[Any, ...]]:
    events = Event.objects.filter(case__isnull=False).order_by("case__number", "case", "seq")
    return list(events.values_list("case__number", "seq", "verb", "by__username", "effective_at", "body"))


def test_a_filled_desk_is_believable_and_right() -> None:
    fill(40, 7, UNTIL, told)
    assert Case.objects.submitted().filter(kind="direct-line").count() == 40
    assert all(uscc.check(company.number).is_good for company in Company.objects.select_related("party"))
    assert list(differences()) == []
    assert list(verify()) == []
    assert Case.objects.filter(outcome="solved").exists()
    assert Case.objects.open().exists()
    assert Clock.objects.filter(late=True).exists()
    assert not Event.objects.filter(at__gt=UNTIL).exists()


def test_the_log_in_page_shows_an_officer_and_a_head_who_have_work(settings: Any) -> None:
    settings.DEMO = True
    fill(60, 1, UNTIL, told)
    shown = {person.username for person in demo.people(UNTIL.date())}
    posts = Post.objects.filter(user__username__in=shown)
    officer = posts.get(role=Post.Role.OFFICER)
    assert {"dispatcher1", "company1", "company2"} <= shown
    assert posts.filter(role=Post.Role.HEAD, office=officer.office).exists()
    assert Case.objects.open().filter(officer=officer.user).exists()


def test_its_letters_go_to_a_recording_channel(mailoutbox: list[Any]) -> None:
    fill(6, 3, UNTIL, told)
    assert mailoutbox == []
    assert Notice.objects.filter(channel="email").exists()
    assert not Notice.objects.filter(channel="email").exclude(state="sent").exists()


def test_the_same_seed_tells_the_same_history() -> None:
    histories = []
    for _turn in range(2):
        with transaction.atomic():
            fill(12, 5, UNTIL, told)
            histories.append(history())
            transaction.set_rollback(True)
    assert histories[0] == histories[1]
    assert len(histories[0]) > 60


def test_a_production_desk_and_one_with_cases_refuse_it(settings: Any) -> None:
    settings.DEMO = False
    with pytest.raises(CommandError):
        call_command("demo", "--cases", "1")
