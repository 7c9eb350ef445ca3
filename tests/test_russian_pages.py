"""A company that reads Russian meets no sentence in another language: in the catalogue, and on the pages."""

import re
from collections.abc import Iterator
from typing import Any

import polib
import pytest
from django.conf import settings
from django.template.loader import render_to_string
from django.test import Client
from django.utils.translation import override

from servicedesk.desk import actions, letters, notices
from tests import make
from tests.people import Cast, cast
from tests.reading import ROOT, Asked, asked_in, latin_words, said_by

CATALOGUE = ROOT / "locale" / "ru" / "LC_MESSAGES" / "django.po"
pytestmark = pytest.mark.once
# What a company may see, or be told. The admin speaks Chinese and English.
TEMPLATES = (
    "*.html",
    "approvals/**/*",
    "enterprises/**/*",
    "portal/**/*",
    "account/**/*",
    "mfa/**/*",
    "notices/*",
    "desk/pieces/*",
)
MODULES = (
    "servicedesk/portal/**/*.py",
    "servicedesk/accounts/**/*.py",
    "servicedesk/desk/*.py",
    "servicedesk/desk/actions/*.py",
    "servicedesk/desk/files/*.py",
    "servicedesk/desk/models/*.py",
    "servicedesk/desk/views/*.py",
    "approvals/*.py",
    "approvals/bundles/*.py",
    "approvals/construction/*.py",
    "approvals/forms/*.py",
    "approvals/kinds/*.py",
    "approvals/models/*.py",
    "enterprises/*.py",
    "enterprises/breakfasts/*.py",
    "enterprises/kinds/*.py",
    "enterprises/models/*.py",
)
CHINESE = re.compile(r"[\u3400-\u9fff]+")
# Russian writes it so.
BORROWED = {"audit", "cookie", "If", "JSON", "Match", "UUID", "WeCom", "YAML"}


# --- the catalogue -------------------------------------------------------------------------------------


def asked() -> dict[Asked, str]:
    """Every message a company may meet, with the file that asks for it."""
    return asked_in(tuple(f"templates/{pattern}" for pattern in TEMPLATES), MODULES)


def test_every_message_a_company_may_meet_has_its_russian() -> None:
    catalogue = polib.pofile(str(CATALOGUE))
    told = {(entry.msgctxt or "", entry.msgid) for entry in catalogue.translated_entries()}
    wanting = {text: place for text, place in asked().items() if text not in told}
    assert wanting == {}, "run makemessages -l ru, translate, compilemessages"


def test_a_counted_noun_has_all_the_forms_of_django() -> None:
    catalogue = polib.pofile(str(CATALOGUE))
    assert catalogue.metadata["Plural-Forms"].startswith("nplurals=4;")
    for entry in catalogue:
        if entry.msgid_plural and not entry.obsolete:
            assert sorted(entry.msgstr_plural) == [0, 1, 2, 3] and all(entry.msgstr_plural.values()), (
                entry.msgid
            )


def test_the_russian_of_a_message_is_not_its_english() -> None:
    """A message left as it was would pass for translated."""
    wanted = asked()
    for entry in polib.pofile(str(CATALOGUE)).translated_entries():
        if (entry.msgctxt or "", entry.msgid) in wanted:
            said = " ".join([entry.msgstr, *entry.msgstr_plural.values()])
            rest = re.sub(r"%\(\w+\)[sd]|\{\w*\}|<[^>]*>", "", said)
            assert not latin_words(rest) - BORROWED, (entry.msgid, said)


# --- the pages -----------------------------------------------------------------------------------------


def foreign_words(page: str, *data: str) -> set[str]:
    """Words in Latin letters and in Chinese, without those of the data."""
    text = said_by(page, "ru", *data)
    return (latin_words(text) - BORROWED) | set(CHINESE.findall(text))


@pytest.fixture
def russian(client: Client) -> Client:
    client.cookies[settings.LANGUAGE_COOKIE_NAME] = "ru"
    return client


PUBLIC = [
    *(
        "/",
        "/help/",
        "/accessibility/",
        "/privacy/",
        "/figures/",
        "/search/?q=вода",
        "/search/?q=",
        "/nowhere/",
    ),
    *("/track/", "/calculator/", "/calculator/?start=x&term=0&unit=working_days"),
    "/calculator/?start=2026-09-28T10:00&term=8&unit=working_days&since1=2026-10-12T09:00",
    "/calculator/?start=2026-12-28T10:00&term=700&unit=working_minutes",
    "/calculator/?start=2029-12-28T10:00&term=10&unit=calendar_days",
    *("/guides/", "/guides/food-licence/", "/guides/company-opening/", "/guides/construction-permit/"),
    *("/bundles/company-opening/", "/breakfasts/", "/verify/"),
    *("/account/login/", "/account/password/reset/", "/account/password/reset/done/", "/account/signup/"),
]


@pytest.mark.django_db
@pytest.mark.parametrize("url", PUBLIC)
def test_a_public_page_speaks_russian_alone(russian: Client, url: str) -> None:
    page = russian.get(url).content.decode()
    assert '<html lang="ru"' in page
    assert foreign_words(page) == set()


@pytest.mark.parametrize("template", sorted(path.name for path in (ROOT / "templates").glob("[45]*.html")))
def test_an_error_page_speaks_russian_alone(template: str) -> None:
    with override("ru"):
        assert foreign_words(render_to_string(template)) == set()


@pytest.fixture
def people(db: Any) -> Cast:
    people = cast()
    people.wang.language = "ru"
    people.wang.save()
    return people


@pytest.fixture
def wang(russian: Client, people: Cast) -> Client:
    russian.force_login(people.wang)
    return russian


def data_of(people: Cast) -> list[str]:
    """What people typed, and the names of the house that stay as they are."""
    return [
        *(people.company.name, people.other.name, people.wang.name, people.wang.username, people.wang.email),
        *(
            "厂门口积水，货车进不来。",
            "厂门口积水",
            "先抽排，再清淤。",
            "已清淤，积水已退。",
            "补充材料",
            "王",
        ),
    ]


def urls_of(number: str) -> Iterator[str]:
    yield from (f"/matters/{number}/", f"/matters/{number}/received/")
    verbs = ("confirm", "redo", "rate", "message", "attach", "nudge", "withdraw", "supplement")
    yield from (f"/matters/{number}/{verb}/" for verb in verbs)


def test_the_pages_of_a_company_speak_russian_alone(wang: Client, people: Cast) -> None:
    waiting, done, draft = make.claimed(people), make.answered(people), make.draft(people)
    actions.message(waiting, by=people.wang, at=make.MONDAY, text="补充材料")
    start = f"/start/direct-line/{draft.pk}/"
    urls = [
        *("/matters/", "/notices/", "/companies/", "/account/2fa/", "/account/password/change/"),
        "/account/logout/",
    ]
    urls += ["/start/direct-line/", start, f"{start}check/", f"{start}delete/", "/"]
    for case in (waiting, done):
        urls += urls_of(case.number or "")
        urls += [f"/matters/{case.number}/clocks/{clock.pk}/" for clock in case.clocks.all()]
    data = [*data_of(people), waiting.secret, done.secret]
    found = {url: foreign_words(wang.get(url).content.decode(), *data) for url in urls}
    assert {url: words for url, words in found.items() if words} == {}


def test_what_a_company_is_refused_it_is_told_in_russian(wang: Client, people: Cast) -> None:
    done = make.answered(people)
    asked_for = {
        "/start/direct-line/": {"text": "", "contact_phone": "x"},
        "/track/": {"number": "ZT-2026-000001", "secret": "AAAAAAAAAA"},
        f"/matters/{done.number}/redo/": {"version": done.version, "reason": ""},
        f"/matters/{done.number}/rate/": {"version": done.version},
        f"/matters/{done.number}/supplement/": {"version": done.version, "text": "补充材料"},
        f"/matters/{done.number}/message/": {"version": done.version + 7, "text": "补充材料"},
        "/account/login/": {"login": "", "password": ""},
    }
    found = {
        url: foreign_words(wang.post(url, sent).content.decode(), *data_of(people), "AAAAAAAAAA")
        for url, sent in asked_for.items()
    }
    assert {url: words for url, words in found.items() if words} == {}


def test_who_looks_up_by_number_reads_russian_alone(russian: Client, people: Cast) -> None:
    case = make.answered(people)
    page = russian.post(
        "/track/", {"number": case.number, "secret": case.secret}, follow=True
    ).content.decode()
    assert str(case.number) in page
    assert foreign_words(page, *data_of(people)) == set()


@pytest.mark.parametrize("verb", sorted(letters.TO_APPLICANT))
def test_a_letter_speaks_russian_alone(people: Cast, verb: str) -> None:
    case = make.claimed(people)
    event = case.events.latest("seq")
    event.verb = verb
    promises = letters.open_promises(case.clocks.all())
    told = {"office": case.office, "sentence": letters.TO_APPLICANT[verb], "words": "", "clocks": promises}
    subject, body = notices.rendered(notices.Telling(event, [], "applicant", told), "ru", is_staff=False)
    assert foreign_words(f"{subject}\n{body}", *data_of(people)) == set()
    assert "2026 г." in body
