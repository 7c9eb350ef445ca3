"""The dispatch board: what comes first, to whom it is suggested to go and why, and what a row does."""

from __future__ import annotations

import uuid
from datetime import date, timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from enterprises.direct_line.board.doubles import Doubles
from enterprises.direct_line.board.suggesting import Suggesting, Suggestion
from enterprises.direct_line.board.waiting import Row, board, contact_by
from enterprises.models import Company, DirectLineMatter, DispatchRule, Industry, Ruling, Topic, Town
from servicedesk.desk import actions
from servicedesk.desk.models import Case, Link
from tests import make
from tests.make import MONDAY, again
from tests.people import SINCE, Cast, cast, person, posted

pytestmark = pytest.mark.django_db
BACKEND = "servicedesk.accounts.backends.ByNameMailOrPhone"
BOARD = "/desk/board/"
WATER = "厂区自来水压力不足，三楼车间每天下午停水两小时。"
NOW = MONDAY + timedelta(minutes=1)


@pytest.fixture
def people() -> Cast:
    return cast()


@pytest.fixture
def desk(people: Cast, client: Client) -> Client:
    client.force_login(people.diana, backend=BACKEND)
    return client


def ended(
    people: Cast, office: str, *, text: str = WATER, topic: str = "supply", town: str = "jiaoxi"
) -> Case:
    """A matter of last month that the office answered and the company confirmed."""
    at = MONDAY - timedelta(days=28)
    case = make.submitted(people, at=at, text=text)
    actions.dispatch(case, by=people.diana, at=at, office=people.office(office))
    Case.objects.filter(pk=case.pk).update(state="closed", outcome="solved", closed_at=at)
    kept = {"topic": Topic.objects.get(code=topic), "town": Town.objects.get(code=town)}
    DirectLineMatter.objects.filter(case=case).update(**kept)
    return again(case)


def rows(people: Cast, at: Any = NOW) -> list[Row]:
    return board(people.diana, at, 1).rows


def suggested(people: Cast, case: Case, at: Any = NOW) -> Suggestion:
    found = rows(people, at)
    return Suggesting(found, people.diana, at).of(next(row for row in found if row.case.pk == case.pk))


# What comes first


def test_the_promise_that_falls_first_comes_first(people: Cast) -> None:
    younger = make.submitted(people, at=MONDAY + timedelta(minutes=5))
    older = make.submitted(people)
    gone = make.dispatched(people)
    at = MONDAY + timedelta(minutes=20)
    page = board(people.diana, at, 1)
    assert [row.case for row in page.rows] == [older, younger]
    assert (page.number, page.returned, page.pages) == (2, 0, 1)
    # What went a moment ago is seen until it can no longer be undone, and not a minute longer.
    assert page.done == []
    assert [done.case for done in board(people.diana, MONDAY + timedelta(minutes=9), 1).done] == [gone]


def test_a_company_of_a_late_whole_limit_comes_before_a_young_matter(people: Cast) -> None:
    fresh = make.submitted(people, at=NOW)
    returned = make.dispatched(people)
    actions.return_to_centre(returned, by=people.bob, at=NOW, reason="非本单位职责。")
    returned.clocks.filter(code="company").update(due_at=MONDAY - timedelta(days=1))
    assert [row.case for row in rows(people)] == [again(returned), fresh]


def test_a_row_says_until_when_the_company_would_be_called(people: Cast) -> None:
    case = make.submitted(people)
    assert contact_by(case, MONDAY) == MONDAY + timedelta(minutes=case.opening["limits"]["contact"]["term"])


# To whom, and why


def test_a_rule_goes_before_a_ruling_and_a_ruling_before_what_became_of_its_likes(people: Cast) -> None:
    likes = [ended(people, "swuj") for _ in range(5)] + [ended(people, "zjj")]
    case = make.submitted(people, text=WATER)
    told = suggested(people, case)
    assert told.office == people.office("swuj")
    assert told.why == f"6 件相似事项中有 5 件由{people.office('swuj').title()}办结。" or "5" in told.why
    assert {each.pk for each in told.likes} == {each.pk for each in likes}
    assert (told.topic, told.guessed) == (Topic.objects.get(code="supply"), True)
    ruling = Ruling.objects.create(
        case=likes[0],
        office=people.office("zhzfj"),
        topic=told.topic,
        reason="由其主办。",
        ruled_on=date(2026, 2, 3),
    )
    told = suggested(people, case)
    assert (told.office, told.ruling) == (people.office("zhzfj"), ruling)
    assert str(likes[0].number) in told.why
    rule = DispatchRule.objects.create(office=people.office(), topic=told.topic, valid_from=SINCE)
    told = suggested(people, case)
    assert (told.office, told.rule, told.ruling) == (people.office(), rule, None)
    assert str(rule) in told.why


def test_what_nothing_is_like_has_no_suggestion(people: Cast) -> None:
    for _ in range(4):
        ended(people, "swuj")
    case = make.submitted(people, text="员工子女入学名额怎样申请？")
    told = suggested(people, case)
    assert (told.office, told.why, told.likes) == (None, "", ())


def test_a_tie_is_no_suggestion_and_a_withdrawn_matter_none_to_learn_from(people: Cast) -> None:
    ended(people, "swuj")
    ended(people, "zjj")
    gone = ended(people, "zjj")
    Case.objects.filter(pk=gone.pk).update(outcome="withdrawn")
    assert suggested(people, make.submitted(people, text=WATER)).office is None


def test_an_office_that_gave_it_back_is_not_suggested_again_nor_one_that_is_closed(people: Cast) -> None:
    DispatchRule.objects.create(
        office=people.office(), topic=Topic.objects.get(code="supply"), valid_from=SINCE
    )
    case = make.dispatched(people)
    DirectLineMatter.objects.filter(case=case).update(topic=Topic.objects.get(code="supply"))
    actions.return_to_centre(case, by=people.bob, at=NOW, reason="非本单位职责。")
    assert suggested(people, case).office is None
    other = make.submitted(people)
    DirectLineMatter.objects.filter(case=other).update(topic=Topic.objects.get(code="supply"))
    assert suggested(people, other).office == people.office()
    type(people.office()).objects.filter(code="zjj").update(is_open=False)
    assert suggested(people, other).office is None


def test_the_companys_town_chooses_among_the_likes(people: Cast) -> None:
    town, other = Town.objects.get(code="jiaoxi"), Town.objects.exclude(code="jiaoxi")[0]
    Company.objects.create(party=people.company, town=town, industry=Industry.objects.get(code="3311"))
    for _ in range(3):
        ended(people, "zjj", town=other.code)
    for _ in range(2):
        ended(people, "swuj")
    told = suggested(people, make.submitted(people, text=WATER))
    assert (told.office, told.town) == (people.office("swuj"), town)


# The same said twice


def test_a_second_letter_of_a_company_may_be_merged_into_the_older_one(people: Cast) -> None:
    older = make.submitted(people, text=WATER)
    younger = make.submitted(people, at=NOW, text=f"再次反映：{WATER}")
    make.submitted(people, at=NOW, text="员工子女入学名额怎样申请？")
    found = rows(people)
    doubles = {row.case: Doubles(found, people.diana, NOW).of(row) for row in found}
    assert [(each.case, each.mergeable) for each in doubles[younger]] == [(older, True)]
    assert [(each.case, each.mergeable) for each in doubles[older]] == [(younger, False)]
    assert sum(map(len, doubles.values())) == 2
    Link.objects.create(case=younger, to=older, sort="related")
    assert not any(Doubles(found, people.diana, NOW).of(row) for row in found)


# The page


def lately(people: Cast, **kwargs: Any) -> Case:
    return make.submitted(people, at=timezone.now() - timedelta(minutes=2), **kwargs)


def test_one_press_dispatches_sorts_and_may_be_undone(people: Cast, desk: Client) -> None:
    case, following = lately(people, text=WATER), lately(people, text="停电")
    page = desk.get(BOARD).content.decode()
    assert f'name="dispatch-{case.number}"' in page
    supply = Topic.objects.get(code="supply")
    given = {"version": case.version, "office": people.office().pk, "topic": supply.pk}
    answer = desk.post(f"{BOARD}{case.number}/dispatch/", given)
    assert answer["Location"] == f"{BOARD}?done={case.number}#next"
    case = again(case)
    assert (case.office, case.direct_line.topic) == (people.office(), supply)
    page = desk.get(answer["Location"]).content.decode()
    assert f'name="recall-{case.number}"' in page
    # The keyboard goes on with the next one.
    assert page.count("data-at") == 1
    assert f'id="m-{following.number}" tabindex="-1" data-focus data-at' in page
    answer = desk.post(f"{BOARD}{case.number}/recall/", {"version": case.version})
    assert answer.status_code == 302
    assert again(case).state == "submitted"
    assert f'name="dispatch-{case.number}"' in desk.get(BOARD).content.decode()


def test_merging_splitting_and_linking_from_the_board(people: Cast, desk: Client) -> None:
    older, younger = lately(people, text=WATER), lately(people, text=f"再次：{WATER}")
    page = desk.get(BOARD).content.decode()
    assert f'name="merge-{younger.number}"' in page
    given = {"version": younger.version, "into": older.number, "reason": "同一诉求。"}
    desk.post(f"{BOARD}{younger.number}/merge/", given)
    assert again(younger).outcome == "merged"
    given = {"version": older.version, "parts": "", "reason": "分属不同单位，写了很多字。"}
    answer = desk.post(f"{BOARD}{older.number}/split/", given)
    assert answer.status_code == 422
    assert "分属不同单位，写了很多字。" in answer.content.decode()
    desk.post(f"{BOARD}{older.number}/split/", given | {"parts": "另一件事。"})
    part = Link.objects.get(to=older, sort="split").case
    given = {"version": part.version, "to": older.number, "sort": "related"}
    desk.post(f"{BOARD}{part.number}/link/", given)
    assert Link.objects.filter(case=part, to=older, sort="related").exists()


def test_whoever_was_slower_sees_who_was_quicker_and_keeps_the_words(people: Cast, desk: Client) -> None:
    case = lately(people)
    dora = posted(person("dora"), "fwzx", "dispatcher")
    actions.dispatch(case, by=dora, at=timezone.now(), office=people.office("swuj"))
    given = {"version": case.version, "office": people.office().pk, "title": "我写的题目"}
    answer = desk.post(f"{BOARD}{case.number}/dispatch/", given)
    assert answer.status_code == 409
    assert again(case).office.code == "swuj"


def test_the_board_is_the_dispatchers_and_knows_its_own_verbs_only(people: Cast, client: Client) -> None:
    case = lately(people)
    for user in (people.alice, people.bob, people.grace, people.frank):
        client.force_login(user, backend=BACKEND)
        for place in ("", "disputes/", "urge/", "hand-over/", f"{case.number}/dispatch/"):
            assert client.get(BOARD + place).status_code == 403
    client.force_login(people.diana, backend=BACKEND)
    assert client.get(f"{BOARD}{case.number}/close/").status_code == 404
    assert client.get(f"{BOARD}ZT-2020-000001/dispatch/").status_code == 404
    assert client.get(f"{BOARD}?page=0").status_code == 404
    assert client.get(f"{BOARD}?page=%EF%BC%91").status_code in {200, 404}


def test_both_arguments_stand_side_by_side_and_the_ruling_beside_them(people: Cast, desk: Client) -> None:
    at = timezone.now() - timedelta(minutes=5)
    case = make.submitted(people, at=at)
    bob = posted(person("ben"), "swuj", "head")
    for office, head, said in (("zjj", people.bob, "不属住建。"), ("swuj", bob, "不属水务。")):
        actions.dispatch(again(case), by=people.diana, at=at, office=people.office(office))
        reason = again(case)
        actions.return_to_centre(reason, by=head, at=at, reason=said, code="not_ours")
    page = desk.get(f"{BOARD}disputes/").content.decode()
    assert "不属住建。" in page
    assert "不属水务。" in page
    assert f'name="rule-{case.number}"' in page
    given = {"version": again(case).version, "tab": "disputes", "office": people.office().pk, "reason": ""}
    assert desk.post(f"{BOARD}{case.number}/rule/", given).status_code == 422
    answer = desk.post(f"{BOARD}{case.number}/rule/", given | {"reason": "由住建局主办。"})
    assert answer["Location"] == f"{BOARD}disputes/"
    assert Ruling.objects.get(case=case).office == people.office()
    assert f'name="rule-{case.number}"' not in desk.get(f"{BOARD}disputes/").content.decode()


@pytest.mark.parametrize("number", [5, 60])
def test_the_board_asks_a_fixed_number_of_queries(
    people: Cast, desk: Client, number: int, django_assert_max_num_queries: Any
) -> None:
    filled(people, number)
    desk.get(BOARD)
    with django_assert_max_num_queries(14):
        assert desk.get(BOARD).status_code == 200
    with django_assert_max_num_queries(14):
        assert desk.get(f"{BOARD}disputes/").status_code == 200
    with django_assert_max_num_queries(14):
        assert desk.get(f"{BOARD}urge/").status_code == 200
    with django_assert_max_num_queries(20):
        assert desk.get(f"{BOARD}hand-over/").status_code == 200


def filled(people: Cast, number: int) -> None:
    """So many to dispatch, of them some returned, some just gone, some at offices; with likes and rulings."""
    at = timezone.now() - timedelta(minutes=3)
    like = ended(people, "swuj")
    ended(people, "swuj")
    Case.objects.filter(pk=like.pk).update(closed_at=at)
    supply = Topic.objects.get(code="supply")
    Ruling.objects.create(
        case=like, office=people.office(), topic=supply, reason="由其主办。", ruled_on=at.date()
    )
    first = make.submitted(people, at=at, text=WATER)
    back = make.dispatched(people, at=at)
    actions.return_to_centre(back, by=people.bob, at=at, reason="非本单位职责。", code="x")
    DirectLineMatter.objects.filter(case=back).update(topic=supply)
    make.dispatched(people, at=at)
    copies(first, number - 2)


def copies(case: Case, number: int) -> None:
    """So many more like it, their rows copied: the verbs would take half a minute."""
    made = [
        Case.objects.create(
            **{
                field.attname: getattr(case, field.attname)
                for field in Case._meta.concrete_fields
                if field.name not in {"id", "number"}
            },
            number=f"ZT-X-{uuid.uuid4().hex[:8]}",
        )
        for _ in range(number)
    ]
    for each in made:
        steps = {}
        for step in case.steps.all():
            steps[step.pk] = step.pk
            step.pk, step.case, step._state.adding = None, each, True
            step.save()
        for clock in case.clocks.all():
            clock.pk, clock.case, clock.step, clock._state.adding = None, each, None, True
            clock.save()
        matter = DirectLineMatter.objects.get(case=case)
        matter.pk, matter.case, matter._state.adding = None, each, True
        matter.save()


def test_what_the_office_of_another_town_ended_goes_to_the_office_of_this_one(people: Cast) -> None:
    town = Town.objects.get(code="jiaoxi")
    industry = Industry.objects.get(code="3311")
    Company.objects.create(party=people.company, town=town, industry=industry)
    for office in ("fuan", "jiaobei"):
        ended(people, office, town=office)
    told = suggested(people, make.submitted(people, text=WATER))
    assert told.office == people.office("jiaoxi")
