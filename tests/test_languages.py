"""Both catalogues say everything, and both faces of the house speak Chinese: no English is left on a page."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import allauth
import django
import import_export
import polib
import pytest
from django.conf import settings
from django.template.loader import render_to_string
from django.test import Client
from django.utils.translation import override

from enterprises.models import Company
from servicedesk.accounts.models import User
from servicedesk.desk import actions, letters, notices
from servicedesk.desk.models import Case, Limit
from tests import make
from tests.entering import enter_desk
from tests.people import Cast, cast, person, posted
from tests.reading import ROOT, asked_in, latin_words, said_by

pytestmark = pytest.mark.once
CATALOGUES = {name: ROOT / "locale" / name / "LC_MESSAGES" / "django.po" for name in ("zh_Hans", "ru")}
# Better words than the packages have for theirs.
LIBRARIES = ROOT / "locale" / "libraries" / "zh_Hans" / "LC_MESSAGES" / "django.po"
TEMPLATES = ("templates/**/*.*", "servicedesk/*/templates/**/*.*", "enterprises/templates/**/*.*")
MODULES = ("servicedesk/**/*.py", "enterprises/**/*.py", "approvals/**/*.py")

# Written so in Chinese as well; and the other languages are called by their own names.
BORROWED = {"Cookie", "English", "If", "JSON", "Match", "UUID", "YAML", "answered", "audit", "docx"}
# A comma, colon or mark of the half-width kind after a Chinese character.
HALF_WIDTH = re.compile(r"[\u3400-\u9fff][,;:?!]|[\u3400-\u9fff]\(|\)[\u3400-\u9fff]")


# --- the catalogues ------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", CATALOGUES)
def test_nothing_waits_for_a_translation(name: str) -> None:
    file = polib.pofile(str(CATALOGUES[name]))
    assert [entry.msgid for entry in file.untranslated_entries()] == []
    assert [entry.msgid for entry in file.fuzzy_entries()] == []
    assert [entry.msgid for entry in file.obsolete_entries()] == []


def test_every_message_of_the_house_is_in_the_chinese_catalogue() -> None:
    known = {(entry.msgctxt or "", entry.msgid) for entry in polib.pofile(str(CATALOGUES["zh_Hans"]))}
    known |= {("", entry.msgid) for entry in polib.pofile(str(LIBRARIES))}
    wanting = {text: place for text, place in asked_in(TEMPLATES, MODULES).items() if text not in known}
    assert wanting == {}, "run makemessages -l zh_Hans, translate, compilemessages"


def said_in(path: Path) -> Iterator[tuple[str, str]]:
    for entry in polib.pofile(str(path)):
        for said in (entry.msgstr, *entry.msgstr_plural.values()):
            yield entry.msgid, re.sub(r"%\(\w+\)[sdr]|%[sd]|\{[^}]*\}|<[^>]*>", "", said)


@pytest.mark.parametrize("path", [CATALOGUES["zh_Hans"], LIBRARIES], ids=["ours", "libraries"])
def test_the_chinese_of_a_message_is_not_its_english_and_is_set_as_chinese(path: Path) -> None:
    for message, said in said_in(path):
        assert not latin_words(said) - BORROWED - {"case"}, (message, said)
        assert not HALF_WIDTH.search(said), (message, said)


def test_the_packages_still_ask_for_the_words_we_give_them() -> None:
    asked: set[str] = set()
    for package in (django, allauth, import_export):
        for source in Path(package.__path__[0]).rglob("locale/ru/LC_MESSAGES/django.po"):
            asked |= {entry.msgid for entry in polib.pofile(str(source))}
        for source in Path(package.__path__[0]).rglob("locale/en/LC_MESSAGES/django.po"):
            asked |= {entry.msgid for entry in polib.pofile(str(source))}
    assert {entry.msgid for entry in polib.pofile(str(LIBRARIES))} - asked == set()


# --- the portal ----------------------------------------------------------------------------------------


def english_words(page: str, *data: str) -> set[str]:
    return latin_words(said_by(page, "zh-hans", *data)) - BORROWED


PUBLIC = [
    *("/", "/help/", "/accessibility/", "/privacy/", "/figures/"),
    *("/search/?q=水", "/search/?q=", "/nowhere/"),
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
def test_a_public_page_holds_no_english(client: Client, url: str) -> None:
    page = client.get(url).content.decode()
    assert '<html lang="zh-hans"' in page
    assert english_words(page) == set()


@pytest.mark.parametrize("template", sorted(path.name for path in (ROOT / "templates").glob("[45]*.html")))
def test_an_error_page_holds_no_english(template: str) -> None:
    with override("zh-hans"):
        assert english_words(render_to_string(template)) == set()


@pytest.fixture
def people(db: Any) -> Cast:
    return cast()


def names_of(*rows: Any) -> list[str]:
    """What stays as it is: people's names and log-in names, secrets, codes."""
    found: list[str] = []
    for row in rows:
        found += [row.name, row.username] if isinstance(row, User) else [row.secret]
    return found


def test_the_pages_of_a_company_hold_no_english(client: Client, people: Cast) -> None:
    waiting, done, draft = make.claimed(people), make.answered(people), make.draft(people)
    client.force_login(people.wang)
    urls = ["/", "/matters/", "/notices/", "/companies/", "/account/2fa/", "/account/password/change/"]
    urls += ["/account/email/", "/account/logout/", "/start/direct-line/"]
    urls += [f"/start/direct-line/{draft.pk}/{page}" for page in ("", "check/", "delete/")]
    for case in (waiting, done):
        pages = ("", "received/", "confirm/", "redo/", "rate/", "message/", "attach/", "nudge/", "withdraw/")
        urls += [f"/matters/{case.number}/{page}" for page in pages]
        urls += [f"/matters/{case.number}/clocks/{clock.pk}/" for clock in case.clocks.all()]
    assert english_on(client, urls, *names_of(people.wang, waiting, done)) == {}


def english_on(client: Client, urls: list[str], *data: str) -> dict[str, set[str]]:
    found = {url: english_words(client.get(url).content.decode(), *data) for url in urls}
    return {url: words for url, words in found.items() if words}


def test_what_a_company_is_refused_holds_no_english(client: Client, people: Cast) -> None:
    done = make.answered(people)
    client.force_login(people.wang)
    sent: dict[str, dict[str, Any]] = {
        "/start/direct-line/": {"text": "", "contact_phone": "x"},
        "/track/": {"number": "ZT-2026-000001", "secret": "乙"},
        f"/matters/{done.number}/redo/": {"version": done.version, "reason": ""},
        f"/matters/{done.number}/rate/": {"version": done.version},
        f"/matters/{done.number}/message/": {"version": done.version + 7, "text": "补充材料"},
        "/account/login/": {"login": "", "password": ""},
        "/account/password/change/": {"oldpassword": "x", "password1": "1", "password2": "2"},
    }
    data = names_of(people.wang, done)
    found = {url: english_words(client.post(url, form).content.decode(), *data) for url, form in sent.items()}
    assert {url: words for url, words in found.items() if words} == {}


@pytest.mark.parametrize("verb", sorted(letters.TO_APPLICANT))
def test_a_letter_holds_no_english(people: Cast, verb: str) -> None:
    case = make.claimed(people)
    event = case.events.latest("seq")
    event.verb = verb
    promises = letters.open_promises(case.clocks.all())
    told = {"office": case.office, "sentence": letters.TO_APPLICANT[verb], "words": "", "clocks": promises}
    subject, body = notices.rendered(notices.Telling(event, [], "applicant", told), "zh-hans", is_staff=False)
    assert english_words(f"{subject}\n{body}") == set()
    assert "2026 年 " in body


# --- the desk ------------------------------------------------------------------------------------------

# Codes stand on these pages as what they are; ticks and crosses get their words from `labels.js`.
CODES = ["direct-line", "company", "contact", "dispatch", "opinion", "resolve", "True", "False"]


def bench(case: Case) -> str:
    return f"/desk/desk/case/{case.pk}/change/"


@pytest.mark.parametrize("who", ["diana", "alice", "bob"])
def test_the_work_of_the_desk_holds_no_english(client: Client, people: Cast, who: str) -> None:
    fresh, waiting, done = make.submitted(people), make.claimed(people), make.answered(people)
    actions.note(waiting, by=people.alice, at=make.MONDAY, text="下周二检测。")
    enter_desk(client, getattr(people, who))
    urls = ["/desk/", "/desk/desk/case/", "/desk/desk/case/?tab=all", "/desk/desk/case/?tab=all&q=无此内容"]
    urls += [bench(case) for case in (fresh, waiting, done)]
    urls += [f"/desk/cases/{waiting.number}/clocks/{clock.pk}/" for clock in waiting.clocks.all()]
    cast_names = names_of(*(each for each in vars(people).values() if isinstance(each, User)))
    assert english_on(client, urls, *cast_names) == {}


REGISTERS = {
    "diana": (
        *("accounts/office/add/", "desk/limit/", "desk/limit/add/", "desk/alarmrule/", "desk/alarmrule/add/"),
        *("desk/signoffrule/", "desk/calendarnotice/", "desk/calendarnotice/add/", "desk/officehours/"),
        *("desk/officehours/add/", "desk/notice/", "desk/alarm/", "desk/party/", "desk/membership/add/"),
        *("enterprises/company/", "enterprises/company/add/", "enterprises/company/import/"),
        *("enterprises/company/export/", "enterprises/sizebound/", "enterprises/industry/"),
    ),
    "security": ("accounts/user/add/", "accounts/post/", "accounts/post/add/"),
    "auditor": ("desk/chainroot/",),
    "system": ("desk/notice/", "desk/alarm/"),
}


@pytest.mark.parametrize("who", REGISTERS)
def test_the_registers_of_the_desk_hold_no_english(client: Client, people: Cast, who: str) -> None:
    make.claimed(people)
    Company.objects.create(party=people.company)
    known = vars(people).get(who) or posted(person(who), "fwzx", who)
    enter_desk(client, known)
    names = names_of(*(vars(people)[name] for name in vars(people) if name not in {"company", "other"}))
    urls = [f"/desk/{page}" for page in REGISTERS[who]]
    codes = [code for row in Limit.objects.values_list("subject", "clock") for code in row]
    assert {url: client.get(url).status_code for url in urls} == dict.fromkeys(urls, 200)
    assert english_on(client, urls, *names, *names_of(known), *CODES, *codes, settings.SITE_URL) == {}
