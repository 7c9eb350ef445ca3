"""A builder gets stage one and two, begins the second in time, and lets the first lapse after extensions."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path

import pytest
import time_machine
from django.utils import timezone

from approvals.models import PermitLife, Project
from servicedesk.desk import tasks
from servicedesk.desk.invariants import broken
from servicedesk.desk.models import Case
from tests.approvals.permits import CODE, serving
from tests.browser.conftest import Enter
from tests.browser.walking import Walker
from tests.people import Cast

pytestmark = [pytest.mark.browser, pytest.mark.once, pytest.mark.django_db(transaction=True)]

FORM = "form[data-autosave]"
PROJECT = {
    "code": CODE,
    "name": "胶州湾智造产业园 1 号厂房",
    "site": "胶州市经济技术开发区长江路 1 号",
    "area": "12000",
    "amount": "3600",
    "contractor": "青岛胶东建工有限公司",
    "contractor_number": "91370281MA0000015W",
}


@contextmanager
def months_later(start: datetime, months: float) -> Iterator[None]:
    """So long after the start: both the site and its sweep believe it, the browser need not."""
    with time_machine.travel(start + timedelta(days=round(30.4 * months)), tick=True):
        yield


def test_two_permits_are_granted_one_is_used_and_one_lapses_by_law(
    people: Cast, enter: Enter, photo: Path
) -> None:
    serving(people)
    start = timezone.now()
    wang, alice, bob = enter(people.wang, width=390), enter(people.alice), enter(people.bob)
    enters_a_project(wang)
    for stage in ("below-ground", "above-ground"):
        applies(wang, stage, photo)
        grants_and_delivers(alice, Case.objects.filter(kind="construction-permit").latest("pk"))
    first, second = PermitLife.objects.order_by("pk")
    assert re.fullmatch(r"\d{18}J", first.number) and re.fullmatch(r"\d{18}", second.number)
    with months_later(start, 1):
        begins(wang, second)
    for months in (2.5, 5.5):
        with months_later(start, months):
            gets_more_time(wang, bob, first)
    with months_later(start, 8.5):
        asks_once_too_often(wang, first)
    with months_later(start, 9.5):
        tasks.sweep(timezone.now())
        finds_it_lapsed(wang, first)
        assert broken(timezone.now()) == []
    first.case.refresh_from_db()
    second.case.refresh_from_db()
    assert (first.case.outcome, second.case.outcome) == ("lapsed", "completed")


def at(walker: Walker, path: str) -> None:
    """Open an address; whoever was away for months logs in again."""
    walker.go(path)
    if "/account/login/" in walker.page.url:
        walker.log_in()
    if not walker.is_at(path):
        walker.go(path)


def enters_a_project(wang: Walker) -> None:
    at(wang, "/projects/")
    wang.press("main a.btn[href='/projects/new/']")
    wang.write("main form.card", **PROJECT | {"code": "2603-370281"}, staging="two")
    wang.press("main form.card button.primary")
    assert wang.page.locator("[name=code][aria-invalid=true]").count() == 1
    assert wang.page.locator("[name=name]").input_value() == PROJECT["name"]
    wang.write("main form.card", code=CODE)
    wang.press("main form.card button.primary", leads=f"/projects/{CODE}/$")
    assert Project.objects.get().staging == "two"


def applies(wang: Walker, stage: str, photo: Path) -> None:
    """Every condition holds, each with its paper; then checked, and sent once."""
    page = wang.page
    at(wang, f"/projects/{CODE}/")
    wang.press(f"form[action$='/apply/{stage}/'] button.primary", leads=r"/start/construction-permit/\d+/")
    while "/check/" not in page.url:
        if not page.locator(FORM).count():
            wang.press("main .actions a.primary")
            continue
        for radio in page.locator(f"{FORM} input[type=radio][value=met]").all():
            radio.check()
        for chooser in page.locator(f"{FORM} input[type=file]:visible").all():
            chooser.set_input_files(photo)
        wang.press(f"{FORM} button.primary")
        assert not page.locator(".problem").count(), wang.text()
    with page.expect_navigation(url=re.compile("/received/$")):
        page.dblclick("form[data-once] button.primary")
    wang.arrive()


def grants_and_delivers(alice: Walker, case: Case) -> None:
    at(alice, "/desk/")
    alice.go(f"/desk/cases/{case.number}/")
    alice.do("claim")
    alice.do("decide", outcome="granted", text="符合建筑法第八条规定的条件。")
    alice.do("complete")


def begins(wang: Walker, permit: PermitLife) -> None:
    at(wang, f"/projects/{CODE}/")
    wang.press(f"a.btn[href='/matters/{permit.case.number}/report/']")
    wang.write("main form", on=timezone.localdate().isoformat())
    wang.press("main form button.primary")
    permit.refresh_from_db()
    assert permit.works_began_on == timezone.localdate()


def gets_more_time(wang: Walker, bob: Walker, permit: PermitLife) -> None:
    at(wang, f"/projects/{CODE}/")
    wang.press(f"a.btn[href='/matters/{permit.case.number}/ask_extension/']")
    wang.write("main form", term="4", reason="地质条件复杂，需要补充勘察。")
    wang.press("main form button.primary")
    assert wang.page.locator("[name=term][aria-invalid=true]").count() == 1
    wang.write("main form", term="3")
    wang.press("main form button.primary", leads=f"/matters/{permit.case.number}/$")
    before = permit.case.clocks.get().due_at
    at(bob, "/desk/")
    bob.go(f"/desk/cases/{permit.case.number}/")
    bob.do("extend", reason="同意延期三个月。")
    assert permit.case.clocks.get().due_at > before


def asks_once_too_often(wang: Walker, permit: PermitLife) -> None:
    at(wang, f"/matters/{permit.case.number}/ask_extension/")
    wang.write("main form", term="1", reason="仍未具备开工条件。")
    wang.press("main form button.primary")
    assert wang.page.locator("[name=term][aria-invalid=true]").count() == 1


def finds_it_lapsed(wang: Walker, permit: PermitLife) -> None:
    """It says so on the project's page, on the matter's and to anybody who verifies the certificate."""
    at(wang, f"/projects/{CODE}/")
    assert wang.page.locator(".permit .tag.alarm").count() == 1
    at(wang, f"/matters/{permit.case.number}/")
    assert permit.case.events.filter(verb="lapse").count() == 1
    licence = permit.application.licence
    wang.go(f"/verify/{licence.token}/")
    assert wang.page.locator("main .tag.alarm, main .alarm").count() >= 1
