"""What people get wrong: told at the field, and nothing they typed is lost."""

from __future__ import annotations

from pathlib import Path

import pytest

from enterprises.models import DirectLineMatter
from servicedesk.desk.models import Attachment, Case
from tests.browser.conftest import Enter
from tests.browser.walking import Walker
from tests.people import Cast

pytestmark = [pytest.mark.browser, pytest.mark.once, pytest.mark.django_db(transaction=True)]

START = "/start/direct-line/"
FORM = "form[data-autosave]"
MATTER = "门口的路灯三天不亮，夜班工人下班要摸黑走路。"


@pytest.fixture
def wang(people: Cast, enter: Enter) -> Walker:
    walker = enter(people.wang, width=390)
    walker.go(START)
    walker.log_in()
    return walker


def refused(walker: Walker, *names: str) -> None:
    """The form is back with a summary; each named field has its message, and the summary leads there."""
    page = walker.page
    page.locator("#errors").wait_for()
    assert page.locator(".field.wrong").count() == len(names)
    for name in names:
        field = page.locator(f"{FORM} [name={name}]")
        assert field.get_attribute("aria-invalid") == "true"
        told = page.locator(f"#{field.get_attribute('id')}_error")
        assert told.inner_text().strip()
        page.click(f"#errors a[href='#{field.get_attribute('id')}']")
        assert field.evaluate("each => each === document.activeElement")
    walker.watch.look()


def test_an_empty_form_is_told_what_it_lacks(wang: Walker) -> None:
    wang.press(f"{FORM} button.primary")
    refused(wang, "text", "contact_phone")
    assert not Case.objects.submitted().exists()


def test_letters_for_a_number_and_a_place_too_long_keep_what_was_typed(wang: Walker) -> None:
    typed = {"text": MATTER, "place": "长江路" * 80, "contact_phone": "打给王经理"}
    wang.write(FORM, **typed)
    wang.press(f"{FORM} button.primary")
    refused(wang, "place", "contact_phone")
    for name, words in typed.items():
        assert wang.page.input_value(f"{FORM} [name={name}]") == words
    wang.write(FORM, place="长江路 18 号", contact_phone="138 0000 0001")
    wang.press(f"{FORM} button.primary", leads="/check/$")
    assert MATTER in wang.text()


def test_a_text_too_long_is_refused_and_given_back(wang: Walker) -> None:
    long = "路灯不亮。" * 1200
    wang.write(FORM, text=long, contact_phone="13800000001")
    wang.press(f"{FORM} button.primary")
    refused(wang, "text")
    assert wang.page.input_value(f"{FORM} [name=text]") == long


def test_a_program_for_a_photo_is_refused_and_the_page_goes_on_saving(wang: Walker, tmp_path: Path) -> None:
    program = tmp_path / "照片.exe"
    program.write_bytes(b"MZ" + bytes(200))
    wang.write(FORM, text=MATTER, contact_phone="13800000001")
    wang.choose_files(FORM, program)
    wang.page.click(f"{FORM} button.primary")
    refused(wang, "files")
    assert program.name in wang.page.inner_text(".field.wrong")
    assert wang.page.input_value(f"{FORM} [name=text]") == MATTER
    assert not Attachment.objects.exists()
    with wang.saves_the_draft("请尽快。"):
        wang.write(FORM, text=MATTER + "请尽快。")
    wang.page.reload()
    assert wang.page.input_value(f"{FORM} [name=text]") == MATTER + "请尽快。"


def test_the_way_back_from_the_check_leads_to_the_form(wang: Walker, photo: Path) -> None:
    wang.write(FORM, text=MATTER, contact_phone="13800000001")
    wang.choose_files(FORM, photo)
    wang.press(f"{FORM} button.primary", leads="/check/$")
    wang.page.go_back()
    wang.page.wait_for_url("**/start/direct-line/*/")
    assert photo.name in wang.text()
    assert wang.page.input_value(f"{FORM} [name=text]") == MATTER
    wang.press(f"{FORM} button.primary", leads="/check/$")
    assert Case.objects.count() == 1


def test_a_draft_outlives_a_log_out(wang: Walker) -> None:
    with wang.saves_the_draft(MATTER):
        wang.write(FORM, text=MATTER)
    wang.page.locator("[data-autosave-status]:not(:empty)").wait_for()
    assert DirectLineMatter.objects.get().text == MATTER
    wang.log_out()
    wang.go("/matters/")
    wang.log_in()
    wang.press("#drafts a.title")
    assert wang.page.input_value(f"{FORM} [name=text]") == MATTER


def test_what_was_typed_outlives_the_session(wang: Walker) -> None:
    wang.write(FORM, text=MATTER, contact_phone="13800000001")
    wang.page.context.clear_cookies(name="sessionid")
    wang.press(f"{FORM} button.primary", leads="/account/login/")
    wang.log_in()
    assert wang.page.input_value(f"{FORM} [name=text]") == MATTER
