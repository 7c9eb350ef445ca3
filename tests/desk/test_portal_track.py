"""Looking a matter up with number and secret, and the calculator: for everyone, and hard to abuse."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.test import Client

from servicedesk.desk import actions
from servicedesk.desk.models import Case
from servicedesk.desk.throttles import ByAddress, ByNumber
from tests import make
from tests.people import Cast

pytestmark = pytest.mark.django_db
TRACK = "/track/"


def look_up(client: Client, number: str, secret: str, address: str = "10.0.0.1") -> Any:
    return client.post(TRACK, {"number": number, "secret": secret}, REMOTE_ADDR=address)


def is_shown(response: Any, case: Case) -> bool:
    return response.status_code == 200 and response.context.get("case") == case


# --- the look-up ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "write",
    [
        lambda text: text,
        lambda text: text.lower(),
        lambda text: f"  {text} ",
        lambda text: " ".join([text[:4], text[4:]]),
    ],
    ids=["plain", "small", "padded", "spaced"],
)
def test_number_and_secret_open_the_matter_however_they_are_typed(
    client: Client, people: Cast, write: Any
) -> None:
    case = make.answered(people)
    assert is_shown(look_up(client, write(case.number), write(case.secret)), case)


def test_the_page_holds_no_personal_data(client: Client, people: Cast) -> None:
    case = make.claimed(people)
    contact = {"result": "reached", "number": "13800000001", "text": "王经理说话"}
    actions.contact(case, by=people.alice, at=make.MONDAY, **contact)
    actions.message(case, by=people.wang, at=make.MONDAY, text="我的身份证号 370281199001011234")
    actions.give_opinion(case, by=people.alice, at=make.MONDAY, text="先抽排，请联系 13912345678。")
    page = look_up(client, case.number, case.secret).content.decode()
    for private in (
        *("13800000001", "王经理", "3702811990", "13912345678", "厂门口积水", people.company.name),
        *("Alice", case.secret, case.direct_line.text),
    ):
        assert private not in page, private
    assert "先抽排，请联系 1391******5678。" in page


def test_it_is_neither_kept_nor_indexed(client: Client, people: Cast) -> None:
    case = make.submitted(people)
    for response in (client.get(TRACK), look_up(client, case.number, case.secret)):
        assert "no-store" in response.headers["Cache-Control"]
        assert "noindex" in response.headers["X-Robots-Tag"]
        assert 'name="robots" content="noindex' in response.content.decode()


def test_an_unknown_number_and_a_wrong_secret_get_the_same_answer(client: Client, people: Cast) -> None:
    case = make.submitted(people)
    wrong = look_up(client, case.number, "AAAAAAAAAA")
    unknown = look_up(client, "ZT-2026-999999", "AAAAAAAAAA")
    assert wrong.status_code == unknown.status_code == 422
    said = [str(response.context["form"].errors) for response in (wrong, unknown)]
    assert said[0] == said[1]


def test_a_draft_is_not_found_by_an_empty_secret(client: Client, people: Cast) -> None:
    case = make.submitted(people)
    Case.objects.filter(pk=case.pk).update(secret="")
    for secret in ("0000000000", "", " "):
        assert look_up(client, case.number, secret).status_code == 422


@pytest.mark.parametrize("number", ["", "\0", "x" * 5000, "' OR 1=1 --", "ZT-2026-000001\0", "😀", "%"])
@pytest.mark.parametrize("secret", ["", "\0", "ß" * 10, "秘" * 10, "x" * 5000])
def test_strange_input_is_only_a_wrong_answer(client: Client, people: Cast, number: str, secret: str) -> None:
    assert look_up(client, number, secret).status_code == 422


def test_the_number_of_the_search_is_filled_in(client: Client) -> None:
    assert client.get(f"{TRACK}?number=ZT-2026-000318").context["form"]["number"].value() == "ZT-2026-000318"
    assert client.get(TRACK, {"number": "\0" + "x" * 9000}).status_code == 200


# --- how often -----------------------------------------------------------------------------------------


def test_one_address_may_ask_only_so_often(client: Client, people: Cast) -> None:
    case = make.submitted(people)
    most = ByAddress().num_requests
    for _one in range(most):
        assert look_up(client, f"ZT-2026-{_one:06}", "AAAAAAAAAA").status_code == 422
    response = look_up(client, case.number, case.secret)
    assert response.status_code == 429
    assert int(response.headers["Retry-After"]) >= 1
    assert is_shown(look_up(client, case.number, case.secret, address="10.0.0.2"), case)


def test_one_number_bears_only_so_many_wrong_secrets_from_anywhere(client: Client, people: Cast) -> None:
    case = make.submitted(people)
    for one in range(ByNumber("").num_requests):
        assert look_up(client, case.number, "AAAAAAAAAA", address=f"10.1.0.{one}").status_code == 422
    response = look_up(client, case.number, case.secret, address="10.2.0.1")
    assert response.status_code == 429 and "Retry-After" in response.headers


def test_right_secrets_do_not_count_against_a_number(client: Client, people: Cast) -> None:
    case = make.submitted(people)
    for one in range(ByNumber("").num_requests + 5):
        assert is_shown(look_up(client, case.number, case.secret, address=f"10.3.0.{one}"), case)


# --- the calculator ------------------------------------------------------------------------------------


def reckon(client: Client, **asked: str) -> Any:
    return client.get("/calculator/", asked)


@pytest.mark.parametrize(
    ("start", "term", "unit", "due"),
    [
        ("2026-03-03T09:00", "5", "working_days", "2026-03-10 17:00"),
        ("2026-09-28T10:00", "10", "working_days", "2026-10-16 17:00"),
        ("2026-03-03T11:30", "60", "working_minutes", "2026-03-03 14:00"),
        ("2026-01-31 09:00", "1", "months", "2026-02-28 17:00"),
        ("2026/03/03 09:00", "3", "calendar_days", "2026-03-06 17:00"),
    ],
)
def test_the_calculator_answers_as_the_clocks_do(
    client: Client, start: str, term: str, unit: str, due: str
) -> None:
    response = reckon(client, start=start, term=term, unit=unit)
    assert response.status_code == 200
    assert f"{response.context['due']:%Y-%m-%d %H:%M}" == due
    assert "statement" in response.content.decode()


def test_pauses_move_the_date_and_an_open_one_takes_it_away(client: Client) -> None:
    asked = {"start": "2026-03-03T09:00", "term": "5", "unit": "working_days", "since1": "2026-03-04T09:00"}
    paused = reckon(client, **asked, until1="2026-03-05T09:00")
    assert f"{paused.context['due']:%Y-%m-%d %H:%M}" == "2026-03-11 17:00"
    standing = reckon(client, **asked)
    assert standing.context["due"] is None and standing.context["remaining"] == 5


GOOD = {"start": "2026-03-03T09:00", "term": "5", "unit": "working_days"}


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"start": ""}, "start"),
        ({"start": "tomorrow"}, "start"),
        ({"start": "1999-12-31T09:00"}, "start"),
        ({"start": "9999-12-31T23:59"}, "start"),
        ({"start": "0001-01-01T00:00"}, "start"),
        ({"start": "\0"}, "start"),
        ({"term": ""}, "term"),
        ({"term": "0"}, "term"),
        ({"term": "-5"}, "term"),
        ({"term": "1e9"}, "term"),
        ({"term": "9" * 5000}, "term"),
        ({"term": "99999"}, "term"),
        ({"term": "1.5"}, "term"),
        ({"unit": "fortnights"}, "unit"),
        ({"unit": ""}, "unit"),
        ({"start": "2060-12-01T09:00", "term": "3000"}, "start"),
        ({"since1": "2026-03-05T09:00", "until1": "2026-03-04T09:00"}, "until1"),
        ({"until2": "2026-03-04T09:00"}, "since2"),
        ({"since3": "never"}, "since3"),
        ({"since1": "0001-01-01T00:00"}, "since1"),
    ],
    ids=lambda value: str(value)[:40],
)
@pytest.mark.parametrize("language", ["zh-hans", "en", "ru"])
def test_what_cannot_be_reckoned_is_said_at_its_field(
    client: Client, wrong: dict[str, str], field: str, language: str
) -> None:
    client.cookies["django_language"] = language
    response = reckon(client, **GOOD | wrong)
    assert response.status_code == 422
    assert field in response.context["form"].errors, response.context["form"].errors
    for name, value in (GOOD | wrong).items():
        assert response.context["form"][name].value() == value.replace("\0", "")


def test_the_longest_statement_still_answers(client: Client) -> None:
    response = reckon(client, start="2020-01-01T09:00", term="1000000", unit="working_minutes")
    assert response.status_code == 200
    assert response.context["is_cut"]


def test_a_year_without_an_official_calendar_says_so(client: Client) -> None:
    assert reckon(client, start="2031-03-03T09:00", term="5", unit="working_days").context["provisional"]


def test_the_calculator_only_reads(client: Client) -> None:
    assert client.post("/calculator/", GOOD).status_code == 405
    assert json.dumps(GOOD) not in client.get("/calculator/").content.decode()
