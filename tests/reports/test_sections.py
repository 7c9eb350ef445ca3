"""Each section on matters made by hand: the right number is known beforehand, stands on the page, in both
files and in the API, and leads to exactly the cases it counts."""

from __future__ import annotations

import csv
import io
import warnings
from typing import Any
from urllib.parse import urlencode

import openpyxl  # type: ignore[import-untyped]
import pytest
from django.test import Client

from enterprises.models import DirectLineMatter, Topic
from servicedesk.accounts.models import Post
from servicedesk.desk.models import Case
from servicedesk.reports.mails import as_mail
from servicedesk.reports.sections import SECTIONS
from servicedesk.reports.tables import Rate
from tests import make
from tests.desk.staff import INLINE, enter
from tests.make import moment
from tests.people import Cast, posted
from tests.reports.hand import (
    at,
    cells,
    lines,
    report,
    table,
    wrong_links,
)
from tests.reports.month import MARCH, Month

pytestmark = [pytest.mark.django_db, pytest.mark.sqlite, pytest.mark.usefixtures("in_english")]
ASKED = urlencode(MARCH)
NAMES = [section.name for section in SECTIONS]


# --- the overview ----------------------------------------------------------------------------------------


def test_in_and_out_end_at_what_is_open(march: Month) -> None:
    """Week by week; five had come before the month's second Monday, and three are left at its end."""
    found = table(report(march.people.grace, "sla"), "flow")
    assert [cells(line) for line in found.lines] == [
        ["0", "0", "0"],
        ["5", "2", "3"],
        ["2", "2", "3"],
        ["0", "0", "3"],
        ["0", "1", "2"],
        ["1", "0", "3"],
    ]
    assert found.lines[0].label == "2026-03-01 – 2026-03-01"


def test_a_year_before_stands_beside_in_table_and_chart(hand: Month) -> None:
    hand.received("then", moment("2025-03-10 09:00"))
    hand.received("now", at(10, "09:00"))
    found = report(hand.people.grace, "sla")
    last = table(found, "trend").lines[-1]
    assert last.label == "2026-03" and cells(last)[0] == cells(last)[3] == "1"
    drawing = found.drawings["trend"]
    assert drawing.has_before and [mark.look for mark in drawing.slots[-1].marks] == ["received"]
    assert wrong_links(hand.people.grace, found) == []


# --- every section ---------------------------------------------------------------------------------------


@pytest.mark.usefixtures("on_10_april")
def test_page_files_and_api_hold_the_same_numbers(client: Client, gamed: Month) -> None:
    enter(client, gamed.people.grace)
    for name in NAMES:
        address = "/desk/reports/" if name == "sla" else f"/desk/reports/{name}/"
        page = client.get(f"{address}?{ASKED}")
        assert page.status_code == 200, name
        html, tables = page.content.decode(), page.context["report"].tables
        assert not INLINE.search(html), name
        shown = [[str(value) for value in line] for each in tables for line in each.flat]
        text = client.get(f"/desk/reports/{name}.csv?{ASKED}").content.decode("utf-8-sig")
        rows = list(csv.reader(io.StringIO(text)))
        assert [line for line in rows if line in shown] == shown, name
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            sheet_file = client.get(f"/desk/reports/{name}.xlsx?{ASKED}").content
        book = openpyxl.load_workbook(io.BytesIO(sheet_file))
        sheets = [
            [str(cell) for cell in line if cell is not None]
            for sheet in book.worksheets[1:]
            for line in sheet.iter_rows(values_only=True)
        ]
        assert sheets == [[value for value in line if value != ""] for line in shown], name
        told = client.get(f"/api/v1/reports/{name}/?{ASKED}").json()
        assert [each["name"] for each in told["tables"]] == [each.name for each in tables]
        for each, given in zip(tables, told["tables"], strict=True):
            lines = [*each.lines, *([each.total] if each.total else [])]
            answered_ = [*given["rows"], *([given["total"]] if given["total"] else [])]
            for line, answer in zip(lines, answered_, strict=True):
                assert [cell["text"] for cell in answer["cells"]] == [str(cell) for cell in line.cells], name
                assert [cell["part"] for cell in answer["cells"] if cell["part"] is not None] == [
                    cell.part.value for cell in line.cells if isinstance(cell, Rate)
                ]


@pytest.mark.usefixtures("on_10_april")
def test_an_empty_period_is_a_dash_on_every_section(client: Client, people: Cast) -> None:
    enter(client, people.grace)
    for name in NAMES:
        html = client.get(f"/desk/reports/{name}/?{ASKED}" if name != "sla" else f"/desk/reports/?{ASKED}")
        assert html.status_code == 200, name
        assert "100.0%" not in html.content.decode() and "0.0%" not in html.content.decode(), name
        assert "Nothing in this period." in html.content.decode(), name


@pytest.mark.usefixtures("on_10_april")
def test_nonsense_gets_a_sentence_on_every_section(client: Client, people: Cast) -> None:
    enter(client, people.grace)
    wrong = "period=dates&since=2026-02-30&until=2026-03-01"
    for name in NAMES[1:]:
        page = client.get(f"/desk/reports/{name}/?{wrong}")
        assert page.status_code == 422 and "Write the day as 2026-03-31." in page.content.decode(), name
        assert "2026-02-30" in page.content.decode()
        assert client.get(f"/desk/reports/{name}.csv?{wrong}").status_code == 404
        told = client.get(f"/api/v1/reports/{name}/?{wrong}")
        assert told.status_code == 422 and told.json()["errors"][0]["field"] == "since"
    assert client.get("/desk/reports/nothing.csv").status_code == 404
    assert client.get("/api/v1/reports/nothing/").status_code == 404


@pytest.mark.usefixtures("on_10_april")
def test_a_complaint_stays_hidden_from_its_office_on_every_section(client: Client, hand: Month) -> None:
    """Bob's office is complained of at the supervision office, which he heads as well."""
    case = hand.received("complaint", at(3, "09:00"), to="dcs")
    Case.objects.filter(pk=case.pk).update(against=hand.people.office())
    posted(hand.people.bob, "dcs", Post.Role.HEAD)
    for name in NAMES:
        for user, seen in ((hand.people.bob, False), (hand.people.grace, True)):
            found = report(user, name)
            values = [
                number.value for line in _lines(found) for number in line.cells if hasattr(number, "value")
            ]
            assert any(values) is seen or name in {"again", "results", "signs"}, (name, user)
            assert seen or not any(values), name
            assert not any(line.label == case.number for line in _lines(found)) or seen, name


def _lines(found: Any) -> list[Any]:
    return [line for each in found.tables for line in each.lines]


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("on_10_april")
def test_every_section_costs_the_same_few_queries(
    client: Client, people: Cast, django_assert_max_num_queries: Any
) -> None:
    most = {"sla": 34, "results": 22, "promises": 32, "breaches": 17, "officers": 12, "ageing": 20}
    most |= {"signs": 28, "again": 16}
    enter(client, people.grace)
    for more in (2, 6):
        for place in range(more):
            case = make.dispatched(people, at=at(2 + place, "09:00"), to=("zjj", "swuj", "rsj")[place % 3])
            DirectLineMatter.objects.filter(case=case).update(topic=Topic.objects.valid()[place % 2])
        for name in NAMES:
            address = f"/desk/reports/{name}/?{ASKED}" if name != "sla" else f"/desk/reports/?{ASKED}"
            client.get(address)
            with django_assert_max_num_queries(most[name]):
                client.get(address)


def test_the_api_lists_what_the_caller_reads(client: Client, people: Cast) -> None:
    names = {}
    for user in (people.grace, people.bob, people.erin):
        client.force_login(user)
        told = client.get("/api/v1/reports/?lang=en").json()["results"]
        names[user.username] = [each["name"] for each in told]
        assert all(each["definitions"] and client.get(each["url"]).status_code == 200 for each in told)
    assert names["grace"] == names["bob"] == NAMES
    assert set(NAMES) - set(names["erin"]) == {"officers"}
    client.force_login(people.alice)
    assert client.get("/api/v1/reports/").status_code == 403
    assert client.get("/api/v1/reports/sla/").status_code == 403
    client.logout()
    assert client.get("/api/v1/reports/").status_code == 401


def test_a_mail_holds_the_same_tables(gamed: Month) -> None:
    found = report(gamed.people.grace, "signs")
    subject, text, html = as_mail(found, "Signs of gaming", [("Kind", "Direct line")], "https://desk.example")
    assert subject == "Signs of gaming, 2026-03-01 – 2026-03-31"
    for each in found.tables:
        assert str(each.title) in text and str(each.title) in html
        for line in lines(each):
            assert all(value in text for value in map(str, line.flat))
    assert 'href="https://desk.example/desk/reports/cases/?' in html
    assert not INLINE.search(html) and "accuse nobody" in text
