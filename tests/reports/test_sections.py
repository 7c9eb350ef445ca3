"""Each section on matters made by hand: the right number is known beforehand, stands on the page, in both
files and in the API, and leads to exactly the cases it counts."""

from __future__ import annotations

import csv
import io
import warnings
from dataclasses import replace
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

import openpyxl  # type: ignore[import-untyped]
import pytest
from django.test import Client
from django.utils.translation import override

from enterprises.models import BadReview, DirectLineMatter, Topic
from servicedesk.accounts.models import Post
from servicedesk.desk import actions
from servicedesk.desk.checks import problems
from servicedesk.desk.followups import FollowUps, Rows
from servicedesk.desk.models import Attachment, Case, Clock, Promise
from servicedesk.desk.registry import kind_of
from servicedesk.reports import gaming, moves
from servicedesk.reports.ages import city_calendar, office_seconds
from servicedesk.reports.mails import as_mail
from servicedesk.reports.percentiles import percentile, used_words
from servicedesk.reports.sections import SECTIONS
from servicedesk.reports.tables import Rate
from tests import make
from tests.desk.staff import INLINE, administrator, enter
from tests.make import again, moment
from tests.people import Cast, posted
from tests.reports.hand import cells, lines, listed, named, report, row, table, wrong_links
from tests.reports.month import MARCH, NOW, Month

pytestmark = [pytest.mark.django_db, pytest.mark.sqlite]
ASKED = urlencode(MARCH)
NAMES = [section.name for section in SECTIONS]


def at(day: int, time: str) -> datetime:
    return moment(f"2026-03-{day:02} {time}")


@pytest.fixture
def hand(people: Cast) -> Month:
    """Without a word in it yet."""
    return Month(people)


@pytest.fixture(autouse=True)
def in_english() -> Any:
    with override("en"):
        yield


def answered(hand: Month, name: str, day: int, when: str = "10:00") -> None:
    """Received, contacted and given an opinion that morning, answered the day after."""
    hand.claimed(name, at(day, "09:00"))
    hand.contacted(name, at(day, "09:40"), at(day, "09:50"))
    hand.answered(name, at(day + 1, when))


def asked(
    hand: Month, name: str, day: int, result: str, level: int | None = None, time: str = "09:30"
) -> None:
    actions.revisit(hand[name], by=hand.people.diana, at=at(day, time), result=result, level=level)


# --- results ---------------------------------------------------------------------------------------------


@pytest.fixture
def revisited(hand: Month) -> Month:
    """Solved and content; solved, saying nothing more; partly and content; not solved, then solved; never
    reached; confirmed on the portal and rated there, badly."""
    for place, name in enumerate(("content", "silent", "partly", "twice", "nobody", "portal")):
        answered(hand, name, 2 + place % 4)
    asked(hand, "content", 9, "solved", 5)
    asked(hand, "silent", 9, "solved")
    asked(hand, "partly", 9, "partly", 3)
    asked(hand, "twice", 9, "unsolved", 1)
    hand.answered("twice", at(11, "10:00"))
    asked(hand, "twice", 12, "solved")
    asked(hand, "nobody", 9, "unreached")
    asked(hand, "nobody", 9, "unreached", time="14:30")
    hand.confirmed("portal", at(9, "10:00"), rating=2)
    return hand


def test_what_was_said_when_asked_and_good_reviews_share_no_denominator(revisited: Month) -> None:
    """Five valid answers, four of them solved; three said how content they are, the last word counts."""
    grace = revisited.people.grace
    found = report(grace, "results")
    rates = {str(label): f"{rate.part}/{rate.whole}" for label, rate in found.rates}
    assert rates == {"Solved, when asked": "4/5", "Content, when asked": "2/3", "Good reviews": "0/1"}
    assert {name: number.value for name, _label, number in found.head} == {
        "asked-valid": 5,
        "asked-partly": 1,
        "asked-in-vain": 1,
    }
    expected = {
        "asked-solved": {"content", "silent", "twice", "portal"},
        "asked-partly": {"partly"},
        "asked-unsolved": set(),
        "asked-in-vain": {"nobody"},
        "asked-rated": {"content", "partly", "twice"},
        "asked-satisfied": {"content", "partly"},
        "rated": {"portal"},
    }
    for figure, names in expected.items():
        keys = listed(grace, f"?{ASKED}&figure={figure}")
        assert named(revisited.cases, keys) == names, figure
    assert wrong_links(grace, found) == []


def test_a_rating_an_appeal_found_mistaken_is_in_no_rate(revisited: Month) -> None:
    review = BadReview.objects.get(of=revisited["portal"])
    BadReview.objects.filter(pk=review.pk).update(counts=False)
    found = report(revisited.people.grace, "results")
    assert str(found.rates[2][1]) == "—"


def test_time_rates_name_their_limit(revisited: Month) -> None:
    found = table(report(revisited.people.grace, "results"), "time-rates")
    assert cells(row(found, "You are contacted"))[0] == "100.0% (6/6)"
    assert {line.label: line.sub for line in found.lines}.items() >= {
        ("You are contacted", "2 hours"),
        ("You get an opinion", "1 working day"),
        ("The office solves it", "15 working days"),
    }


def test_a_follow_up_that_is_nowhere_is_an_error() -> None:
    kind = kind_of("direct-line")
    declared = {
        "desk.E010": FollowUps("enterprises.Nothing"),
        "desk.E011": FollowUps("enterprises.Revisit", result="outcome"),
    }
    for wrong, follow_ups in declared.items():
        assert [each.id for each in problems(replace(kind, follow_ups=follow_ups))] == [wrong]
    void = Rows("enterprises.BadReview", "of", "case__nothing")
    assert [each.id for each in problems(replace(kind, void_ratings=void))] == ["desk.E011"]


# --- promises --------------------------------------------------------------------------------------------


def extended(hand: Month, name: str, when: datetime, term: int = 3) -> None:
    case, bob = hand[name], hand.people.bob
    proof = Attachment.objects.create(case=case, by=bob, sha256="0" * 64, size=1, name="批示.pdf", at=when)
    told: dict[str, Any] = {"reason": "涉及两级政府。", "told_at": when, "proof": proof}
    actions.extend(case, by=bob, at=when, clocks=("resolve", "company"), term=term, **told)


@pytest.fixture
def moved(hand: Month) -> Month:
    """Kept; extended early, and kept by the new date; extended on the last day and six days late."""
    answered(hand, "kept", 2)
    for name in ("early", "late"):
        hand.claimed(name, at(2, "09:00"))
        hand.contacted(name, at(2, "09:40"), at(2, "09:50"))
    extended(hand, "early", at(10, "10:00"))
    extended(hand, "late", at(23, "10:00"), term=1)
    hand.answered("early", at(25, "10:00"))
    hand.answered("late", at(30, "10:00"))
    return hand


def test_how_often_dates_moved_and_by_how_much_they_were_missed(moved: Month) -> None:
    """The solution was due on 23 March at five; the late one on the 24th, and was done on the 30th."""
    grace = moved.people.grace
    found = report(grace, "promises")
    limits = table(found, "moved-limits")
    assert cells(row(limits, "The office solves it")) == [
        *("66.7% (2/3)", "2", "0", "0", "0"),
        *("33.3% (1/3)", "66.7% (2/3)"),
    ]
    assert cells(row(limits, "You are contacted"))[0] == "0.0% (0/3)"
    missed = table(found, "missed")
    assert cells(row(missed, moved.people.office().title())) == ["1", "0", "0", "1", "0"]
    assert named(moved.cases, listed(grace, f"?{ASKED}&figure=missed-2")) == {"late"}
    assert named(moved.cases, listed(grace, f"?{ASKED}&figure=moved-extended")) == {"early", "late"}
    assert wrong_links(grace, found) == []


def test_a_date_the_calendar_moved_stands_apart(moved: Month) -> None:
    clock = Clock.objects.get(case=moved["kept"], code="resolve")
    told = Promise.objects.filter(clock=clock).first()
    assert told is not None
    Promise.objects.create(
        clock=clock, due_at=clock.due_at, why="redate", event=told.event, told_at=at(3, "09:00")
    )
    found = report(moved.people.grace, "promises")
    assert cells(row(table(found, "moved-limits"), "The office solves it"))[:4] == [
        "100.0% (3/3)",
        "2",
        "0",
        "1",
    ]


def test_the_bands_of_lateness_know_their_borders() -> None:
    assert moves.BANDS[0][0] == 0 and moves.BANDS[-1][1] is None
    assert all(one[1] == other[0] for one, other in zip(moves.BANDS, moves.BANDS[1:], strict=False))


# --- breaches --------------------------------------------------------------------------------------------


def test_a_broken_promise_says_what_the_record_says_and_no_more(moved: Month) -> None:
    """Late after an extension; contacted late with nothing done; opinion late while others were asked."""
    people = moved.people
    moved.received("idle", at(3, "09:00"))
    actions.claim(moved["idle"], by=people.alice, at=at(3, "14:00"))
    moved.contacted("idle", at(3, "14:30"), at(3, "15:00"))
    moved.claimed("asked", at(3, "09:00"))
    actions.contact(
        moved["asked"], by=people.alice, at=at(3, "09:40"), result="reached", number="13800000001"
    )
    actions.consult(
        moved["asked"], by=people.alice, at=at(3, "10:00"), office=people.office("swuj"), text="?"
    )
    actions.give_opinion(moved["asked"], by=people.alice, at=at(5, "10:00"), text="先抽排，再清淤。")
    found = report(people.grace, "breaches")
    told = {(line.label, str(line.cells[0])): line for line in table(found, "breaches").lines}
    reasons = {key: [str(cell) for cell in line.cells][4:] for key, line in told.items()}
    late, idle, asked_ = (str(moved[name].number) for name in ("late", "idle", "asked"))
    assert reasons[late, "The office solves it"] == [
        "3.2 working days",
        "extended, and late all the same (涉及两级政府。)",
    ]
    assert reasons[idle, "You are contacted"] == ["1 hour 50 minutes", "nothing was done until the date"]
    assert reasons[asked_, "You get an opinion"][1] == "others were asked"
    columns = [str(column.label) for column in table(found, "reasons").columns]
    total = dict(zip(columns, cells(table(found, "reasons").total), strict=True))  # type: ignore[arg-type]
    assert total["Broken"] == "3"
    assert (total["others were asked"], total["nothing was done until the date"]) == ("1", "1")
    assert wrong_links(people.grace, found) == []


def test_where_nothing_is_recorded_that_is_said(hand: Month) -> None:
    hand.claimed("silent", at(3, "09:00"))
    hand.contacted("silent", at(3, "14:30"), at(3, "15:00"))
    found = table(report(hand.people.grace, "breaches"), "breaches")
    assert str(found.lines[0].cells[-1]) == "no reason recorded"


def test_a_statistician_counts_breaches_and_reads_none(hand: Month) -> None:
    hand.claimed("silent", at(3, "09:00"))
    hand.contacted("silent", at(3, "14:30"), at(3, "15:00"))
    found = report(administrator("statistician"), "breaches")
    assert found.head[0][2].value == 1 and table(found, "breaches").lines == []


# --- officers --------------------------------------------------------------------------------------------


def test_an_officer_has_in_hand_what_is_theirs_and_open(hand: Month) -> None:
    """On 3 March at noon: two open and due today, one of them late with its contact already; one closed."""
    people = hand.people
    answered(hand, "done", 2, "09:30")
    hand.confirmed("done", at(3, "10:00"))
    hand.claimed("late", at(2, "10:00"))
    hand.claimed("today", at(3, "11:00"))
    hand.received("unclaimed", at(3, "11:00"))
    found = report(people.bob, "officers", when=at(3, "12:00"), period="month")
    lines = {line.label: cells(line) for line in table(found, "officers").lines}
    assert lines["Alice"][:5] == ["2", "2", "1", "1", "1"]
    assert lines["nobody yet"][:4] == ["1", "1", "0", "0"]
    assert table(found, "officers").lines[0].name == f"Alice · {people.office().title()}"
    assert [
        url
        for cell in table(found, "officers").lines[0].cells
        for url in [getattr(cell, "url", "")]
        if url and len(listed(people.bob, url, at(3, "12:00"))) != cell.value  # type: ignore[union-attr]
    ] == []


@pytest.mark.parametrize("name", ["erin", "frank"])
def test_only_heads_and_managers_read_about_officers(client: Client, hand: Month, name: str) -> None:
    case = hand.claimed("one", at(2, "09:00"))
    enter(client, getattr(hand.people, name))
    for path in (
        "officers/",
        "officers.csv",
        f"cases/?{ASKED}&figure=open&group=officer&row={case.officer_id}",
    ):
        assert client.get(f"/desk/reports/{path}").status_code == 403, path
    assert "/desk/reports/officers/" not in client.get("/desk/reports/").content.decode()
    assert client.get("/api/v1/reports/officers/").status_code == 403


def test_a_head_reads_about_officers_of_their_own_office_only(client: Client, hand: Month) -> None:
    hand.claimed("ours", at(2, "09:00"))
    hand.claimed("theirs", at(2, "09:00"), to="swuj")
    labels = [line.label for line in table(report(hand.people.bob, "officers"), "officers").lines]
    assert labels == ["Alice"]
    assert {line.label for line in table(report(hand.people.grace, "officers"), "officers").lines} == {
        "Alice",
        "Charlie",
    }


# --- ageing ----------------------------------------------------------------------------------------------


def test_how_old_open_matters_are_in_office_time(hand: Month) -> None:
    """On 10 April at noon; half of the ages lie between the second and the third, exactly as a list says."""
    for place, day in enumerate((2, 9, 16, 30)):
        hand.received(f"open {place}", at(day, "09:00"))
    found = report(hand.people.grace, "ageing", period="month")
    calendar = city_calendar()
    ages = sorted(office_seconds(calendar, at(day, "09:00"), NOW) for day in (2, 9, 16, 30))
    expected = [used_words(percentile(ages, fraction)) for fraction in (0.5, 0.8, 0.95)]
    line = row(table(found, "open"), hand.people.office().title())
    assert cells(line) == ["4", *expected, "0", "0"]
    oldest = table(found, "oldest").lines
    assert [each.label for each in oldest] == [hand[f"open {place}"].number for place in range(4)]
    assert wrong_links(hand.people.grace, found) == []


# --- signs -----------------------------------------------------------------------------------------------


@pytest.fixture
def gamed(hand: Month) -> Month:
    """Signed ten minutes before its date; extended six hours before it; sent away, and given a later date by
    it; closed, and open again."""
    people = hand.people
    hand.claimed("minutes", at(2, "09:00"))
    hand.contacted("minutes", at(2, "09:40"), at(2, "09:50"))
    hand.answered("minutes", at(23, "16:50"))
    hand.claimed("saved", at(2, "09:00"))
    hand.contacted("saved", at(2, "09:40"), at(2, "09:50"))
    extended(hand, "saved", at(23, "11:00"))
    hand.answered("saved", at(24, "10:00"))
    hand.claimed("away", at(3, "09:00"))
    actions.return_to_centre(hand["away"], by=people.alice, at=at(4, "10:00"), reason="不属我局职责。")
    actions.dispatch(
        hand["away"], by=people.diana, at=at(5, "09:00"), office=people.office("swuj"), title="away"
    )
    answered(hand, "reopened", 9)
    for day, time in ((16, "09:30"), (16, "14:30"), (17, "09:30")):
        asked(hand, "reopened", day, "unreached", time=time)
    actions.redo(hand["reopened"], by=people.wang, at=at(24, "09:00"), reason="又积水了。")
    return hand


def test_each_sign_counts_the_matters_that_were_made_for_it(gamed: Month) -> None:
    grace = gamed.people.grace
    expected = {
        "last-minutes": {"minutes"},
        "extended": {"saved"},
        "extended-last-day": {"saved"},
        "returned": {"away"},
        "later": {"away"},
        "later-longer": set(),
        "redone": {"reopened"},
        "redone-closed": {"reopened"},
    }
    for figure, names in expected.items():
        assert named(gamed.cases, listed(grace, f"?{ASKED}&figure={figure}")) == names, figure
    found = report(grace, "signs")
    assert wrong_links(grace, found) == []
    # Nobody is accused: each sign says what it cannot show, on the page itself.
    assert "accuse nobody" in str(found.remarks[0])


def test_a_return_counts_for_the_office_that_returned(gamed: Month) -> None:
    found = table(report(gamed.people.grace, "signs"), "signs")
    place = [str(column.label) for column in found.columns].index("Returned to the centre")
    housing, water = (gamed.people.office(code).title() for code in ("zjj", "swuj"))
    assert [str(row(found, office).cells[place]) for office in (housing, water)] == ["1", "0"]


def test_a_longer_limit_by_a_new_sorting_shows(gamed: Month) -> None:
    clock = Clock.objects.filter(case=gamed["away"], code="resolve", round=2)
    clock.update(term=30)
    assert named(gamed.cases, listed(gamed.people.grace, f"?{ASKED}&figure=later-longer")) == {"away"}


@pytest.mark.parametrize(
    "stopped, place",
    [("2026-03-02 11:00", 19), ("2026-03-02 11:01", 20), ("2026-03-02 10:53", 18), ("2026-03-02 09:06", 0)],
)
def test_the_part_of_the_time_used_is_exact_at_the_due_moment(hand: Month, stopped: str, place: int) -> None:
    """The contact is due at eleven, two hours after the receipt at nine."""
    case = make.dispatched(hand.people, at=at(2, "09:00"))
    actions.claim(case, by=hand.people.alice, at=at(2, "09:00"))
    actions.contact(again(case), by=hand.people.alice, at=moment(stopped), result="reached", number="1")
    url = f"?{ASKED}&figure=used-{place}&limit=direct-line.contact"
    assert listed(hand.people.grace, url) == {case.pk}


def test_a_limit_in_days_is_used_up_at_its_date(gamed: Month) -> None:
    url = f"?{ASKED}&figure=used-{gaming.LAST_BIN}&limit=direct-line.resolve"
    assert named(gamed.cases, listed(gamed.people.grace, url)) >= {"minutes"}
    histogram = report(gamed.people.grace, "signs").drawings["used"]
    assert [each.look for each in histogram.bins].count("last") == 1 and histogram.excess is None


# --- repeats ---------------------------------------------------------------------------------------------


def test_the_same_applicant_and_topic_within_ninety_days_came_again(hand: Month) -> None:
    """Fifty days before: again; a hundred: not; of another topic: not; of another company: not."""
    topics = list(Topic.objects.valid()[:2])
    days = {"far": "2025-11-25 10:00", "first": "2026-01-26 10:00", "again": "2026-03-17 10:00"}
    days |= {"other topic": "2026-03-18 10:00", "rare": "2026-03-19 10:00"}
    for name, when in days.items():
        hand.received(name, moment(when))
        topic = topics[1] if name in {"other topic"} else topics[0]
        DirectLineMatter.objects.filter(case=hand[name]).update(topic=topic)
    Case.objects.filter(pk=hand["rare"].pk).update(applicant=hand.people.other)
    found = report(hand.people.grace, "again")
    assert [f"{rate.part}/{rate.whole}" for _label, rate in found.rates] == ["1/3"]
    assert named(hand.cases, listed(hand.people.grace, f"?{ASKED}&figure=again")) == {"again"}
    rising = table(found, "rising-direct-line")
    assert {line.label: cells(line) for line in rising.lines} == {
        str(topics[0]): ["2", "0", "0", "2"],
        str(topics[1]): ["1", "0", "0", "1"],
    }
    assert wrong_links(hand.people.grace, found) == []


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
