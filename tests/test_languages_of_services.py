"""The pages of approvals, bundles, projects and breakfasts in Chinese and in Russian, and in nothing else."""

from __future__ import annotations

from typing import Any

import pytest
from django.conf import settings
from django.test import Client

from enterprises.models import BreakfastPromise
from servicedesk.accounts.models import User
from servicedesk.desk import actions
from servicedesk.desk.models import Case
from tests.approvals import opening, permits
from tests.approvals.opening import LICENCE, founder
from tests.enterprises import make_breakfast
from tests.make import again
from tests.people import Cast, cast
from tests.test_languages import english_words
from tests.test_russian_pages import foreign_words

pytestmark = [pytest.mark.once, pytest.mark.django_db]
SPEAKING = {"zh-hans": english_words, "ru": foreign_words}


@pytest.fixture
def people() -> Cast:
    return cast()


def strange(client: Client, language: str, urls: list[str], *data: str) -> dict[str, Any]:
    """Words of another language on each page; a page that does not answer is told as its status."""
    client.cookies[settings.LANGUAGE_COOKIE_NAME] = language
    found: dict[str, Any] = {}
    for url in urls:
        answer = client.get(url)
        told = SPEAKING[language](answer.content.decode(), *data) if answer.status_code == 200 else {"?"}
        if told:
            found[url] = told
    return found


def enter(client: Client, user: User, language: str) -> None:
    user.language = language
    user.save()
    client.force_login(user)


def matters(*cases: Case) -> list[str]:
    return [f"/matters/{case.number}/{page}" for case in cases for page in ("", "received/", "message/")]


@pytest.mark.parametrize("language", SPEAKING)
def test_opening_a_company(client: Client, people: Cast, language: str) -> None:
    who = founder()
    draft, whole = opening.draft(who), opening.submitted(who)
    enter(client, who.user, language)
    part = opening.part(whole, LICENCE)
    urls = ["/matters/", "/start/bundle/?bundle=company-opening", f"/start/bundle/{draft.pk}/"]
    sections = ("company", "people", "premises", "capital", "seals", "tax", "staff", "papers")
    urls += [f"/start/bundle/{draft.pk}/?section={code}" for code in sections]
    urls += matters(whole, part)
    typed = [str(value) for value in opening.ANSWERS.values() if isinstance(value, str)]
    data = [*typed, who.party.name, who.user.name, who.user.username, whole.secret, part.secret]
    data += [str(again(part).title), "6511", "基础软件开发"]
    assert strange(client, language, urls, *data) == {}


@pytest.mark.parametrize("language", SPEAKING)
def test_building_in_stages(client: Client, people: Cast, language: str) -> None:
    permits.serving(people)
    project = permits.project(people, staging="two")
    enter(client, people.wang, language)
    urls = ["/projects/", "/projects/new/", f"/projects/{project.code}/"]
    data = [project.name, project.site, project.contractor, people.company.name, people.wang.name]
    data += [people.wang.username, people.other.name]
    assert strange(client, language, urls, *data) == {}


@pytest.mark.parametrize("language", SPEAKING)
def test_coming_to_breakfast(client: Client, language: str) -> None:
    table = make_breakfast.table()
    rows = make_breakfast.selected(table, "jia", "yi", "bing", consent=True)
    jia = rows[0].by
    enter(client, jia, language)
    urls = ["/breakfasts/", f"/breakfasts/{table.breakfast.pk}/"]
    data = [table.breakfast.theme, table.breakfast.place, *(row.company.party.name for row in rows)]
    data += [row.topics for row in rows] + [jia.name, jia.username]
    assert strange(client, language, urls, *data) == {}


@pytest.mark.parametrize("language", SPEAKING)
def test_what_was_promised_at_breakfast(client: Client, language: str) -> None:
    table = make_breakfast.table()
    (case,) = make_breakfast.signed(table, "jia", consent=True)
    promise = BreakfastPromise.objects.get(case=case)
    jia = User.objects.get(username="jia")
    enter(client, jia, language)
    data = [promise.text, promise.leader, table.breakfast.theme, table.breakfast.place, jia.name, "jia"]
    data += [promise.company.party.name, case.secret, case.title, "厂前道路未通", "尽快修通", "jia：厂前道路"]
    data += ["企业家“早餐会”第1期会议纪要", "水务局"]
    actions.message(case, by=jia, at=make_breakfast.SIGNING, text="jia：厂前道路")
    assert strange(client, language, ["/breakfasts/", *matters(case)], *data) == {}
