# ruff: noqa: F811 (fixtures are imported by their names)
"""The open figures: the report's own numbers, too small cells hidden, in three languages and for programs."""

from __future__ import annotations

import csv
import io
from datetime import date, timedelta
from typing import Any

import pytest
from django.conf import settings
from django.core.cache import cache
from django.test import Client
from django.utils import timezone

from servicedesk.portal import open_figures
from servicedesk.portal.figures import counted
from servicedesk.reports.counting import counted as counted_in_report
from servicedesk.reports.models import MonthlyReport, OpenMonth, ReportCorrection, ReportMinimum
from servicedesk.reports.monthly import public
from servicedesk.reports.shares import Share
from tests.make import moment
from tests.reports.kept_month import kept_march, march  # noqa: F401
from tests.reports.month import NOW, Month

pytestmark = pytest.mark.django_db

MARCH, FEBRUARY = date(2026, 3, 1), date(2026, 2, 1)
FULL = {
    "received": 120, "closed": 101, "due": 90, "broken": 9, "broken_first": 18, "answers": 40, "solved": 30,
    "rated": 20, "satisfied": 19, "timed": 80, "p50": 46800,
}  # fmt: skip


@pytest.fixture(autouse=True)
def on_10_april(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(timezone, "now", lambda: NOW)
    cache.clear()


def kept(first: date, **numbers: Any) -> OpenMonth:
    return OpenMonth.objects.create(month=first, numbers=FULL | numbers, counted_at=NOW)


def test_the_home_page_counts_on_time_as_the_report_does(march: Month) -> None:
    """Six matters of the direct line and the follow-up of a bad rating had a promise due in March; three of
    them kept the last dates, two the first ones."""
    scope = public.city(MARCH, NOW)
    total = counted_in_report(scope).total
    found = public.promised(scope)
    assert (found.due, found.kept, found.kept_first) == (total["due"], Share(3, 7), Share(2, 7))
    assert [found.received, found.closed, found.open] == [
        total[name] for name in ("received", "closed", "open")
    ]
    april = counted(NOW)
    assert (april.received, april.closed) == (0, 0)
    assert april.on_time == public.promised(public.city(date(2026, 4, 1), NOW)).kept_first.percent


def test_months_are_counted_by_the_sweep_a_few_at_a_time(march: Month) -> None:
    assert [public.keep_months(NOW) for _sweep in range(8)] == [2] * 6 + [1, 0]
    numbers = OpenMonth.objects.get(month=MARCH).numbers
    assert (numbers["due"], numbers["broken"], numbers["broken_first"]) == (7, 4, 5)
    assert (numbers["answers"], numbers["solved"], numbers["rated"], numbers["satisfied"]) == (4, 3, 2, 1)
    assert numbers["p50"] == 46.5 * 3600
    assert public.keep_months(NOW + timedelta(minutes=6)) == 1
    assert public.keep_months(NOW + timedelta(days=1)) == 2
    assert OpenMonth.objects.count() == 13


def test_a_month_counted_while_it_ran_is_counted_again_when_it_is_over(march: Month) -> None:
    OpenMonth.objects.create(month=MARCH, numbers=FULL, counted_at=moment("2026-03-31 23:59"))
    public.keep_months(moment("2026-04-01 00:01"))
    assert OpenMonth.objects.get(month=MARCH).numbers["due"] == 7


def test_a_reported_month_is_never_counted_anew(march: Month) -> None:
    facts = {"made_at": NOW, "checked_at": NOW, "frozen_at": NOW, "number": "YB-2026-000001"}
    report = MonthlyReport.objects.create(month=MARCH, stage="frozen", **facts)
    public.keep(MARCH, {**FULL}, NOW, report=report.pk)
    for _sweep in range(8):
        public.keep_months(NOW + timedelta(days=3))
    assert OpenMonth.objects.get(month=MARCH).numbers == FULL


def test_too_small_cells_are_hidden_everywhere(client: Client) -> None:
    kept(MARCH, received=4, due=3, rated=0, satisfied=0, timed=5)
    client.cookies[settings.LANGUAGE_COOKIE_NAME] = "en"
    page = client.get("/figures/").content.decode()
    assert "fewer than 5" in page and "so that nobody can be recognised" in page
    [told] = client.get("/figures/months.json").json()["months"]
    assert (told["received"], told["due"], told["on_time_percent"]) == (None, None, None)
    assert {"received", "due", "on_time_percent", "on_time_first_percent"} == set(told["hidden"])
    assert (told["rated"], told["satisfied_percent"], told["median_hours"]) == (0, None, 13.0)
    text = client.get("/figures/months.csv").content.decode("utf-8-sig")
    row = next(csv.DictReader(io.StringIO(text)))
    assert (row["received"], row["closed"], row["satisfied_percent"]) == ("<5", "101", "")


def test_the_least_that_is_shown_is_a_row(client: Client) -> None:
    kept(MARCH, received=4)
    ReportMinimum.objects.create(what="open", number=3, basis="试行", valid_from=date(2026, 4, 1))
    assert client.get("/figures/months.json").json()["months"][0]["received"] == 4


def test_programs_read_what_people_read(client: Client) -> None:
    kept(MARCH)
    kept(FEBRUARY, due=0, broken=0, broken_first=0)
    answer = client.get("/figures/months.json")
    found = answer.json()
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    assert [each["month"] for each in found["months"]] == ["2026-03", "2026-02"]
    assert (found["months"][0]["on_time_percent"], found["months"][1]["on_time_percent"]) == (90.0, None)
    for column in found["columns"]:
        assert set(column["definition"]) == {"zh-hans", "en", "ru"} and column["definition"]["en"]
    names = [column["name"] for column in found["columns"]]
    text = client.get("/figures/months.csv")
    assert "columns.csv" in text.headers["Link"]
    rows = list(csv.reader(io.StringIO(text.content.decode("utf-8-sig"))))
    assert rows[0] == ["month", "report", *names] and rows[1][5] == "90.0"
    defined = csv.reader(io.StringIO(client.get("/figures/columns.csv").content.decode("utf-8-sig")))
    assert [row[0] for row in defined] == ["column", *names]
    client.cookies[settings.LANGUAGE_COOKIE_NAME] = "en"
    page = client.get("/figures/").content.decode()
    for words in ("120", "90.0%", "80.0%", "75.0%", "95.0%", "2.0 working days", "—"):
        assert words in page, words


def test_a_correction_stands_beside_what_was_reported(client: Client) -> None:
    facts = {"made_at": NOW, "checked_at": NOW, "frozen_at": NOW, "number": "YB-2026-000001"}
    report = MonthlyReport.objects.create(month=MARCH, stage="frozen", **facts)
    public.keep(MARCH, {**FULL}, NOW, report=report.pk)
    given = {"report": report, "cell": "open/city/received", "reported": 120, "found": 121, "noticed_at": NOW}
    ReportCorrection.objects.create(**given)
    client.cookies[settings.LANGUAGE_COOKIE_NAME] = "en"
    page = client.get("/figures/").content.decode()
    assert "as reported, No. YB-2026-000001" in page
    assert "reported 120, now 121" in page


def test_the_page_costs_the_same_few_queries_however_much_there_is(
    client: Client, march: Month, django_assert_max_num_queries: Any
) -> None:
    # Derive what the sweep would have derived.
    public.promised(public.city(date(2026, 4, 1), NOW))
    for first in (MARCH, FEBRUARY):
        kept(first)
    with django_assert_max_num_queries(12):
        client.get("/figures/")
    cache.clear()
    public.keep_months(NOW)
    with django_assert_max_num_queries(4):
        client.get("/figures/")
    with django_assert_max_num_queries(2):
        client.get("/figures/")
    for path in ("/figures/months.json", "/figures/months.csv"):
        with django_assert_max_num_queries(3):
            client.get(path)


def test_a_share_of_too_few_is_not_shown_and_of_none_a_dash() -> None:
    assert open_figures.shown_share(Share(3, 4), 5).hidden
    assert open_figures.shown_share(Share(0, 0), 5).said == "—"
    assert not open_figures.shown_share(Share(3, 5), 5).hidden
    assert open_figures.shown_count(0, 5).said == "0"
