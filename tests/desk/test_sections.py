"""A long form: begun once, filled in part by part, checked as a whole; nothing typed is ever lost."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from approvals.forms import papers
from approvals.models import HandedIn
from servicedesk.desk import actions, drafting, workbench
from servicedesk.desk.models import Attachment, Case, Event
from tests.approvals.asking import ANSWERS, registered
from tests.desk.papers import pdf
from tests.entering import session_ends
from tests.people import Cast

pytestmark = pytest.mark.django_db
LONG, SHORT = "/start/test-long/", "/start/test-short/"


@pytest.fixture(autouse=True)
def kinds() -> Iterator[Any]:
    with registered() as known:
        yield known


def paper(name: str = "平面图.pdf") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, pdf())


def begun(wang: Client) -> Case:
    response = wang.post(LONG, {"form_key": str(uuid.uuid4())})
    assert response.status_code == 302
    return Case.objects.get(state="draft")


def page(case: Case, section: str = "") -> str:
    return f"/start/{case.kind}/{case.pk}/" + (f"?section={section}" if section else "")


def send(wang: Client, case: Case, section: str, **more: Any) -> Any:
    return wang.post(page(case, section), ANSWERS.get(section, {}) | more)


def filled(wang: Client) -> Case:
    """A draft with every part filled in and the paper it needs."""
    case = begun(wang)
    for section in ANSWERS:
        assert send(wang, case, section).status_code == 302
    send(wang, case, "papers", paper_site_plan=[paper()])
    return case


def answers_of(case: Case) -> dict[str, Any]:
    return dict(Case.objects.get(pk=case.pk).application.answers)


def states(wang: Client, case: Case) -> dict[str, str]:
    return {task.section.code: task.state for task in wang.get(page(case)).context["tasks"]}


# --- the straight path ---------------------------------------------------------------------------------


def test_the_door_of_a_long_form_names_its_parts_and_opens_a_draft_once(wang: Client) -> None:
    response = wang.get(LONG)
    assert "企业信息" in response.content.decode() and "小店登记" in response.content.decode()
    key = {"form_key": str(response.context["form_key"])}
    first, second = wang.post(LONG, key), wang.post(LONG, key)
    assert first.headers["Location"] == second.headers["Location"]
    assert first.headers["Location"].endswith("?section=company")
    assert Case.objects.count() == 1


def test_a_long_form_leads_from_part_to_part_to_the_check_page_and_is_submitted(wang: Client) -> None:
    case = begun(wang)
    assert send(wang, case, "company").headers["Location"] == page(case, "premises")
    assert send(wang, case, "premises").headers["Location"] == page(case, "people")
    assert send(wang, case, "people").headers["Location"] == page(case, "papers")
    check = reverse("desk:check", args=[case.kind, case.pk])
    assert send(wang, case, "papers", paper_site_plan=[paper()]).headers["Location"] == check
    shown = wang.get(check)
    said = shown.content.decode()
    for words in (
        "企业信息",
        "青岛长江钢构有限公司",
        "91370281MA0000015W",
        "1,000.5",
        "2020 年 3 月 5 日",
        "乙某",
        "平面图.pdf",
        "自有",
    ):
        assert words in said
    assert "出租方" not in said
    body = {"key": str(shown.context["key"]), "seal": shown.context["seal"]}
    first, again = wang.post(check, body), wang.post(check, body)
    case.refresh_from_db()
    assert case.number is not None
    assert first.headers["Location"] == again.headers["Location"] == f"/matters/{case.number}/received/"
    kept = answers_of(case)
    assert kept["capital"] == "1000.5" and kept["founded"] == "2020-03-05" and kept["seats"] == "40"
    assert kept["company_code"] == "91370281MA0000015W" and kept["head_id"] == "11010519491231002X"
    assert kept["staffed"] == [{"name": "乙某", "identity": "370281199001010010", "since": "2026-03-05"}]
    assert "landlord" not in kept and "paper_site_plan" not in kept
    assert wang.get(f"/matters/{case.number}/").status_code == 200


def test_each_part_says_how_it_stands(wang: Client) -> None:
    case = begun(wang)
    assert states(wang, case) == dict.fromkeys(("company", "premises", "people", "papers"), "untouched")
    send(wang, case, "company")
    send(wang, case, "premises", site_street="")
    assert states(wang, case) == {
        "company": "done",
        "premises": "missing",
        "people": "untouched",
        "papers": "untouched",
    }
    said = wang.get(page(case)).content.decode()
    assert "企业信息" in said and f'href="{page(case, "premises")}"' in said
    assert wang.get(page(case)).context["next"] == page(case, "premises")


def test_an_incomplete_long_draft_leads_from_the_check_page_to_its_list(wang: Client) -> None:
    case = begun(wang)
    response = wang.get(reverse("desk:check", args=[case.kind, case.pk]), follow=True)
    assert response.redirect_chain[-1][0] == f"{page(case)}?check"
    assert "portal/tasks.html" in [template.name for template in response.templates]


def test_an_answer_changed_from_the_check_page_leads_back_to_it(wang: Client) -> None:
    case = filled(wang)
    check = reverse("desk:check", args=[case.kind, case.pk])
    rows = {row["name"]: row for _part, rows in wang.get(check).context["groups"] for row in rows}
    url = rows["capital"]["url"]
    assert url == f"{page(case, 'company')}&then=check#id_capital"
    response = wang.post(url.partition("#")[0], ANSWERS["company"] | {"capital": "2000"})
    assert response.headers["Location"] == check
    assert answers_of(case)["capital"] == "2000"


def test_parts_are_kept_apart_so_that_sending_one_clears_nothing_of_another(wang: Client) -> None:
    case = filled(wang)
    send(wang, case, "company")
    wang.post(f"{page(case)}autosave/?section=people", {"mail": "x@example.cn"})
    kept = answers_of(case)
    assert kept["trades"] == ["sale", "catering"] and kept["mail"] == "x@example.cn"
    assert kept["head_name"] == "甲某"


def test_a_part_nobody_knows_is_not_found(wang: Client) -> None:
    case = begun(wang)
    for strange in ("nothing", "0", "x" * 3000, "../company"):
        assert wang.get(f"{page(case)}?section={strange}").status_code == 404
        assert wang.post(f"{page(case)}?section={strange}", {}).status_code == 404
        assert wang.post(f"{page(case)}autosave/?section={strange}", {}).status_code == 404


@pytest.mark.parametrize(
    "tail", ["", "?section=company", "?section=papers", "check/", "autosave/?section=company"]
)
def test_a_long_draft_of_another_company_is_not_found(
    client: Client, wang: Client, people: Cast, tail: str
) -> None:
    case = begun(wang)
    for stranger in (people.zhao, people.alice):
        client.force_login(stranger)
        assert client.post(page(case) + tail, ANSWERS["company"]).status_code == 404
    assert answers_of(case) == {} if hasattr(case, "application") else True


# --- nothing typed is lost -----------------------------------------------------------------------------


def test_wrong_answers_are_told_at_their_fields_and_kept_as_typed(wang: Client) -> None:
    case = begun(wang)
    wrong = {
        "company_code": "91370281MA0000015I",
        "capital": "一百万",
        "staff": "1.5",
        "founded": "不记得",
        "project": "21-06",
    }
    response = send(wang, case, "company", **wrong)
    assert response.status_code == 422
    form = response.context["form"]
    assert set(form.errors) == set(wrong)
    said = response.content.decode()
    for name, value in wrong.items():
        assert f'value="{value}"' in said
        assert f"#id_{name}" in said and f"id_{name}_error" in said
        assert answers_of(case)[name] == value
    assert 'type="text" name="founded"' in said


def test_a_question_that_applies_only_now_is_asked_and_not_blamed(wang: Client) -> None:
    case = begun(wang)
    response = send(wang, case, "premises", premises="rented")
    assert response.status_code == 302
    assert response.headers["Location"] == f"{page(case, 'premises')}&more=1#id_landlord"
    shown = wang.get(response.headers["Location"].partition("#")[0])
    assert not shown.context["form"].errors
    response = send(wang, case, "premises", premises="rented")
    assert response.status_code == 422 and "landlord" in response.context["form"].errors


def test_what_does_not_apply_any_more_stays_in_the_draft_and_is_not_submitted(wang: Client) -> None:
    case = begun(wang)
    send(wang, case, "premises", premises="rented", landlord="某房东")
    send(wang, case, "premises", premises="owned", landlord="某房东")
    assert answers_of(case)["landlord"] == "某房东"
    names = [row["name"] for row in drafting.answers(Case.objects.get(pk=case.pk), mask=False)]
    assert "landlord" not in names and "paper_lease" not in names
    send(wang, case, "premises", premises="rented")
    names = [row["name"] for row in drafting.answers(Case.objects.get(pk=case.pk), mask=False)]
    assert "landlord" in names and "paper_lease" in names


def test_a_condition_on_another_page_decides_what_a_page_asks(wang: Client) -> None:
    case = begun(wang)
    assert 'name="seats"' not in wang.get(page(case, "people")).content.decode()
    send(wang, case, "premises")
    assert 'name="seats"' in wang.get(page(case, "people")).content.decode()


def test_an_expired_session_gives_a_page_back_with_its_rows_and_boxes(wang: Client, people: Cast) -> None:
    case = begun(wang)
    session_ends(wang)
    wang.post(page(case, "premises"), ANSWERS["premises"] | {"site_street": ""})
    wang.force_login(people.wang)
    shown = wang.get(page(case, "premises"))
    assert shown.context["restored"]
    assert shown.context["form"]["trades"].value() == ["sale", "catering"]
    assert answers_of(case)["trades"] == ["sale", "catering"]


def test_save_and_finish_later_asks_for_nothing_of_a_part(wang: Client) -> None:
    case = begun(wang)
    response = wang.post(page(case, "people"), {"head_id": "12", "save": "1"})
    assert response.headers["Location"] == "/matters/"
    assert answers_of(case)["head_id"] == "12"


def test_what_is_typed_into_a_submitted_long_draft_is_given_back(wang: Client) -> None:
    case = filled(wang)
    check = reverse("desk:check", args=[case.kind, case.pk])
    context = wang.get(check).context
    wang.post(check, {"key": str(context["key"]), "seal": context["seal"]})
    response = send(wang, case, "people", **{"staffed-0-name": "后来的人"})
    assert response.status_code == 409
    assert "后来的人" in response.content.decode()


def test_a_draft_of_what_is_no_longer_offered_says_so_and_can_be_deleted(wang: Client, kinds: Any) -> None:
    case = begun(wang)
    send(wang, case, "company")

    def withdrawn(opening: Any) -> Any:
        raise LookupError

    object.__setattr__(kinds["long"], "form", withdrawn)
    assert wang.get(page(case)).status_code == 410
    assert wang.post(page(case, "company"), {}).status_code == 410
    assert wang.post(f"{page(case)}autosave/?section=company", {}).status_code == 410
    assert wang.get(f"{page(case)}check/").headers["Location"] == page(case)
    assert wang.get(LONG).status_code == 404
    assert wang.get(f"{page(case)}delete/").status_code == 200
    assert wang.get("/matters/").status_code == 200
    wang.post(f"{page(case)}delete/")
    assert not Case.objects.exists()


# --- rows of a table -----------------------------------------------------------------------------------


def test_rows_are_added_and_removed_without_a_script_and_keep_everything(wang: Client) -> None:
    case = begun(wang)
    response = send(wang, case, "people", again="staffed more", head_id="halb")
    assert response.headers["Location"] == f"{page(case, 'people')}#id_staffed_2"
    assert len(wang.get(page(case, "people")).context["form"]["staffed"].rows) == 3
    assert answers_of(case)["head_id"] == "halb"
    sent = ANSWERS["people"] | {"staffed-1-name": "丙某", "again": "staffed drop 0"}
    wang.post(page(case, "people"), sent)
    assert [row["name"] for row in answers_of(case)["staffed"]] == ["丙某"]


def test_a_wrong_cell_is_told_in_its_row(wang: Client) -> None:
    case = begun(wang)
    response = send(wang, case, "people", **{"staffed-0-identity": "370281199002300010"})
    assert response.status_code == 422
    said = response.content.decode()
    assert "id_staffed-0-identity_error" in said and 'href="#id_staffed_0"' in said
    assert 'value="370281199002300010"' in said


@pytest.mark.parametrize(
    "again",
    ["staffed", "staffed drop", "staffed drop x", "staffed drop 99999999999", "no more", "", " ", "x\0y"],
)
def test_a_mangled_button_costs_nothing(wang: Client, again: str) -> None:
    case = begun(wang)
    assert send(wang, case, "people", again=again).status_code == 302
    assert answers_of(case)["staffed"][0]["name"] == "乙某"


def test_thousands_of_rows_are_cut_and_break_nothing(wang: Client) -> None:
    case = begun(wang)
    many = {f"staffed-{n}-name": "x" for n in range(1500)}
    assert send(wang, case, "people", **many).status_code == 422
    assert len(answers_of(case)["staffed"]) == 4


# --- papers --------------------------------------------------------------------------------------------


def test_a_paper_is_kept_although_other_things_are_wrong_and_can_be_taken_away(wang: Client) -> None:
    case = begun(wang)
    send(wang, case, "premises", premises="rented", landlord="某房东")
    response = send(wang, case, "papers", paper_site_plan=[paper("一.pdf"), paper("二.pdf")])
    assert response.status_code == 422
    assert set(response.context["form"].errors) == {"paper_lease"}
    assert [row.code for row in HandedIn.objects.all()] == ["site-plan", "site-plan"]
    file = Attachment.objects.get(name="一.pdf")
    response = wang.post(page(case, "papers"), {"remove": f"{file.pk} paper_site_plan"})
    assert response.headers["Location"] == f"{page(case, 'papers')}#id_paper_site_plan"
    assert HandedIn.objects.get().attachment.name == "二.pdf"


def test_a_paper_that_may_not_be_kept_is_told_at_its_place(wang: Client) -> None:
    case = begun(wang)
    response = send(
        wang,
        case,
        "papers",
        paper_site_plan=[paper()],
        paper_fire_report=[SimpleUploadedFile("virus.exe", b"MZ")],
    )
    assert response.status_code == 422
    assert "virus.exe" in str(response.context["form"].errors["paper_fire_report"])
    assert HandedIn.objects.get().code == "site-plan"


def test_a_paper_that_may_follow_later_is_not_missing(wang: Client) -> None:
    case = filled(wang)
    assert states(wang, case)["papers"] == "done"
    assert wang.get(reverse("desk:check", args=[case.kind, case.pk])).status_code == 200


def test_files_for_fields_nobody_asked_for_are_left(wang: Client) -> None:
    case = begun(wang)
    send(wang, case, "papers", files=[paper()], paper_nothing=[paper()], paper_site_plan=[paper()])
    assert Attachment.objects.count() == 1


# --- one page ------------------------------------------------------------------------------------------


def test_a_short_form_is_one_page_with_its_papers(wang: Client) -> None:
    shown = wang.get(SHORT)
    said = shown.content.decode()
    assert "简易备案" in said and 'name="paper_letter"' in said and 'name="files"' not in said
    sent = {"form_key": str(uuid.uuid4()), "subject": "搬迁", "place": "in"}
    response = wang.post(SHORT, sent)
    assert response.status_code == 422 and set(response.context["form"].errors) == {"paper_letter"}
    response = wang.post(SHORT, sent | {"paper_letter": [paper()]})
    case = Case.objects.get()
    assert response.headers["Location"] == reverse("desk:check", args=[case.kind, case.pk])


def test_an_autosave_opens_the_draft_of_a_short_form(wang: Client) -> None:
    sent = {"form_key": str(uuid.uuid4()), "subject": "刚开始"}
    assert wang.post(f"{SHORT}autosave/", sent).status_code == 200
    assert answers_of(Case.objects.get()) == {"subject": "刚开始"}


# --- what it costs -------------------------------------------------------------------------------------


def queries(wang: Client, url: str) -> int:
    wang.get(url)
    with CaptureQueriesContext(
        connection,
    ) as caught:
        assert wang.get(url).status_code == 200
    return len(caught)


def test_pages_of_a_long_form_cost_few_queries_however_much_is_filled_in(wang: Client) -> None:
    empty = begun(wang)
    costs = {section: queries(wang, page(empty, section)) for section in ("", "company", "people", "papers")}
    Case.objects.filter(pk=empty.pk).delete()
    full = filled(wang)
    send(wang, full, "papers", paper_site_plan=[paper(f"{n}.pdf") for n in range(5)])
    for section, cost in costs.items():
        assert queries(wang, page(full, section)) <= cost + 1
    assert max(costs.values()) <= 14
    assert queries(wang, f"{page(full)}check/") <= 16


@pytest.mark.parametrize(
    ("language", "words"), [("zh-hans", "企业信息"), ("en", "The company"), ("ru", "О компании")]
)
def test_every_page_of_a_long_form_speaks_the_readers_language(
    wang: Client, language: str, words: str
) -> None:
    case = filled(wang)
    wang.cookies["django_language"] = language
    for url in (LONG, page(case), page(case, "company"), page(case, "people"), f"{page(case)}check/"):
        response = wang.get(url)
        assert response.status_code == 200
        if url != page(case, "people"):
            assert words in response.content.decode()


@pytest.mark.parametrize("section", ["company", "premises", "people", "papers"])
def test_no_garbage_breaks_a_page(wang: Client, section: str) -> None:
    case = begun(wang)
    form = drafting.form_class(case, section)
    names = [*form.base_fields, "staffed-0-name", "staffed-x-name", "staffed-0-nothing", "staffed"]
    for junk in (
        "",
        " ",
        "\0",
        "x" * 5000,
        "９" * 40,
        "-1e999",
        "[]",
        "{}",
        "\u202e\ud7ff",
        "0000-00-00",
        "NaN",
    ):
        sent = dict.fromkeys(names, junk)
        assert wang.post(page(case, section), sent).status_code in {302, 422}
        assert wang.get(page(case, section)).status_code == 200
        assert wang.get(page(case)).status_code == 200


def test_a_draft_is_listed_under_what_it_applies_for(wang: Client) -> None:
    begun(wang)
    assert "小店登记" in wang.get("/matters/").content.decode()


# --- at the desk ---------------------------------------------------------------------------------------


def test_the_desk_reads_answers_and_papers_with_personal_data_masked(wang: Client, people: Cast) -> None:
    case = filled(wang)
    check = reverse("desk:check", args=[case.kind, case.pk])
    context = wang.get(check).context
    wang.post(check, {"key": str(context["key"]), "seal": context["seal"]})
    case.refresh_from_db()
    masked = {row.label: row.value for row in workbench.detail_rows(case)}
    shown = {row.label: row.value for row in workbench.detail_rows(case, shown=True)}
    assert masked["企业名称"] == "青岛长江钢构有限公司" and masked["平面图"] == "平面图.pdf"
    assert "11010519491231002X" not in masked.values() and "11010519491231002X" in shown.values()
    assert "370281199001010010" not in masked["从业人员"] and "370281199001010010" in shown["从业人员"]
    actions.claim(case, by=people.alice, at=case.submitted_at)
    case.refresh_from_db()
    assert workbench.has_masked(case, people.alice, case.submitted_at)
    workbench.unmask(case, by=people.alice, at=case.submitted_at, reason="核对")
    event = Event.objects.filter(verb="unmask").latest("pk")
    assert event.params["fields"] == ["head_id", "head_phone", "mail", "staffed"]
    page = wang.get(f"/matters/{case.number}/").content.decode()
    assert "11010519491231002X" not in page and "370281199001010010" not in page


def test_files_that_come_after_the_submission_are_no_part_of_it(wang: Client, people: Cast) -> None:
    case = filled(wang)
    check = reverse("desk:check", args=[case.kind, case.pk])
    context = wang.get(check).context
    body = {"key": str(context["key"]), "seal": context["seal"]}
    wang.post(check, body)
    case.refresh_from_db()
    papers.hand_in(case, "lease", [paper("后补.pdf")], by=people.wang, at=timezone.now())
    assert case.attachments.count() == 2
    assert wang.post(check, body).status_code == 302
