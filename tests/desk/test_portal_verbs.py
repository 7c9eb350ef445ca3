"""What a company does to its matter: confirm, not solved, rate, message, files, urge, withdraw."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from servicedesk.desk import actions
from servicedesk.desk.models import Case
from tests import make
from tests.desk.test_portal_start import PDF
from tests.entering import session_ends
from tests.people import Cast

pytestmark = pytest.mark.django_db


def act(client: Client, case: Case, verb: str, **body: Any) -> Any:
    return client.post(f"/matters/{case.number}/{verb}/", {"version": case.version, **body})


def test_confirming_closes_the_matter_as_solved(wang: Client, people: Cast) -> None:
    case = make.answered(people)
    assert act(wang, case, "confirm").status_code == 302
    case = make.again(case)
    assert (case.state, case.outcome) == ("closed", "solved")


def test_confirming_twice_leads_to_a_page_that_says_so(wang: Client, people: Cast) -> None:
    case = make.answered(people)
    act(wang, case, "confirm")
    assert act(wang, case, "confirm").status_code == 409
    assert case.events.filter(verb="confirm").count() == 1


def test_not_solved_needs_a_reason_and_takes_it_up_again(wang: Client, people: Cast) -> None:
    case = make.answered(people)
    empty = act(wang, case, "redo", reason="  ")
    assert empty.status_code == 422
    assert "reason" in empty.context["form"].errors
    assert make.again(case).state == "decided"
    assert act(wang, case, "redo", reason="又积水了").status_code == 302
    case = make.again(case)
    assert case.state == "accepted"
    assert case.events.get(verb="redo").body == "又积水了"


def test_a_reason_that_is_too_long_is_kept_on_the_page(wang: Client, people: Cast) -> None:
    case = make.answered(people)
    reason = "长" * 6000
    response = act(wang, case, "redo", reason=reason)
    assert response.status_code == 422
    assert response.context["form"]["reason"].value() == reason


def test_a_lost_race_keeps_the_text_and_offers_it_anew(wang: Client, people: Cast) -> None:
    case = make.answered(people)
    stale = Case(number=case.number, version=case.version - 1)
    response = act(wang, stale, "redo", reason="昨晚又堵了")
    assert response.status_code == 409
    assert response.context["form"]["reason"].value() == "昨晚又堵了"
    assert response.context["form"]["version"].value() == case.version
    assert make.again(case).state == "decided"
    act(wang, make.again(case), "redo", reason=response.context["form"]["reason"].value())
    assert make.again(case).state == "accepted"


def test_what_is_no_longer_possible_gives_the_text_back_to_copy(wang: Client, people: Cast) -> None:
    case = make.answered(people)
    actions.redo(case, by=people.wang, at=make.MONDAY, reason="先一步")
    response = act(wang, case, "redo", reason="后一步写的理由")
    assert response.status_code == 409
    assert response.context["form"] is None
    assert "后一步写的理由" in response.content.decode()


@pytest.mark.parametrize("version", ["", "x", "-1", "9" * 30, "\0"])
def test_a_mangled_version_is_a_conflict_that_keeps_the_text(
    wang: Client, people: Cast, version: str
) -> None:
    case = make.answered(people)
    response = wang.post(f"/matters/{case.number}/redo/", {"version": version, "reason": "写好的理由"})
    assert response.status_code == 409
    assert "写好的理由" in response.content.decode()
    assert make.again(case).state == "decided"


def test_an_expired_session_keeps_the_message(wang: Client, people: Cast) -> None:
    case = make.submitted(people)
    session_ends(wang)
    url = f"/matters/{case.number}/message/"
    assert wang.post(url, {"text": "写了一半就掉线"}).status_code == 302
    wang.force_login(people.wang)
    assert wang.get(url).context["form"]["text"].value() == "写了一半就掉线"
    assert not case.messages.exists()


# --- rating --------------------------------------------------------------------------------------------


def test_no_level_is_chosen_beforehand(wang: Client, people: Cast) -> None:
    case = make.answered(people)
    for url in (f"/matters/{case.number}/", f"/matters/{case.number}/rate/"):
        page = wang.get(url).content.decode()
        boxes = re.findall(r"<input[^>]*name=\"level\"[^>]*>", page)
        assert len(boxes) == 5
        assert not [box for box in boxes if "checked" in box]


@pytest.mark.parametrize("level", ["", "0", "6", "-1", "x", "9" * 30, "3.5", "\0"])
def test_only_the_five_levels_are_ratings(wang: Client, people: Cast, level: str) -> None:
    case = make.answered(people)
    response = act(wang, case, "rate", level=level, text="写好的评语")
    assert response.status_code == 422
    assert "level" in response.context["form"].errors
    assert response.context["form"]["text"].value() == "写好的评语"
    case = make.again(case)
    assert case.direct_line.rating is None


def test_a_matter_can_be_rated_after_it_was_closed(wang: Client, people: Cast) -> None:
    case = make.answered(people)
    act(wang, case, "confirm")
    assert act(wang, make.again(case), "rate", level="2", text="太慢").status_code == 302
    case = make.again(case)
    assert (case.direct_line.rating, case.direct_line.rating_text, case.state) == (2, "太慢", "closed")


# --- words, files, urging ------------------------------------------------------------------------------


def test_a_message_reaches_the_timeline(wang: Client, people: Cast) -> None:
    case = make.claimed(people)
    act(wang, case, "message", text="积\0水更深了 🌧")
    assert case.messages.get().text == "积水更深了 🌧"
    assert "积水更深了" in wang.get(f"/matters/{case.number}/").content.decode()


@pytest.mark.parametrize("text", ["", " ", "\0", "x" * 1_000_000])
def test_an_empty_or_endless_message_is_refused_at_its_field(wang: Client, people: Cast, text: str) -> None:
    case = make.claimed(people)
    assert act(wang, case, "message", text=text).status_code == 422
    assert not case.messages.exists()


def test_files_can_be_added_and_refused(wang: Client, people: Cast) -> None:
    case = make.claimed(people)
    good, bad = SimpleUploadedFile("现场.pdf", PDF), SimpleUploadedFile("evil.html", b"<script>")
    response = act(wang, case, "attach", files=[good, bad])
    assert response.status_code == 422
    assert "evil.html" in str(response.context["form"].errors["files"])
    assert [file.name for file in case.attachments.all()] == ["现场.pdf"]
    assert act(wang, case, "attach").status_code == 422
    assert "现场.pdf" in wang.get(f"/matters/{case.number}/").content.decode()


def test_urging_is_recorded(wang: Client, people: Cast) -> None:
    case = make.claimed(people)
    assert act(wang, case, "nudge").status_code == 302
    assert case.events.filter(verb="nudge").count() == 1


def test_withdrawing_names_what_is_lost_first(wang: Client, people: Cast) -> None:
    case = make.claimed(people)
    page = wang.get(f"/matters/{case.number}/withdraw/")
    assert str(page.context["asked"].losing) in page.content.decode()
    assert act(wang, case, "withdraw").status_code == 302
    case = make.again(case)
    assert (case.state, case.outcome) == ("closed", "withdrawn")


# --- not theirs ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "verb", ["dispatch", "claim", "sign_off", "close", "note", "submit", "alarm", "nonsense"]
)
def test_the_desks_verbs_are_not_on_the_portal(wang: Client, people: Cast, verb: str) -> None:
    case = make.claimed(people)
    assert wang.get(f"/matters/{case.number}/{verb}/").status_code == 404
    assert act(wang, case, verb, text="x", reason="x").status_code == 404


@pytest.mark.parametrize("verb", ["confirm", "redo", "rate", "message", "attach", "nudge", "withdraw"])
def test_a_foreign_matter_is_not_found_and_not_touched(client: Client, people: Cast, verb: str) -> None:
    case = make.answered(people)
    for stranger in (people.zhao, people.alice, people.bob):
        client.force_login(stranger)
        body = {"text": "x", "reason": "x", "level": "1"}
        assert act(client, case, verb, **body).status_code == 404
    assert make.again(case).version == case.version
    assert not case.messages.exists()


def test_a_verb_before_its_time_leads_back_to_the_matter(wang: Client, people: Cast) -> None:
    case = make.submitted(people)
    response = wang.get(f"/matters/{case.number}/confirm/")
    assert response.status_code == 409
    assert f"/matters/{case.number}/" in response.content.decode()
