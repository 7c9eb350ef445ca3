"""A form in parts: the same way through with scripts and without, on a phone."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from servicedesk.desk.models import Case
from tests.approvals.asking import ANSWERS, registered
from tests.browser.conftest import Enter
from tests.browser.walking import Walker
from tests.people import Cast

pytestmark = [pytest.mark.browser, pytest.mark.once, pytest.mark.django_db(transaction=True)]
LONG = "/start/test-long/"
FORM = "form[data-autosave]"
NEXT = f"{FORM} button.primary"


@pytest.fixture(autouse=True)
def kinds() -> Iterator[Any]:
    with registered():
        yield


def fill(walker: Walker, section: str, **more: str) -> None:
    """Fill in what the page shows of the sample; a day as the browser's own picker takes it."""
    days = {"founded": "2020-03-05", "staffed-0-since": "2026-03-05", "staffed-1-since": ""}
    for name, value in (ANSWERS[section] | days | more).items():
        field = walker.page.locator(f"{FORM} [name='{name}']")
        if isinstance(value, list):
            for each in value:
                walker.page.locator(f"{FORM} [name='{name}'][value='{each}']").check()
        elif field.count() and field.first.is_visible():
            walker.write(FORM, **{name: value})


def test_without_scripts_a_long_form_is_filled_in_part_by_part_and_sent_once(
    people: Cast, enter: Enter, photo: Path
) -> None:
    wang = enter(people.wang, width=390, scripts=False)
    wang.go(LONG)
    wang.log_in()
    wang.press("main form button.primary", leads="section=company")
    fill(wang, "company")
    wang.press(NEXT, leads="section=premises")
    fill(wang, "premises", premises="rented")
    assert not wang.page.locator("[name=landlord]").is_visible()
    wang.press(NEXT, leads="section=premises&more=1")
    wang.write(FORM, landlord="某房东")
    wang.press(NEXT, leads="section=people")
    fill(wang, "people")
    wang.press("button[value='staffed more']", leads="section=people#id_staffed_2")
    wang.write(FORM, **{"staffed-2-name": "丙某", "staffed-2-identity": "37028119900101001"})
    wang.press(NEXT)
    assert wang.page.input_value("[name='staffed-1-identity']") == ""
    assert wang.page.input_value("[name='staffed-2-identity']") == "37028119900101001"
    wang.press("button[value='staffed drop 2']")
    wang.press(NEXT, leads="section=papers")
    wang.page.locator("[name=paper_site_plan]").set_input_files(photo)
    wang.page.locator("[name=paper_lease]").set_input_files(photo)
    wang.press(NEXT, leads="/check/$")
    assert "某房东" in wang.text() and "乙某" in wang.text()
    wang.press("form[data-once] button.primary", leads="/received/$")
    case = Case.objects.get()
    assert case.number is not None and case.number in wang.text()
    assert {row.code for row in case.papers.all()} == {"site-plan", "lease"}


def test_a_script_shows_at_once_what_an_answer_asks_for_and_saves_the_part(
    people: Cast, enter: Enter
) -> None:
    wang = enter(people.wang)
    wang.go(LONG)
    wang.log_in()
    wang.press("main form button.primary", leads="section=company")
    wang.go(f"{LONG}{Case.objects.get().pk}/?section=premises")
    landlord = wang.page.locator("[name=landlord]")
    assert not landlord.is_visible()
    with wang.saves_the_draft("某房东"):
        wang.page.locator("[name=premises][value=rented]").check()
        landlord.fill("某房东")
    assert Case.objects.get().application.answers["landlord"] == "某房东"
    wang.page.locator("[name=premises][value=owned]").check()
    assert not landlord.is_visible()
