"""What the badge of a stopped clock says besides “on time”."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone
from django.utils.translation import override

from servicedesk.desk import actions, pieces
from servicedesk.desk.models import Case, Clock
from servicedesk.desk.verdicts import verdict, with_first_dates
from servicedesk.desk.workbench import of_desk
from tests import make
from tests.desk.staff import bench, enter
from tests.enterprises import overseeing
from tests.enterprises.test_panel import parks
from tests.make import MONDAY, again
from tests.people import Cast

pytestmark = pytest.mark.django_db


def badge(case: Case, code: str) -> dict[str, object]:
    found = Case.objects.prefetch_related(with_first_dates(), "pauses").get(pk=case.pk)
    clocks: list[Clock] = [clock for clock in found.clocks.all() if clock.code == code]
    with override("en"):
        return pieces.badge_of(clocks[0], clocks[0].stopped_at or MONDAY)


def test_kept_against_a_later_date_names_the_first_one(people: Cast) -> None:
    case = parks(people, MONDAY)
    later = MONDAY + timedelta(days=45)
    actions.unpark(case, by=people.alice, at=later)
    actions.draft_answer(again(case), by=people.alice, at=later, text="已办。")
    actions.sign_off(again(case), by=people.bob, at=later)
    shown = badge(case, "resolve")
    assert "later date" in str(shown["words"]) and "missed" in str(shown["words"])
    assert shown["state"] == "soon"
    plain = make.answered(people)
    assert badge(plain, "resolve")["state"] == "kept"


def test_what_was_handed_on_was_neither_kept_nor_missed(people: Cast) -> None:
    case = make.dispatched(people)
    actions.return_to_centre(case, by=people.bob, at=MONDAY, reason="不归住建。")
    shown = badge(case, "contact")
    assert (shown["state"], shown["words"]) == ("off", "Broken off: handed on")


def test_an_undone_dispatch_and_a_withdrawal_are_nobodys_kept_promise(people: Cast) -> None:
    case = make.dispatched(people)
    actions.recall(case, by=people.diana, at=MONDAY + timedelta(minutes=5))
    assert badge(case, "contact")["words"] == "Broken off: handed on"
    Clock.objects.filter(case=case, code="contact").update(late=True)
    assert badge(case, "contact")["words"] == "Broken off: handed on"
    other = make.claimed(people)
    actions.withdraw(again(other), by=people.wang, at=MONDAY + timedelta(minutes=9), reason="已自行解决。")
    shown = badge(other, "resolve")
    assert (shown["state"], shown["words"]) == ("off", "Withdrawn")


def test_a_merged_matter_has_no_verdict_and_leads_on_once(client: Client, people: Cast) -> None:
    now = timezone.now()
    older = make.submitted(people, at=now - timedelta(minutes=9))
    younger = make.submitted(people, at=now - timedelta(minutes=5))
    actions.merge(younger, by=people.diana, at=now, into=older, reason="同一件。")
    assert badge(younger, "company")["words"] == "Merged into another matter: goes on there"
    enter(client, people.diana)
    html = client.get(bench(younger)).content.decode()
    assert html.count(f'"{bench(older)}"') == 1
    enter(client, people.wang)
    html = client.get(f"/matters/{younger.number}/").content.decode()
    assert html.count(f'"/matters/{older.number}/"') == 1 and "On time" not in html


def test_papers_asked_for_break_a_promise_off(people: Cast) -> None:
    clock = Clock(code="promised", stopped_at=MONDAY, stopped_by="ask_supplement", late=False, due_at=MONDAY)
    with override("en"):
        found = verdict(clock)
        assert found is not None and found.words == "Broken off: papers were asked for"
        clock.code = "check"
        assert verdict(clock) is None


def test_the_page_of_an_order_names_its_matter_once_beside_its_title(client: Client, people: Cast) -> None:
    matter = make.claimed(people, at=timezone.now() - timedelta(minutes=5))
    order = overseeing.ordered(people, matter, at=timezone.now())
    enter(client, people.frank)
    html = client.get(bench(order)).content.decode()
    assert html.count(f'"{bench(matter)}"') == 1
    assert of_desk(people.frank, timezone.now()).filter(pk=order.pk).exists()
