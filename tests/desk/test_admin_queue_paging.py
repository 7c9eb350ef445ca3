"""The queue page by page: every row once, whatever ties, lacks a date or moves meanwhile; and its counts."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from servicedesk.desk import actions, finding, paging, queue
from servicedesk.desk.admin.cases import CaseAdmin
from servicedesk.desk.models import Case, Clock
from servicedesk.desk.paging import BY_NEAREST, BY_NEWEST, Order
from servicedesk.desk.sieve import with_words
from tests import make
from tests.desk.rows import NOW, Town
from tests.desk.rows import make_case as bare_case
from tests.desk.staff import QUEUE, enter, rows
from tests.make import MONDAY
from tests.people import Cast

pytestmark = [pytest.mark.django_db, pytest.mark.sqlite]

ORDERS = [
    BY_NEAREST,
    Order(BY_NEAREST.path, falls=True, may_lack=True),
    BY_NEWEST,
    Order("submitted_at", tie_falls=False),
    Order("applicant__name"),
    Order("officer__name", may_lack=True),
]


def dated(case: Case, office: Any, hours: int | None, code: str = "resolve") -> None:
    due = None if hours is None else NOW + timedelta(hours=hours)
    Clock.objects.create(
        case=case,
        code=code,
        office=office,
        term=1,
        unit="working_days",
        started_at=NOW,
        due_at=due,
        calendar_version=1,
    )


@pytest.fixture
def mixed(town: Town) -> list[Case]:
    """Ties in every column, cases with two clocks, without a date, and without any clock."""
    made = []
    for at in range(12):
        case = bare_case(town, submitted=NOW - timedelta(hours=at // 4), title=f"{at}")
        if at % 3 == 0:
            Case.objects.filter(pk=case.pk).update(officer=town.officer)
        if at % 4 < 2:
            dated(case, town.bureau, at % 2)
            dated(case, town.bureau, 5, "contact")
        elif at % 4 == 2:
            dated(case, town.bureau, None)
        made.append(case)
    return made


def walked(order: Order, size: int = 5, back: bool = False) -> list[int]:
    """Keys of every page from the first on, or from the last page backwards."""
    found: list[list[int]] = []
    place = None
    for _turn in range(99):
        page = paging.page_of(Case.objects.all(), order, place, size)
        found.append([row.pk for row in page.rows])
        beside = page.before if back and len(found) > 1 else page.after
        place = paging.read(beside, order) if beside else None
        if place is None:
            break
    return [pk for keys in found for pk in keys]


@pytest.mark.parametrize("order", ORDERS, ids=str)
def test_every_row_is_met_once_in_any_order(mixed: list[Case], order: Order) -> None:
    whole = [row.pk for row in paging.page_of(Case.objects.all(), order, None, 50).rows]
    assert sorted(whole) == [case.pk for case in mixed]
    assert walked(order) == whole
    assert walked(order, size=1) == whole


@pytest.mark.parametrize("order", ORDERS, ids=str)
def test_the_way_back_shows_the_same_pages(mixed: list[Case], order: Order) -> None:
    pages, place = [], None
    while place is not None or not pages:
        page = paging.page_of(Case.objects.all(), order, place, 5)
        pages.append([row.pk for row in page.rows])
        last, place = page, paging.read(page.after, order) if page.after else None
    for earlier in reversed(pages[:-1]):
        place = paging.read(last.before, order, back=True)
        last = paging.page_of(Case.objects.all(), order, place, 5)
        assert [row.pk for row in last.rows] == earlier
    assert not last.before


def test_what_has_no_date_comes_last_either_way(mixed: list[Case]) -> None:
    for order in ORDERS[:2]:
        found = paging.page_of(Case.objects.all(), order, None, 50).rows
        assert [row.placed is None for row in found] == [False] * 6 + [True] * 6


def test_rows_that_come_and_go_neither_double_nor_hide_the_others(town: Town, mixed: list[Case]) -> None:
    first = paging.page_of(Case.objects.all(), BY_NEAREST, None, 4)
    # One of the page is done with, one behind it comes to the front, a new one too.
    first.rows[0].clocks.update(stopped_at=NOW, late=False)
    dated(bare_case(town, submitted=NOW), town.bureau, -9)
    rest, place = [], paging.read(first.after, BY_NEAREST)
    while place is not None:
        page = paging.page_of(Case.objects.all(), BY_NEAREST, place, 4)
        rest += [row.pk for row in page.rows]
        place = paging.read(page.after, BY_NEAREST) if page.after else None
    shown = [row.pk for row in first.rows]
    assert set(rest) == {case.pk for case in mixed} - set(shown) | {shown[0]}
    assert len(rest) == len(set(rest))


def test_a_place_that_is_none_is_the_first_page() -> None:
    for text in ("", "x", "AAAA", "W10", "W251bGwsIDFd", "WzEsIG51bGxd", "é", "W1tdLFtdXQ"):
        assert paging.read(text, BY_NEWEST) is None, text


def test_the_list_has_ways_on_and_back_and_keeps_its_filters(
    client: Client, people: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(CaseAdmin, "list_per_page", 2)
    made = [make.dispatched(people, at=MONDAY + timedelta(minutes=at)).number for at in range(5)]
    enter(client, people.alice)
    for query, expected in (
        ("?tab=all&kind=direct-line", made[::-1]),
        ("?tab=office", made),
        ("?tab=all&o=6", made),
        ("?tab=office&o=-6", made[::-1]),
        ("?q=积水", made[::-1]),
    ):
        page, seen = client.get(QUEUE + query), []
        while True:
            seen += rows(page)
            changelist = page.context["cl"]
            if not changelist.after_address:
                break
            assert changelist.after_address in page.content.decode().replace("&amp;", "&")
            page = client.get(QUEUE + changelist.after_address)
        assert seen == expected, query
        back = client.get(QUEUE + changelist.before_address)
        assert rows(back) == expected[2:4], query


def test_a_tab_counts_no_further_than_it_says(
    client: Client, people: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(queue, "MOST_COUNTED", 3)
    for _each in range(4):
        make.dispatched(people, at=MONDAY)
    enter(client, people.grace)
    page = client.get(QUEUE + "?tab=late")
    assert {tab.code: number for tab, number in page.context["tabs"]}["late"] == 3
    assert "<b>2+</b>" in page.content.decode()
    assert len(rows(page)) == 4


def test_an_office_with_few_matters_sees_the_same_by_its_own(people: Cast) -> None:
    one = make.claimed(people)
    make.dispatched(people, to="swuj")
    cases = queue.cases_of_desk(people.alice, MONDAY)
    found = queue.narrowed(cases, people.alice, MONDAY)
    assert list(found) == list(cases) == [one]
    assert "IN (" in str(found.query) and queue.narrowed(cases, people.grace, MONDAY) is cases


def test_the_list_costs_as_few_queries_with_much_as_with_little(
    client: Client, people: Cast, django_assert_max_num_queries: Any
) -> None:
    for amount in (1, 5):
        for _each in range(amount):
            paused = make.claimed(people)
            paused.clocks.update(due_at=None)
            make.dispatched(people)
            make.submitted(people)
        for user in (people.bob, people.diana):
            enter(client, user)
            for query in ("", "?tab=all", "?tab=paused"):
                client.get(QUEUE + query)
                with django_assert_max_num_queries(14):
                    client.get(QUEUE + query)


def test_tabs_counted_together_hold_what_they_hold_one_by_one(
    people: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    make.submitted(people)
    make.dispatched(people)
    make.claimed(people)
    now = make.answered(people).opened_at + timedelta(days=60)
    for user in (people.alice, people.bob, people.erin, people.diana):
        cases, tabs = queue.cases_of_desk(user, now), queue.tabs_of(user, now)
        together = queue.counts(cases, tabs, all_seen=False)
        assert sum(together.values()) > 0
        assert together == queue.counts(cases, tabs, all_seen=True)
        with monkeypatch.context() as fewer:
            fewer.setattr(queue, "MOST_TOGETHER", 1)
            assert queue.counts(cases, tabs, all_seen=False) == together


# --- search ----------------------------------------------------------------------------------------------


def found_by(people: Cast, words: str) -> set[str]:
    cases = queue.cases_of_desk(people.grace, MONDAY)
    return {case.number for case in with_words(cases, words)}


def test_words_of_any_length_are_found(people: Cast) -> None:
    one = make.submitted(people, text="Ａ区仓库屋顶漏雨，Siemens 控制柜受潮。")
    other = make.submitted(people, text="厂门口积水，货车进不来，第2号门。")
    here, there, both = {one.number}, {other.number}, {one.number, other.number}
    for words, expected in {
        "雨": here,
        "漏雨": here,
        "屋顶漏": here,
        "仓库屋顶漏雨": here,
        "a区": here,
        "siemens": here,
        "MENS": here,
        "si": here,
        "厂 2号": there,
        "钢构": both,
        "91370281MA0000015W": both,
        "ma0000": both,
        one.number: here,
        one.number.lower(): here,
        "zt-": both,
        "漏水": set(),
        "顶仓": set(),
        "siemensx": set(),
    }.items():
        assert found_by(people, words) == expected, words


def test_the_words_follow_what_the_verbs_change_and_go_with_them(people: Cast) -> None:
    case = make.submitted(people, text="仓库漏雨")
    assert found_by(people, "漏雨") and not found_by(people, "屋面")
    actions.dispatch(case, by=people.diana, at=MONDAY, office=people.office(), title="屋面防水")
    assert found_by(people, "屋面 漏雨")
    people.company.name = "青岛黄河钢构有限公司"
    people.company.save()
    finding.keep_party(people.company)
    assert found_by(people, "黄河") and not found_by(people, "长江")
    Case.objects.filter(pk=case.pk).update(title="")
    finding.keep(case)
    assert not found_by(people, "屋面")


def test_what_is_missing_is_written_and_a_second_run_finds_nothing_to_do(people: Cast) -> None:
    case = make.submitted(people)
    case.sought.delete()
    draft = make.draft(people)
    assert finding.keep_missing(batch=1) == 1
    assert finding.keep_missing() == 0
    assert found_by(people, "积水") == {case.number}
    assert not hasattr(make.again(draft), "sought")


def test_a_word_has_no_gram_that_a_text_with_it_lacks() -> None:
    text = finding.folded("Ａ区（2026）12号 仓库-siemens控制柜")
    whole = finding.grams(text)
    for chunk in text.split():
        for start in range(len(chunk)):
            for end in range(start + 1, len(chunk) + 1):
                assert whole.issuperset(finding.grams_of_word(chunk[start:end])), chunk[start:end]
