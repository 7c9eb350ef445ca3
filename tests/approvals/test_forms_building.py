"""From rows to a form: sections, bundles, conditions, papers, what is known and what is masked."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from approvals.forms import form_for
from enterprises.models import Company, Town
from tests.approvals.asking import FIELDS, ITEM, PAPERS, SECTIONS, question, words
from tests.people import Cast, cast

pytestmark = pytest.mark.django_db


def item(*fields: dict[str, Any], papers: list[dict[str, Any]] | None = None, **more: Any) -> dict[str, Any]:
    return {"code": "x", "name": words("一"), "fields": list(fields), "papers": papers or [], **more}


def asked(form_type: Any, **answers: Any) -> list[str]:
    return list(form_type.asks(SimpleNamespace(answers=answers)))


RENTED = {"field": "premises", "is": ["rented"]}


def test_questions_stand_in_their_sections_and_papers_come_last() -> None:
    form = form_for([ITEM], SECTIONS)
    assert [section.code for section in form.sections] == ["company", "premises", "people", "papers"]
    named = [name for section in form.sections for name in section.names]
    assert named == list(form.base_fields)
    assert form.sections[1].names[:2] == ("premises", "landlord")


def test_a_question_of_no_known_section_stands_in_the_first() -> None:
    form = form_for([item(question("a", "nowhere"), question("b", "people"))], SECTIONS)
    assert [(section.code, section.names) for section in form.sections] == [
        ("company", ("a",)),
        ("people", ("b",)),
    ]


def test_one_section_alone_is_a_form_of_one_page() -> None:
    assert form_for([item(question("a", "company"))], SECTIONS[:1]).sections == ()
    assert form_for([item(question("a", "company"))], SECTIONS).sections == ()
    assert form_for([], []).base_fields == {}


def test_papers_may_have_a_section_the_catalogue_names() -> None:
    sections = [*SECTIONS, {"code": "papers", "label": words("申请材料")}]
    form = form_for([ITEM], sections)
    assert str(form.sections[-1].label) == "申请材料"
    assert len(form.sections) == 4


def test_a_fact_several_items_ask_for_is_asked_once() -> None:
    first = item(question("a", "", zh="先", is_required=False), question("b", "", condition=RENTED))
    second = item(question("a", "", zh="后"), question("b", ""), question("c", ""))
    form = form_for([first, second])
    assert list(form.base_fields) == ["a", "b", "c"]
    assert str(form.base_fields["a"].label) == "先" and form.base_fields["a"].required
    assert "b" in asked(form)


def test_a_paper_several_items_want_is_handed_in_once_and_as_strictly_as_the_strictest_wants() -> None:
    later = {**PAPERS[0], "need": "later"}
    form = form_for([item(papers=[later]), item(papers=[PAPERS[0]])])
    assert list(form.base_fields) == ["paper_site_plan"]
    assert form.base_fields["paper_site_plan"].required


def test_a_condition_that_differs_between_items_asks_where_either_would() -> None:
    other = {"field": "premises", "is": ["promised"]}
    form = form_for(
        [
            item(question("premises", ""), question("b", "", condition=RENTED)),
            item(question("b", "", condition=other)),
        ]
    )
    assert "b" not in asked(form, premises="owned")
    assert "b" in asked(form, premises="rented") and "b" in asked(form, premises="promised")


def test_a_question_below_one_that_does_not_apply_does_not_apply_either() -> None:
    form = form_for(
        [
            item(
                question("premises", ""),
                question("lets", "", "yes", condition=RENTED),
                question("who", "", condition={"field": "lets", "is": ["yes"]}),
            )
        ]
    )
    assert asked(form, premises="rented", lets="yes") == ["premises", "lets", "who"]
    assert asked(form, premises="owned", lets="yes") == ["premises"]


@pytest.mark.parametrize(
    "condition", [{"field": "gone", "is": ["x"]}, {"field": "q", "is": ["x"]}, {}, None, {"is": []}, [], "x"]
)
def test_a_condition_that_cannot_be_read_asks(condition: Any) -> None:
    assert asked(form_for([item(question("q", "", condition=condition))])) == ["q"]


def test_conditions_in_a_circle_end() -> None:
    form = form_for(
        [
            item(
                question("a", "", condition={"field": "b", "is": ["x"]}),
                question("b", "", condition={"field": "a", "is": ["x"]}),
            )
        ]
    )
    assert asked(form, a="x", b="x") == ["a", "b"]


def test_a_condition_may_be_a_yes_or_one_of_several_choices() -> None:
    form = form_for(
        [
            item(
                question("y", "", "yes"),
                question("a", "", condition={"field": "y", "is": [True]}),
                question("c", "", "choices", choices=[{"code": "one", "label": {}}]),
                question("b", "", condition={"field": "c", "is": "one"}),
            )
        ]
    )
    assert asked(form, y="yes", c=["one", "two"]) == ["y", "a", "c", "b"]
    assert asked(form, y="no", c=[]) == ["y", "c"]


def test_on_one_page_a_script_is_told_what_to_show_and_hide() -> None:
    form = form_for([ITEM], SECTIONS).of_section("premises")({})
    assert form.fields["landlord"].unasked and not form.fields["landlord"].elsewhere
    assert form.fields["landlord"].asked_if == '[["premises",["rented"]]]'
    form = form_for([ITEM], SECTIONS).of_section("people")({})
    assert form.fields["seats"].elsewhere


def test_a_part_knows_the_answers_of_the_others() -> None:
    part = form_for([ITEM], SECTIONS).of_section("people")
    kept = SimpleNamespace(answers={"trades": ["catering"]}, case=SimpleNamespace(pk=None, submitted_at=None))
    form = part({}, instance=kept)
    assert not form.is_valid() and "seats" in form.errors
    assert "company_name" not in form.fields


def test_personal_data_is_masked_even_where_the_catalogue_forgets() -> None:
    form = form_for([ITEM], SECTIONS)
    assert form.masks == {
        "head_id": "number",
        "head_phone": "phone",
        "mail": "email",
        "staffed": "rows",
    }


def test_a_sort_nobody_knows_is_asked_for_as_a_text() -> None:
    form = form_for([item(question("a", "", "hologram"), question("b", "", check_as="aura"))])(
        {"a": "x", "b": "y"}
    )
    assert form.is_valid()


def test_mangled_bounds_are_left_out() -> None:
    for bounds in ({"min": "x", "places": "y", "length": -1, "rows": "z"}, [], None, {"max": float("nan")}):
        for sort in ("text", "number", "date", "table"):
            form = form_for([item(question("a", "", sort, bounds=bounds, columns=None))])
            assert form({"a": "1"}).is_valid() in (True, False)


# --- what is known -------------------------------------------------------------------------------------


@pytest.fixture
def people() -> Cast:
    return cast()


def test_what_the_desk_knows_is_filled_in_and_said_to_be(people: Cast) -> None:
    Company.objects.create(
        party=people.company,
        registered_address="长江路 18 号",
        legal_representative="甲某",
        town=Town.objects.first(),
    )
    form_type = form_for(
        [item(*FIELDS, question("boss", "", "person", known_as="company.legal_representative"))]
    )
    known = form_type.known(people.company, people.wang)
    assert known["company_name"] == people.company.name
    assert known["company_code"] == people.company.number
    assert known["site_street"] == "长江路 18 号" and known["site_town"] == Town.objects.first().code
    assert known["boss_name"] == "甲某" and known["mail"] == "wang@example.cn"
    form = form_type(initial=known)
    assert people.company.name in str(form["company_name"])
    assert "核实" in str(form.fields["company_name"].help_text) or form.fields["company_name"].help_text
    typed = form_type(initial={"company_name": "别的名称"})
    assert str(typed.fields["company_name"].help_text) != str(form.fields["company_name"].help_text)


def test_of_a_person_no_number_is_known(people: Cast) -> None:
    people.company.sort = "person"
    form_type = form_for([ITEM], SECTIONS)
    assert set(form_type.known(people.company, people.wang)) == {"mail"}


def test_what_was_kept_goes_before_what_is_known(people: Cast) -> None:
    form_type = form_for([item(*FIELDS)])
    form = form_type(instance=SimpleNamespace(answers={"company_name": ""}, case=None))
    assert form["company_name"].value() == ""
