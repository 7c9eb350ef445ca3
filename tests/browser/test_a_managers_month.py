"""A manager's month: read, drilled to its cases, saved in every form, reported, frozen, sent, made public."""

from __future__ import annotations

import csv
import io
import re
from datetime import date, datetime, time, timedelta
from pathlib import Path

import openpyxl  # type: ignore[import-untyped]
import pytest
from django.core.cache import cache
from django.utils import timezone
from docx import Document

from enterprises.models import DirectLineMatter
from servicedesk.accounts.models import Post
from servicedesk.desk import actions, tasks
from servicedesk.desk.models import Case, Notice
from servicedesk.reports.models import MonthlyReport, OpenMonth, ReportSchedule
from servicedesk.reports.periods import midnight, moved
from tests import make
from tests.browser.conftest import Enter, able
from tests.browser.figures_in_files import Row, cells_of, flat, saved, seen
from tests.browser.walking import Walker
from tests.people import Cast

pytestmark = [pytest.mark.browser, pytest.mark.once, pytest.mark.django_db(transaction=True)]

REPORT, MONTHLY, SCHEDULES, PATHS = (
    *("/desk/reports/", "/desk/reports/monthly/", "/desk/reports/schedules/"),
    "/desk/reports/paths/",
)
# One more than a cell of the open figures needs.
SOLVED, RECEIVED = 6, 8


def last_month() -> date:
    return moved(timezone.localdate().replace(day=1), -1)


def days(month: date) -> str:
    """The month as the choices above a report ask for it, whatever day it is read on."""
    last = moved(month, 1) - timedelta(days=1)
    return f"period=dates&since={month}&until={last}&kind=direct-line"


def month_of_cases(people: Cast, month: date) -> list[Case]:
    """Eight received on days of last month: six solved, one withdrawn, one late and still open."""
    solved = [solve(people, on(month, 3 + place)) for place in range(SOLVED)]
    make.dispatched(people, at=on(month, 10))
    at = on(month, 11)
    actions.withdraw(make.submitted(people, at=at), by=people.wang, at=at, reason="已解决")
    return solved


def on(month: date, day: int) -> datetime:
    return midnight(month.replace(day=day)) + timedelta(hours=10)


def solve(people: Cast, at: datetime) -> Case:
    case = make.answered(people, at=at)
    actions.confirm(case, by=people.wang, at=at)
    actions.rate(make.again(case), by=people.wang, at=at, level=5)
    return make.again(case)


# The figures


def test_every_number_of_the_month_leads_to_its_cases_and_stands_in_every_form(
    people: Cast, enter: Enter, tmp_path: Path
) -> None:
    month = last_month()
    month_of_cases(people, month)
    grace = enter(people.grace)
    grace.visit("/desk/")
    grace.press(f"a[href='{REPORT}']", leads=REPORT)
    opens_every_section(grace)
    asks_for(grace, month)
    drills(grace)
    says_the_same_everywhere(grace, month, tmp_path)
    follows_the_ways(grace, month)


def opens_every_section(grace: Walker) -> None:
    """From the line above the reports each other one, and back to the first."""
    links = grace.page.locator("nav.sections a").evaluate_all("all => all.map((each) => each.pathname)")
    assert {REPORT, MONTHLY, SCHEDULES, PATHS} <= set(links)
    for place, path in enumerate(links):
        grace.press(f"nav.sections li:nth-child({place + 1}) a", leads=path)
        if "/desk/reports/" not in grace.page.url or not grace.page.locator("nav.sections").count():
            raise AssertionError(f"{path} leads out of the reports")
        assert grace.page.locator("nav.sections [aria-current=page]").count() == 1, path


def asks_for(grace: Walker, month: date) -> None:
    """The month by its first and last day, in the form above the figures."""
    grace.press("nav.sections li:first-child a", leads=REPORT)
    asked = dict(pair.split("=") for pair in days(month).split("&"))
    grace.write("form.scope", **asked)
    grace.press("form.scope button.primary", leads="since=")
    heads = grace.page.locator(".figures b").all_inner_texts()
    assert str(RECEIVED) in heads


def drills(grace: Walker) -> None:
    """The parts of the rates on top, and some numbers of the tables: as many rows as the number says."""
    found: dict[str, int] = {}
    for place in (".kpis a", "#content td a[href*='/desk/reports/cases/']"):
        for link in grace.page.locator(place).all():
            if (said := (link.text_content() or "").strip()).isdecimal():
                found.setdefault(str(link.get_attribute("href")), int(said))
    assert {SOLVED, RECEIVED} <= set(found.values())
    for href, number in list(found.items())[:6]:
        grace.go(href)
        assert rows_of(grace) == number, href


def rows_of(grace: Walker) -> int:
    return grace.page.locator("#content table tbody tr").count()


def says_the_same_everywhere(grace: Walker, month: date, folder: Path) -> None:
    """Cell by cell: what the API tells stands on the screen, in the csv and in the workbook."""
    query = days(month)
    grace.go(f"{REPORT}?{query}")
    told = grace.page.context.request.get(f"{grace.origin}/api/v1/reports/sla/?{query}").json()
    files = {kind: saved(grace, f"a[href*='.{kind}']", folder / f"sla.{kind}") for kind in ("csv", "xlsx")}
    text = files["csv"].read_text(encoding="utf-8-sig")
    in_text = [row for row in csv.reader(io.StringIO(text)) if row]
    in_book = [row for sheet in openpyxl.load_workbook(files["xlsx"]) for row in cells_of(sheet)]
    assert told["tables"], "the report has tables"
    for table in told["tables"]:
        lines = [*table["rows"], *([table["total"]] if table["total"] else [])]
        for line in lines:
            assert flat(line) in in_text, table["name"]
            assert flat(line) in in_book, table["name"]
        # The sum of a single row is not shown.
        shown = lines if len(table["rows"]) > 1 else table["rows"]
        assert on_screen(grace, table["name"]) == [seen(line) for line in shown], table["name"]


def on_screen(grace: Walker, name: str) -> list[Row]:
    rows = grace.page.locator(f"section:has(> #table-{name}) table tr:has(> th[scope=row])")
    found: list[Row] = rows.evaluate_all(
        "all => all.map((row) => [...row.cells].map((cell) => cell.textContent.replace(/\\s+/g, '')))"
    )
    return found


def follows_the_ways(grace: Walker, month: date) -> None:
    """On the process map a line leads to the cases that went along it."""
    grace.go(f"{PATHS}?{days(month)}")
    edge = grace.page.locator(".map-box.wide a[aria-label]:has(path.way)").first
    number = re.search(r"\d+", str(edge.get_attribute("aria-label")).partition(":")[2] or "")
    grace.go(str(edge.get_attribute("href")))
    shown = re.search(r"· (\d+)", grace.page.locator("h1").inner_text())
    assert shown is not None and int(shown[1]) == rows_of(grace) > 0
    assert number is None or int(number[0]) == int(shown[1])


# The report


def test_the_month_is_reported_checked_frozen_corrected_sent_and_open(
    people: Cast, enter: Enter, tmp_path: Path
) -> None:
    month = last_month()
    solved = month_of_cases(people, month)
    grace, greta = enter(people.grace), enter(able("greta", "fwzx", Post.Role.MANAGER))
    report = makes(grace, month)
    checks_and_freezes(greta, report)
    holds_the_numbers(greta, report, tmp_path)
    shows_a_correction(grace, report, solved[0])
    is_sent_once(grace)
    is_open_to_all(enter(people.zhao, width=390), month)


def makes(grace: Walker, month: date) -> MonthlyReport:
    """One press; whoever made it cannot check it."""
    grace.visit(MONTHLY)
    grace.write("form.scope", month=f"{month:%Y-%m}")
    grace.press("form.scope button.primary", leads=r"monthly/\d+/$")
    report = MonthlyReport.objects.get()
    assert (report.stage, report.made_by) == ("draft", grace.user)
    assert not grace.page.locator("form[action$='/check/']").count()
    return report


def checks_and_freezes(greta: Walker, report: MonthlyReport) -> None:
    greta.visit(f"{MONTHLY}{report.pk}/")
    for verb in ("check", "freeze"):
        greta.press(f"form[action$='/{verb}/'] button", leads=r"monthly/\d+/$")
    report.refresh_from_db()
    assert (report.stage, report.checked_by, report.frozen_by) == ("frozen", greta.user, greta.user)
    assert report.number and str(report.number) in greta.page.locator("h1 + p").inner_text()


def holds_the_numbers(greta: Walker, report: MonthlyReport, folder: Path) -> None:
    """The counts of each table on the page stand in the paper and in the workbook."""
    paper = Document(str(saved(greta, "a[href$='.docx']", folder / "month.docx")))
    book = openpyxl.load_workbook(saved(greta, "a[href$='.xlsx']", folder / "month.xlsx"))
    in_paper = {tuple(said(cell.text) for cell in row.cells) for table in paper.tables for row in table.rows}
    in_book = [row for sheet in book for row in cells_of(sheet) if row]
    assert any(str(report.number) in each.text for each in paper.paragraphs)
    shown = greta.page.locator("section.card table tr:has(> th[scope=row]):has(> td)").evaluate_all(
        "all => all.map((row) => [...row.cells].map((cell) => cell.textContent.trim()))"
    )
    assert len(shown) > 5
    assert any(str(RECEIVED) in row for row in shown)
    for row in shown:
        assert tuple(said(cell) for cell in row) in in_paper, row
        assert any(book_row[0] == row[0] and counts(row) <= set(book_row) for book_row in in_book), row


def said(text: str) -> str:
    return "".join(text.split())


def counts(row: Row) -> set[str]:
    return {cell for cell in row[1:] if cell.isdecimal()}


def shows_a_correction(grace: Walker, report: MonthlyReport, case: Case) -> None:
    """A rating is corrected afterwards: the report stays, and says beside it what the case tells now."""
    grace.go(f"{MONTHLY}{report.pk}/")
    assert not grace.page.locator("section:has(> #corrections) table").count()
    frozen = grace.page.locator("section.card.text").inner_text()
    DirectLineMatter.objects.filter(case=case).update(rating=1)
    cache.clear()
    grace.go(f"{MONTHLY}{report.pk}/")
    rows = grace.page.locator("section:has(> #corrections) tbody tr").all_inner_texts()
    assert any({str(SOLVED), str(SOLVED - 1)} <= set(row.split()) for row in rows), rows
    assert grace.page.locator("section.card.text").inner_text() == frozen


# By mail, and in public


def is_sent_once(grace: Walker) -> None:
    """A daily mail is asked for on the overview; one look of the sweep writes one letter, the next none."""
    grace.go(f"{REPORT}?period=last-month")
    grace.press(f"nav.sections a[href^='{SCHEDULES}']", leads="schedules/")
    grace.write("form.scope", every="day", time="08:30")
    grace.press("form.scope button.primary", leads="schedules/$")
    row = ReportSchedule.objects.get()
    assert (row.user, row.section, row.every, row.time) == (grace.user, "sla", "day", time(8, 30))
    assert grace.page.locator("section:has(> #schedules-list) tbody tr").count() == 1
    due = row.next_at
    assert due is not None
    for _look in range(2):
        tasks.look(due + timedelta(seconds=1))
    letters = Notice.objects.filter(recipient=grace.user, event__verb="schedule_send", channel="email")
    assert letters.count() == 1
    grace.go(SCHEDULES)
    assert f"{timezone.localtime(due):%H:%M}" in grace.text()


def is_open_to_all(zhao: Walker, month: date) -> None:
    """On a phone, without a log-in: the month as reported, in the table and as JSON."""
    row = OpenMonth.objects.get(month=month)
    assert row.report is not None
    zhao.go("/figures/")
    line = zhao.page.locator("table.open-figures tbody tr").first.inner_text()
    assert str(row.report.number) in line and str(RECEIVED) in line.split()
    found = zhao.page.context.request.get(f"{zhao.origin}/figures/months.json").json()
    months = {each["month"]: each for each in found["months"]}
    assert months[f"{month:%Y-%m}"]["received"] == RECEIVED == row.numbers["received"]
