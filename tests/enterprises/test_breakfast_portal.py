"""The calendar for everybody, sign-up for a company's own people, and nobody named who did not agree."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from enterprises.breakfasts import minutes, room
from enterprises.breakfasts.sign_ups import decline, name_openly
from enterprises.models import Breakfast, SignUp
from servicedesk.accounts.models import User
from servicedesk.desk.models import Membership
from tests.enterprises import make_breakfast as make
from tests.enterprises.make_breakfast import EARLY, SELECTING, SIGNING, Table
from tests.people import SINCE

pytestmark = pytest.mark.django_db
CALENDAR = "/breakfasts/"


@pytest.fixture
def table() -> Table:
    return make.table()


@pytest.fixture
def coming() -> Table:
    """A breakfast that companies may sign up for now."""
    now = timezone.now()
    return make.table(starts_at=now + timedelta(days=10), closes_at=now + timedelta(days=5))


def enter(client: Client, user: User) -> Client:
    client.force_login(user, backend="servicedesk.accounts.backends.ByNameMailOrPhone")
    client.cookies["django_language"] = "en"
    return client


def page(client: Client, path: str) -> str:
    response = client.get(path)
    assert response.status_code == 200
    html = response.content.decode()
    assert " style=" not in html and "<script>" not in html
    return html


def here(table: Table, tail: str = "") -> str:
    return f"{CALENDAR}{table.breakfast.pk}/{tail}"


def guest(table: Table, name: str = "jia") -> tuple[Any, User]:
    company = make.company(f"青岛{name}有限公司")
    return company, make.speaker(name, company)


@pytest.mark.parametrize("language", ["zh-hans", "en", "ru"])
def test_everybody_sees_the_calendar_and_a_breakfast_with_its_rules(
    client: Client, coming: Table, language: str
) -> None:
    client.cookies["django_language"] = language
    assert here(coming) in page(client, CALENDAR)
    html = page(client, here(coming))
    assert "钢结构产业链" in html and "/account/login/" in html
    assert 'name="topics"' not in html


def test_what_is_planned_or_not_to_be_shown_does_not_exist_for_strangers(
    client: Client, table: Table
) -> None:
    table.breakfast.stage = Breakfast.Stage.PLANNED
    table.breakfast.save()
    assert client.get(here(table)).status_code == 404
    hidden = make.breakfast(2, published=False)
    assert client.get(f"{CALENDAR}{hidden.pk}/").status_code == 404
    assert here(table) not in page(client, CALENDAR)


def test_a_company_signs_up_changes_its_words_and_declines(client: Client, coming: Table) -> None:
    company, user = guest(coming)
    enter(client, user)
    assert 'name="topics"' in page(client, here(coming))
    sent = {"company": company.pk, "topics": "厂前道路", "people": 2, "consent": "on"}
    assert client.post(here(coming, "sign-up/"), sent).status_code == 302
    row = SignUp.objects.get()
    assert (row.company, row.by, row.people, row.consent) == (company, user, 2, True)
    html = page(client, here(coming))
    assert "Sign-up is still open" in html and "厂前道路" in html
    client.post(here(coming, "sign-up/"), sent | {"topics": "用工"})
    row.refresh_from_db()
    assert (row.topics, SignUp.objects.count()) == ("用工", 1)
    ask = page(client, here(coming, f"{row.pk}/decline/"))
    assert "may sign up again" in ask
    assert client.post(here(coming, f"{row.pk}/decline/")).status_code == 302
    row.refresh_from_db()
    assert row.standing == "declined"


def test_what_is_wrong_is_said_at_its_field_and_what_was_typed_stays(client: Client, coming: Table) -> None:
    company, user = guest(coming)
    enter(client, user)
    response = client.post(here(coming, "sign-up/"), {"company": company.pk, "topics": " ", "people": 9})
    assert response.status_code == 422
    html = response.content.decode()
    assert "Name at least one topic." in html and 'id="id_topics_error"' in html
    coming.breakfast.closes_at = timezone.now() - timedelta(minutes=1)
    coming.breakfast.save()
    late = client.post(
        here(coming, "sign-up/"), {"company": company.pk, "topics": "很长的一段话", "people": 1}
    )
    assert late.status_code == 409
    assert "很长的一段话" in late.content.decode()
    assert not SignUp.objects.exists()


def test_a_foreign_company_can_neither_be_chosen_nor_its_sign_up_touched(
    client: Client, coming: Table
) -> None:
    company, _user = guest(coming)
    other, stranger = guest(coming, "yi")
    row = make.asked(coming, "bing")
    enter(client, stranger)
    sent = {"company": company.pk, "topics": "厂前道路", "people": 1}
    assert client.post(here(coming, "sign-up/"), sent).status_code == 422
    for tail in (f"{row.pk}/decline/", f"{row.pk}/naming/"):
        assert client.post(here(coming, tail), {"consent": "1"}).status_code == 404
    html = page(client, here(coming))
    assert "青岛bing有限公司" not in html and other.name in html
    row.refresh_from_db()
    assert (row.standing, row.consent) == ("asked", False)


def test_an_expired_session_gives_back_what_was_typed_after_the_log_in(client: Client, coming: Table) -> None:
    company, user = guest(coming)
    enter(client, user)
    page(client, here(coming))
    client.cookies.pop("sessionid")
    sent = {"company": company.pk, "topics": "写了很久的一段话", "people": 2}
    response = client.post(here(coming, "sign-up/"), sent)
    assert response.status_code == 302 and "/account/login/" in response["Location"]
    assert not SignUp.objects.exists()
    client.force_login(user, backend="servicedesk.accounts.backends.ByNameMailOrPhone")
    html = page(client, here(coming, "sign-up/"))
    assert "写了很久的一段话" in html and "You had to log in again" in html
    assert not SignUp.objects.exists()


def test_somebody_of_two_companies_chooses_and_sees_both(client: Client, coming: Table) -> None:
    first, user = guest(coming)
    second = make.company("青岛乙有限公司")
    Membership.objects.create(user=user, party=second.party, since=SINCE)
    enter(client, user)
    html = page(client, here(coming))
    assert f'<option value="{first.pk}"' in html and f'<option value="{second.pk}"' in html
    for company in (first, second):
        client.post(here(coming, "sign-up/"), {"company": company.pk, "topics": "道路", "people": 1})
    assert SignUp.objects.count() == 2
    assert "道路" in page(client, f"{here(coming)}?company={second.pk}")


def test_a_company_reads_why_it_stands_where_it_stands(client: Client, table: Table) -> None:
    make.selected(table, "jia", "yi", "bing")
    words = {"jia": "number 1 of 2 places", "bing": "number 1 on the", "yi": "number 2 of 2 places"}
    for name, sentence in words.items():
        enter(client, User.objects.get(username=name))
        assert sentence in page(client, here(table)), name
    decline(SignUp.objects.get(by__username="jia"), by=User.objects.get(username="jia"), at=SELECTING)
    enter(client, User.objects.get(username="bing"))
    assert "first on the waiting list" in page(client, here(table))


def test_only_companies_that_agreed_are_named_with_what_came_of_it(client: Client, table: Table) -> None:
    make.asked(table, "jia", consent=True)
    make.asked(table, "yi", at=EARLY + timedelta(minutes=1))
    make.signed(table)
    client.cookies["django_language"] = "en"
    for path in (CALENDAR, here(table)):
        html = page(client, path)
        assert "青岛jia有限公司" in html and "四月十日前修通厂前道路" in html
        assert "青岛yi有限公司" not in html
        for personal in ("市委主要领导", "Swb-Head", "Jia", "逐条研究"):
            assert personal not in html
        assert "2 promises" in html
    assert "1 company did not wish to be named" in page(client, here(table))
    row = SignUp.objects.get(by__username="jia")
    name_openly(row, by=row.by, at=SIGNING, consent=False)
    assert "青岛jia有限公司" not in page(client, CALENDAR) + page(client, here(table))


def test_numbers_of_people_that_slipped_into_the_words_are_masked(client: Client, table: Table) -> None:
    (promise,) = make.held(table, "jia", consent=True)
    promise.text = "联系13812345678办理"
    promise.save()
    room.write_minutes(table.breakfast, "纪要", by=table.clerk, at=SIGNING)
    minutes.sign(table.breakfast, by=table.head, at=SIGNING)
    assert "13812345678" not in page(client, here(table))


def test_the_calendar_costs_the_same_few_queries_however_long(
    client: Client, table: Table, django_assert_max_num_queries: Any
) -> None:
    make.signed(table, "jia", "yi", consent=True)
    for number in range(2, 9):
        make.breakfast(number, starts_at=timezone.now() + timedelta(days=number), closes_at=timezone.now())
    with django_assert_max_num_queries(9):
        client.get(CALENDAR)
    enter(client, User.objects.get(username="jia"))
    with django_assert_max_num_queries(15):
        client.get(CALENDAR)
