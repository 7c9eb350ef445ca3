"""The staff side of a breakfast: the register, the page with its buttons, the room, the briefing."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from enterprises.models import Breakfast, BreakfastPromise, RaisedTopic, SeatSkip, SignUp
from servicedesk.accounts.models import Office
from servicedesk.desk.models import Case, Event, Notice
from servicedesk.desk.trail import chain_of_row
from tests.desk.staff import INLINE, enter, form_of
from tests.enterprises import make_breakfast as make
from tests.enterprises.make_breakfast import Table
from tests.pdf_reading import pages

pytestmark = pytest.mark.django_db
LIST = "/desk/enterprises/breakfast/"


@pytest.fixture
def table() -> Table:
    return make.table()


@pytest.fixture
def today() -> Table:
    """A breakfast that is held today, with two companies at the table and one on the waiting list."""
    now = timezone.now()
    found = make.table(starts_at=now - timedelta(minutes=5), closes_at=now - timedelta(days=2))
    for row in make.selected(found, "jia", "yi", "bing"):
        assert row.standing
    return found


def at(table: Table, tail: str) -> str:
    return f"{LIST}{table.breakfast.pk}/{tail}"


def read(client: Client, path: str) -> str:
    response = client.get(path)
    assert response.status_code == 200, response.status_code
    html = response.content.decode()
    assert not INLINE.search(html)
    return html


def planned(number: int, **changed: Any) -> dict[str, Any]:
    """What the add page sends."""
    given = {
        "number": number,
        "theme": "食品加工",
        "place": "政务中心",
        "starts_at_0": "2026-12-10",
        "starts_at_1": "07:30",
        "closes_at_0": "2026-12-07",
        "closes_at_1": "17:00",
        "quota": 10,
        "months_between": 6,
        "published": "on",
        "skip_reason": "",
    }
    return given | changed


# The register


def test_passing_a_host_over_asks_for_the_reason_and_keeps_it(client: Client, table: Table) -> None:
    enter(client, table.people.diana)
    seats = {seat.code: seat.pk for seat in table.breakfast.seat.__class__.objects.all()}
    refused = client.post(f"{LIST}add/", planned(2, seat=seats["zfb"]))
    assert refused.status_code == 200
    assert "skip_reason" in refused.context["adminform"].form.errors
    kept = client.post(f"{LIST}add/", planned(2, seat=seats["zfb"], skip_reason="出访"))
    assert kept.status_code == 302
    skip = SeatSkip.objects.get()
    assert (skip.seat.code, skip.reason, skip.by) == ("rdb", "出访", table.people.diana)
    in_turn = client.post(f"{LIST}add/", planned(3, seat=seats["rdb"], starts_at_0="2026-12-17"))
    assert in_turn.status_code == 302
    row = Breakfast.objects.get(number=3)
    assert not row.skips.exists()
    assert Event.objects.filter(chain=chain_of_row(row), verb="register_add").exists()


def test_the_next_number_and_host_are_proposed(client: Client, table: Table) -> None:
    enter(client, table.people.diana)
    form = client.get(f"{LIST}add/").context["adminform"].form
    assert form["number"].value() == 2
    assert str(form["seat"].value()) != str(table.breakfast.seat_id)


def test_companies_are_told_when_time_or_place_changes(client: Client, table: Table) -> None:
    make.asked(table, "jia")
    enter(client, table.people.diana)
    path = at(table, "change/")
    assert client.post(path, form_of(client, path, place="政务中心二楼", **split(table))).status_code == 302
    notice = Notice.objects.get(channel="app", recipient__username="jia")
    assert "政务中心二楼" in notice.body


def split(table: Table) -> dict[str, str]:
    """The two moments as the admin's split widgets send them."""
    found: dict[str, str] = {}
    for name in ("starts_at", "closes_at"):
        local = timezone.localtime(getattr(table.breakfast, name))
        found |= {f"{name}_0": f"{local:%Y-%m-%d}", f"{name}_1": f"{local:%H:%M:%S}"}
    return found


def test_by_what_the_places_were_given_is_not_rewritten_afterwards(client: Client, table: Table) -> None:
    make.selected(table, "jia")
    enter(client, table.people.diana)
    path = at(table, "change/")
    form = client.get(path).context["adminform"].form
    assert not {"industries", "closes_at", "months_between"} & set(form.fields)
    early = client.post(path, form_of(client, path, starts_at_0="2026-03-01", starts_at_1="07:30"))
    assert early.status_code == 200
    assert "starts_at" in early.context["adminform"].form.errors


def test_what_was_held_is_history_and_nobody_deletes_it(client: Client, today: Table) -> None:
    make.held_today(today)
    enter(client, today.people.diana)
    form = client.get(at(today, "change/")).context["adminform"].form
    assert set(form.fields) == {"published", "row_print"}
    assert client.post(at(today, "delete/"), {"post": "yes"}).status_code == 403


def test_the_list_costs_the_same_few_queries_however_long(
    client: Client, table: Table, django_assert_max_num_queries: Any
) -> None:
    make.selected(table, "jia", "yi", "bing")
    for number in range(2, 30):
        make.breakfast(number)
    enter(client, table.people.diana)
    with django_assert_max_num_queries(12):
        assert client.get(LIST).status_code == 200


# The page


def test_the_list_of_companies_is_for_those_who_run_or_host_it(client: Client, table: Table) -> None:
    make.selected(table, "jia", "yi", "bing")
    people = table.people
    for user in (people.diana, people.grace, people.frank, table.clerk, table.head):
        enter(client, user)
        html = read(client, at(table, "sheet/"))
        assert "青岛jia有限公司" in html and "number 1 on the" in html
    for stranger in (people.alice, people.bob, table.other_head):
        enter(client, stranger)
        for tail in ("sheet/", "room/", "briefing.pdf"):
            assert client.get(at(table, tail)).status_code == 404
    enter(client, people.frank)
    assert client.get(at(table, "room/")).status_code == 404


def test_the_page_costs_the_same_few_queries_however_many_sign_up(
    client: Client, table: Table, django_assert_max_num_queries: Any
) -> None:
    make.selected(table, *[f"c{n}" for n in range(12)])
    enter(client, table.people.diana)
    with django_assert_max_num_queries(20):
        client.get(at(table, "sheet/"))


def test_buttons_open_select_and_cancel(client: Client, table: Table) -> None:
    Breakfast.objects.update(stage="planned")
    enter(client, table.people.diana)
    late = client.post(at(table, "sheet/open/"))
    assert late.status_code == 409 and "later closing moment" in late.content.decode()
    Breakfast.objects.update(stage="open")
    make.asked(table, "jia")
    assert client.post(at(table, "sheet/select/")).status_code == 302
    assert client.post(at(table, "sheet/select/")).status_code == 302
    refused = client.post(at(table, "sheet/cancel/"), {"reason": " "})
    assert refused.status_code == 422 and table.again().stage == "selected"
    assert client.post(at(table, "sheet/cancel/"), {"reason": "主办方调整"}).status_code == 302
    assert (table.again().stage, table.again().cancelled_for) == ("cancelled", "主办方调整")
    assert "主办方调整" in Notice.objects.filter(recipient__username="jia", channel="app").first().body  # type: ignore[union-attr]
    assert client.post(at(table, "sheet/nonsense/")).status_code == 404


def test_a_company_that_calls_is_signed_up_by_its_code_or_name(client: Client) -> None:
    now = timezone.now()
    table = make.table(starts_at=now + timedelta(days=9), closes_at=now + timedelta(days=5))
    company = make.company("青岛甲有限公司")
    enter(client, table.people.diana)
    unknown = client.post(at(table, "sheet/enter/"), {"company": "青岛无", "topics": "道路", "people": 1})
    assert unknown.status_code == 422 and "道路" in unknown.content.decode()
    sent = {"company": company.name, "topics": "道路", "people": 2}
    assert client.post(at(table, "sheet/enter/"), sent).status_code == 302
    row = SignUp.objects.get()
    assert (row.company, row.by, row.people, row.consent) == (company, table.people.diana, 2, False)
    enter(client, table.clerk)
    other = make.company("青岛乙有限公司")
    refused = client.post(at(table, "sheet/enter/"), sent | {"company": other.name})
    assert refused.status_code == 403


def test_who_may_look_may_not_therefore_do(client: Client, table: Table) -> None:
    make.asked(table, "jia")
    for user in (table.clerk, table.head, table.people.frank):
        enter(client, user)
        assert client.post(at(table, "sheet/select/")).status_code == 403
    assert table.again().stage == "open"


# The room


def test_topics_promises_ticks_and_minutes_are_written_on_a_phone(client: Client, today: Table) -> None:
    enter(client, today.clerk)
    html = read(client, at(today, "room/"))
    assert "jia：厂前道路" in html and "bing" not in html
    jia, _yi = SignUp.objects.with_place().order_by("pk")
    new = f"{jia.company_id}-new"
    sent = {
        "what": "attend",
        "there": [jia.pk],
        f"{new}-words_said": "路没通",
        f"{new}-answer": "尽快",
        "minutes-minutes": "纪要草稿",
        "minutes-row_print": minutes_print(client, today),
    }
    # One press saves all that was written.
    assert client.post(at(today, "room/"), sent).status_code == 302
    topic = RaisedTopic.objects.get()
    assert (topic.words, topic.answer, topic.company) == ("路没通", "尽快", jia.company)
    assert today.again().minutes == "纪要草稿"
    assert dict(SignUp.objects.with_place().values_list("by__username", "standing")) == {
        "jia": "attended",
        "yi": "absent",
    }
    path = at(today, f"room/promise/?company={jia.company_id}&topic={topic.pk}")
    read(client, path)
    promise = {
        "text": "修路",
        "leader": "市委主要领导",
        "office": Office.objects.get(code="zjj").pk,
        "deadline": (timezone.localdate() + timedelta(days=30)).isoformat(),
        "topic": topic.pk,
        "cooperating": [Office.objects.get(code="swuj").pk],
    }
    wrong = client.post(path, promise | {"leader": "", "deadline": "2020-01-01"})
    assert wrong.status_code == 422 and "修路" in wrong.content.decode()
    assert client.post(path, promise).status_code == 302
    row = BreakfastPromise.objects.get()
    assert (row.topic, row.cooperating.get().code) == (topic, "swuj")
    change = at(today, f"room/promise/{row.pk}/")
    read(client, change)
    stale = client.post(change, promise | {"text": "修好路", "row_print": "0"})
    assert stale.status_code == 422 and "修好路" in stale.content.decode()
    assert client.post(change, {"strike_out": "1"}).status_code == 302
    assert not BreakfastPromise.objects.exists()


def minutes_print(client: Client, table: Table) -> str:
    return str(client.get(at(table, "room/")).context["minutes"].form["row_print"].value())


def test_the_button_that_fails_loses_nothing_of_what_stands_beside_it(client: Client, today: Table) -> None:
    enter(client, today.clerk)
    jia, yi = SignUp.objects.with_place().order_by("pk")
    one, two = f"{jia.company_id}-new", f"{yi.company_id}-new"
    response = client.post(
        at(today, "room/"),
        {"what": one, f"{one}-words_said": "", f"{two}-words_said": "另一家说的", f"{two}-answer": ""},
    )
    assert response.status_code == 422
    assert RaisedTopic.objects.get().words == "另一家说的"


def test_minutes_written_by_two_are_not_overwritten_unseen(client: Client, today: Table) -> None:
    enter(client, today.clerk)
    seen = minutes_print(client, today)
    first = {"what": "minutes", "minutes-minutes": "第一稿", "minutes-row_print": seen}
    assert client.post(at(today, "room/"), first).status_code == 302
    second = client.post(at(today, "room/"), first | {"minutes-minutes": "第二稿"})
    assert second.status_code == 422
    assert "第二稿" in second.content.decode() and today.again().minutes == "第一稿"


def test_a_topic_is_saved_and_leads_to_its_promise_or_is_taken_out(client: Client, today: Table) -> None:
    enter(client, today.clerk)
    jia = SignUp.objects.with_place().order_by("pk")[0]
    new = f"{jia.company_id}-new"
    response = client.post(at(today, "room/"), {"promise": new, f"{new}-words_said": "路没通"})
    topic = RaisedTopic.objects.get()
    assert response["Location"].endswith(f"?company={jia.company_id}&topic={topic.pk}")
    assert client.post(at(today, "room/"), {"strike_out": topic.pk}).status_code == 302
    assert not RaisedTopic.objects.exists()


def test_an_expired_session_gives_the_notes_of_the_room_back(client: Client, today: Table) -> None:
    enter(client, today.clerk)
    jia = SignUp.objects.with_place().order_by("pk")[0]
    read(client, at(today, "room/"))
    client.cookies.pop("sessionid")
    sent = {
        "what": "minutes",
        "minutes-minutes": "会上写了很久的纪要",
        f"{jia.company_id}-new-words_said": "还没存的话",
    }
    assert client.post(at(today, "room/"), sent).status_code == 302
    enter(client, today.clerk)
    html = read(client, at(today, "room/"))
    assert "会上写了很久的纪要" in html and "还没存的话" in html
    assert not RaisedTopic.objects.exists() and today.again().minutes == ""


def test_the_head_signs_on_the_page_and_every_promise_is_a_matter(client: Client, today: Table) -> None:
    make.held_today(today)
    enter(client, today.clerk)
    assert client.post(at(today, "sheet/sign/")).status_code == 403
    enter(client, today.head)
    assert "Sign the minutes" in read(client, at(today, "sheet/"))
    assert client.post(at(today, "sheet/sign/")).status_code == 302
    assert client.post(at(today, "sheet/sign/")).status_code == 302
    case = Case.objects.get(kind="promise")
    html = read(client, at(today, "sheet/"))
    assert str(case.number) in html and "in hand" in html
    assert "can be changed any more" in read(client, at(today, "room/"))
    enter(client, today.people.diana)
    assert case.number in client.get("/desk/desk/case/?host=" + str(today.breakfast.seat_id)).content.decode()


# The briefing


def test_the_briefing_is_a_paper_for_those_who_may_read_the_list(client: Client, today: Table) -> None:
    enter(client, today.head)
    response = client.get(at(today, "briefing.pdf"))
    assert response["Content-Type"] == "application/pdf"
    words = "\n".join(line for sheet in pages(response.content) for line in sheet)
    for said in ("钢结构产业链", "青岛jia有限公司", "jia：厂前道路"):
        assert said in words
    assert "bing" not in words


def test_the_briefing_costs_the_same_few_queries_however_many_come(
    client: Client, django_assert_max_num_queries: Any
) -> None:
    table = make.table(quota=12)
    make.selected(table, *[f"c{n}" for n in range(12)])
    enter(client, table.people.diana)
    with django_assert_max_num_queries(16):
        assert client.get(at(table, "briefing.pdf")).status_code == 200
