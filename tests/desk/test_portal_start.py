"""From the empty form to the confirmation: nothing typed is lost, and one submission is one case."""

from __future__ import annotations

import uuid
from typing import Any

import pytest
from django.conf import settings as desk_settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from enterprises.models import Company, DirectLineMatter, Industry
from servicedesk.desk import drafting
from servicedesk.desk.models import Attachment, Case, Membership
from tests import make
from tests.desk.papers import pdf
from tests.entering import session_ends
from tests.people import SINCE, Cast, person

pytestmark = pytest.mark.django_db
START = "/start/direct-line/"
PDF = pdf()


def typed(**more: Any) -> dict[str, Any]:
    return {
        "form_key": str(uuid.uuid4()),
        "text": "厂门口积水，货车进不来。",
        "contact_phone": "138 0000 0001",
        **more,
    }


def begun(wang: Client, **more: Any) -> Case:
    response = wang.post(START, typed(**more))
    assert response.status_code == 302, response.content.decode()
    return Case.objects.get(state="draft")


def checked(wang: Client, case: Case) -> dict[str, str]:
    """What the check-your-answers page would send."""
    context = wang.get(reverse("desk:check", args=[case.kind, case.pk])).context
    return {"key": str(context["key"]), "seal": context["seal"]}


# --- the straight path ---------------------------------------------------------------------------------


def test_a_company_gets_from_the_form_to_its_number(wang: Client, people: Cast) -> None:
    case = begun(wang)
    check = reverse("desk:check", args=[case.kind, case.pk])
    page = wang.get(check).content.decode()
    assert "厂门口积水" in page
    assert f"/start/direct-line/{case.pk}/#id_text" in page
    response = wang.post(check, checked(wang, case), follow=True)
    case.refresh_from_db()
    assert response.redirect_chain[-1][0] == f"/matters/{case.number}/received/"
    said = response.content.decode()
    assert case.number in said and case.secret in said
    assert case.direct_line.contact_phone == "13800000001"
    assert case.title == "厂门口积水，货车进不来。"
    promised = {row.label: row for row in response.context["promises"]}
    assert len(promised) == 6
    assert sum(row.due_at is not None for row in promised.values()) == 3


def test_the_industry_of_the_day_is_kept_with_the_matter(wang: Client, people: Cast) -> None:
    industry = Industry.objects.get(code="3311")
    Company.objects.create(party=people.company, industry=industry)
    case = begun(wang)
    wang.post(reverse("desk:check", args=[case.kind, case.pk]), checked(wang, case))
    assert DirectLineMatter.objects.get(case=case).industry == industry


def test_the_form_knows_its_users_name_and_number_already(wang: Client, people: Cast) -> None:
    people.wang.phone = "13900000009"
    people.wang.save()
    page = wang.get(START).content.decode()
    assert 'value="13900000009"' in page and 'value="Wang"' in page


def test_whoever_speaks_for_nobody_is_told_how_to(client: Client, people: Cast) -> None:
    client.force_login(person("nobody", staff=False))
    response = client.get(START)
    assert response.status_code == 200
    assert "portal/start_none.html" in [template.name for template in response.templates]


def test_whoever_speaks_for_several_companies_chooses(wang: Client, people: Cast) -> None:
    Membership.objects.create(user=people.wang, party=people.other, since=SINCE)
    assert "start_whom" in wang.get(START).templates[0].name
    assert wang.get(f"{START}?whom={people.other.pk}").context["applicant"] == people.other
    wang.post(START, typed(whom=people.other.pk))
    assert Case.objects.get().applicant == people.other


@pytest.mark.parametrize("whom", ["", "0", "x", "999999999999999999999", "\0"])
def test_nobody_starts_for_a_company_they_do_not_serve(wang: Client, people: Cast, whom: str) -> None:
    Membership.objects.create(user=people.wang, party=people.other, since=SINCE)
    assert wang.post(START, typed(whom=whom)).status_code == 404
    assert not Case.objects.exists()


def test_an_unknown_kind_is_not_found(wang: Client) -> None:
    assert wang.get("/start/no-such-kind/").status_code == 404
    assert wang.post("/start/no-such-kind/autosave/", typed()).status_code == 404


# --- nothing typed is lost -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    "wrong",
    [
        {"text": ""},
        {"text": "   "},
        {"text": "水" * 400_000},
        {"text": "x" * 1_000_000},
        {"contact_phone": "12"},
        {"contact_phone": "打给王经理" * 40},
        {"contact_phone": ""},
        {"place": "长江路" * 200},
        {"contact_name": "王" * 500},
    ],
    ids=lambda wrong: f"{next(iter(wrong))}-{len(next(iter(wrong.values())))}",
)
def test_a_form_with_errors_keeps_everything_on_the_page_and_a_draft(
    wang: Client, people: Cast, wrong: dict[str, str]
) -> None:
    response = wang.post(START, typed(**wrong))
    assert response.status_code == 422
    assert 'role="alert"' in response.content.decode()
    case = Case.objects.get(state="draft")
    for name, value in wrong.items():
        assert response.context["form"][name].value() == value
        kept = getattr(case.direct_line, name)
        assert value.startswith(kept) and (kept or not value)


@pytest.mark.parametrize(
    "text", ["积\0水", "😀🏭 emoji 👩‍🔧", "<script>alert(1)</script>", "\u202eabc", "a\r\nb\tc"]
)
def test_strange_texts_go_through_as_text(wang: Client, people: Cast, text: str) -> None:
    case = begun(wang, text=text)
    page = wang.get(reverse("desk:check", args=[case.kind, case.pk])).content.decode()
    assert "<script>alert" not in page
    wang.post(reverse("desk:check", args=[case.kind, case.pk]), checked(wang, case))
    case.refresh_from_db()
    assert case.state == "submitted"
    assert wang.get(f"/matters/{case.number}/").status_code == 200


def test_fields_that_were_not_sent_stay_as_they_were(wang: Client, people: Cast) -> None:
    case = begun(wang, place="长江路 18 号")
    wang.post(f"{START}{case.pk}/autosave/", {"text": "只改这一句"})
    detail = DirectLineMatter.objects.get(case=case)
    assert (detail.text, detail.place) == ("只改这一句", "长江路 18 号")


def test_save_and_finish_later_asks_for_nothing(wang: Client, people: Cast) -> None:
    response = wang.post(START, typed(text="", contact_phone="", save="1"))
    assert response.status_code == 302
    assert len(wang.get("/matters/").context["drafts"]) == 1


def test_a_mangled_form_key_still_keeps_the_draft(wang: Client, people: Cast) -> None:
    assert wang.post(START, typed(form_key="not-a-uuid\0")).status_code == 302
    assert Case.objects.count() == 1


def test_sending_the_first_form_twice_is_one_draft(wang: Client, people: Cast) -> None:
    body = typed()
    for _again in range(2):
        wang.post(START, body)
    wang.post(f"{START}autosave/", body)
    assert Case.objects.count() == 1


def test_autosave_opens_and_keeps_a_draft_without_a_page(wang: Client, people: Cast) -> None:
    body = typed(text="刚开始写")
    first = wang.post(f"{START}autosave/", body)
    assert first.status_code == 200
    wang.post(f"{START}autosave/", body | {"text": "刚开始写，又写了一句"})
    assert Case.objects.get().pk == first.json()["draft"]
    assert DirectLineMatter.objects.get().text == "刚开始写，又写了一句"


def test_autosave_without_a_log_in_says_so(client: Client, people: Cast) -> None:
    assert client.post(f"{START}autosave/", typed()).status_code == 401
    assert client.get(f"{START}autosave/").status_code == 405


def test_an_expired_session_gives_back_what_was_typed_after_the_log_in(wang: Client, people: Cast) -> None:
    client = wang
    session_ends(client, START)
    response = client.post(START, typed(text="写了很久的一段话"))
    assert response.headers["Location"].startswith(reverse("account_login"))
    client.force_login(people.wang)
    page = client.get(START)
    assert page.context["form"]["text"].value() == "写了很久的一段话"
    assert page.context["restored"]
    assert client.get(START).context["form"]["text"].value() is None


def test_an_expired_session_gives_a_draft_back_as_well(wang: Client, people: Cast) -> None:
    case = begun(wang)
    session_ends(wang)
    wang.post(f"{START}{case.pk}/", typed(text="后来补写的", contact_phone="1"))
    wang.force_login(people.wang)
    page = wang.get(f"{START}{case.pk}/")
    assert page.context["form"]["text"].value() == "后来补写的"
    assert DirectLineMatter.objects.get(case=case).text == "后来补写的"


def test_at_a_shared_computer_the_next_person_sees_nothing_of_it(wang: Client, people: Cast) -> None:
    session_ends(wang, START)
    wang.post(START, typed(text="只给本人看的话"))
    wang.force_login(people.zhao)
    assert wang.get(START).context["form"]["text"].value() is None


def test_what_a_stranger_typed_does_not_show_in_a_foreign_draft(client: Client, people: Cast) -> None:
    case = make.draft(people)
    client.post(f"{START}{case.pk}/", typed(text="别人写的"))
    client.force_login(people.zhao)
    assert client.get(f"{START}{case.pk}/").status_code == 404
    assert DirectLineMatter.objects.get(case=case).text != "别人写的"


# --- files ---------------------------------------------------------------------------------------------


def paper(name: str = "检测报告.pdf", content: bytes = PDF) -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content)


def test_a_refused_file_is_told_at_its_field_and_costs_neither_text_nor_the_other_files(
    wang: Client, people: Cast
) -> None:
    response = wang.post(START, typed(files=[paper(), paper("virus.exe", b"MZ")]))
    assert response.status_code == 422
    assert "virus.exe" in str(response.context["form"].errors["files"])
    assert response.context["form"]["text"].value() == "厂门口积水，货车进不来。"
    case = Case.objects.get()
    assert [file.name for file in case.attachments.all()] == ["检测报告.pdf"]


def test_too_many_files_at_once_cost_neither_the_text_nor_the_first_files(
    wang: Client, people: Cast, settings: Any
) -> None:
    settings.UPLOAD_MAX_FILES = 2
    response = wang.post(START, typed(files=[paper(f"{n}.pdf") for n in range(4)]))
    assert response.status_code == 422
    assert response.context["form"]["text"].value() == "厂门口积水，货车进不来。"
    assert Case.objects.get().attachments.count() == 2


def test_a_file_can_be_taken_off_the_draft_again(wang: Client, people: Cast) -> None:
    case = begun(wang, files=[paper()])
    file = case.attachments.get()
    response = wang.post(f"{START}{case.pk}/", typed(text="改过的", remove=str(file.pk)))
    assert response.status_code == 302
    assert not Attachment.objects.exists()
    assert DirectLineMatter.objects.get(case=case).text == "改过的"
    for hostile in ("x", "0", "9" * 40, "\0"):
        assert wang.post(f"{START}{case.pk}/", typed(remove=hostile)).status_code == 302


def test_a_file_of_another_draft_cannot_be_taken_off(wang: Client, people: Cast) -> None:
    case = begun(wang, files=[paper()])
    file = case.attachments.get()
    wang.force_login(people.zhao)
    foreign = wang.post(START, typed())
    assert foreign.status_code == 302
    mine = Case.objects.get(applicant=people.other)
    wang.post(f"{START}{mine.pk}/", typed(remove=str(file.pk)))
    assert Attachment.objects.filter(pk=file.pk).exists()


def test_personal_pages_are_kept_by_no_cache(wang: Client, people: Cast) -> None:
    case = begun(wang)
    for url in (START, f"{START}{case.pk}/", f"{START}{case.pk}/check/"):
        assert "no-store" in wang.get(url).headers["Cache-Control"]


def test_the_page_tells_the_limits_its_script_checks(wang: Client) -> None:
    page = wang.get(START).content.decode()
    assert f'data-most="{desk_settings.UPLOAD_MAX_FILES}"' in page
    assert "data-autosave=" in page and "data-upload" in page


def test_every_answer_of_a_kind_is_on_the_check_page(wang: Client, people: Cast) -> None:
    case = begun(wang)
    names = {row["name"] for row in drafting.answers(case, mask=False)}
    assert names == set(drafting.form_class(case).base_fields)
