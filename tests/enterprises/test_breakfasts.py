"""A breakfast from its sign-up to its minutes, through the rules that lock, guard and tell."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.db import transaction

from enterprises.breakfasts import minutes, room, stages
from enterprises.breakfasts.reminders import due_now, remind
from enterprises.breakfasts.sign_ups import decline, name_openly, sign_up
from enterprises.breakfasts.turns import keep_skips, skipped, turns
from enterprises.breakfasts.wording import why
from enterprises.models import Breakfast, BreakfastReminder, Rule, SeatSkip, SignUp, Standing
from servicedesk.accounts.models import Office, User
from servicedesk.desk import actions, tasks
from servicedesk.desk.audit import verify
from servicedesk.desk.errors import BadInput, NotAllowed, WrongState
from servicedesk.desk.invariants import broken
from servicedesk.desk.models import Case, Clock, Event, Notice
from servicedesk.desk.permissions import visible_to
from servicedesk.desk.quiet import usual_calendar
from servicedesk.desk.trail import chain_of_row
from tests.enterprises import make_breakfast as make
from tests.enterprises.make_breakfast import CLOSES, EARLY, FOOD, HELD, SELECTING, SIGNING, Table
from tests.make import moment

pytestmark = [pytest.mark.django_db, pytest.mark.sqlite]
DAY = timedelta(days=1)


@pytest.fixture
def table() -> Table:
    return make.table()


def standings(table: Table) -> dict[str, str]:
    rows = SignUp.objects.filter(breakfast=table.breakfast).select_related("company__party")
    return {row.by.username: row.standing for row in rows}


def verbs(breakfast: Breakfast) -> list[str]:
    chain = chain_of_row(breakfast)
    return list(Event.objects.filter(chain=chain).order_by("seq").values_list("verb", flat=True))


def told(**which: object) -> list[str]:
    """Log-in names of those who were told, in the app."""
    rows = Notice.objects.filter(channel="app", **which)
    return sorted(rows.values_list("recipient__username", flat=True))


# Whose turn


def test_a_cancelled_breakfast_serves_nobody_and_a_later_one_does_not_count_yet(table: Table) -> None:
    before = table.breakfast.starts_at
    make.breakfast(2, "rdb", starts_at=before - 7 * DAY, closes_at=before - 9 * DAY)
    off = make.breakfast(3, "zfb", starts_at=before - 3 * DAY, closes_at=before - 5 * DAY)
    make.breakfast(4, "zxb", starts_at=before + 7 * DAY, closes_at=before + 5 * DAY)
    stages.cancel(off, by=table.people.diana, at=EARLY, reason="主办方调整")
    order = [seat.code for seat in turns(before, table.breakfast.pk)]
    assert order == ["swb", "zfb", "zxb", "rdb"]
    assert skipped(table.breakfast) == []


def test_each_host_passed_over_is_kept_with_its_reason_and_its_turn_is_next(table: Table) -> None:
    zfb = make.breakfast(2, "zfb", starts_at=HELD + 7 * DAY, closes_at=CLOSES + 7 * DAY)
    keep_skips(zfb, "出访", by=table.people.diana, at=EARLY)
    assert [(skip.seat.code, skip.reason) for skip in zfb.skips.all()] == [("rdb", "出访")]
    assert turns(HELD + 14 * DAY)[0].code == "rdb"
    zfb.seat = turns(zfb.starts_at, zfb.pk)[0]
    zfb.save()
    keep_skips(zfb, "", by=table.people.diana, at=EARLY)
    assert not SeatSkip.objects.exists()


# Signing up


def test_a_company_signs_up_once_and_may_change_what_it_wrote(table: Table) -> None:
    row = make.asked(table, "jia")
    again = sign_up(
        table.breakfast, row.company, by=row.by, at=EARLY + DAY, topics="用工", people=2, consent=True
    )
    assert again.pk == row.pk
    row.refresh_from_db()
    assert (row.topics, row.people, row.consent, row.at) == ("用工", 2, True, EARLY)
    sign_up(table.breakfast, row.company, by=row.by, at=EARLY + DAY, topics="用工", people=2, consent=True)
    assert verbs(table.breakfast) == ["breakfast_sign_up", "breakfast_sign_up_change"]


def test_sign_up_ends_with_its_closing_moment(table: Table) -> None:
    make.asked(table, "jia", at=CLOSES)
    with pytest.raises(WrongState):
        make.asked(table, "yi", at=CLOSES + timedelta(seconds=1))


def test_nobody_signs_another_company_up_and_charlie_may_not_select(table: Table) -> None:
    row = make.asked(table, "jia")
    with pytest.raises(NotAllowed):
        sign_up(table.breakfast, row.company, by=table.people.zhao, at=EARLY, topics="别人的")
    with pytest.raises(BadInput) as raised:
        sign_up(table.breakfast, row.company, by=row.by, at=EARLY, topics="  ")
    assert raised.value.field == "topics"
    for stranger in (table.people.charlie, table.head, row.by):
        with pytest.raises(NotAllowed):
            stages.select(table.breakfast, by=stranger, at=SELECTING)


# Selecting


def test_places_are_given_once_after_sign_up_has_closed_and_everybody_is_told_why(table: Table) -> None:
    for place, name in enumerate(("jia", "yi", "bing")):
        make.asked(table, name, at=EARLY + timedelta(minutes=place))
    make.asked(table, "ding", at=EARLY, industry=FOOD)
    with pytest.raises(WrongState):
        stages.select(table.breakfast, by=table.people.diana, at=CLOSES)
    found = stages.select(table.breakfast, by=table.people.diana, at=SELECTING)
    assert [row.by.username for row in found] == ["jia", "yi", "bing", "ding"]
    assert standings(table) == {"jia": "selected", "yi": "selected", "bing": "waiting", "ding": "waiting"}
    assert stages.select(table.breakfast, by=table.people.diana, at=SELECTING) == []
    assert told() == ["bing", "ding", "jia", "yi"]
    notice = Notice.objects.get(channel="app", recipient__username="bing")
    assert "1" in notice.body and f"/breakfasts/{table.breakfast.pk}/" in notice.body
    assert [row.standing for row in SignUp.objects.waiting()] == ["waiting", "waiting"]
    assert all(why(row) for row in SignUp.objects.shown())
    assert list(verify()) == []


def test_a_company_that_came_within_the_months_has_no_place_this_time(table: Table) -> None:
    earlier = make.breakfast(
        2, "rdb", starts_at=moment("2025-12-04 07:30"), closes_at=moment("2025-12-01 17:00")
    )
    row = make.asked(table, "jia")
    past = SignUp.objects.create(
        breakfast=earlier,
        company=row.company,
        by=row.by,
        at=earlier.closes_at,
        topics="旧",
        standing=Standing.ATTENDED,
        rule=Rule.THEME,
    )
    (found,) = stages.select(table.breakfast, by=table.people.diana, at=SELECTING)
    assert (found.standing, found.rule) == ("passed", "recent")
    assert "2025" in why(SignUp.objects.shown().get(pk=found.pk))
    assert past.standing == Standing.ATTENDED


def test_a_cancelled_breakfast_bars_nobody(table: Table) -> None:
    off = make.breakfast(2, "rdb", starts_at=HELD + 7 * DAY, closes_at=CLOSES)
    row = make.asked(table, "jia")
    sign_up(off, row.company, by=row.by, at=EARLY, topics="又一次")
    stages.select(off, by=table.people.diana, at=SELECTING)
    stages.cancel(off, by=table.people.diana, at=SELECTING, reason="场地")
    (found,) = stages.select(table.breakfast, by=table.people.diana, at=SELECTING)
    assert found.standing == Standing.SELECTED


# Declining


def test_whoever_declines_makes_room_for_the_first_on_the_waiting_list(table: Table) -> None:
    jia, _yi, bing, ding = make.selected(table, "jia", "yi", "bing", "ding")
    Notice.objects.all().delete()
    assert decline(jia, by=jia.by, at=SELECTING + timedelta(hours=1))
    assert standings(table) == {"jia": "declined", "yi": "selected", "bing": "selected", "ding": "waiting"}
    bing.refresh_from_db()
    ding.refresh_from_db()
    assert (bing.rule, bing.position, ding.position) == ("moved_up", 1, 1)
    assert list(Notice.objects.filter(channel="app").values_list("recipient__username", flat=True)) == [
        "bing"
    ]
    assert not decline(jia, by=jia.by, at=SELECTING + timedelta(hours=2))
    assert SignUp.objects.filter(standing="selected").count() == 2


def test_one_may_decline_until_the_day_before(table: Table) -> None:
    jia, yi = make.selected(table, "jia", "yi")
    with pytest.raises(WrongState):
        decline(jia, by=jia.by, at=moment("2026-03-12 00:01"))
    assert decline(yi, by=yi.by, at=moment("2026-03-11 23:59"))
    with pytest.raises(NotAllowed):
        decline(jia, by=yi.by, at=SELECTING)


def test_whoever_declined_before_the_selection_may_sign_up_again_at_the_end(table: Table) -> None:
    row = make.asked(table, "jia")
    decline(row, by=row.by, at=EARLY + DAY)
    again = sign_up(table.breakfast, row.company, by=row.by, at=EARLY + 2 * DAY, topics="还是想来")
    assert (again.pk, again.standing, again.at) == (row.pk, "asked", EARLY + 2 * DAY)


def test_a_free_place_may_be_given_out_of_turn_for_a_reason_the_company_reads(table: Table) -> None:
    jia, yi = make.selected(table, "jia", "yi")
    bing = make.company("青岛丙有限公司")
    late = SignUp.objects.create(
        breakfast=table.breakfast, company=bing, by=table.people.diana, at=HELD, topics="来"
    )
    with pytest.raises(WrongState):
        stages.give_place(late, by=table.people.diana, at=SELECTING, reason="重点企业")
    decline(jia, by=jia.by, at=SELECTING)
    with pytest.raises(BadInput):
        stages.give_place(late, by=table.people.diana, at=SELECTING, reason=" ")
    stages.give_place(late, by=table.people.diana, at=SELECTING, reason="重点企业")
    late.refresh_from_db()
    assert (late.standing, late.position) == ("selected", 1)
    assert "重点企业" in why(late)
    assert yi.standing == "selected"


# Reminding


@pytest.mark.parametrize(
    ("held", "today", "days"),
    [
        # Thursday: Tuesday and Wednesday.
        (date(2026, 3, 12), date(2026, 3, 9), None),
        (date(2026, 3, 12), date(2026, 3, 10), 2),
        (date(2026, 3, 12), date(2026, 3, 11), 1),
        (date(2026, 3, 12), date(2026, 3, 12), None),
        # Monday: both on the Friday before, and only the later one speaks.
        (date(2026, 3, 16), date(2026, 3, 12), None),
        (date(2026, 3, 16), date(2026, 3, 13), 1),
        # Tuesday: Friday (instead of Sunday) and Monday.
        (date(2026, 3, 17), date(2026, 3, 13), 2),
        (date(2026, 3, 17), date(2026, 3, 16), 1),
    ],
)
def test_reminders_fall_on_working_days(held: date, today: date, days: int | None) -> None:
    assert due_now(usual_calendar(), held, today) == days


def test_companies_with_a_place_are_reminded_twice_each_once_in_office_hours(table: Table) -> None:
    make.selected(table, "jia", "yi", "bing")
    Notice.objects.all().delete()
    assert remind(moment("2026-03-10 07:00")) == 0
    assert remind(moment("2026-03-10 09:00")) == 2
    assert remind(moment("2026-03-10 09:01")) == 0
    jia = SignUp.objects.get(by__username="jia")
    decline(jia, by=jia.by, at=moment("2026-03-10 10:00"))
    # The one that moved up is reminded too, both times at most.
    assert remind(moment("2026-03-10 10:01")) == 1
    assert remind(moment("2026-03-11 09:00")) == 2
    assert tasks.sweep(moment("2026-03-11 09:30"))["rounds"] == 0
    assert remind(moment("2026-03-12 09:00")) == 0
    assert BreakfastReminder.objects.count() == 5
    reminded = Notice.objects.filter(event__verb="breakfast_remind", channel="app")
    assert sorted(reminded.values_list("recipient__username", flat=True)) == [
        "bing",
        "bing",
        "jia",
        "yi",
        "yi",
    ]


def test_after_an_outage_only_the_nearest_reminder_speaks(table: Table) -> None:
    make.selected(table, "jia")
    assert remind(moment("2026-03-11 15:00")) == 1
    assert list(BreakfastReminder.objects.values_list("days", flat=True)) == [1]


# In the room


def test_who_was_there_is_written_down_on_the_day_and_can_be_mended(table: Table) -> None:
    jia, yi = make.selected(table, "jia", "yi")
    with pytest.raises(WrongState):
        room.attend(table.breakfast, {jia.pk}, by=table.clerk, at=moment("2026-03-11 18:00"))
    room.attend(table.breakfast, {jia.pk}, by=table.clerk, at=HELD)
    assert standings(table) == {"jia": "attended", "yi": "absent"}
    assert table.again().stage == "held"
    room.attend(table.breakfast, {jia.pk, yi.pk}, by=table.clerk, at=HELD)
    assert standings(table) == {"jia": "attended", "yi": "attended"}
    with pytest.raises(NotAllowed):
        room.attend(table.breakfast, set(), by=table.other_head, at=HELD)


def test_a_promise_needs_words_a_leader_an_open_office_and_a_day_to_come(table: Table) -> None:
    (promise, *_rest) = make.held(table, "jia")
    zjj = Office.objects.get(code="zjj")
    good = {"text": "修路", "leader": "市委主要领导", "office": zjj, "deadline": make.DEADLINE}
    for wrong, field in (
        ({"text": " "}, "text"),
        ({"leader": ""}, "leader"),
        ({"deadline": HELD.date()}, "deadline"),
    ):
        with pytest.raises(BadInput) as raised:
            room.write_promise(table.breakfast, promise.company, by=table.clerk, at=HELD, **good | wrong)
        assert raised.value.field == field
    with pytest.raises(BadInput):
        stranger = make.company("青岛路人有限公司")
        room.write_promise(table.breakfast, stranger, by=table.clerk, at=HELD, **good)
    changed = room.write_promise(
        table.breakfast, promise.company, by=table.clerk, at=HELD, promise=promise, **good
    )
    assert (changed.pk, changed.text, list(changed.cooperating.all())) == (promise.pk, "修路", [])


def test_what_was_written_by_mistake_is_taken_out_and_stays_in_the_chain(table: Table) -> None:
    (promise,) = make.held(table, "jia")
    topic = promise.topic
    assert topic is not None
    with pytest.raises(WrongState):
        room.strike_out(topic, by=table.clerk, at=HELD)
    room.strike_out(promise, by=table.clerk, at=HELD)
    room.strike_out(topic, by=table.clerk, at=HELD)
    assert verbs(table.breakfast)[-2:] == ["breakfast_strike_out"] * 2
    assert Event.objects.filter(body="四月十日前修通厂前道路").count() == 2


# Signing


def test_only_the_head_of_the_hosts_office_signs_after_the_breakfast_and_with_minutes(table: Table) -> None:
    make.selected(table, "jia")
    with pytest.raises(WrongState):
        minutes.sign(table.breakfast, by=table.head, at=SIGNING)
    room.attend(table.breakfast, set(), by=table.clerk, at=HELD)
    with pytest.raises(BadInput):
        minutes.sign(table.breakfast, by=table.head, at=SIGNING)
    room.write_minutes(table.breakfast, "纪要", by=table.clerk, at=SIGNING)
    for stranger in (table.clerk, table.other_head, table.people.diana, table.people.bob):
        with pytest.raises(NotAllowed):
            minutes.sign(table.breakfast, by=stranger, at=SIGNING)
    assert minutes.sign(table.breakfast, by=table.head, at=SIGNING) == []
    with pytest.raises(WrongState):
        room.write_minutes(table.breakfast, "改", by=table.clerk, at=SIGNING)


def test_the_head_is_told_once_that_minutes_wait(table: Table) -> None:
    make.held(table, "jia")
    assert told(event__verb="breakfast_minutes") == []
    room.write_minutes(table.breakfast, "纪要", by=table.clerk, at=SIGNING)
    room.write_minutes(table.breakfast, "纪要二稿", by=table.clerk, at=SIGNING)
    assert told(event__verb="breakfast_minutes") == ["swb-head"]
    notice = Notice.objects.get(event__verb="breakfast_minutes", channel="app")
    assert f"/desk/enterprises/breakfast/{table.breakfast.pk}/sheet/" in notice.body


def test_the_signature_makes_each_promise_a_case_once(table: Table) -> None:
    cases = make.signed(table, "jia", "yi")
    assert [case.number for case in cases] == ["ZC-2026-000001", "ZC-2026-000002"]
    assert minutes.sign(table.breakfast, by=table.head, at=SIGNING) == []
    assert Case.objects.filter(kind="promise").count() == 2
    case = cases[0]
    assert (case.state, case.office.code, case.applicant.name) == ("accepted", "zjj", "青岛jia有限公司")
    clock = case.clocks.get()
    assert clock.due_at is not None
    assert clock.due_at.astimezone(HELD.tzinfo) == moment("2026-04-10 17:00")
    assert (clock.unit, clock.basis) == ("calendar_days", "企业家“早餐会”第1期会议纪要")
    matter = case.promise_matter
    assert (matter.leader, matter.raised, matter.cooperating) == ("市委主要领导", "厂前道路未通", "水务局")
    breakfast = table.again()
    assert (breakfast.stage, breakfast.signed_by, breakfast.signed_at) == ("minuted", table.head, SIGNING)
    assert broken(SIGNING) == []


def test_a_deadline_on_a_day_off_stays_the_day_of_the_minutes(table: Table) -> None:
    promises = make.held(table, "jia")
    promises[0].deadline = date(2026, 4, 11)
    promises[0].save()
    room.write_minutes(table.breakfast, "纪要", by=table.clerk, at=SIGNING)
    (case,) = minutes.sign(table.breakfast, by=table.head, at=SIGNING)
    due = case.clocks.get().due_at
    assert due is not None and due.astimezone(HELD.tzinfo).date() <= date(2026, 4, 12)


def test_a_deadline_that_passed_before_the_signature_must_be_agreed_anew(table: Table) -> None:
    make.held(table, "jia")
    room.write_minutes(table.breakfast, "纪要", by=table.clerk, at=SIGNING)
    with pytest.raises(BadInput), transaction.atomic():
        minutes.sign(table.breakfast, by=table.head, at=moment("2026-04-10 09:00"))
    assert table.again().stage == "held"
    assert not Case.objects.filter(kind="promise").exists()


def test_main_and_cooperating_offices_see_the_case_and_the_company_is_told(table: Table) -> None:
    (case, *_rest) = make.signed(table, "jia")
    people = table.people
    for user in (people.alice, people.charlie, people.diana):
        assert visible_to(user, SIGNING).filter(pk=case.pk).exists()
    assert list(case.steps.filter(code="consult").values_list("office__code", flat=True)) == ["swuj"]
    told = Notice.objects.filter(event__case=case, channel="app").values_list(
        "recipient__username", flat=True
    )
    assert {"jia", "alice", "charlie"} <= set(told)


# The promise, to its end and beyond


def struck_off(table: Table, case: Case) -> Case:
    people, jia = table.people, User.objects.get(username="jia")
    at = moment("2026-03-20 10:00")
    actions.claim(case, by=people.alice, at=at)
    actions.draft_answer(case, by=people.alice, at=at, text="已修通。")
    actions.sign_off(case, by=people.bob, at=at)
    actions.confirm(case, by=jia, at=at)
    actions.complete(case.steps.get(code="verify"), by=people.diana, at=at, text="现场看过。")
    return Case.objects.get(pk=case.pk)


def test_answered_confirmed_and_verified_is_struck_off_and_looked_at_twice_again(table: Table) -> None:
    (case,) = make.signed(table, "jia")
    case = struck_off(table, case)
    assert (case.state, case.outcome) == ("closed", "solved")
    looks = Case.objects.filter(kind="look-back").order_by("pk")
    assert [look.number for look in looks] == ["HT-2026-000001", "HT-2026-000002"]
    due = Clock.objects.filter(case__in=looks).order_by("pk").values_list("due_at", flat=True)
    days = [moment_.astimezone(HELD.tzinfo).date() for moment_ in due if moment_ is not None]
    assert days == [date(2026, 4, 20), date(2026, 6, 22)]  # 20 June 2026 is a Saturday
    assert {look.office.code for look in looks} == {"fwzx"}
    assert broken(moment("2026-03-20 10:00")) == []


def test_only_the_centre_verifies(table: Table) -> None:
    (case,) = make.signed(table, "jia")
    at = moment("2026-03-20 10:00")
    actions.claim(case, by=table.people.alice, at=at)
    actions.draft_answer(case, by=table.people.alice, at=at, text="已修通。")
    actions.sign_off(case, by=table.people.bob, at=at)
    actions.confirm(case, by=User.objects.get(username="jia"), at=at)
    case = Case.objects.get(pk=case.pk)
    assert (case.state, case.outcome) == ("decided", "solved")
    # It has a term of its own for that.
    assert case.clocks.get(code="verify").due_at == moment("2026-03-25 17:00")
    with pytest.raises(NotAllowed):
        actions.complete(case.steps.get(code="verify"), by=table.people.bob, at=at)


def test_what_the_centre_does_not_find_kept_goes_back_to_work(table: Table) -> None:
    (case,) = make.signed(table, "jia")
    at = moment("2026-03-20 10:00")
    actions.claim(case, by=table.people.alice, at=at)
    actions.draft_answer(case, by=table.people.alice, at=at, text="已修通。")
    actions.sign_off(case, by=table.people.bob, at=at)
    actions.confirm(case, by=User.objects.get(username="jia"), at=at)
    actions.redo(case, by=table.people.diana, at=at, reason="现场未通。")
    case = Case.objects.get(pk=case.pk)
    assert case.state == "accepted"
    latest = {(step.code, step.round): step.state for step in case.steps.exclude(code="consult")}
    assert latest[("verify", 1)] == "returned"
    assert (latest[("work", 2)], latest[("confirm", 2)], latest[("verify", 2)]) == (
        "running",
        "waiting",
        "waiting",
    )
    assert case.clocks.get(code="promise").stopped_at is None
    actions.draft_answer(case, by=table.people.alice, at=at, text="真修通了。")
    actions.sign_off(case, by=table.people.bob, at=at)
    actions.confirm(case, by=User.objects.get(username="jia"), at=at)
    actions.complete(case.steps.get(code="verify", round=2), by=table.people.diana, at=at)
    assert Case.objects.get(pk=case.pk).state == "closed"
    assert broken(at) == []


def test_a_look_back_that_finds_it_kept_ends_quietly(table: Table) -> None:
    (case,) = make.signed(table, "jia")
    struck_off(table, case)
    look = Case.objects.filter(kind="look-back").order_by("pk")[0]
    at = moment("2026-04-20 10:00")
    actions.complete(look.steps.get(), by=table.people.diana, at=at, text="仍然通畅。")
    look.refresh_from_db()
    assert (look.state, look.outcome) == ("closed", "completed")
    assert Case.objects.get(pk=case.pk).state == "closed"


def test_a_look_back_that_finds_it_broken_reopens_the_promise_and_is_over(table: Table) -> None:
    (case,) = make.signed(table, "jia")
    struck_off(table, case)
    at = moment("2026-04-20 10:00")
    actions.redo(case, by=table.people.diana, at=at, reason="路面塌陷。")
    case.refresh_from_db()
    assert case.state == "accepted"
    assert set(Case.objects.filter(kind="look-back").values_list("state", flat=True)) == {"closed"}
    actions.draft_answer(case, by=table.people.alice, at=at, text="已修复。")
    actions.sign_off(case, by=table.people.bob, at=at)
    actions.confirm(case, by=User.objects.get(username="jia"), at=at)
    actions.complete(case.steps.get(code="verify", state="running"), by=table.people.diana, at=at)
    # Struck off anew, it is looked at anew.
    assert Case.objects.filter(kind="look-back", state="accepted").count() == 2
    assert broken(at) == []


def test_consent_is_given_and_taken_back_by_the_companys_own_people(table: Table) -> None:
    row = make.asked(table, "jia")
    name_openly(row, by=row.by, at=EARLY, consent=True)
    name_openly(row, by=row.by, at=EARLY, consent=True)
    with pytest.raises(NotAllowed):
        name_openly(row, by=table.people.zhao, at=EARLY, consent=False)
    row.refresh_from_db()
    assert row.consent
    assert verbs(table.breakfast).count("breakfast_consent") == 1
