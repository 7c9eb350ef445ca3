"""The life of a permit: three months to begin works, twice three more, and the lapse by law."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from approvals.documents.licences import standing_of
from servicedesk.desk import actions
from servicedesk.desk.audit import verify
from servicedesk.desk.errors import BadInput, NotAllowed, WrongState
from servicedesk.desk.invariants import broken
from servicedesk.desk.models import Case, Event, Notice
from servicedesk.desk.replay import differences
from servicedesk.desk.tasks import sweep
from tests.approvals.permits import (
    asked,
    deliver,
    delivered,
    extended,
    granted,
    project,
    rules,
    serving,
    submitted,
)
from tests.make import MONDAY, again, moment
from tests.people import Cast, cast

pytestmark = pytest.mark.django_db

# Delivered on 2 March 2026: works begin by the end of 2 June.
DUE = moment("2026-06-03 00:00")


@pytest.fixture
def people() -> Cast:
    found = cast()
    serving(found)
    rules()
    return found


def clock_of(life: Case):
    return again(life).clocks.get(code="start")


def swept(at) -> None:
    sweep(at)


def lapses(life: Case) -> int:
    return Event.objects.filter(case=life, verb="lapse").count()


# --- how the three months are counted ----------------------------------------------------------------


@pytest.mark.parametrize(
    ("delivered_on", "last"),
    [
        ("2026-03-02", "2026-06-02"),
        # There is no 30 February: the month's last day, a Sunday, rolls to the Monday (民法典 202, 203).
        ("2026-11-30", "2027-03-01"),
        # 1 October opens the holiday; the term rolls to the first working day after it.
        ("2026-07-01", "2026-10-08"),
        # 14 February 2026 is a make-up Saturday, and a working day like any other.
        ("2025-11-14", "2026-02-14"),
        # 25 April 2026 is an ordinary Saturday; 28 February 2026 again a make-up one.
        ("2026-01-25", "2026-04-27"),
        ("2025-11-30", "2026-02-28"),
    ],
)
def test_the_term_ends_with_its_last_day_which_rolls_to_a_working_day(
    people: Cast, delivered_on: str, last: str
) -> None:
    life = delivered(people, project(people), at=moment(f"{delivered_on} 15:00"))
    clock = clock_of(life)
    assert clock.last_day == date.fromisoformat(last)
    assert (clock.term, clock.unit, clock.ends) == (3, "months", "midnight")


def test_the_life_begins_with_the_delivery_and_not_with_the_grant(people: Cast) -> None:
    of = project(people)
    case = granted(people, of, at=MONDAY)
    assert not hasattr(case, "permit_granted")
    actions.complete(
        case.steps.get(code="deliver"), by=people.bob, at=moment("2026-03-09 10:00"), text="已上传"
    )
    life = Case.objects.get(permit__application=case)
    assert (life.number[:7], life.state) == ("XK-2026", "accepted")
    assert life.permit.delivered_at == moment("2026-03-09 10:00")
    assert clock_of(life).last_day == date(2026, 6, 9)
    case.licence.refresh_from_db()
    assert case.licence.life == life
    assert again(case).state == "closed"


def test_whoever_handled_the_application_goes_on_with_the_permit(people: Cast) -> None:
    case = submitted(people, project(people))
    actions.claim(case, by=people.alice, at=MONDAY)
    actions.decide(again(case), by=people.alice, at=MONDAY, outcome="granted", text="准予。")
    deliver(people, case, MONDAY)
    assert again(case).permit_granted.case.officer == people.alice


def test_the_owner_is_told_what_the_law_now_asks(people: Cast) -> None:
    life = delivered(people, project(people))
    told = Notice.objects.get(event__case=life, channel="app", recipient=people.wang)
    assert "施工" in told.subject + told.body or "permit" in told.body


# --- works begin ------------------------------------------------------------------------------------------


def test_the_owner_reports_the_day_and_the_life_is_over(people: Cast) -> None:
    life = delivered(people, project(people))
    actions.report(again(life), by=people.wang, at=moment("2026-05-04 10:00"), on=date(2026, 4, 30))
    found = again(life)
    assert (found.state, found.outcome) == ("closed", "completed")
    assert found.permit.works_began_on == date(2026, 4, 30)
    assert clock_of(life).late is False
    swept(moment("2026-12-01 09:00"))
    assert lapses(life) == 0


@pytest.mark.parametrize(
    ("on", "code"),
    [
        (None, "no-day"),
        (date(2026, 3, 1), "before-delivery"),
        (date(2026, 5, 5), "in-the-future"),
    ],
)
def test_a_day_that_cannot_be_is_refused_at_its_field(people: Cast, on: date | None, code: str) -> None:
    life = delivered(people, project(people))
    with pytest.raises(BadInput) as caught:
        actions.report(again(life), by=people.wang, at=moment("2026-05-04 10:00"), on=on)
    assert (caught.value.code, caught.value.field) == (code, "on")
    assert again(life).permit.works_began_on is None
    assert again(life).state == "accepted"


def test_a_start_after_the_term_is_refused_while_more_time_is_only_asked_for(people: Cast) -> None:
    life = delivered(people, project(people))
    asked(people, life, moment("2026-06-01 09:00"))
    with pytest.raises(BadInput) as caught:
        actions.report(again(life), by=people.wang, at=moment("2026-06-10 10:00"), on=date(2026, 6, 5))
    assert caught.value.code == "after-the-term"
    actions.report(again(life), by=people.wang, at=moment("2026-06-10 10:00"), on=date(2026, 6, 2))
    assert again(life).outcome == "completed"


# --- more time --------------------------------------------------------------------------------------------


def test_twice_three_months_lead_to_nine_and_a_third_time_is_refused(people: Cast) -> None:
    life = delivered(people, project(people))
    asked(people, life, moment("2026-05-20 09:00"))
    extended(people, life, moment("2026-05-25 09:00"))
    assert clock_of(life).last_day == date(2026, 9, 2)
    asked(people, life, moment("2026-09-02 23:59"))
    extended(people, life, moment("2026-09-10 09:00"))
    assert clock_of(life).last_day == date(2026, 12, 2)
    with pytest.raises(BadInput) as caught:
        asked(people, life, moment("2026-11-20 09:00"))
    assert caught.value.code == "too-often"
    swept(moment("2026-12-03 09:00"))
    assert (again(life).state, again(life).outcome) == ("closed", "lapsed")
    assert list(differences()) == []
    assert verify() == []


def test_four_months_at_a_time_are_refused(people: Cast) -> None:
    life = delivered(people, project(people))
    with pytest.raises(BadInput) as caught:
        asked(people, life, moment("2026-05-20 09:00"), months=4)
    assert (caught.value.code, caught.value.field) == ("too-long", "term")


def test_a_request_after_the_term_finds_a_permit_that_has_lapsed(people: Cast) -> None:
    life = delivered(people, project(people))
    with pytest.raises(WrongState):
        asked(people, life, DUE + timedelta(seconds=1))


def test_a_request_in_the_last_second_is_in_time(people: Cast) -> None:
    life = delivered(people, project(people))
    asked(people, life, DUE)
    swept(DUE + timedelta(days=30))
    assert again(life).state == "accepted"


def test_asked_in_time_and_granted_after_the_term_the_permit_lives_on(people: Cast) -> None:
    life = delivered(people, project(people))
    asked(people, life, moment("2026-06-02 20:00"))
    late = moment("2026-06-12 09:00")
    swept(late)
    assert standing_of(again(life).permit.application.licence, late).holds
    extended(people, life, late)
    assert clock_of(life).last_day == date(2026, 9, 2)
    assert lapses(life) == 0


def test_refused_after_the_term_it_has_lapsed_from_the_term(people: Cast) -> None:
    life = delivered(people, project(people))
    asked(people, life, moment("2026-06-02 20:00"))
    actions.refuse_extension(again(life), by=people.bob, at=moment("2026-06-12 09:00"), reason="无正当理由。")
    swept(moment("2026-06-12 10:00"))
    event = Event.objects.get(case=life, verb="lapse")
    assert event.effective_at == DUE
    assert event.at == moment("2026-06-12 10:00")
    assert again(life).closed_at == DUE


def test_refused_before_the_term_it_may_be_asked_for_again_in_time(people: Cast) -> None:
    life = delivered(people, project(people))
    asked(people, life, moment("2026-05-04 09:00"))
    actions.refuse_extension(again(life), by=people.bob, at=moment("2026-05-05 09:00"), reason="理由不足。")
    asked(people, life, moment("2026-05-20 09:00"))
    assert again(life).state == "accepted"


def test_what_was_asked_already_is_not_asked_twice(people: Cast) -> None:
    life = delivered(people, project(people))
    asked(people, life, moment("2026-05-04 09:00"))
    with pytest.raises(BadInput):
        asked(people, life, moment("2026-05-05 09:00"))


def test_the_head_alone_gives_or_refuses_more_time_and_the_owner_alone_asks(people: Cast) -> None:
    life = delivered(people, project(people))
    at = moment("2026-05-20 09:00")
    for user in (people.zhao, people.alice, people.bob, people.charlie):
        with pytest.raises(NotAllowed):
            actions.ask_extension(again(life), by=user, at=at, term=3, reason="理由")
        with pytest.raises(NotAllowed):
            actions.report(again(life), by=user, at=at, on=date(2026, 5, 1))
    asked(people, life, at)
    words = {"clocks": ("start",), "term": 3, "reason": "同意", "told_at": at}
    for user in (people.wang, people.zhao, people.alice, people.charlie, people.diana):
        with pytest.raises(NotAllowed):
            actions.extend(again(life), by=user, at=at, **words)
        with pytest.raises(NotAllowed):
            actions.refuse_extension(again(life), by=user, at=at, reason="不同意")
    extended(people, life, at)


# --- the lapse --------------------------------------------------------------------------------------------


def test_it_lapses_when_the_term_ends_and_not_a_second_before(people: Cast) -> None:
    life = delivered(people, project(people))
    swept(DUE)
    assert again(life).state == "accepted"
    swept(DUE + timedelta(seconds=1))
    found = again(life)
    assert (found.state, found.outcome, found.closed_at) == ("closed", "lapsed", DUE)
    event = Event.objects.get(case=life, verb="lapse")
    assert event.by is None and event.public
    assert "建筑法第九条" in event.body


def test_after_an_outage_of_three_days_it_is_recorded_once_with_both_moments(people: Cast) -> None:
    life = delivered(people, project(people))
    late = DUE + timedelta(days=3, hours=9)
    for _ in range(3):
        swept(late)
    assert lapses(life) == 1
    event = Event.objects.get(case=life, verb="lapse")
    assert (event.effective_at, event.at) == (DUE, late)
    heard = Notice.objects.filter(event=event, channel="app").values_list("recipient__username", flat=True)
    assert set(heard) == {"wang", "alice"}
    assert broken(late) == []
    assert list(differences()) == []


def test_the_next_verb_records_it_where_no_sweep_did(people: Cast) -> None:
    life = delivered(people, project(people))
    with pytest.raises(WrongState):
        actions.report(again(life), by=people.wang, at=DUE + timedelta(hours=1), on=date(2026, 6, 1))
    licence = life.permit.application.licence
    licence.refresh_from_db()
    assert standing_of(licence, DUE + timedelta(hours=1)).state == "lapsed"


def test_a_lapse_that_proves_untrue_is_taken_back_by_the_head_and_then_reported(people: Cast) -> None:
    """Works began in time and nobody reported it: the law has not undone such a permit."""
    life = delivered(people, project(people))
    late = moment("2026-06-10 09:00")
    swept(late)
    for user in (people.alice, people.wang, people.charlie):
        with pytest.raises(NotAllowed):
            actions.redo(again(life), by=user, at=late, reason="已开工")
    actions.redo(again(life), by=people.bob, at=late, reason="监理日志证明5月30日已开工。")
    swept(late + timedelta(days=1))
    assert again(life).state == "accepted"
    after = late + timedelta(days=2)
    with pytest.raises(BadInput):
        actions.report(again(life), by=people.wang, at=after, on=date(2026, 6, 5))
    actions.report(again(life), by=people.wang, at=after, on=date(2026, 5, 30))
    found = again(life)
    assert (found.outcome, found.permit.works_began_on) == ("completed", date(2026, 5, 30))
    assert standing_of(found.permit.application.licence, after).holds
    assert list(differences()) == []


def test_nobody_closes_a_life_by_hand(people: Cast) -> None:
    life = delivered(people, project(people))
    for user in (people.bob, people.diana, people.alice):
        with pytest.raises(NotAllowed):
            actions.close(again(life), by=user, at=MONDAY, outcome="completed", reason="结束")


def test_its_term_is_no_lateness_of_an_office(people: Cast) -> None:
    from servicedesk.desk.queue import is_late
    from servicedesk.portal.figures import counted

    life = delivered(people, project(people))
    late = DUE + timedelta(days=1)
    assert not Case.objects.filter(is_late(late), pk=life.pk).exists()
    swept(late)
    assert counted(late).kept.part == counted(late).kept.whole
