"""A notice from a file in the admin: seen first, then entered; what was typed stays; who may."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone

from servicedesk.desk import calendars
from servicedesk.desk.actions import redating
from servicedesk.desk.admin import calendar_file
from servicedesk.desk.models import CalendarNotice, Case, Event
from servicedesk.desk.tasks import look
from tests import make
from tests.desk.notice_papers import newest, paper
from tests.desk.staff import INLINE, administrator, enter
from tests.make import moment
from tests.people import Cast, cast

pytestmark = pytest.mark.django_db
LOAD, LIST = "/desk/desk/calendarnotice/load/", "/desk/desk/calendarnotice/"
NOW = moment("2026-11-23 10:00")
# A Wednesday in the middle of every open term.
DAY_OFF = [("2026-12-02", "休", "地方假日")]


@pytest.fixture(autouse=True)
def standing_still(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    calendars.forget()
    monkeypatch.setattr(timezone, "now", lambda: NOW)
    yield
    calendars.forget()


@pytest.fixture
def people() -> Cast:
    return cast()


def sent(data: bytes, name: str = "notice.csv", **more: Any) -> dict[str, Any]:
    return {"file": SimpleUploadedFile(name, data), **more}


def kept(response: Any) -> dict[str, str]:
    """What the form of the answer holds."""
    form = response.context["form"]
    return {name: form[name].value() or "" for name in form.fields if name != "file"}


def due(case: Case) -> str:
    return str(timezone.localtime(case.clocks.get(code="resolve").due_at).date())


def test_a_notice_is_seen_first_and_entered_with_the_second_button(client: Client, people: Cast) -> None:
    case = make.claimed(people, at=NOW)
    assert due(case) == "2026-12-14"
    enter(client, people.grace)
    assert LOAD in client.get(LIST).content.decode()
    page = client.get(LOAD)
    assert page.status_code == 200 and not INLINE.search(page.content.decode())
    page = client.post(LOAD, sent(paper(DAY_OFF), title="关于地方假日的通知", look="1"))
    html = page.content.decode()
    assert page.status_code == 200 and not INLINE.search(html)
    assert "1 open cases move, 0 become due earlier." in html
    assert "2026-12-02, Wednesday: off now (地方假日)" in html
    assert f"/desk/cases/{case.number}/" in html
    assert ">2026-12-14 17:00</td>" in html and ">2026-12-15 17:00</td>" in html
    assert "Direct line" in html and "关于地方假日的通知" in html
    assert (newest().version, due(case)) == (11, "2026-12-14")
    done = client.post(LOAD, {**kept(page), "enter": "1"})
    notice = newest()
    assert (done.status_code, done["Location"]) == (302, f"{LIST}{notice.pk}/moved/")
    assert (notice.version, notice.title, notice.year, due(case)) == (
        12,
        "关于地方假日的通知",
        2026,
        "2026-12-15",
    )
    assert case.events.get(verb="redate").by == people.grace
    html = client.get(done["Location"]).content.decode()
    assert "1 matter was dated anew." in html and "entered by Grace" in html and not INLINE.search(html)
    assert "Every open matter follows this notice" in html
    assert "What it moved" in client.get(f"{LIST}{notice.pk}/change/").content.decode()


def test_what_is_not_dated_at_once_the_sweep_dates(
    client: Client, people: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    cases = [make.claimed(people, at=NOW) for _ in range(3)]
    monkeypatch.setattr(redating, "BATCH", 1)
    monkeypatch.setattr(calendar_file, "AT_ONCE", 1)
    enter(client, people.diana)
    page = client.post(LOAD, sent(paper(DAY_OFF)))
    done = client.post(LOAD, {**kept(page), "enter": "1"}, follow=True)
    assert "1 matter was dated anew." in done.content.decode()
    assert "2 open matters still wait to be dated" in done.content.decode()
    assert look(NOW)["moved"] == 2
    assert {due(case) for case in cases} == {"2026-12-15"}
    # Whoever carried it out, the dates moved in the name of her who entered the notice.
    assert set(Event.objects.filter(verb="redate").values_list("by", flat=True)) == {people.diana.pk}


def test_what_was_typed_stays_when_the_file_is_refused_and_the_file_when_the_words_are(
    client: Client, people: Cast
) -> None:
    enter(client, people.grace)
    page = client.post(LOAD, sent(paper([("2026-13-02", "休", "x")]), title="我的标题", year="2026"))
    html = page.content.decode()
    assert page.status_code == 422 and "我的标题" in html
    assert "Row 2: “2026-13-02” is not a date" in html
    page = client.post(LOAD, sent(paper(DAY_OFF), title="我的标题", published="昨天"))
    assert page.status_code == 422 and "“昨天” is not a day of publication" in page.content.decode()
    page = client.post(LOAD, {**kept(page), "published": "2026-11-20"})
    assert page.status_code == 200
    assert page.context["seen"].new.title == "我的标题"
    assert client.post(LOAD, {}).status_code == 422
    assert newest().version == 11


def test_nothing_is_entered_that_was_not_seen(client: Client, people: Cast) -> None:
    enter(client, people.grace)
    page = client.post(LOAD, sent(paper(DAY_OFF), enter="1"))
    assert (page.status_code, newest().version) == (200, 11)
    other = CalendarNotice(year=2026, title="另一个", source="x", published_on=NOW.date())
    other.enter()
    late = client.post(LOAD, {**kept(page), "enter": "1"})
    assert late.status_code == 409 and "Another notice was entered meanwhile" in late.content.decode()
    assert newest() == other
    assert client.post(LOAD, {**kept(late), "enter": "1"}).status_code == 302
    assert newest().version == 13
    forged = kept(late) | {"kept": re.sub("^.", "x", kept(late)["kept"]), "enter": "1"}
    assert client.post(LOAD, forged).status_code == 422


def test_the_same_file_again_has_nothing_to_do(client: Client, people: Cast) -> None:
    enter(client, people.grace)
    page = client.post(LOAD, sent(paper(DAY_OFF)))
    for _ in range(2):
        assert client.post(LOAD, {**kept(page), "enter": "1"}).status_code == 302
    again = client.post(LOAD, sent(paper(DAY_OFF))).content.decode()
    assert "Nothing to do" in again and "Enter the notice" not in again
    assert newest().version == 12


@pytest.mark.parametrize("role", ["officer", "head", "leader", "supervisor", "auditor", "system", "security"])
def test_only_the_centres_manager_and_dispatcher_may(client: Client, people: Cast, role: str) -> None:
    enter(client, administrator(role))
    assert client.get(LOAD).status_code == 403
    assert client.post(LOAD, sent(paper(DAY_OFF), enter="1")).status_code == 403
    assert LOAD not in client.get(LIST).content.decode()
    assert newest().version == 11
    reads = role not in {"auditor", "system", "security"}
    assert client.get(f"{LIST}{newest().pk}/moved/").status_code == (200 if reads else 403)


def test_strangers_are_led_to_the_door(client: Client, people: Cast) -> None:
    assert client.get(LOAD).status_code == 302
    client.force_login(people.wang, backend="servicedesk.accounts.backends.ByNameMailOrPhone")
    assert client.get(LOAD).status_code in {302, 403, 404}


def test_a_notice_that_is_typed_is_refused_for_what_a_file_is(client: Client, people: Cast) -> None:
    enter(client, people.grace)
    notice = {"title": "关于地方假日的通知", "source": "x", "published_on": "2026-11-20"}
    frame = {f"days-{name}": number for name, number in (("TOTAL_FORMS", 2), ("INITIAL_FORMS", 0))}

    def typed(year: str, *days: tuple[str, str]) -> str:
        rows = {f"days-{place}-{name}": value for place, day in enumerate(days)
                for name, value in zip(("day", "name"), day, strict=True)}  # fmt: skip
        answer = client.post(f"{LIST}add/", {**notice, **frame, **rows, "year": year})
        return answer.content.decode() if answer.status_code == 200 else ""

    assert "Row 2: 2025-11-02 has nothing to do with the year 2026." in typed(
        "2026", ("2026-12-02", "地方假日"), ("2025-11-02", "地方假日")
    )
    assert "the one for 2027 must be entered" in typed("2028", ("2028-10-02", "国庆节"))
    assert "Say which year the days are for." in typed("", ("2026-12-02", "地方假日"))
    assert newest().version == 11
    assert typed("2026", ("2026-12-02", "地方假日")) == ""
    assert (newest().version, newest().days.count()) == (12, 1)
