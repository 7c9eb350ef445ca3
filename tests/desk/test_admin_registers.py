"""The registers: who keeps them, that nobody overwrites unseen, and that every change stands in a chain."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from django.contrib import admin
from django.test import Client
from django.utils import timezone

from servicedesk.accounts.models import Office
from servicedesk.desk import calendars
from servicedesk.desk.audit import verify
from servicedesk.desk.models import (
    AlarmRule,
    CalendarNotice,
    Event,
    Limit,
    Membership,
    Notice,
    OfficeHours,
)
from tests import make
from tests.desk.staff import EMPTY, INLINE, administrator, enter, form_of
from tests.people import Cast, cast, person

pytestmark = pytest.mark.django_db
DESK = "/desk/desk/"
PEOPLE = "/desk/accounts/"


@pytest.fixture
def people() -> Cast:
    calendars.forget()
    return cast()


READABLE = {
    "manager": {
        "case", "limit", "alarmrule", "signoffrule", "calendarnotice", "officehours", "party", "membership",
        "notice", "alarm", "office", "post", "smstemplate", "smsmessage", "webhookendpoint",
        "cannedtext", "deputy", "retentionrule", "erasure", "accountclosing",
        "historyimport", "apitoken",
    },
    "officer": {
        "case", "limit", "alarmrule", "signoffrule", "calendarnotice", "officehours", "party", "membership",
        "office", "smstemplate", "cannedtext",
    },
    "security": {
        "user", "post", "webhookendpoint", "recovery", "sitting", "brokenglass", "deputy", "apitoken",
    },
    "system": {"user", "notice", "alarm", "smsmessage", "webhookendpoint", "sitting"},
    "auditor": {
        "user", "post", "event", "chainroot", "recovery", "sitting", "brokenglass",
        "deputy", "retentionrule", "erasure", "accountclosing", "apitoken",
    },
}  # fmt: skip


@pytest.mark.parametrize("role", sorted(READABLE))
def test_every_post_reads_its_own_registers_and_no_other(client: Client, people: Cast, role: str) -> None:
    case = make.claimed(people)
    Notice.objects.filter(event__case=case).update(state="dead")
    enter(client, administrator(role))
    ours = {"desk", "accounts"}
    for model in (each for each in admin.site._registry if each._meta.app_label in ours):
        name = model._meta.model_name
        response = client.get(f"/desk/{model._meta.app_label}/{name}/")
        assert response.status_code == (200 if name in READABLE[role] else 403), name
        row = model._default_manager.first()
        if row is None or name == "case":
            continue
        for page in ("change", "history"):
            answer = client.get(f"/desk/{model._meta.app_label}/{name}/{row.pk}/{page}/")
            assert answer.status_code == (200 if name in READABLE[role] else 403), (name, page)
            assert not INLINE.search(answer.content.decode()), (name, page)


@pytest.mark.parametrize("role", ["officer", "auditor", "security", "system", "supervisor"])
def test_only_the_keepers_change_the_rules(client: Client, people: Cast, role: str) -> None:
    limit = Limit.objects.first()
    enter(client, administrator(role))
    for path in (f"{limit.pk}/change/", "add/", f"{limit.pk}/delete/"):
        assert client.post(f"{DESK}limit/{path}", {"term": 1}).status_code == 403
    assert client.get(f"{DESK}limit/add/").status_code == 403


def test_a_change_is_written_into_the_rows_chain_with_what_was_and_what_is(
    client: Client, people: Cast
) -> None:
    enter(client, people.grace)
    limit = Limit.objects.get(subject="direct-line", clock="resolve")
    path = f"{DESK}limit/{limit.pk}/change/"
    assert client.post(path, form_of(client, path, term=20)).status_code == 302
    event = Event.objects.get(chain=f"register:limit:{limit.pk}")
    assert (event.by, event.verb, event.params["fields"]) == (
        people.grace,
        "register_change",
        {"term": [15, 20]},
    )
    client.post(path, form_of(client, path))
    assert Event.objects.filter(chain=event.chain).count() == 1
    client.post(f"{DESK}limit/{limit.pk}/delete/", {"post": "yes"})
    assert Event.objects.filter(chain=event.chain, verb="register_delete").exists()
    assert verify([event.chain]) == []


def test_deleting_many_is_logged_one_by_one(client: Client, people: Cast) -> None:
    enter(client, people.grace)
    rows = [AlarmRule.objects.create(rung=90 + n, offset=1, unit="working_days", whom="head", effect="remind",
            valid_from=date(2026, 1, 1)) for n in range(2)]  # fmt: skip
    data = {"action": "delete_selected", "_selected_action": [row.pk for row in rows], "post": "yes"}
    client.post(f"{DESK}alarmrule/", data)
    assert not AlarmRule.objects.filter(rung__gte=90).exists()
    assert Event.objects.filter(verb="register_delete").count() == 2


def test_nobody_overwrites_what_they_have_not_seen(client: Client, people: Cast) -> None:
    enter(client, people.grace)
    limit = Limit.objects.get(subject="direct-line", clock="resolve")
    path = f"{DESK}limit/{limit.pk}/change/"
    mine = form_of(client, path, term=20, basis="我写了很久的依据")
    Limit.objects.filter(pk=limit.pk).update(term=12)
    response = client.post(path, mine)
    html = response.content.decode()
    assert response.status_code == 409 and "我写了很久的依据" in html and "12" in html
    assert Limit.objects.get(pk=limit.pk).term == 12
    again = mine | {"row_print": response.context["adminform"].form["row_print"].value()}
    assert client.post(path, again).status_code == 302
    assert Limit.objects.get(pk=limit.pk).term == 20
    assert (
        client.post(path, {key: value for key, value in again.items() if key != "row_print"}).status_code
        == 409
    )


def test_offices_stand_below_what_they_belong_to(client: Client, people: Cast) -> None:
    above = people.office()
    below = Office.objects.create(code="zzz-station", name="质监站", parent=above)
    enter(client, people.grace)
    shown = list(client.get(f"{PEOPLE}office/").context["cl"].result_list)
    assert shown.index(below) == shown.index(above) + 1
    assert shown[shown.index(below)].depth == shown[shown.index(above)].depth + 1


def test_an_offices_new_hours_come_with_a_new_calendar_version(client: Client, people: Cast) -> None:
    enter(client, people.grace)
    office, before = people.office(), calendars.current_version()
    path = f"{PEOPLE}office/{office.pk}/change/"
    row = {"hours-TOTAL_FORMS": "1", "hours-0-weekday": "5", "hours-0-valid_from": "2026-06-01"}
    bad = client.post(path, form_of(client, path, **row, **{"hours-0-segments": "12:00-09:00"}))
    assert bad.status_code == 200 and calendars.current_version() == before
    good = form_of(client, path, **row, **{"hours-0-segments": "09:00-12:00，13:30-17:00"})
    assert client.post(path, good).status_code == 302
    hours = OfficeHours.objects.get(office=office)
    assert (hours.version, hours.segments) == (before + 1, ["09:00-12:00", "13:30-17:00"])
    assert CalendarNotice.objects.get(version=before + 1).year is None
    assert "rows" in Event.objects.get(chain=f"register:office:{office.pk}").params


def notice_data(**changed: Any) -> dict[str, Any]:
    days = {f"days-{name}": value for name, value in EMPTY.items()}
    row = {"days-TOTAL_FORMS": "1", "days-0-day": "2027-10-01", "days-0-name": "国庆节"}
    facts = {"year": "2027", "title": "2027年放假通知", "source": "国办", "published_on": "2026-11-05"}
    return facts | days | row | changed


def test_a_notice_is_entered_as_the_newest_version_and_stays(client: Client, people: Cast) -> None:
    enter(client, people.grace)
    before = calendars.current_version()
    assert client.post(f"{DESK}calendarnotice/add/", notice_data(version="1")).status_code == 302
    notice = CalendarNotice.objects.get(title="2027年放假通知")
    assert (notice.version, notice.days.get().works) == (before + 1, False)
    path = f"{DESK}calendarnotice/{notice.pk}/"
    assert client.get(path + "change/").status_code == 200
    assert client.post(path + "change/", notice_data(title="x")).status_code == 403
    assert client.post(path + "delete/", {"post": "yes"}).status_code == 403
    delete = {"action": "delete_selected", "_selected_action": [notice.pk], "post": "yes"}
    client.post(f"{DESK}calendarnotice/", delete)
    assert CalendarNotice.objects.filter(pk=notice.pk).exists()


def test_a_membership_names_its_user_by_log_in_name_and_is_ended(client: Client, people: Cast) -> None:
    enter(client, people.diana)
    person("li", staff=False)
    data = {"user": "li", "party": people.company.pk, "role": "agent", "since": "2026-01-01"}
    assert client.post(f"{DESK}membership/add/", data).status_code == 200, "without a reason"
    data |= {"reason": "企业书面授权", "is_confirmed": "on"}
    wrong = client.post(f"{DESK}membership/add/", data | {"user": "nobody-such"})
    assert "Nobody has this log-in name." in wrong.content.decode()
    assert client.post(f"{DESK}membership/add/", data).status_code == 302
    row = Membership.objects.get(user__username="li")
    path = f"{DESK}membership/{row.pk}/change/"
    assert client.post(path, form_of(client, path, until="2026-06-30", reason="已离职")).status_code == 302
    row.refresh_from_db()
    assert (row.until, row.user.username) == (date(2026, 6, 30), "li")


def test_a_notice_given_up_is_tried_again_by_whoever_cannot_read_it(client: Client, people: Cast) -> None:
    make.dispatched(people)
    notice = Notice.objects.filter(channel="email").first()
    Notice.objects.filter(pk=notice.pk).update(state="dead", attempts=6, last_error="SMTP 554")
    enter(client, administrator("system"))
    listed = client.get(f"{DESK}notice/?state__exact=dead").content.decode()
    assert "SMTP 554" in listed and notice.subject not in listed
    assert notice.body.split("\n")[0] not in client.get(f"{DESK}notice/{notice.pk}/change/").content.decode()
    client.post(f"{DESK}notice/", {"action": "try_again", "_selected_action": [notice.pk]})
    notice.refresh_from_db()
    assert (notice.state, notice.attempts) == ("queued", 0)


def test_the_auditor_reads_who_did_what_but_not_the_words(client: Client, people: Cast) -> None:
    case = make.answered(people)
    enter(client, administrator("auditor"))
    listed = client.get(f"{DESK}event/?q=case:{case.pk}")
    assert listed.context["cl"].result_count == case.events.count()
    event = case.events.get(verb="sign_off")
    html = client.get(f"{DESK}event/{event.pk}/change/").content.decode()
    assert event.digest in html and "已清淤" not in html
    assert client.post(f"{DESK}event/{event.pk}/change/", {"verb": "x"}).status_code == 403


def test_autocomplete_and_popups_ask_the_same_rights(client: Client, people: Cast) -> None:
    ask = "/desk/autocomplete/?app_label=accounts&model_name=post&field_name=user&term=ali"
    enter(client, people.grace)
    assert client.get(ask).status_code == 403
    enter(client, administrator("security"))
    assert [row["text"] for row in client.get(ask).json()["results"]] == ["Alice"]
    assert client.get(f"{DESK}limit/?_popup=1").status_code == 403


def test_pages_of_other_packages_are_left_out() -> None:
    labels = {model._meta.app_label for model in admin.site._registry}
    assert labels <= {"desk", "accounts", "enterprises", "approvals", "reports"}


@pytest.mark.parametrize(
    "name", ["limit", "alarmrule", "officehours", "party", "membership", "notice", "alarm"]
)
def test_registers_open_in_few_queries(
    client: Client, people: Cast, name: str, django_assert_max_num_queries: Any
) -> None:
    for _number in range(12):
        make.claimed(people, at=timezone.now())
    enter(client, people.grace)
    with django_assert_max_num_queries(12):
        assert client.get(f"{DESK}{name}/").status_code == 200
