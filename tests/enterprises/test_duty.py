"""Whose duty a matter is: rules, returns, rulings, co-handling, parts, parking."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.test import Client
from django.utils import timezone

from enterprises.direct_line.dispatching import month_before, suggested, trial
from enterprises.models import DispatchRule, Industry, ReturnReason, Ruling, Topic, Town, Urgency
from enterprises.models.duty import rules_in_force
from servicedesk.desk import actions
from servicedesk.desk.errors import BadInput, NotAllowed, WrongState
from servicedesk.desk.invariants import broken
from servicedesk.desk.models import Case, Clock, Link, Step
from servicedesk.desk.permissions import may, visible_to
from servicedesk.desk.verb_forms import form_for
from tests import make
from tests.make import MONDAY, again, moment
from tests.people import SINCE, Cast, cast

pytestmark = pytest.mark.django_db


@pytest.fixture
def people() -> Cast:
    return cast()


def topic(code: str) -> Topic:
    return Topic.objects.get(code=code)


def rule(office: str, people: Cast, **criteria: object) -> DispatchRule:
    return DispatchRule.objects.create(office=people.office(office), valid_from=SINCE, **criteria)


def classified(case: Case, **facts: object) -> Case:
    type(case.direct_line).objects.filter(case=case).update(**facts)
    return again(case)


# Rules


def test_the_most_particular_rule_names_the_office(people: Cast) -> None:
    town = Town.objects.order_by("code")[0]
    rule("swuj", people, topic=topic("roads"))
    rule("zjj", people, topic=topic("roads"), town=town)
    case = classified(make.submitted(people), topic=topic("roads"))
    assert suggested(case, MONDAY) is not None
    assert suggested(case, MONDAY)[0] == {"office": people.office("swuj").pk}  # type: ignore[index]
    case = classified(case, town=town)
    values, why = suggested(case, MONDAY)  # type: ignore[misc]
    assert values == {"office": people.office("zjj").pk}
    assert str(town) in why


def test_an_industry_covers_all_below_it_and_the_narrower_rule_wins(people: Cast) -> None:
    rule("swuj", people, industry=Industry.objects.get(code="C"))
    rule("zjj", people, industry=Industry.objects.get(code="33"))
    case = classified(make.submitted(people), industry=Industry.objects.get(code="3311"))
    assert suggested(case, MONDAY)[0]["office"] == people.office("zjj").pk  # type: ignore[index]
    case = classified(case, industry=Industry.objects.get(code="1311"))
    assert suggested(case, MONDAY)[0]["office"] == people.office("swuj").pk  # type: ignore[index]
    assert suggested(classified(case, industry=None), MONDAY) is None


def test_a_rule_holds_in_its_days_only(people: Cast) -> None:
    row = rule("zjj", people, topic=topic("roads"))
    DispatchRule.objects.filter(pk=row.pk).update(valid_until=date(2026, 3, 1))
    assert rules_in_force(date(2026, 3, 1)) == [row]
    assert rules_in_force(date(2026, 3, 2)) == []


def test_the_dispatch_form_offers_what_the_rule_says(people: Cast) -> None:
    row = rule("zjj", people, topic=topic("roads"))
    row.assists.add(people.office("swuj"))
    case = classified(make.submitted(people), topic=topic("roads"))
    office = form_for("dispatch", case, people.diana, MONDAY).fields["office"]
    assert office.initial == people.office("zjj").pk
    assert people.office("swuj").name in str(office.help_text)


def test_a_trial_counts_what_fits_and_lists_what_does_not(people: Cast) -> None:
    row = rule("zjj", people, topic=topic("roads"))
    fits = classified(make.dispatched(people), topic=topic("roads"))
    elsewhere = classified(make.dispatched(people, to="swuj"), topic=topic("roads"))
    lost = make.submitted(people)
    found = trial(date(2026, 3, 1), date(2026, 3, 31), rules_in_force(date(2026, 3, 2)), Case.objects.all())
    assert (found.of, found.matched, found.unmatched_count) == (3, 2, 1)
    assert [(each.rule, each.matched, each.agreed) for each in found.rules] == [(row, 2, 1)]
    assert (found.unmatched, found.other) == ([lost], [(elsewhere, row.office)])
    assert fits.office == row.office


@pytest.mark.parametrize(
    ("on", "month"),
    [
        (date(2026, 3, 31), (date(2026, 2, 1), date(2026, 2, 28))),
        (date(2026, 1, 1), (date(2025, 12, 1), date(2025, 12, 31))),
    ],
)
def test_the_month_before(on: date, month: tuple[date, date]) -> None:
    assert month_before(on) == month


def test_the_trial_page_is_the_centres(people: Cast, client: Client) -> None:
    rule("zjj", people, topic=topic("roads"))
    case = make.submitted(people)
    place = "/desk/enterprises/dispatchrule/trial/?since=2026-03-01&until=2026-03-31"
    client.force_login(people.diana, backend="servicedesk.accounts.backends.ByNameMailOrPhone")
    assert str(case.number) in client.get(place).content.decode()
    assert client.get(place.replace("until=2026-03-31", "until=2026-02-01")).status_code == 422
    # The browser's own picker shows a day only as it is written in the standard.
    since, _until = month_before(timezone.localdate())
    usual = client.get("/desk/enterprises/dispatchrule/trial/").content.decode()
    assert f'value="{since:%Y-%m-%d}"' in usual
    client.force_login(people.alice, backend="servicedesk.accounts.backends.ByNameMailOrPhone")
    assert client.get(place).status_code == 403


# Returns and rulings


def returned(people: Cast, times: int) -> Case:
    case = make.dispatched(people)
    for n in range(times):
        if n:
            actions.dispatch(again(case), by=people.diana, at=MONDAY, office=people.office("zjj"))
        actions.return_to_centre(again(case), by=people.bob, at=MONDAY, reason="非本单位职责。", code="x")
    return again(case)


def test_after_two_returns_only_a_ruling_dispatches(people: Cast) -> None:
    case = returned(people, 1)
    assert may(people.diana, "dispatch", case, MONDAY)
    case = returned(people, 2)
    assert not may(people.diana, "dispatch", case, MONDAY)
    with pytest.raises(WrongState, match="2"):
        actions.dispatch(case, by=people.diana, at=MONDAY, office=people.office("zjj"))
    case = classified(case, topic=topic("roads"))
    actions.rule(
        case, by=people.diana, at=MONDAY, office=people.office("zjj"), reason="三定规定明确由住建局负责。"
    )
    case = again(case)
    assert (case.state, case.office.code) == ("accepted", "zjj")
    ruling = Ruling.objects.get()
    assert (ruling.case, ruling.topic, ruling.reason) == (case, topic("roads"), "三定规定明确由住建局负责。")
    assert [office.code for office in ruling.returned_by.all()] == ["zjj"]
    assert not may(people.bob, "return_to_centre", case, MONDAY)
    with pytest.raises(WrongState, match="ruled|裁定"):
        actions.return_to_centre(case, by=people.bob, at=MONDAY, reason="仍不属于本单位。")
    assert broken(MONDAY) == []


def test_the_ruling_is_not_told_to_the_company_but_the_office_is(people: Cast) -> None:
    case = returned(people, 2)
    actions.rule(case, by=people.diana, at=MONDAY, office=people.office("zjj"), reason="内部理由。")
    event = case.events.get(verb="rule")
    assert not event.public
    told = event.notices.get(recipient=people.wang, channel="app")
    assert "内部理由" not in told.body


@pytest.mark.parametrize(
    ("at", "allowed"),
    [("2026-03-04 17:00", True), ("2026-03-04 17:01", False), ("2026-03-05 09:00", False)],
)
def test_a_return_has_two_working_days_from_the_receipt(people: Cast, at: str, allowed: bool) -> None:
    case = make.dispatched(people)
    assert may(people.bob, "return_to_centre", case, moment(at)) is allowed


def test_a_return_names_its_reason_from_the_list(people: Cast) -> None:
    case = make.claimed(people)
    form = form_for(
        "return_to_centre", case, people.bob, MONDAY, {"reason": "不归我们。", "code": "nonsense"}
    )
    assert "code" in form.errors
    code = ReturnReason.objects.get(code="not-our-duty").code
    form = form_for("return_to_centre", case, people.bob, MONDAY, {"reason": "不归我们。", "code": code})
    assert form.is_valid()
    assert form.arguments() == {"reason": "不归我们。", "code": code}


# Limits of a topic and of an urgency


def term(case: Case, code: str) -> tuple[int, str]:
    clock = case.clocks.filter(code=code).order_by("-round")[0]
    return clock.term, clock.unit


def test_an_urgency_brings_its_own_limits_when_it_is_dispatched(people: Cast) -> None:
    case = make.submitted(people)
    company = case.clocks.get(code="company").due_at
    case = classified(case, urgency=Urgency.objects.get(code="utilities-cut"))
    actions.dispatch(case, by=people.diana, at=MONDAY, office=people.office("zjj"))
    assert term(case, "contact") == (30, "working_minutes")
    assert term(case, "resolve") == (3, "working_days")
    assert case.events.get(verb="dispatch").params["limits"]["resolve"]["term"] == 3
    # What the company was promised stays what it was.
    assert case.clocks.get(code="company").due_at == company


def test_arrears_have_limits_of_their_own(people: Cast) -> None:
    case = classified(make.submitted(people), topic=topic("arrears"))
    actions.dispatch(case, by=people.diana, at=MONDAY, office=people.office("zjj"))
    assert term(case, "resolve") == (30, "calendar_days")
    assert "802" in case.clocks.get(code="resolve").basis


def test_classified_anew_the_usual_limits_come_back(people: Cast) -> None:
    case = classified(make.submitted(people), topic=topic("arrears"))
    actions.dispatch(case, by=people.diana, at=MONDAY, office=people.office("zjj"))
    case = classified(again(case), topic=topic("roads"))
    actions.transfer(case, by=people.diana, at=MONDAY, office=people.office("swuj"), reason="转水务。")
    assert term(case, "resolve") == (15, "working_days")


# Co-handling 协办


def joined(people: Cast) -> tuple[Case, Step]:
    case = make.claimed(people)
    actions.contact(case, by=people.alice, at=MONDAY, result="reached")
    actions.give_opinion(again(case), by=people.alice, at=MONDAY, text="先抽排。")
    actions.join(again(case), by=people.alice, at=MONDAY, office=people.office("swuj"), text="请疏通管网。")
    case = again(case)
    return case, case.steps.get(code="assist")


def test_a_co_handler_has_its_part_its_clock_and_its_queue(people: Cast) -> None:
    case, step = joined(people)
    clock = Clock.objects.get(case=case, code="assist")
    assert (clock.office.code, clock.step, clock.public) == ("swuj", step, False)
    assert visible_to(people.charlie, MONDAY).filter(pk=case.pk).exists()
    assert may(people.charlie, "reply_consult", case, MONDAY)
    assert not may(people.charlie, "draft_answer", case, MONDAY)


def test_the_handling_office_answers_only_when_every_part_is_done(people: Cast) -> None:
    case, step = joined(people)
    with pytest.raises(WrongState, match=people.office("swuj").name):
        actions.draft_answer(case, by=people.alice, at=MONDAY, text="已清淤。")
    later = MONDAY + timedelta(hours=1)
    actions.reply_consult(step, by=people.charlie, at=later, text="管网已疏通。")
    clock = Clock.objects.get(case=case, code="assist")
    assert (clock.stopped_at, clock.stopped_by, clock.late) == (later, "assist:done", False)
    actions.draft_answer(again(case), by=people.alice, at=later, text="已清淤。")
    assert broken(MONDAY) == []


def test_two_co_handlers_have_two_clocks_that_share_no_stop(people: Cast) -> None:
    case, first = joined(people)
    actions.join(case, by=people.diana, at=MONDAY, office=people.office("rsj"), text="请核对用工。")
    actions.reply_consult(first, by=people.charlie, at=MONDAY, text="已疏通。")
    stopped = dict(Clock.objects.filter(case=case, code="assist").values_list("office__code", "stopped_at"))
    assert stopped["swuj"] == MONDAY
    assert stopped["rsj"] is None


def test_an_office_is_not_brought_in_twice_nor_into_its_own_matter(people: Cast) -> None:
    case, _ = joined(people)
    for office in ("swuj", "zjj"):
        with pytest.raises(BadInput):
            actions.join(again(case), by=people.alice, at=MONDAY, office=people.office(office), text="再来。")


def test_the_centre_may_release_a_co_handler_who_does_nothing(people: Cast) -> None:
    case, step = joined(people)
    with pytest.raises(NotAllowed):
        actions.release(step, by=people.charlie, at=MONDAY, reason="不想办。")
    actions.release(step, by=people.diana, at=MONDAY, reason="无需协办。")
    actions.draft_answer(again(case), by=people.alice, at=MONDAY, text="已清淤。")
    assert Clock.objects.get(case=case, code="assist").stopped_by == "assist:skipped"


def test_a_transfer_takes_the_co_handling_along_no_further(people: Cast) -> None:
    case, step = joined(people)
    actions.transfer(case, by=people.bob, at=MONDAY, office=people.office("swuj"), reason="转水务。")
    assert Step.objects.get(pk=step.pk).state == "returned"


# Parts


def test_a_split_makes_matters_of_their_own_that_count_from_the_whole(people: Cast) -> None:
    case = make.submitted(people)
    promised = case.clocks.get(code="company").due_at
    later = MONDAY + timedelta(hours=2)
    actions.split(
        case, by=people.diana, at=later, parts=["社保补缴有疑问。", " ", "门口路灯不亮。"], reason="三件事。"
    )
    parts = Case.objects.filter(links__to=case, links__sort=Link.Sort.SPLIT).order_by("number")
    assert [part.direct_line.text for part in parts] == ["社保补缴有疑问。", "门口路灯不亮。"]
    for part in parts:
        assert (part.state, part.submitted_at, part.applicant) == ("submitted", MONDAY, people.company)
        assert part.clocks.get(code="company").due_at == promised
        assert part.direct_line.contact_phone == case.direct_line.contact_phone
        assert may(people.diana, "dispatch", part, later)
    assert again(case).state == "submitted"
    assert case.events.get(verb="split").params["parts"] == [part.number for part in parts]
    assert broken(MONDAY) == []


def test_a_split_needs_parts_and_not_too_many(people: Cast) -> None:
    case = make.submitted(people)
    for parts in ([], ["  "], ["件"] * 11):
        with pytest.raises(BadInput):
            actions.split(case, by=people.diana, at=MONDAY, parts=parts, reason="拆分。")
    assert Case.objects.count() == 1


# Parking 挂账


def opined(people: Cast) -> Case:
    case = make.claimed(people)
    actions.contact(case, by=people.alice, at=MONDAY, result="reached")
    actions.give_opinion(again(case), by=people.alice, at=MONDAY, text="需等规划批复。")
    return again(case)


PLANNED = moment("2026-06-01 09:00")


def parked(people: Cast) -> Case:
    case = opined(people)
    actions.ask_park(case, by=people.alice, at=MONDAY, reason="等规划批复。", basis="挂账办法", until=PLANNED)
    actions.park(again(case), by=people.diana, at=MONDAY)
    return again(case)


def test_parking_is_asked_for_by_the_office_and_approved_by_another(people: Cast) -> None:
    case = opined(people)
    assert not may(people.diana, "park", case, MONDAY)
    actions.ask_park(case, by=people.alice, at=MONDAY, reason="等规划批复。", basis="挂账办法", until=PLANNED)
    case = again(case)
    assert case.clocks.get(code="resolve").due_at is not None
    assert not may(people.alice, "park", case, MONDAY)
    assert not may(people.bob, "park", case, MONDAY)
    assert may(people.erin, "park", case, MONDAY)
    actions.refuse_park(case, by=people.diana, at=MONDAY, reason="可以先抽排。")
    assert not may(people.diana, "park", again(case), MONDAY)
    assert again(case).opening.get("parking") is None


def test_a_parked_matter_stands_still_until_its_planned_day(people: Cast) -> None:
    case = opined(people)
    first = case.clocks.get(code="company").due_at
    case = parked(people)
    clock = case.clocks.get(code="company")
    assert clock.due_at is not None
    assert clock.due_at > PLANNED > first  # type: ignore[operator]
    promises = list(clock.promises.order_by("pk").values_list("due_at", "why"))
    assert [why for _, why in promises] == ["start", "park"]
    assert promises[0][0] == first
    assert case.pauses.get().category == "parked"
    assert broken(MONDAY) == []


def test_a_parked_matter_is_looked_at_every_quarter(people: Cast) -> None:
    case = parked(people)
    review = case.clocks.get(code="review")
    assert review.due_at == moment("2026-06-02 17:00")
    june = moment("2026-05-20 10:00")
    actions.review_parked(case, by=people.alice, at=june, text="批复仍在走程序。")
    rounds = list(case.clocks.filter(code="review").order_by("round"))
    assert [clock.stopped_at for clock in rounds] == [june, None]
    assert rounds[1].due_at == moment("2026-08-20 17:00")
    actions.unpark(again(case), by=people.alice, at=june)
    assert case.clocks.get(code="review", round=2).stopped_at == june
    resolve = case.clocks.get(code="resolve")
    assert resolve.due_at is not None
    assert resolve.due_at < PLANNED + timedelta(days=10)


def test_a_planned_day_lies_ahead(people: Cast) -> None:
    case = opined(people)
    with pytest.raises(BadInput):
        actions.ask_park(case, by=people.alice, at=MONDAY, reason="等。", basis="办法", until=MONDAY)


# Merging


def test_only_an_older_matter_of_the_same_applicant_takes_another_in(people: Cast) -> None:
    older, younger = make.claimed(people), make.claimed(people, at=MONDAY + timedelta(hours=1))
    at = MONDAY + timedelta(hours=2)
    with pytest.raises(BadInput) as refused:
        actions.merge(older, by=people.diana, at=at, into=younger, reason="重复。")
    assert refused.value.code == "younger"
    Case.objects.filter(pk=older.pk).update(applicant=people.other)
    with pytest.raises(BadInput) as refused:
        actions.merge(younger, by=people.diana, at=at, into=older, reason="重复。")
    assert refused.value.code == "other-applicant"
    Case.objects.filter(pk=older.pk).update(applicant=people.company)
    actions.merge(younger, by=people.diana, at=at, into=older, reason="重复。")
    assert (again(younger).outcome, again(older).state) == ("merged", "accepted")
    assert not may(people.wang, "rate", again(younger), at), "its handling is the older one's"
