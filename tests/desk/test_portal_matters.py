"""My matters, one matter, its statement and notices: what is shown, to whom, in which language."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from servicedesk.desk import actions
from servicedesk.desk.models import Case, Clock
from tests import make
from tests.make import moment
from tests.people import Cast

pytestmark = pytest.mark.django_db
MOST_QUERIES_OF_A_LIST = 12
MOST_QUERIES_OF_A_MATTER = 40


def company_clock(case: Case) -> Clock:
    return case.clocks.get(code="company")


def pages(case: Case, draft: Case) -> list[str]:
    clock = company_clock(case)
    start = f"/start/direct-line/{draft.pk}/"
    return [
        *("/start/direct-line/", start, f"{start}check/", f"{start}delete/"),
        *("/matters/", f"/matters/{case.number}/", f"/matters/{case.number}/received/"),
        *(f"/matters/{case.number}/{verb}/" for verb in ("confirm", "redo", "rate", "message", "withdraw")),
        f"/matters/{case.number}/clocks/{clock.pk}/",
        *("/notices/", "/track/", "/calculator/"),
        "/calculator/?start=2026-03-03T09:00&term=5&unit=working_days",
    ]


# --- every page ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("language", ["zh-hans", "en", "ru"])
def test_every_page_answers_in_every_language(wang: Client, people: Cast, language: str) -> None:
    wang.cookies["django_language"] = language
    case, draft = make.answered(people), make.draft(people)
    for url in pages(case, draft):
        response = wang.get(url)
        assert response.status_code == 200, url
        assert response.headers["Content-Language"] == language
        assert f'<html lang="{language}"' in response.content.decode()


def test_no_page_is_for_strangers(client: Client, people: Cast) -> None:
    case, draft = make.answered(people), make.draft(people)
    personal = [
        url for url in pages(case, draft) if str(case.number) in url or str(draft.pk) in url.split("/")
    ]
    for stranger in (people.zhao, people.alice, people.diana, people.frank):
        client.force_login(stranger)
        for url in personal:
            assert client.get(url).status_code == 404, url
            assert client.post(url, {"version": case.version, "reason": "x", "text": "x"}).status_code in {
                404,
                405,
            }
    assert make.again(case).state == "decided"


def test_whoever_is_not_logged_in_is_led_to_the_log_in(client: Client, people: Cast) -> None:
    case, draft = make.answered(people), make.draft(people)
    for url in pages(case, draft):
        if url.startswith(("/track/", "/calculator/")):
            continue
        response = client.get(url)
        assert response.status_code == 302 and response.headers["Location"].startswith(
            "/account/login/?next="
        ), url


def test_personal_pages_are_kept_by_no_cache_and_run_under_the_strict_policy(
    wang: Client, people: Cast
) -> None:
    case, draft = make.answered(people), make.draft(people)
    for url in pages(case, draft):
        response = wang.get(url)
        assert "no-store" in response.headers["Cache-Control"], url
        assert "unsafe" not in response.headers["Content-Security-Policy"]
        body = response.content.decode()
        assert " style=" not in body and " onclick=" not in body and "<style" not in body
        assert "<script>" not in body


@pytest.mark.parametrize(
    "url",
    [
        "/matters/NO-2026-1/",
        "/matters/%00/",
        "/matters/x/clocks/1/",
        "/matters/ZT-2026-000001/clocks/999999999999999999999/",
    ],
)
def test_what_does_not_exist_is_not_found(wang: Client, people: Cast, url: str) -> None:
    make.submitted(people)
    assert wang.get(url).status_code == 404


# --- the list ------------------------------------------------------------------------------------------


def test_what_waits_for_me_comes_first_and_what_is_over_last(wang: Client, people: Cast) -> None:
    closed = make.answered(people)
    actions.confirm(closed, by=people.wang, at=make.MONDAY)
    waiting = make.answered(people)
    under_way = make.submitted(people, at=make.MONDAY + timedelta(days=1))
    rows = wang.get("/matters/").context["rows"]
    assert [(row["case"].pk, row["rank"]) for row in rows] == [
        (waiting.pk, 0),
        (under_way.pk, 1),
        (closed.pk, 2),
    ]


def test_a_list_without_anything_says_what_to_do(wang: Client) -> None:
    assert "/start/direct-line/" in wang.get("/matters/").content.decode()


def test_a_list_of_any_length_costs_the_same_queries(wang: Client, people: Cast) -> None:
    def queries() -> int:
        with CaptureQueriesContext(connection) as seen:
            assert wang.get("/matters/").status_code == 200
        return len(seen)

    for _one in range(2):
        make.dispatched(people)
        make.draft(people)
    queries()
    few = queries()
    for _more in range(9):
        make.answered(people)
        make.dispatched(people)
        make.draft(people)
    assert queries() == few <= MOST_QUERIES_OF_A_LIST


def test_a_long_list_has_pages_and_bears_any_page_number(wang: Client, people: Cast) -> None:
    for _one in range(22):
        make.submitted(people)
    assert len(wang.get("/matters/").context["rows"]) == 20
    assert len(wang.get("/matters/?page=2").context["rows"]) == 2
    for page in ("0", "-1", "x", "99999", "9" * 5000, "\0", ""):
        assert wang.get("/matters/", {"page": page}).status_code == 200


def test_a_colleague_sees_the_companys_matters_and_a_former_one_does_not(
    client: Client, people: Cast
) -> None:
    case = make.submitted(people)
    people.zhao.memberships.update(party=people.company)
    client.force_login(people.zhao)
    assert client.get(f"/matters/{case.number}/").status_code == 200
    people.zhao.memberships.update(until=timezone.localdate() - timedelta(days=1))
    assert client.get(f"/matters/{case.number}/").status_code == 404


# --- one matter ----------------------------------------------------------------------------------------


def matter(wang: Client, case: Case) -> Any:
    return wang.get(f"/matters/{case.number}/")


def test_a_matter_shows_offices_and_never_an_officers_name(wang: Client, people: Cast) -> None:
    people.alice.name, people.bob.name = "李小芳", "张大山"
    people.alice.save(), people.bob.save()
    case = make.answered(people)
    page = matter(wang, case).content.decode()
    assert "住建局" in page
    assert "李小芳" not in page and "张大山" not in page and "alice" not in page


def test_a_matter_masks_the_number_and_hides_what_is_internal(wang: Client, people: Cast) -> None:
    case = make.claimed(people)
    actions.note(case, by=people.alice, at=make.MONDAY, text="内部判断，不外传")
    actions.contact(
        case, by=people.alice, at=make.MONDAY, result="reached", number="13800000001", text="口头约定"
    )
    page = matter(wang, case).content.decode()
    assert "138****0001" in page and "13800000001" not in page
    assert "内部判断" not in page and "口头约定" not in page


def test_the_timeline_names_who_spoke_at_the_time(wang: Client, people: Cast) -> None:
    case = make.claimed(people)
    actions.message(case, by=people.alice, at=make.MONDAY, text="住建局说")
    actions.return_to_centre(case, by=people.alice, at=moment("2026-03-02 10:00"), reason="不属本局职责")
    actions.dispatch(case, by=people.diana, at=moment("2026-03-02 10:05"), office=people.office("swuj"))
    actions.claim(case, by=people.charlie, at=moment("2026-03-02 10:30"))
    actions.message(case, by=people.charlie, at=moment("2026-03-02 11:00"), text="水务局说")
    told = {entry.body: entry for entry in matter(wang, case).context["story"] if entry.body}
    assert told["住建局说"].office.code == "zjj"
    assert told["水务局说"].office.code == "swuj"
    assert "不属本局职责" not in told
    steps = matter(wang, case).context["steps"]
    assert [(step.code, step.round) for step in steps if step.state == "returned"] == [("contact", 1)]


def test_what_enterprises_write_is_text(wang: Client, people: Cast) -> None:
    case = make.submitted(people, text="<img src=x onerror=alert(1)>")
    actions.message(case, by=people.wang, at=make.MONDAY, text="</div><script>alert(2)</script>")
    page = matter(wang, case).content.decode()
    assert "<img src=x" not in page and "<script>alert" not in page


def test_a_matter_offers_what_may_be_done_and_nothing_else(wang: Client, people: Cast) -> None:
    fresh = matter(wang, make.submitted(people)).context
    assert set(fresh["forms"]) == {"message", "attach"}
    assert [verb for verb, _asked in fresh["buttons"]] == ["nudge", "withdraw"]
    answered = make.answered(people)
    assert set(matter(wang, answered).context["forms"]) == {"confirm", "redo", "rate", "message", "attach"}
    actions.confirm(answered, by=people.wang, at=make.MONDAY)
    over = matter(wang, make.again(answered)).context
    assert set(over["forms"]) == {"rate", "message"}
    assert over["buttons"] == []


def test_a_matter_with_a_long_story_costs_the_same_queries(wang: Client, people: Cast) -> None:
    case = make.claimed(people)

    def queries() -> int:
        with CaptureQueriesContext(connection) as seen:
            assert matter(wang, case).status_code == 200
        return len(seen)

    queries()
    few = queries()
    for _one in range(10):
        actions.message(case, by=people.wang, at=make.MONDAY, text="再问一次")
        actions.message(case, by=people.alice, at=make.MONDAY, text="再答一次")
    assert queries() <= few
    assert few <= MOST_QUERIES_OF_A_MATTER
