"""A draft is one's own until it is submitted, once; what comes later loses nothing either."""

from __future__ import annotations

import uuid
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from enterprises.models import DirectLineMatter
from servicedesk.desk import actions
from servicedesk.desk.errors import WrongState
from servicedesk.desk.models import Attachment, Case
from tests import make
from tests.desk.test_portal_start import START, begun, checked, paper, typed
from tests.people import Cast

pytestmark = [pytest.mark.django_db, pytest.mark.sqlite]


# --- check and submit ----------------------------------------------------------------------------------


def test_an_incomplete_draft_leads_back_to_the_form_with_its_errors(wang: Client, people: Cast) -> None:
    wang.post(START, typed(text="", save="1"))
    case = Case.objects.get()
    response = wang.get(reverse("desk:check", args=[case.kind, case.pk]), follow=True)
    assert "text" in response.context["form"].errors


def test_a_double_click_is_one_case(wang: Client, people: Cast) -> None:
    case = begun(wang)
    check, body = reverse("desk:check", args=[case.kind, case.pk]), checked(wang, case)
    first, second = wang.post(check, body), wang.post(check, body)
    assert first.headers["Location"] == second.headers["Location"]
    case.refresh_from_db()
    assert case.events.filter(verb="submit").count() == 1
    assert Case.objects.exclude(number=None).count() == 1


def test_the_same_key_after_further_files_is_still_the_same_case(wang: Client, people: Cast) -> None:
    case = begun(wang)
    check, body = reverse("desk:check", args=[case.kind, case.pk]), checked(wang, case)
    wang.post(check, body)
    case.refresh_from_db()
    wang.post(f"/matters/{case.number}/attach/", {"files": [paper("后补.pdf")]})
    assert case.attachments.count() == 1
    assert wang.post(check, body).status_code == 302


def test_another_key_for_what_was_submitted_shows_the_confirmation(wang: Client, people: Cast) -> None:
    case = begun(wang)
    check, body = reverse("desk:check", args=[case.kind, case.pk]), checked(wang, case)
    wang.post(check, body)
    case.refresh_from_db()
    response = wang.post(check, body | {"key": str(uuid.uuid4())})
    assert response.headers["Location"] == f"/matters/{case.number}/received/"
    assert case.events.filter(verb="submit").count() == 1


def test_the_same_key_for_another_draft_is_refused_with_a_clear_page(wang: Client, people: Cast) -> None:
    first = begun(wang)
    body = checked(wang, first)
    wang.post(reverse("desk:check", args=[first.kind, first.pk]), body)
    other = begun(wang, text="另一件事")
    again = checked(wang, other) | {"key": body["key"]}
    response = wang.post(reverse("desk:check", args=[other.kind, other.pk]), again)
    assert response.status_code == 422
    assert "key_reused" in response.templates[0].name
    other.refresh_from_db()
    assert other.state == "draft"


def test_answers_that_changed_after_they_were_checked_are_shown_again(wang: Client, people: Cast) -> None:
    case = begun(wang)
    body = checked(wang, case)
    wang.post(f"{START}{case.pk}/autosave/", {"text": "在另一个窗口改了"})
    response = wang.post(reverse("desk:check", args=[case.kind, case.pk]), body)
    assert response.status_code == 400
    assert "在另一个窗口改了" in response.content.decode()
    case.refresh_from_db()
    assert case.state == "draft"


def test_what_is_typed_into_a_submitted_draft_is_given_back(wang: Client, people: Cast) -> None:
    case = begun(wang)
    wang.post(reverse("desk:check", args=[case.kind, case.pk]), checked(wang, case))
    response = wang.post(f"{START}{case.pk}/", typed(text="忘了说的一句"))
    assert response.status_code == 409
    assert "忘了说的一句" in response.content.decode()
    assert wang.post(f"{START}{case.pk}/autosave/", {"text": "x"}).status_code == 409
    assert wang.get(f"{START}{case.pk}/").status_code == 302
    assert DirectLineMatter.objects.get(case=case).text == "厂门口积水，货车进不来。"


def test_a_submission_that_fails_half_way_leaves_the_draft(
    wang: Client, people: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    case = begun(wang)
    body = checked(wang, case)

    def broken(*args: Any, **kwargs: Any) -> None:
        raise RuntimeError("the power fails")

    with monkeypatch.context() as patched:
        patched.setattr(actions, "hand_in", broken)
        wang.raise_request_exception = False
        assert wang.post(reverse("desk:check", args=[case.kind, case.pk]), body).status_code == 500
    wang.raise_request_exception = True
    case.refresh_from_db()
    assert (case.state, case.number) == ("draft", None)
    assert wang.post(reverse("desk:check", args=[case.kind, case.pk]), body).status_code == 302


# --- drafts are one's own ------------------------------------------------------------------------------


@pytest.mark.parametrize("tail", ["", "check/", "delete/", "autosave/"])
def test_a_foreign_draft_is_not_found(client: Client, people: Cast, tail: str) -> None:
    case = make.draft(people)
    for stranger in (people.zhao, people.alice, people.diana):
        client.force_login(stranger)
        url = f"{START}{case.pk}/{tail}"
        assert client.post(url, typed()).status_code == 404
        assert client.get(url).status_code in {404, 405}
    assert Case.objects.get(pk=case.pk).state == "draft"


@pytest.mark.parametrize("pk", [0, 999999, 10**18, 10**30])
def test_no_such_draft_is_not_found(wang: Client, pk: int) -> None:
    assert wang.get(f"{START}{pk}/").status_code == 404
    assert wang.post(f"{START}{pk}/autosave/", typed()).status_code == 404


def test_a_draft_is_deleted_only_after_naming_what_is_lost(wang: Client, people: Cast) -> None:
    case = begun(wang, files=[paper()])
    page = wang.get(f"{START}{case.pk}/delete/").content.decode()
    assert "厂门口积水" in page and "检测报告.pdf" in page
    assert Case.objects.filter(pk=case.pk).exists()
    wang.post(f"{START}{case.pk}/delete/")
    assert not Case.objects.exists() and not Attachment.objects.exists()


def test_a_submitted_matter_cannot_be_deleted(wang: Client, people: Cast) -> None:
    case = make.submitted(people)
    assert wang.post(f"{START}{case.pk}/delete/").status_code == 404
    with pytest.raises(WrongState):
        actions.discard(case, by=people.wang, at=make.MONDAY)
