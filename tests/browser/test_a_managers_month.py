"""A manager reads the month and clicks through to the cases; the files hold the same numbers."""

from __future__ import annotations

import csv
import re
from datetime import timedelta
from pathlib import Path

import openpyxl
import pytest
from django.utils import timezone

from servicedesk.desk import actions
from tests import make
from tests.browser.conftest import Enter
from tests.browser.walking import Walker
from tests.people import Cast

pytestmark = [
    pytest.mark.browser,
    pytest.mark.django_db(transaction=True),
]
REPORT = "/desk/reports/"


def month_of_cases(people: Cast) -> None:
    """Three received: one answered and confirmed, one only dispatched, one withdrawn."""
    at = timezone.now() - timedelta(minutes=5)
    solved = make.answered(people, at=at)
    actions.confirm(solved, by=people.wang, at=at)
    make.dispatched(people, at=at)
    actions.withdraw(make.submitted(people, at=at), by=people.wang, at=at, reason="已解决")


def test_every_number_of_the_month_leads_to_its_cases(people: Cast, enter: Enter) -> None:
    month_of_cases(people)
    grace = enter(people.grace)
    grace.go("/desk/")
    grace.log_in()
    grace.press(f"a[href='{REPORT}']", leads=REPORT)
    links = grace.page.locator("#content td a[href*='/desk/reports/cases/']").all()
    figures = {link.get_attribute("href"): first_number(link.inner_text()) for link in links}
    shown = [(str(href), number) for href, number in figures.items() if number is not None]
    assert {number for _href, number in shown} >= {1, 2}
    for href, number in shown[:6]:
        grace.go(href)
        assert counted(grace) == number, href


def first_number(text: str) -> int | None:
    """The count a link shows; a share or a time of another link is no count."""
    found = re.fullmatch(r"\s*(\d+)\s*", text)
    return int(found[1]) if found else None


def counted(grace: Walker) -> int:
    return grace.page.locator("#content table tbody tr, #content ul.matters > li").count()


def test_the_files_hold_what_the_screen_says(people: Cast, enter: Enter, tmp_path: Path) -> None:
    month_of_cases(people)
    grace = enter(people.grace)
    grace.go("/desk/")
    grace.log_in()
    grace.go(REPORT)
    paths = {}
    for kind in ("csv", "xlsx"):
        with grace.page.expect_download() as waiting:
            grace.page.locator(f"a[href*='{kind}'], button[value='{kind}']").first.click()
        paths[kind] = tmp_path / f"report.{kind}"
        waiting.value.save_as(paths[kind])
    rows = list(csv.reader(paths["csv"].open(encoding="utf-8-sig")))
    book = openpyxl.load_workbook(paths["xlsx"])
    cells = {str(cell.value) for sheet in book for row in sheet for cell in row if cell.value is not None}
    told = {cell for row in rows for cell in row if re.fullmatch(r"\d+", cell)}
    assert "3" in told
    assert told <= cells
