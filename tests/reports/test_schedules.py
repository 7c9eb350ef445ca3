"""Figures by mail: on working days, once a period, with the rights of that day, and without Redis."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils.translation import override

from servicedesk.accounts.models import Post, User
from servicedesk.desk import audit
from servicedesk.desk.models import Event, Notice
from servicedesk.desk.quiet import usual_calendar
from servicedesk.desk.rounds import go_rounds
from servicedesk.desk.trail import chain_of_row
from servicedesk.reports.models import ReportSchedule
from servicedesk.reports.monthly import mailing
from servicedesk.reports.monthly.slots import next_slot
from tests import make
from tests.desk.staff import INLINE, administrator, enter
from tests.make import moment
from tests.people import Cast
from tests.reports.month import NOW

pytestmark = [pytest.mark.django_db, pytest.mark.sqlite]

PAGE = "/desk/reports/schedules/"
LAST = "period=last-month&kind=direct-line"


def schedule(user: User, at: datetime = NOW, **given: Any) -> ReportSchedule:
    told = {"section": "sla", "query": LAST, "every": "month", "time": time(8, 30), "language": "en"} | given
    return mailing.make(ReportSchedule(user=user, **told), at)


def again(row: ReportSchedule) -> ReportSchedule:
    return ReportSchedule.objects.get(pk=row.pk)


def mails(user: User) -> list[Notice]:
    return list(Notice.objects.filter(recipient=user, channel="email").order_by("pk"))


# --- when --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "every, more, after, expected",
    [
        # 1 May 2026 to the 5th is a holiday, the 9th a Saturday that is worked.
        ("month", {"day": 1}, "2026-04-10 12:00", "2026-05-06 08:30"),
        ("month", {"day": 28}, "2026-02-10 12:00", "2026-02-28 08:30"),
        ("month", {"day": 10}, "2026-04-10 08:29", "2026-04-10 08:30"),
        ("month", {"day": 10}, "2026-04-10 08:30", "2026-05-11 08:30"),
        ("week", {"weekday": 0}, "2026-04-10 12:00", "2026-04-13 08:30"),
        ("week", {"weekday": 4}, "2026-04-30 12:00", "2026-05-06 08:30"),
        ("day", {}, "2026-04-10 12:00", "2026-04-13 08:30"),
        ("day", {}, "2026-05-08 12:00", "2026-05-09 08:30"),
    ],
)
def test_it_comes_on_a_working_day(every: str, more: Any, after: str, expected: str) -> None:
    row = ReportSchedule(every=every, time=time(8, 30), **({"day": 1, "weekday": 0} | more))
    assert next_slot(row, usual_calendar(), moment(after)) == moment(expected)


def test_slots_only_go_forward_and_none_comes_twice() -> None:
    row, at, found = ReportSchedule(every="week", time=time(8, 30), weekday=2), moment("2026-01-01 00:00"), []
    while at < moment("2027-01-01 00:00"):
        at = next_slot(row, usual_calendar(), at)
        found.append(at)
    assert found == sorted(set(found)) and len(found) in {51, 52, 53}
    assert all(usual_calendar().is_working(each.date()) for each in found)


# --- once --------------------------------------------------------------------------------------------


def test_the_figures_come_once_a_period_with_their_counts(people: Cast) -> None:
    make.submitted(people, at=moment("2026-04-20 09:00"))
    row = schedule(people.grace)
    due = moment("2026-05-06 08:30")
    assert mailing.send_due(due - timedelta(minutes=1)) == 0
    assert [mailing.send_due(due), mailing.send_due(due + timedelta(minutes=1))] == [1, 0]
    [mail] = mails(people.grace)
    assert mail.subject == "SLA report, 2026-04-01 – 2026-04-30"
    assert "Received: 1" in mail.body and "/desk/reports/?period=last-month" in mail.body
    assert mail.state == "queued" and mail.language == "en"
    assert (again(row).next_at, again(row).sent_at) == (moment("2026-06-01 08:30"), due)
    assert audit.verify([chain_of_row(row)]) == []


def test_of_two_sweepers_with_the_same_row_one_sends(people: Cast) -> None:
    row = schedule(people.grace)
    due = moment("2026-05-06 08:30")
    first, second = again(row), again(row)
    assert [mailing.send(first, due), mailing.send(second, due)] == [True, False]
    assert len(mails(people.grace)) == 1
    assert Event.objects.filter(chain=chain_of_row(row), verb=mailing.SENT).count() == 1


def test_after_an_outage_only_the_last_one_is_made_up_for(people: Cast) -> None:
    row = schedule(people.grace, every="day", query="period=month&kind=direct-line")
    late = moment("2026-04-24 10:00")
    assert [mailing.send_due(late), mailing.send_due(late)] == [1, 0]
    assert again(row).next_at == moment("2026-04-27 08:30")


def test_the_sweep_carries_it_and_a_broken_one_stops_nobody(
    people: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    bad, good = schedule(people.grace), schedule(people.bob)
    report = mailing.report_for

    def failing(row: ReportSchedule, at: datetime) -> Any:
        if row.pk == bad.pk:
            raise ValueError("nonsense")
        return report(row, at)

    monkeypatch.setattr(mailing, "report_for", failing)
    due = moment("2026-05-06 08:30")
    go_rounds(due)
    assert (len(mails(people.grace)), len(mails(people.bob))) == (0, 1)
    assert again(bad).next_at == due + mailing.PUT_OFF and again(good).sent_at == due


# --- rights ------------------------------------------------------------------------------------------


def test_each_reads_only_what_is_theirs(people: Cast) -> None:
    at = moment("2026-04-20 09:00")
    make.dispatched(people, at=at, to="swuj")
    make.dispatched(people, at=at)
    for user in (people.grace, people.bob):
        schedule(user)
    mailing.send_due(moment("2026-05-06 08:30"))
    with override("en"):
        water = people.office("swuj").title()
    whole, own = mails(people.grace)[0].body, mails(people.bob)[0].body
    assert "Received: 2" in whole and water in whole
    assert "Received: 1" in own and water not in own


def test_whoever_lost_the_post_gets_nothing_and_the_schedule_says_so(client: Client, people: Cast) -> None:
    row = schedule(people.bob)
    Post.objects.filter(user=people.bob).update(until=date(2026, 4, 30))
    assert mailing.send_due(moment("2026-05-06 08:30")) == 0
    assert mails(people.bob) == []
    assert (again(row).is_active, again(row).stopped_for) == (False, "no_right")
    enter(client, people.grace)
    assert "the person may no longer read these figures" in client.get(PAGE).content.decode()


def test_an_office_one_no_longer_heads_stops_it_too(people: Cast) -> None:
    row = schedule(people.bob, query=f"{LAST}&office=zjj")
    Post.objects.filter(user=people.bob).update(office=people.office("swuj"))
    mailing.send_due(moment("2026-05-06 08:30"))
    assert again(row).stopped_for == "no_right" and mails(people.bob) == []


# --- the page ----------------------------------------------------------------------------------------


@pytest.mark.usefixtures("on_10_april")
def test_people_make_see_and_stop_their_own_and_managers_all(client: Client, people: Cast) -> None:
    enter(client, people.bob)
    page = client.get(f"{PAGE}?section=results&period=month").content.decode()
    assert 'value="period=month"' in page and "This month" in page and not INLINE.search(page)
    given = {"section": "results", "every": "week", "weekday": "0", "day": "1", "time": "08:30"}
    answer = client.post(PAGE, given | {"language": "zh-hans", "query": "period=month"})
    assert answer.status_code == 302
    row = ReportSchedule.objects.get()
    assert (row.user, row.section, row.next_at) == (people.bob, "results", moment("2026-04-13 08:30"))
    assert client.post(PAGE, given | {"language": "en", "query": "office=swuj"}).status_code == 422
    assert client.post(PAGE, given | {"language": "en", "query": "", "section": "x"}).status_code == 422
    enter(client, people.erin)
    assert list(client.get(PAGE).context["rows"]) == []
    assert client.post(f"{PAGE}{row.pk}/stop/").status_code == 404
    enter(client, people.grace)
    assert [each.pk for each, _title in client.get(PAGE).context["rows"]] == [row.pk]
    assert client.post(f"{PAGE}{row.pk}/stop/").status_code == 302
    assert (again(row).is_active, again(row).stopped_for) == (False, "hand")
    assert mailing.send_due(moment("2026-04-13 08:30")) == 0
    enter(client, people.bob)
    client.post(f"{PAGE}{row.pk}/resume/")
    assert (again(row).is_active, again(row).next_at) == (True, moment("2026-04-13 08:30"))
    for user in (people.alice, people.diana, administrator("security")):
        enter(client, user)
        assert client.get(PAGE).status_code == 403


@pytest.mark.usefixtures("on_10_april")
def test_the_page_costs_the_same_however_many_there_are(
    client: Client, people: Cast, django_assert_max_num_queries: Any
) -> None:
    enter(client, people.grace)
    for place in range(12):
        schedule(people.bob, day=place + 1)
    client.get(PAGE)
    with django_assert_max_num_queries(14):
        client.get(PAGE)
