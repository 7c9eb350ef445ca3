# ruff: noqa: F811 (fixtures are imported by their names)
"""The monthly report: numbers known by hand, its life, what it says when the cases change afterwards."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client
from django.utils.translation import override

from enterprises.models import DirectLineMatter, Topic
from servicedesk.desk import audit
from servicedesk.desk.errors import BadInput, NotAllowed, WrongState
from servicedesk.desk.models import Case, Event
from servicedesk.desk.trail import chain_of_row
from servicedesk.reports.models import MonthlyReport, OpenMonth, ReportMinimum
from servicedesk.reports.monthly import correcting, life
from servicedesk.reports.monthly.changes import of_amounts, of_shares
from servicedesk.reports.monthly.document import document_in
from servicedesk.reports.monthly.gathering import Row
from servicedesk.reports.monthly.rankings import ranked
from servicedesk.reports.shares import Share
from tests.desk.staff import INLINE, administrator, enter
from tests.people import person, posted
from tests.reports.kept_month import kept_march, march  # noqa: F401
from tests.reports.month import NOW, Month

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("on_10_april")]

MARCH = date(2026, 3, 1)
LIST = "/desk/reports/monthly/"


@pytest.fixture(autouse=True)
def forgotten() -> None:
    cache.clear()


def made(march: Month, **asked: Any) -> MonthlyReport:
    given = {"month": MARCH, "office": None, "kind": "direct-line", "at": NOW} | asked
    return life.make(march.people.grace, given["month"], given["office"], given["kind"], given["at"])


def frozen(march: Month, **asked: Any) -> MonthlyReport:
    other = posted(person("gina"), "fwzx", "manager")
    return life.freeze(life.check(made(march, **asked), other, NOW), march.people.grace, NOW)


def table(report: MonthlyReport, name: str, language: str = "en") -> dict[str, Any]:
    return next(each for each in document_in(report.content, language)["tables"] if each["name"] == name)


def said(report: MonthlyReport, name: str, language: str = "en") -> dict[str, list[str]]:
    """The cells of a table by the key of their row."""
    return {
        line["key"]: [cell["said"] for cell in line["cells"]]
        for line in table(report, name, language)["lines"]
    }


# --- numbers -----------------------------------------------------------------------------------------


def test_it_tells_the_month_worked_out_by_hand(march: Month) -> None:
    """Eight against one in February; three of six promises kept, all of one in February."""
    report = made(march)
    amounts, rates = said(report, "amounts"), said(report, "time-rates")
    assert amounts["received"] == ["8", "1", "+700.0%", "0", "—"]
    assert amounts["open"][0] == "3" and amounts["late"][0] == "2"
    assert rates["kept"] == ["50.0%", "100.0%", "−50.0 points", "—", "—"]
    assert rates["kept_first"] == ["33.3%", "100.0%", "−66.7 points", "—", "—"]
    results = said(report, "result-rates")
    assert results["solved"][0] == "75.0%" and results["satisfied"][0] == "50.0%"
    assert said(report, "apart")["unreached"] == ["1"]


def test_a_rate_stands_beside_its_part_and_its_whole(march: Month) -> None:
    kept = table(made(march), "time-rates")["lines"][0]["cells"][0]
    assert (kept["part"], kept["whole"], kept["value"]) == (3, 6, 50.0)


def test_the_longest_late_and_what_came_again_are_named_by_number(march: Month) -> None:
    topic = Topic.objects.valid().first()
    DirectLineMatter.objects.filter(case__in=[march["kept"], march["february"]]).update(topic=topic)
    report = made(march)
    assert list(said(report, "worst")) == [march["returned"].number, march["overdue"].number]
    # Due on 25 March in the evening: 26, 27, 30 and 31 March are four working days.
    assert said(report, "worst")[str(march["returned"].number)][3] == "4"
    again = table(report, "repeated")["lines"][0]["cells"]
    assert [cell["said"] for cell in again[:2]] == ["2", "1"]
    assert str(march["february"].number) in again[2]["said"]
    assert march.people.company.name not in str(report.content)


def test_it_is_the_same_as_the_overview(client: Client, march: Month) -> None:
    enter(client, march.people.grace)
    asked = "period=dates&since=2026-03-01&until=2026-03-31&kind=direct-line"
    head = {
        name: number.value
        for name, _label, number in client.get(f"/desk/reports/?{asked}").context["report"].head
    }
    figures = made(march).content["figures"]
    for name in ("received", "closed", "open", "late", "unreached"):
        assert figures[f"now/now/{name}"] == head[name]


def test_each_language_is_written_when_it_is_made(march: Month) -> None:
    report = made(march)
    english, chinese = (document_in(report.content, language) for language in ("en", "zh-hans"))
    assert english["title"] != "" and english["paragraphs"][0]["lines"][0].startswith(
        "In March 2026 the whole city"
    )
    assert "8" in chinese["paragraphs"][0]["lines"][0]
    assert [each["name"] for each in english["tables"]] == [each["name"] for each in chinese["tables"]]
    assert document_in(report.content, "ru") == english


def test_changes_are_percent_of_amounts_and_points_of_rates() -> None:
    with override("en"):
        assert [str(of_amounts(8, 7)), str(of_amounts(7, 8)), str(of_amounts(8, 0))] == [
            "+14.3%",
            "−12.5%",
            "—",
        ]
        assert [str(of_shares(Share(3, 4), Share(4, 4))), str(of_shares(Share(3, 4), Share(0, 0)))] == [
            "−25.0 points",
            "—",
        ]
        assert of_amounts(8, 8).words == "unchanged"


def row(key: str, due: int, broken: int, first: int = 0) -> Row:
    return Row(key, {}, {"due": due, "broken": broken, "broken_first": first})


def test_too_few_promises_give_no_place_and_equal_ones_share_one() -> None:
    rows = [row("few", 9, 0), row("good", 10, 1), row("same", 20, 2), row("bad", 10, 5), row("none", 0, 0)]
    assert [(place, each.key) for place, each in ranked(rows, 10)] == [
        (1, "same"),
        (1, "good"),
        (3, "bad"),
        (None, "few"),
        (None, "none"),
    ]


def test_the_minimum_is_a_row_an_official_changes(march: Month) -> None:
    places = [cells[0] for cells in said(made(march), "offices").values()]
    assert set(places) == {"—"}
    ReportMinimum.objects.create(what="offices", number=1, basis="试行", valid_from=date(2026, 4, 1))
    places = {key: cells[0] for key, cells in said(made(march), "offices").items()}
    assert (places["fwzx"], places["zjj"], places["swuj"]) == ("1", "1", "—")


def test_complaints_about_offices_are_in_no_monthly_report(march: Month) -> None:
    Case.objects.filter(pk=march["young"].pk).update(against=march.people.office("swuj"))
    assert made(march).content["figures"]["now/now/received"] == 7


# --- life --------------------------------------------------------------------------------------------


def test_another_person_checks_and_only_then_it_is_frozen(march: Month) -> None:
    people, report = march.people, made(march)
    with pytest.raises(WrongState):
        life.freeze(report, people.grace, NOW)
    with pytest.raises(NotAllowed):
        life.check(report, people.grace, NOW)
    other = posted(person("gina"), "fwzx", "manager")
    report = life.freeze(life.check(report, other, NOW), people.grace, NOW)
    assert (report.stage, report.number, report.checked_by) == ("frozen", "YB-2026-000001", other)
    for verb in (life.check, life.freeze):
        with pytest.raises(WrongState):
            verb(report, other, NOW)
    with pytest.raises(WrongState):
        life.drop(report, people.grace, NOW, "重做")
    with pytest.raises(WrongState):
        made(march)
    events = Event.objects.filter(chain=chain_of_row(report)).order_by("seq")
    assert [event.verb for event in events] == ["monthly_make", "monthly_check", "monthly_freeze"]
    assert audit.verify([chain_of_row(report)]) == []


def test_making_anew_puts_the_unfinished_one_aside(march: Month) -> None:
    first, second = made(march), made(march)
    first.refresh_from_db()
    assert (first.stage, second.stage) == ("dropped", "draft")
    with pytest.raises(BadInput):
        life.drop(second, march.people.grace, NOW, " ")
    with pytest.raises(BadInput):
        made(march, month=date(2026, 4, 1))


def test_heads_report_on_their_office_and_nobody_else_does(march: Month) -> None:
    people = march.people
    report = life.make(people.bob, MARCH, people.office("zjj"), "direct-line", NOW)
    assert report.content["figures"]["offices/zjj/received"] == 8
    assert "offices/fwzx/due" not in report.content["figures"]
    for user, office in ((people.bob, None), (people.bob, people.office("swuj")), (people.frank, None)):
        with pytest.raises(NotAllowed):
            life.make(user, MARCH, office, "", NOW)
    assert life.check(report, people.erin, NOW).stage == "checked"
    assert list(life.readable(people.charlie, NOW)) == []


def test_a_hash_tells_of_every_edit(march: Month) -> None:
    report = frozen(march)
    assert life.is_whole(report) and life.altered() == []
    content = report.content
    content["figures"]["now/now/late"] = 0
    MonthlyReport.objects.filter(pk=report.pk).update(content=content)
    assert [each.pk for each in life.altered()] == [report.pk]
    # Whoever edits the hash as well still has the chain against them.
    MonthlyReport.objects.filter(pk=report.pk).update(digest=life.digest_of(content))
    assert [each.pk for each in life.altered()] == [report.pk]


# --- corrections -------------------------------------------------------------------------------------


def test_a_frozen_report_stays_and_the_correction_shows(client: Client, march: Month) -> None:
    report, people = frozen(march), march.people
    before = report.content
    assert correcting.corrections(report, NOW) == []
    Case.objects.filter(pk=march["kept"].pk).update(submitted_at=march["february"].submitted_at)
    DirectLineMatter.objects.filter(case=march["kept"]).update(rating=1)
    cache.clear()
    enter(client, people.grace)
    page = client.get(f"{LIST}{report.pk}/")
    found = {each.cell: (each.reported, each.now) for each, _reason in page.context["corrections"]}
    assert found["now/now/satisfied"] == ("1", "0")
    assert "Unexplained difference" in page.content.decode() and "just now" in page.content.decode()
    assert client.get(f"{LIST}{report.pk}/").context["document"] == document_in(before, "en")
    answer = client.post(f"{LIST}{report.pk}/explain/", {"cell": "now/now/satisfied", "reason": "评价更正"})
    assert answer.status_code == 302
    row = report.corrections.get(cell="now/now/satisfied")
    assert (row.reason, row.by, row.reported, row.found) == ("评价更正", people.grace, 1, 0)
    assert "评价更正 (Grace)" in client.get(f"{LIST}{report.pk}/").content.decode()
    report.refresh_from_db()
    assert report.content == before and life.is_whole(report)
    assert Event.objects.filter(chain=chain_of_row(report), verb="monthly_correct", by=people.grace).exists()


def test_the_sweep_notices_once_a_day_and_sees_when_it_ends(march: Month) -> None:
    report = frozen(march)
    DirectLineMatter.objects.filter(case=march["kept"]).update(rating=1)
    later = NOW + timedelta(days=1)
    assert (correcting.compare_next(NOW), correcting.compare_next(later), correcting.compare_next(later)) == (
        0,
        1,
        0,
    )
    assert report.corrections.filter(ended_at=None, noticed_at=later).exists()
    DirectLineMatter.objects.filter(case=march["kept"]).update(rating=5)
    assert correcting.compare_next(later + timedelta(days=1)) == 1
    assert not report.corrections.filter(ended_at=None).exists()


def test_the_next_report_corrects_the_one_before(march: Month) -> None:
    report = frozen(march, month=date(2026, 2, 1))
    DirectLineMatter.objects.filter(case=march["february"]).update(rating=1)
    correcting.notice(report, NOW)
    rows = table(made(march), "corrections")["lines"]
    assert rows[0]["label"] == report.number
    assert [cell["said"] for cell in rows[0]["cells"]][-1] == "Unexplained difference"


def test_a_frozen_city_report_is_what_the_public_reads(march: Month) -> None:
    report = frozen(march, kind="")
    row = OpenMonth.objects.get(month=MARCH)
    assert row.report_id == report.pk and row.numbers == report.content["open"]


# --- pages -------------------------------------------------------------------------------------------


def test_one_press_makes_it_and_everybody_finds_their_button(client: Client, march: Month) -> None:
    people = march.people
    enter(client, people.grace)
    answer = client.post(LIST, {"month": "2026-03", "office": "", "kind": "direct-line"})
    report = MonthlyReport.objects.get()
    assert answer.headers["Location"] == f"{LIST}{report.pk}/"
    page = client.get(f"{LIST}{report.pk}/").content.decode()
    assert "Another person checks what you made." in page and not INLINE.search(page)
    assert client.post(f"{LIST}{report.pk}/check/").status_code == 403
    enter(client, posted(person("gina"), "fwzx", "manager"))
    assert client.post(f"{LIST}{report.pk}/check/").status_code == 302
    assert client.post(f"{LIST}{report.pk}/freeze/").status_code == 302
    page = client.get(f"{LIST}{report.pk}/").content.decode()
    assert "YB-2026-000001" in page and report.digest in page
    assert client.post(f"{LIST}{report.pk}/freeze/").status_code == 409
    assert not INLINE.search(client.get(LIST).content.decode())
    enter(client, people.frank)
    assert client.get(f"{LIST}{report.pk}/").status_code == 200
    assert client.post(LIST, {"month": "2026-03"}).status_code == 403
    enter(client, people.bob)
    assert client.get(f"{LIST}{report.pk}/").status_code == 404
    assert client.post(LIST, {"month": "2026-03", "office": "swuj"}).status_code == 422
    enter(client, administrator("auditor"))
    assert client.get(LIST).status_code == 403


def test_pages_ask_little_whatever_there_is(
    client: Client, march: Month, django_assert_max_num_queries: Any
) -> None:
    report = frozen(march)
    enter(client, march.people.grace)
    for month in range(1, 13):
        MonthlyReport.objects.create(
            month=date(2024, month, 1), stage="draft", made_at=NOW, made_by=march.people.bob
        )
    client.get(f"{LIST}{report.pk}/")
    with django_assert_max_num_queries(14):
        client.get(LIST)
    with django_assert_max_num_queries(16):
        client.get(f"{LIST}{report.pk}/")
