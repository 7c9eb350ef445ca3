"""Scripts off, or no pointer: the same way through."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from servicedesk.accounts import demo
from servicedesk.accounts.models import Office
from servicedesk.desk.models import Attachment, Case, Event
from tests import make
from tests.browser.by_keyboard import enter_on, type_into
from tests.browser.conftest import Enter
from tests.people import Cast

pytestmark = [pytest.mark.browser, pytest.mark.once, pytest.mark.django_db(transaction=True)]

START = "/start/direct-line/"
FORM = "form[data-autosave]"
MATTER = "园区北门的减速带断裂，叉车经过时货物掉落。"
PHONE = "13800000001"


def test_without_scripts_a_company_submits_once_however_often_it_presses(
    people: Cast, enter: Enter, photo: Path
) -> None:
    wang = enter(people.wang, width=390, scripts=False)
    wang.go(START)
    wang.log_in()
    wang.write(FORM, text=MATTER, contact_phone="打给王经理")
    wang.choose_files(FORM, photo)
    wang.press(f"{FORM} button.primary")
    assert wang.page.locator(".field.wrong").count() == 1
    assert wang.page.input_value(f"{FORM} [name=text]") == MATTER
    wang.write(FORM, contact_phone=PHONE)
    wang.press(f"{FORM} button.primary", leads="/check/$")
    # The second click breaks off the first click's navigation: ask for the address, not for one navigation.
    wang.page.dblclick("form[data-once] button.primary", no_wait_after=True)
    expect(wang.page).to_have_url(re.compile("/received/$"))
    case = Case.objects.get()
    assert case.number is not None
    wang.sees(case.number)
    assert Event.objects.filter(verb="submit").count() == 1
    assert Attachment.objects.filter(case=case).count() == 1


def test_without_scripts_the_centre_dispatches(people: Cast, enter: Enter) -> None:
    case = make.submitted(people, at=timezone.now())
    diana = enter(people.diana, scripts=False)
    diana.go("/desk/")
    diana.log_in()
    diana.press(f"a.title[href$='/{case.pk}/change/']")
    diana.do("note", text="同园区已有两件类似诉求。")
    diana.do("dispatch", office=str(Office.objects.get(code="zjj").pk), title="园区北门减速带断裂")
    assert make.again(case).office.code == "zjj"


def test_by_keyboard_alone_a_company_submits(people: Cast, enter: Enter) -> None:
    wang = enter(people.wang)
    wang.go(START)
    type_into(wang, "#id_login", people.wang.username)
    type_into(wang, "#id_password", demo.PASSWORD)
    enter_on(wang, "form:has(#id_login) button.primary", START)
    type_into(wang, f"{FORM} [name=text]", MATTER)
    type_into(wang, f"{FORM} [name=contact_phone]", PHONE)
    enter_on(wang, f"{FORM} button.primary", "/check/$")
    enter_on(wang, "form[data-once] button.primary", "/received/$")
    assert Case.objects.get().direct_line.text == MATTER


def test_the_skip_link_is_the_first_stop_and_leads_past_the_menu(people: Cast, enter: Enter) -> None:
    wang = enter(people.wang)
    wang.go("/")
    wang.page.keyboard.press("Tab")
    assert wang.page.locator("a.skip").evaluate("each => each === document.activeElement")
    wang.page.keyboard.press("Enter")
    wang.page.keyboard.press("Tab")
    assert wang.page.locator("#main :focus").count() == 1
