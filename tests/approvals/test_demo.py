"""The demo over all services: one history, believable and right, twice the same."""

from __future__ import annotations

from collections import Counter
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.core.management import call_command
from django.utils import timezone

from approvals.bundles.birth import is_sandbox
from approvals.construction.stages import LAPSED, UNDER_WAY, standings_of
from approvals.demo import SERVICES
from approvals.demo.words import table
from approvals.models import Application, Document, HandedIn, PermitLife, Project
from enterprises.demo.fill import fill
from enterprises.models import Breakfast, Company
from servicedesk.accounts import demo
from servicedesk.accounts.models import Post, User
from servicedesk.desk.invariants import broken
from servicedesk.desk.models import Case, Event, Step
from servicedesk.desk.permissions import visible_to
from tests.first_rows import put_back

# Each step commits, as where the demo runs: thousands of savepoints in one transaction are a crawl.
pytestmark = [pytest.mark.once, pytest.mark.django_db(transaction=True)]
UNTIL = datetime(2026, 11, 20, 16, 0, tzinfo=ZoneInfo("Asia/Shanghai"))


def nobody_watches(done: int, total: int) -> None:
    """The progress is for the pages."""


def history() -> list[tuple[Any, ...]]:
    """Every event with its moment and words, in the order of recording; keys of rows differ."""
    events = Event.objects.exclude(chain__startswith="user:").order_by("pk")
    return list(events.values_list("case__number", "seq", "verb", "by__username", "effective_at", "body"))


def first_of(case: Case) -> Company:
    return Company.objects.get(party=case.about)


def test_every_service_is_there_in_proportion_and_nothing_is_broken() -> None:
    fill(60, 3, UNTIL, nobody_watches, SERVICES)
    alone = Case.objects.submitted().filter(kind="approval", parent=None)
    # The usual ones as many as asked for, and some more that went a rarer way.
    assert 60 < Case.objects.submitted().filter(kind="direct-line").count() < 75
    assert (Breakfast.objects.count(), Project.objects.count()) == (7, 6)
    assert (alone.count(), Case.objects.filter(kind="bundle").count()) == (11 + 4, 5 + 3)
    assert not Event.objects.filter(at__gt=UNTIL).exists()
    assert broken(UNTIL) == []
    _companies_were_born()
    _permits_stand_in_every_way()
    _everybody_of_the_log_in_page_has_matters()
    _every_queue_has_its_people()
    assert Document.objects.exists() and not Document.objects.exclude(path="").exists()
    assert HandedIn.objects.filter(case__kind="construction-permit").exists()


def _companies_were_born() -> None:
    births = Case.objects.filter(
        kind="approval", about__isnull=False, application__item__code="company-setup"
    )
    assert births.exists()
    for case in births.select_related("about__company"):
        assert case.outcome == "granted"
        assert is_sandbox(first_of(case).number, case)
    bundle = Case.objects.filter(kind="bundle", outcome="completed").first()
    assert bundle is not None and bundle.about is not None
    assert Step.objects.filter(case__kind="bundle").exclude(opens=None).count() >= 8
    assert Case.objects.filter(parent__kind="bundle", state="supplementing").exists()
    assert Application.objects.exclude(answers={}).count() == Application.objects.count()


def _permits_stand_in_every_way() -> None:
    sorts = {each.sort for project in Project.objects.all() for each in standings_of(project, UNTIL)}
    assert {UNDER_WAY, LAPSED} <= sorts
    lives = PermitLife.objects.select_related("case")
    assert lives.filter(works_began_on__isnull=False).exists()
    lapsed = lives.get(case__outcome="lapsed").case
    assert lapsed.events.filter(verb="extend").count() == 2
    asking = Event.objects.filter(verb="ask_extension").exclude(case=lapsed).get().case
    assert asking is not None and not asking.events.filter(verb__in=["extend", "refuse_extension"]).exists()


def _everybody_of_the_log_in_page_has_matters() -> None:
    for username in demo.SHOWN_OUTSIDE:
        user = User.objects.get(username=username)
        assert user.is_demo and not user.is_staff
        assert visible_to(user, UNTIL).exists(), username
    kinds = visible_to(User.objects.get(username=demo.FOUNDER), UNTIL).values_list("kind", flat=True)
    assert "bundle" in kinds
    kinds = visible_to(User.objects.get(username=demo.BUILDER), UNTIL).values_list("kind", flat=True)
    assert {"construction-permit", "permit-life"} <= set(kinds)


def _every_queue_has_its_people() -> None:
    serving = Counter(Post.objects.values_list("office", "role"))
    for office in set(Case.objects.open().values_list("office", flat=True)):
        roles = {Post.Role.OFFICER, Post.Role.DISPATCHER}
        assert any(serving[office, role] for role in roles) and serving[office, Post.Role.HEAD]


def test_the_command_fills_an_empty_desk_until_the_end_of_a_day_twice_the_same(
    settings: Any, tmp_path: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    settings.DEMO, settings.VAR = True, tmp_path
    histories = []
    for _turn in range(2):
        call_command("demo", "--cases", "4", "--seed", "2", "--until", "2026-11-20")
        assert "2026-11-20" in capsys.readouterr().out
        kinds = set(Case.objects.values_list("kind", flat=True))
        assert kinds >= {"direct-line", "approval", "bundle", "construction-permit", "promise"}
        last = Event.objects.latest("at").at
        assert timezone.localdate(last).isoformat() <= "2026-11-20"
        histories.append(history())
        call_command("flush", interactive=False, reset_sequences=False)
        put_back()
    assert histories[0] == histories[1]
    assert len(histories[0]) > 200


def sentences(value: Any) -> list[str]:
    if isinstance(value, dict):
        return [text for each in value.values() for text in sentences(each)]
    return [text for each in value for text in sentences(each)] if isinstance(value, list) else [str(value)]


def test_what_offices_and_applicants_write_are_whole_sentences_with_no_gap_in_them() -> None:
    rightful = set(table("words")["rightful"])
    said = [text for text in sentences(table("words")) if text not in rightful]
    assert len(said) > 40
    for text in [*said, *sentences(table("texts"))]:
        assert text.strip() == text and not set("{}%") & set(text), text
    assert all(text.endswith(("。", "？")) for text in said)


def test_on_a_holiday_and_at_night_it_is_right_as_well() -> None:
    until = datetime(2026, 10, 5, 3, 30, tzinfo=ZoneInfo("Asia/Shanghai"))
    fill(4, 1, until, nobody_watches, SERVICES)
    assert not Event.objects.filter(at__gt=until).exists()
    assert broken(until) == []
