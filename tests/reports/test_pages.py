"""The page, its files and the lists behind its numbers: the same figures, for those who may read them."""

from __future__ import annotations

import csv
import io
import re
from datetime import timedelta
from html import unescape
from typing import Any
from urllib.parse import parse_qsl, urlencode

import openpyxl  # type: ignore[import-untyped]
import pytest
from django.test import Client
from django.utils.translation import override

from enterprises.models import DirectLineMatter, Topic
from servicedesk.desk.models import Case, Event
from servicedesk.desk.queue import cases_of_desk, counts, tabs_of
from servicedesk.reports.counting import counted
from servicedesk.reports.figures import FIGURES
from servicedesk.reports.overview import Overview, overview
from servicedesk.reports.tables import Number, Rate, Table
from tests import make
from tests.desk.staff import INLINE, administrator, enter
from tests.people import Cast
from tests.reports.month import MARCH, NOW, Month, cases_form, scope_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("on_10_april")]

SLA, CASES = "/desk/reports/", "/desk/reports/cases/"
ASKED = urlencode(MARCH)
LINK = re.compile(r'href="(/desk/reports/cases/\?[^"]+)"')


def numbers(report: Overview) -> list[Number]:
    """Every count of the report."""
    cells = [
        cell
        for table in report.tables
        for line in [*table.lines, *([table.total] if table.total else [])]
        for cell in line.cells
    ]
    found = [cell for cell in cells if isinstance(cell, Number)]
    found += [each for cell in cells if isinstance(cell, Rate) for each in (cell.part, cell.whole)]
    return found + [number for _name, _label, number in report.head]


def listed(user: Any, url: str) -> int:
    """How many cases the address of a number lists."""
    form = cases_form(user, **dict(parse_qsl(url.split("?")[1])))
    assert form.is_valid(), form.errors
    figure = next(each for each in FIGURES if each.name == form.cleaned_data["figure"])
    return figure.cases(form.narrowed(), form.cleaned_data["limit"]).count()


@pytest.mark.parametrize("group", ["office", "kind", "topic", "industry"])
def test_every_number_links_to_exactly_as_many_cases(march: Month, group: str) -> None:
    topic = Topic.objects.valid().first()
    DirectLineMatter.objects.filter(case__in=[march["kept"], march["overdue"]]).update(topic=topic)
    report = overview(scope_of(march.people.grace, group=group), group)
    found = numbers(report)
    assert len(found) > 50
    wrong = [(each.url, each.value) for each in found if listed(march.people.grace, each.url) != each.value]
    assert wrong == []


def test_a_list_holds_the_cases_the_number_means(client: Client, march: Month) -> None:
    enter(client, march.people.grace)
    expected = {
        "late": {"returned", "overdue"},
        "broken": {"late contact", "returned", "overdue"},
        "kept": {"kept", "extended", "young"},
        "kept-first": {"kept", "young"},
        "passed-on": {"returned"},
        "unreached": {"unreached"},
        "answers": {"kept", "late contact", "returned", "extended"},
        "solved": {"kept", "late contact", "extended"},
        "satisfied": {"kept"},
        "timed": {"kept", "late contact", "extended"},
        "age-0": {"young"},
    }
    for figure, names in expected.items():
        page = client.get(f"{CASES}?{ASKED}&figure={figure}")
        assert {case.pk for case, _kind in page.context["rows"]} == {march[name].pk for name in names}, figure
        assert page.context["hidden"] == 0
    assert "16–30 working days" in client.get(f"{CASES}?{ASKED}&figure=age-4").content.decode()
    page = client.get(f"{CASES}?{ASKED}&figure=broken&limit=direct-line.contact")
    assert "You are contacted" in page.content.decode()
    assert [case.pk for case, _kind in page.context["rows"]] == [march["late contact"].pk]


def test_what_is_open_and_late_now_is_what_the_queue_says(march: Month) -> None:
    grace = march.people.grace
    queue = counts(cases_of_desk(grace, NOW), tabs_of(grace, NOW))
    now = counted(scope_of(grace, period="month", kind="")).total
    assert (now["late"], now["paused"]) == (queue["late"], queue["paused"]) == (3, 0)
    assert now["open"] == Case.objects.open().count()


# --- who reads ---------------------------------------------------------------------------------------


def test_managers_and_supervisors_read_about_every_office_heads_about_their_own(
    client: Client, march: Month
) -> None:
    people = march.people
    received = {people.grace: 8, people.frank: 8, people.bob: 8, people.erin: 8}
    for user, number in received.items():
        enter(client, user)
        report = client.get(f"{SLA}?{ASKED}").context["report"]
        assert report.head[0][2].value == number, user
    enter(client, people.bob)
    page = client.get(f"{SLA}?{ASKED}")
    labels = {line.label for table in page.context["report"].tables for line in table.lines}
    assert people.office("fwzx").title("en") not in labels
    assert f'value="{people.office("swuj").code}"' not in page.content.decode()
    assert client.get(f"{SLA}?{ASKED}&office=swuj").status_code == 422
    beyond = client.get(f"{CASES}?{ASKED}&figure=passed-on&row={people.office('swuj').pk}")
    assert list(beyond.context["rows"]) == []


@pytest.mark.parametrize("role", ["auditor", "security", "system"])
def test_administrators_read_no_figure(client: Client, march: Month, role: str) -> None:
    user = administrator(role)
    user.is_superuser = True
    user.save()
    enter(client, user)
    for path in (SLA, f"{SLA}sla.csv", f"{SLA}sla.xlsx", f"{CASES}?figure=late"):
        assert client.get(path).status_code == 403


def test_officers_dispatchers_and_strangers_read_no_figure(client: Client, march: Month) -> None:
    for user in (march.people.alice, march.people.diana, march.people.wang):
        enter(client, user)
        for path in (SLA, f"{SLA}sla.csv", f"{CASES}?figure=late"):
            assert client.get(path).status_code == 403, (user, path)
        if user.is_staff:
            assert SLA not in client.get("/desk/").content.decode()
    client.logout()
    assert client.get(SLA).status_code == 302


def test_a_statistician_reads_numbers_and_no_matter(client: Client, march: Month) -> None:
    enter(client, administrator("statistician"))
    assert client.get(f"{SLA}?{ASKED}").context["report"].head[0][2].value == 8
    page = client.get(f"{CASES}?{ASKED}&figure=received")
    assert (page.context["counted"], page.context["hidden"], page.context["rows"]) == (8, 8, [])
    text = page.content.decode()
    assert "8 of them are counted but not listed" in text
    assert march.people.company.name not in text


def test_my_day_leads_there(client: Client, people: Cast) -> None:
    for user in (people.grace, people.bob):
        enter(client, user)
        assert f'href="{SLA}"' in client.get("/desk/").content.decode()


# --- the same numbers everywhere ---------------------------------------------------------------------


def flat(tables: list[Table]) -> list[list[str]]:
    return [[str(value) for value in row] for table in tables for row in table.flat]


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_both_files_hold_the_numbers_of_the_page(client: Client, march: Month, language: str) -> None:
    enter(client, march.people.grace)
    client.cookies["django_language"] = language
    page = client.get(f"{SLA}?{ASKED}")
    with override(language):
        shown = flat(page.context["report"].tables)
    text = client.get(f"{SLA}sla.csv?{ASKED}").content
    assert text.startswith(b"\xef\xbb\xbf")
    rows = list(csv.reader(io.StringIO(text.decode("utf-8-sig"))))
    assert [row for row in rows if row in shown] == shown
    book = openpyxl.load_workbook(io.BytesIO(client.get(f"{SLA}sla.xlsx?{ASKED}").content))
    cells = [
        [str(cell) for cell in row]
        for sheet in book.worksheets[1:]
        for row in sheet.iter_rows(values_only=True)
    ]
    assert cells == shown
    html = unescape(page.content.decode())
    for row in shown:
        for value in row:
            assert value in html or ": " in value or "：" in value, value


def test_a_file_runs_nothing_in_a_spreadsheet(client: Client, march: Month) -> None:
    office = march.people.office("zjj")
    type(office).objects.filter(pk=office.pk).update(name='=HYPERLINK("http://evil")', name_en="")
    enter(client, march.people.grace)
    assert "'=HYPERLINK" in client.get(f"{SLA}sla.csv?{ASKED}").content.decode()
    book = openpyxl.load_workbook(io.BytesIO(client.get(f"{SLA}sla.xlsx?{ASKED}").content))
    values = [cell for sheet in book.worksheets for row in sheet.iter_rows() for cell in row]
    assert not [cell for cell in values if cell.data_type == "f"]
    assert any(str(cell.value).startswith("'=HYPERLINK") for cell in values)


def test_nothing_is_written(client: Client, march: Month) -> None:
    enter(client, march.people.grace)
    before = (Event.objects.count(), Case.objects.filter(version__gt=0).count())
    for path in (SLA, f"{SLA}sla.csv", f"{SLA}sla.xlsx", f"{CASES}?figure=open"):
        assert client.get(path).status_code == 200
        assert client.post(path).status_code == 405
    assert before == (Event.objects.count(), Case.objects.filter(version__gt=0).count())


# --- what it costs -----------------------------------------------------------------------------------


# Each verb commits, as where people work: with fifty matters in one transaction PostgreSQL crawls.
@pytest.mark.django_db(transaction=True)
def test_the_report_costs_the_same_few_queries_however_much_there_is(
    client: Client, people: Cast, django_assert_max_num_queries: Any
) -> None:
    enter(client, people.grace)
    for more in (5, 45):
        for place in range(more):
            to = ("zjj", "swuj", "rsj", "gxj", "swj")[place % 5]
            make.dispatched(people, at=NOW - timedelta(days=place), to=to)
        for query in (f"{SLA}?{ASKED}", f"{SLA}?{ASKED}&group=topic", f"{SLA}sla.xlsx?{ASKED}"):
            client.get(query)
            with django_assert_max_num_queries(34):
                client.get(query)
        for figure in FIGURES:
            with django_assert_max_num_queries(12):
                client.get(f"{CASES}?{ASKED}&figure={figure.name}")


# --- whatever stands in the address ------------------------------------------------------------------


@pytest.mark.parametrize(
    "query, field, sentence",
    [
        ("period=dates&since=2026-02-30&until=2026-03-01", "since", "Write the day as 2026-03-31."),
        ("period=dates&since=2026-03-05", "until", "Say which day."),
        ("since=2026-03-05&until=2026-03-01", "until", "The last day lies before the first."),
        ("since=1999-01-01&until=2026-03-01", "since", "Nothing is counted before 2010."),
        ("since=2026-05-01&until=2026-05-02", "since", "This day lies ahead."),
        ("since=2026-03-01&until=9999-12-31", "until", "This day lies too far ahead."),
        ("period=fortnight", "period", "This is not one of the choices."),
        ("office=nowhere", "office", "This is not one of the choices."),
        ("kind=direct-line&in_topic=x", "in_topic", "This is not one of the choices."),
    ],
)
def test_nonsense_gets_a_sentence_at_its_field_and_stays(
    client: Client, people: Cast, query: str, field: str, sentence: str
) -> None:
    enter(client, people.grace)
    page = client.get(f"{SLA}?{query}")
    assert page.status_code == 422
    with override("en"):
        assert list(page.context["form"].errors[field]) == [sentence]
    text = page.content.decode()
    assert sentence in text
    for value in dict(parse_qsl(query)).values():
        assert value in text or field not in {"since", "until"}
    assert client.get(f"{SLA}sla.csv?{query}").status_code == 404


OF_A_LIST = {"figure", "limit", "row", "page"}
GARBAGE = ("x", "-1", "%00", "' OR 1=1 --", "9" * 40, "none", "²", "<script>")


def test_no_address_breaks_the_pages(client: Client, march: Month) -> None:
    enter(client, march.people.grace)
    names = (
        "period",
        "since",
        "until",
        "office",
        "kind",
        "group",
        "in_topic",
        "figure",
        "limit",
        "row",
        "page",
    )
    for name in names:
        for value in GARBAGE:
            asked = MARCH | {"figure": "broken", name: value}
            for path in (CASES,) if name in OF_A_LIST else (SLA, CASES):
                assert client.get(path, asked).status_code in {200, 404, 422}, (path, name, value)
    for group in ("kind", "topic"):
        for value in GARBAGE:
            assert client.get(
                CASES, MARCH | {"figure": "open", "group": group, "row": value}
            ).status_code in {
                200,
                422,
            }
    assert client.get(f"{SLA}sla.pdf").status_code == 404


# --- how it looks ------------------------------------------------------------------------------------


def test_the_pages_obey_the_content_policy_and_escape(client: Client, march: Month) -> None:
    Case.objects.update(title="<script>alert(1)</script>")
    enter(client, march.people.grace)
    for path in (f"{SLA}?{ASKED}", f"{CASES}?{ASKED}&figure=open"):
        html = client.get(path).content.decode()
        assert "<script>alert" not in html and not INLINE.search(html)


def test_a_month_without_cases_is_a_dash(client: Client, people: Cast) -> None:
    enter(client, people.grace)
    html = client.get(SLA).content.decode()
    assert "—" in html and "100.0%" not in html and "0.0%" not in html
    assert "Nothing in this period." in html


def test_every_bar_and_point_of_the_trend_is_a_link(client: Client, march: Month) -> None:
    enter(client, march.people.grace)
    html = client.get(f"{SLA}?{ASKED}").content.decode()
    drawn = html[html.index('<svg class="trend"') : html.index("</svg>", html.index('<svg class="trend"'))]
    marks = drawn.count("<rect class") - 2 + drawn.count("<circle")
    links = [unescape(url) for url in LINK.findall(drawn)]
    # March and February: received, closed, and the promises due.
    assert marks == len(links) == 6
    assert [listed(march.people.grace, url) for url in links] == [1, 6, 1, 1, 8, 5]
