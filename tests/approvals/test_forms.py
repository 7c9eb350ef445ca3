"""Every sort of question: what it takes, what it refuses with a sentence, and that nothing breaks it."""

from __future__ import annotations

from typing import Any

import pytest
from django.utils import translation
from stdnum.cn import ric

from approvals.forms import form_for
from approvals.models import Application
from tests.approvals.asking import (
    ANSWERS,
    EARLY_CODE,
    FIELDS,
    GOOD_CODE,
    IDENTITY,
    ITEM,
    PROJECT,
    SECTIONS,
    question,
)

pytestmark = pytest.mark.django_db
TABLE = next(row for row in FIELDS if row["sort"] == "table")


def judged(row: dict[str, Any], **typed: Any) -> Any:
    form = form_for([{"code": "x", "name": {}, "fields": [row]}])(typed)
    form.is_valid()
    return form


def refused(row: dict[str, Any], typed: str) -> str:
    """What is said of a wrong answer."""
    form = judged(row, q=typed)
    assert form["q"].value() == typed
    return " ".join(form.errors.get("q", []))


# --- one by one ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("sort", "bounds", "typed", "kept"),
    [
        ("text", {}, "  长江路 18 号 ", "长江路 18 号"),
        ("long", {}, "a\r\nb", "a\r\nb"),
        ("number", {}, "1,000", "1000"),
        ("number", {}, "１，０００．２５", "1000.25"),
        ("number", {}, "−3", "-3"),
        ("number", {"places": 0}, " 12 000 ", "12000"),
        ("money", {}, "¥ 1,234,567.80", "1234567.80"),
        ("money", {}, "500元", "500"),
        ("money", {"min": 0, "max": 100}, "100", "100"),
        ("date", {}, "2026-03-05", "2026-03-05"),
        ("date", {}, "2026/3/5", "2026-03-05"),
        ("date", {}, "2026.3.5", "2026-03-05"),
        ("date", {}, "2026年3月5日", "2026-03-05"),
        ("date", {}, "２０２６ 年 ３ 月 ５ 日", "2026-03-05"),
        ("yes", {}, "yes", "yes"),
    ],
)
def test_what_is_meant_is_kept_however_it_is_written(
    sort: str, bounds: dict[str, Any], typed: str, kept: str
) -> None:
    form = judged(question("q", "", sort, bounds=bounds), q=typed)
    assert not form.errors
    form.instance = Application()
    form.instance.save = lambda: None
    form.save()
    assert form.instance.answers == {"q": kept}
    again = judged(question("q", "", sort, bounds=bounds), q=kept)
    assert str(again.cleaned_data["q"]) == str(form.cleaned_data["q"])


@pytest.mark.parametrize(
    ("sort", "bounds", "typed", "said"),
    [
        ("text", {}, " ", "Please answer this question."),
        ("text", {"length": 3}, "abcd", "At most 3 characters; these are 4."),
        ("number", {}, "1,00", "Write a figure such as 1,000 or 12.5."),
        ("number", {}, "１百", "Write a figure such as 1,000 or 12.5."),
        ("number", {}, "NaN", "Write a figure such as 1,000 or 12.5."),
        ("number", {}, "1e9", "Write a figure such as 1,000 or 12.5."),
        ("number", {}, "9" * 40, "This figure is too long."),
        ("number", {"places": 0}, "1.5", "Enter a whole number."),
        ("number", {"min": 1000}, "999", "Enter 1,000 or more."),
        ("number", {"max": 100}, "101", "Enter 100 or less."),
        ("money", {}, "-1", "Enter 0 or more."),
        ("money", {}, "1.234", "At most 2 digits after the point."),
        ("date", {}, "2026-02-30", "Write a day such as 2026-03-05."),
        ("date", {}, "05.03.2026", "Write a day such as 2026-03-05."),
        ("date", {}, "0001-01-01", "Write a day such as 2026-03-05."),
        ("date", {"min": "2026-01-01"}, "2025-12-31", "Enter 2026-01-01 or a later day."),
        ("date", {"max": "2026-01-01"}, "2026-01-02", "Enter 2026-01-01 or an earlier day."),
        ("yes", {}, "perhaps", "Choose one of them."),
        ("yes", {}, "", "Choose one of them."),
    ],
)
def test_what_cannot_be_kept_is_told_in_a_sentence(
    sort: str, bounds: dict[str, Any], typed: str, said: str
) -> None:
    with translation.override("en"):
        assert refused(question("q", "", sort, bounds=bounds), typed) == said


@pytest.mark.parametrize(
    ("check", "typed", "kept"),
    [
        ("uscc", GOOD_CODE, GOOD_CODE),
        ("uscc", " 91370281 ma00 00015ｗ", GOOD_CODE),
        ("identity", "11010519491231002x", IDENTITY),
        ("identity", "１１０１０５１９４９１２３１００２Ｘ", IDENTITY),
        ("identity", "440524188001010014", "440524188001010014"),
        ("identity", "370281 1990 0101 0010", "370281199001010010"),
        ("phone", "138 0000 0001", "13800000001"),
        ("phone", "0532－8726 1234", "0532-87261234"),
        ("phone", "+86 138 0000 0001", "+8613800000001"),
        ("project", f" {PROJECT}", PROJECT),
        ("project", PROJECT.replace("-", "—"), PROJECT),
        ("email", " shop@example.cn ", "shop@example.cn"),
    ],
)
def test_a_checked_number_is_kept_in_its_plain_form(check: str, typed: str, kept: str) -> None:
    form = judged(question("q", "", check_as=check), q=typed)
    assert form.cleaned_data["q"] == kept and not form.errors


@pytest.mark.parametrize(
    ("check", "typed"),
    [
        ("uscc", "91370281MA0000015I"),
        ("uscc", "370281123456789"),
        ("uscc", "91" * 40),
        ("identity", "110105194912310021"),
        ("identity", "11010519491331002X"),
        ("identity", "370281209911220007"),
        ("identity", "37028119900101001"),
        ("identity", "X1010519491231002X"),
        ("identity", "E12345678"),
        ("phone", "12"),
        ("phone", "打给王经理"),
        ("phone", "١٢٣٤٥٦٧٨"),
        ("project", "2106-37028-04-01-123456"),
        ("email", "shop@"),
    ],
)
def test_a_number_that_cannot_be_right_is_refused(check: str, typed: str) -> None:
    assert refused(question("q", "", check_as=check), typed)


def test_a_permanent_residence_card_of_a_foreigner_is_an_identity_number() -> None:
    """Eighteen places from 9 on, with the check digit of GB 11643."""
    head = "93268219850101001"
    assert not judged(
        question("q", "", check_as="identity"), q=head + ric.calc_check_digit(head + "0")
    ).errors


def test_a_person_may_show_a_passport_instead() -> None:
    row = question("q", "", "person")
    typed = {"q_name": "Ivanova", "q_phone": "13800000001"}
    assert not judged(row, q_id="E12345678", **typed).errors
    assert "q_id" in judged(row, q_id="3702811990010100", **typed).errors


def test_an_early_code_passes_once_it_is_said_that_the_licence_shows_it() -> None:
    row = question("q", "", check_as="uscc")
    form = judged(row, q=EARLY_CODE)
    assert "q" in form.errors and not form.fields["q_exact"].unasked
    form = judged(row, q=EARLY_CODE, q_exact="on")
    assert not form.errors and form.cleaned_data == {"q": EARLY_CODE, "q_exact": True}
    assert judged(row, q=GOOD_CODE, q_exact="on").cleaned_data == {"q": GOOD_CODE}
    assert "q" in judged(row, q="91370281MA0000015I", q_exact="on").errors


def test_few_choices_are_buttons_and_many_a_list() -> None:
    rows = [{"code": str(n), "label": {"zh-hans": f"第{n}"}} for n in range(7)]
    few = judged(question("q", "", "choice", choices=rows[:6]))
    many = judged(question("q", "", "choice", choices=rows))
    assert 'type="radio"' in str(few["q"]) and "<select" in str(many["q"])
    assert 'value="6" selected' in str(judged(question("q", "", "choice", choices=rows), q="6")["q"])


def test_questions_speak_the_readers_language() -> None:
    form = form_for([ITEM], SECTIONS)
    for language, label in (("zh-hans", "企业名称"), ("en", "Company Name"), ("ru", "company_name (ру)")):
        with translation.override(language):
            assert str(form.base_fields["company_name"].label) == label


def test_phones_get_the_keyboard_they_need() -> None:
    form = judged(question("q", "", "number", bounds={"places": 0}))
    assert 'inputmode="numeric"' in str(form["q"])
    assert 'inputmode="tel"' in str(judged(question("q", "", check_as="phone"))["q"])
    assert 'type="date"' in str(judged(question("q", "", "date"))["q"])


def test_bounds_are_said_before_anything_is_typed() -> None:
    with translation.override("en"):
        form = judged(question("q", "", "number", bounds={"min": 1, "max": 100000}))
        assert "From 1 to 100,000." in str(form.fields["q"].help_text)


# --- tables --------------------------------------------------------------------------------------------


def test_rows_are_masked_cell_by_cell() -> None:
    field = form_for([{"code": "x", "name": {}, "fields": [TABLE]}]).base_fields["staffed"]
    rows = [{"name": "乙某", "identity": "370281199001010010", "since": ""}]
    assert "370281199001010010" in field.words(rows)
    masked = field.words(rows, "rows")
    assert "370281199001010010" not in masked and "3702******0010" in masked and "乙某" in masked


def test_a_table_never_grows_beyond_what_one_page_can_carry() -> None:
    columns = [{"code": f"c{n}", "label": {}, "sort": "text"} for n in range(20)]
    row = question("q", "", "table", columns=columns, bounds={"rows": 5000})
    assert judged(row).fields["q"].most == 40
    assert judged({**row, "columns": columns[:1]}).fields["q"].most == 100


def test_an_empty_table_that_must_be_filled_in_says_so() -> None:
    assert "staffed" in judged(TABLE, **{"staffed-0-name": "  "}).errors
    assert not judged({**TABLE, "is_required": False}, **{"staffed-0-name": " "}).errors


def test_every_answer_of_the_sample_is_good() -> None:
    form_type = form_for([{**ITEM, "papers": []}], [])
    typed = {name: value for part in ANSWERS.values() for name, value in part.items()}
    form = form_type(typed)
    assert form.is_valid(), form.errors
