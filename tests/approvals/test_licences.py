"""Licences: granted once, their state asked and never stored, shown to everyone without personal data."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import override

from approvals.documents import licences
from approvals.documents.licences import Standing, certificate_of, grant_licence, standing_of
from approvals.documents.listing import listed
from approvals.models import Licence
from servicedesk.desk import actions
from servicedesk.desk.models import Case, Event, Party
from servicedesk.desk.numbers import SECRET_ALPHABET
from tests.approvals import issuing, make
from tests.approvals.issuing import WEDNESDAY
from tests.desk.staff import enter
from tests.make import again, moment
from tests.pdf_reading import information, pages, text
from tests.people import Cast, cast, person

pytestmark = [pytest.mark.once, pytest.mark.django_db]
ON = date(2026, 3, 4)


@pytest.fixture
def people() -> Iterator[Cast]:
    found = cast()
    make.item(result=make.words("食品经营许可证"), licence_months=60)
    with issuing.issuing():
        yield found


def granting(people: Cast, number: str = "") -> tuple[Case, Event]:
    case = make.accepted(people)
    if number:
        case.application.result_number = number  # type: ignore[attr-defined]
        case.application.save()  # type: ignore[attr-defined]
    event = actions.decide(case, by=people.alice, at=WEDNESDAY, outcome="granted", text="准予。")
    return again(case), event


def granted(people: Cast, number: str = "") -> Licence:
    case, event = granting(people, number)
    return grant_licence(case, event, WEDNESDAY)


def at(text: str) -> Any:
    return moment(f"{text} 10:00")


# Granting


def test_a_grant_brings_one_licence_however_often_it_is_asked_for(people: Cast) -> None:
    case, event = granting(people, "JY13702810000001")
    first = grant_licence(case, event, WEDNESDAY)
    assert grant_licence(again(case), event, at("2026-05-01")) == first
    assert Licence.objects.count() == 1
    assert (first.number, first.item_code) == ("JY13702810000001", "test-licence")
    assert (first.holder, first.office) == (people.company, case.office)
    assert first.name["zh-hans"] == "食品经营许可证"


def test_a_licence_without_a_number_of_its_own_bears_that_of_its_matter(people: Cast) -> None:
    licence = granted(people)
    assert licence.number == licence.case.number
    case, event = granting(people)
    assert grant_licence(case, event, WEDNESDAY, number="370281202603040101").number == "370281202603040101"


def test_a_licence_holds_for_its_months_and_ends_with_the_day_before(people: Cast) -> None:
    licence = granted(people)
    assert (licence.valid_from, licence.valid_until) == (ON, date(2031, 3, 3))


def test_a_licence_belongs_to_whom_the_matter_concerns(people: Cast) -> None:
    case, event = granting(people)
    case.about = people.other
    assert grant_licence(case, event, WEDNESDAY).holder == people.other


@pytest.mark.parametrize(
    ("first", "months", "last"),
    [
        (date(2026, 1, 31), 1, date(2026, 2, 27)),
        (date(2024, 2, 29), 12, date(2025, 2, 27)),
        (date(2026, 1, 1), 12, date(2026, 12, 31)),
        (date(2026, 1, 1), None, None),
        (date(2026, 1, 1), 0, None),
    ],
)
def test_the_last_day_of_so_many_months(first: date, months: int | None, last: date | None) -> None:
    assert licences.last_day(first, months) == last


def test_tokens_cannot_be_guessed_and_can_be_typed() -> None:
    found = {licences.new_token() for _each in range(500)}
    assert len(found) == 500
    assert all(len(token) == 20 and set(token) <= set(SECRET_ALPHABET) for token in found)
    token = found.pop()
    assert licences.normalised(f" {licences.grouped(token).lower()} ") == token


# How it stands


def test_a_licence_stands_by_its_dates(people: Cast) -> None:
    licence = granted(people)
    assert standing_of(licence, at("2026-03-03")) == Standing("not_yet", ON)
    assert standing_of(licence, at("2026-03-04")) == Standing("valid")
    assert standing_of(licence, moment("2031-03-03 23:59")) == Standing("valid")
    assert standing_of(licence, moment("2031-03-04 00:00")) == Standing("expired", date(2031, 3, 3))


def test_a_licence_without_end_never_expires(people: Cast) -> None:
    licence = granted(people)
    licence.valid_until = None
    assert standing_of(licence, at("2099-01-01")).holds


def test_a_revocation_holds_from_its_day_on_and_goes_before_all_else(people: Cast) -> None:
    licence = granted(people)
    licence.revoked_on, licence.revoked_why = date(2026, 6, 1), "以欺骗手段取得"
    assert standing_of(licence, at("2026-05-31")).holds
    assert standing_of(licence, at("2026-06-01")).state == "revoked"
    assert standing_of(licence, at("2040-01-01")).state == "revoked"


def test_a_successor_replaces_from_its_own_first_day_on(people: Cast) -> None:
    old, new = granted(people), granted(people)
    new.valid_from = date(2026, 7, 1)
    old.replaced_by = new
    assert standing_of(old, at("2026-06-30")).holds
    assert standing_of(old, at("2026-07-01")) == Standing("replaced", date(2026, 7, 1), new.number)


def test_a_lapsed_life_ends_the_licence(people: Cast) -> None:
    licence = granted(people)
    life = make.submitted(people)
    Case.objects.filter(pk=life.pk).update(state="closed", outcome="lapsed", closed_at=at("2026-06-10"))
    licence.life = again(life)
    assert standing_of(licence, at("2026-06-09")).holds
    assert standing_of(licence, at("2026-06-10")) == Standing("lapsed", date(2026, 6, 10))


def test_a_life_that_ended_otherwise_ends_no_licence(people: Cast) -> None:
    licence = granted(people)
    life = make.submitted(people)
    Case.objects.filter(pk=life.pk).update(state="closed", outcome="completed", closed_at=at("2026-06-10"))
    licence.life = again(life)
    assert standing_of(licence, at("2026-06-11")).holds


def test_a_lapse_nobody_recorded_yet_is_known(people: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is true from its legal moment, whatever the software does."""
    licence = granted(people)
    licence.life = make.submitted(people)
    clock = licence.life.clocks.get(code="check")
    monkeypatch.setattr(licences, "befallen", lambda case, at: ("lapse", clock))
    assert clock.due_at is not None
    assert standing_of(licence, at("2026-06-10")) == Standing("lapsed", timezone.localdate(clock.due_at))
    monkeypatch.setattr(licences, "befallen", lambda case, at: ("deem_accepted", clock))
    assert standing_of(licence, at("2026-06-10")).holds


def test_how_it_stands_is_in_no_column() -> None:
    names = {field.name for field in Licence._meta.concrete_fields}
    assert not names & {"state", "status", "is_valid", "valid", "lapsed_on", "expired_on"}


# The certificate


def test_a_certificate_names_holder_days_and_the_way_to_verify_it(people: Cast, settings: Any) -> None:
    settings.SITE_URL = "https://desk.example.gov.cn"
    licence = granted(people, "JY13702810000001")
    content = certificate_of(licence)
    words = text(content)
    for each in (
        "食品经营许可证",
        "青岛长江钢构有限公司",
        "91370281MA0000015W",
        "JY13702810000001",
        "2026年3月4日至2031年3月3日",
        "胶州市住建局",
        licences.grouped(licence.token),
        "https://desk.example.gov.cn/verify/",
    ):
        assert each in words
    assert information(content, "Title") == "食品经营许可证"
    assert len(pages(content)) == 1


def test_the_same_licence_gives_the_same_bytes_in_every_language(people: Cast) -> None:
    licence = granted(people)
    found = set()
    for language in ("zh-hans", "en", "ru"):
        with override(language):
            found.add(certificate_of(Licence.objects.get(pk=licence.pk)))
    assert len(found) == 1


def test_the_code_leads_to_the_public_page(people: Cast, settings: Any) -> None:
    settings.SITE_URL = "https://desk.example.gov.cn"
    licence = granted(people)
    assert licences.address_of(licence) == f"https://desk.example.gov.cn/verify/{licence.token}/"


@pytest.mark.parametrize(
    ("who", "status"), [("wang", 200), ("alice", 200), ("diana", 200), ("zhao", 404), ("charlie", 404)]
)
def test_the_certificate_is_for_whoever_may_see_the_matter(
    who: str, status: int, people: Cast, client: Client
) -> None:
    licence = granted(people)
    enter(client, getattr(people, who))
    answer = client.get(reverse("approvals:licence", args=[licence.pk]))
    assert answer.status_code == status
    if status == 200:
        assert answer.content.startswith(b"%PDF-")
        assert answer["X-Content-Type-Options"] == "nosniff"


def test_a_stranger_gets_no_certificate(people: Cast, client: Client) -> None:
    answer = client.get(reverse("approvals:licence", args=[granted(people).pk]))
    assert answer.status_code == 302


# The public page


def verified(client: Client, licence: Licence | str, language: str = "en") -> Any:
    client.cookies["django_language"] = language
    token = licence if isinstance(licence, str) else licence.token
    return client.get(reverse("approvals:verify", args=[token]))


def plain(answer: Any) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.content.decode()))


STANDS = [
    ({}, "This licence is valid now."),
    ({"valid_until": date(2026, 3, 5)}, "This licence has expired"),
    ({"valid_from": date(2099, 1, 1), "valid_until": None}, "This licence is not valid yet"),
    ({"revoked_on": date(2026, 3, 6), "revoked_why": "王某举报"}, "This licence was revoked"),
]


@pytest.mark.parametrize(("facts", "sentence"), STANDS)
def test_everyone_reads_how_a_licence_stands_now(
    facts: dict[str, Any], sentence: str, people: Cast, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(timezone, "now", lambda: at("2026-03-10"))
    licence = granted(people)
    Licence.objects.filter(pk=licence.pk).update(**facts)
    answer = verified(client, licence)
    words = plain(answer)
    assert answer.status_code == 200
    assert sentence in words
    assert licence.number in words
    assert "青岛长江钢构有限公司" in words
    assert "王某举报" not in words


def test_a_replaced_licence_names_its_successor(people: Cast, client: Client) -> None:
    old, new = granted(people), granted(people)
    Licence.objects.filter(pk=old.pk).update(replaced_by=new)
    words = plain(verified(client, old))
    assert "This licence was replaced" in words
    assert new.number in words


def test_a_lapsed_licence_says_it_lapsed_by_law(people: Cast, client: Client) -> None:
    licence = granted(people)
    life = make.submitted(people)
    Case.objects.filter(pk=life.pk).update(state="closed", outcome="lapsed", closed_at=at("2026-03-05"))
    Licence.objects.filter(pk=licence.pk).update(life=life)
    assert "This licence lapsed by law on" in plain(verified(client, licence))


def test_a_natural_person_is_masked_and_nothing_else_personal_is_said(people: Cast, client: Client) -> None:
    licence = granted(people)
    Party.objects.filter(pk=people.company.pk).update(
        sort="person", name="欧阳某某", number="f" * 64, phone="13800000001", email="o@example.cn"
    )
    for language in ("zh-hans", "en", "ru"):
        page = verified(client, licence, language).content.decode()
        assert "欧 *" in page
        for each in ("欧阳", "某某", "ffff", "13800000001", "o@example.cn", "wang", "alice", "Alice"):
            assert each not in page


def test_a_page_needs_no_log_in_is_kept_nowhere_and_is_not_indexed(people: Cast, client: Client) -> None:
    answer = verified(client, granted(people))
    assert answer["X-Robots-Tag"] == "noindex, nofollow"
    assert answer["Referrer-Policy"] == "no-referrer"
    assert "no-store" in answer["Cache-Control"]
    assert b'<meta name="robots" content="noindex, nofollow">' in answer.content
    assert "sessionid" not in answer.cookies


def test_an_unknown_code_is_a_page_in_words(people: Cast, client: Client) -> None:
    for token in ("2" * 20, "x", "no-such-licence"):
        answer = verified(client, token)
        assert answer.status_code == 404
        assert "No licence has this code" in plain(answer)
        assert answer["X-Robots-Tag"] == "noindex, nofollow"


def test_a_licence_is_found_by_its_code_alone(people: Cast, client: Client) -> None:
    licence = granted(people, "JY13702810000001")
    for guess in (licence.number, str(licence.pk), licence.token[:-1], licence.token.lower()):
        assert verified(client, guess).status_code == 404


def test_guessing_is_slowed_down(people: Cast, client: Client) -> None:
    answers = [verified(client, "2" * 20).status_code for _each in range(61)]
    assert answers == [404] * 60 + [429]
    assert verified(client, granted(people)).status_code == 429


def test_a_typed_code_leads_to_its_page(people: Cast, client: Client) -> None:
    licence = granted(people)
    typed = f" {licences.grouped(licence.token).lower()}"
    answer = client.get(reverse("approvals:verify_code"), {"code": typed})
    assert answer["Location"] == reverse("approvals:verify", args=[licence.token])


@pytest.mark.parametrize("typed", ["", "  ", "\0", "—", "0101"])
def test_no_code_is_asked_for_again(typed: str, client: Client) -> None:
    client.cookies["django_language"] = "en"
    answer = client.get(reverse("approvals:verify_code"), {"code": typed})
    assert answer.status_code == 422
    assert "Type the code that stands beside the QR code." in plain(answer)
    assert client.get(reverse("approvals:verify_code")).status_code == 200


def test_the_pages_only_read(people: Cast, client: Client) -> None:
    for address in (reverse("approvals:verify_code"), reverse("approvals:verify", args=["2" * 20])):
        for method in ("post", "put", "delete", "patch"):
            assert getattr(client, method)(address).status_code == 405


def test_a_name_is_text_on_the_page(people: Cast, client: Client) -> None:
    Party.objects.filter(pk=people.company.pk).update(name="<script>甲</script>&乙")
    people.company.refresh_from_db()
    page = verified(client, granted(people)).content.decode()
    assert "<script>甲" not in page
    assert "&lt;script&gt;甲&lt;/script&gt;&amp;乙" in page


def test_a_page_is_few_queries(people: Cast, client: Client, django_assert_max_num_queries: Any) -> None:
    licence = granted(people)
    verified(client, licence)
    with django_assert_max_num_queries(3):
        verified(client, licence)


# On the pages of the matter, and in the admin


def test_the_list_of_a_matter_shows_its_licence_and_how_it_stands(people: Cast) -> None:
    licence = granted(people)
    found = listed(licence.case, at("2026-04-01"))["licence"]
    assert (found["pk"], found["number"]) == (licence.pk, licence.number)
    assert found["standing"] == Standing("valid")


def test_the_desk_lists_licences_in_a_fixed_number_of_queries(
    people: Cast, client: Client, django_assert_max_num_queries: Any
) -> None:
    for _more in range(4):
        granted(people)
    enter(client, people.alice)
    client.get("/desk/approvals/licence/")
    with django_assert_max_num_queries(12):
        page = client.get("/desk/approvals/licence/").content.decode()
    assert page.count("/licences/") == 4
    other = enter(Client(), people.charlie).get("/desk/approvals/licence/").content.decode()
    assert "/licences/" not in other


def test_the_desk_changes_no_licence(people: Cast, client: Client) -> None:
    licence = granted(people)
    enter(client, people.bob)
    page = client.get(f"/desk/approvals/licence/{licence.pk}/change/")
    assert page.status_code == 200
    assert b'name="_save"' not in page.content
    assert licence.token.encode() not in page.content


def test_whoever_has_no_post_sees_no_register(people: Cast, client: Client) -> None:
    enter(client, person("nobody"))
    assert client.get("/desk/approvals/licence/").status_code == 403
