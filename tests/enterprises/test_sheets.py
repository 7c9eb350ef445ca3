from __future__ import annotations

import io
from datetime import date
from random import Random
from typing import Any

import openpyxl
import pytest
import tablib
from django.utils.translation import override
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from enterprises.models import Company, CompanyYear, Tag
from enterprises.resources import CompanyResource, CompanyYearResource, RegisterResource, TagResource
from enterprises.spreadsheets import Csv, SheetError, Xlsx, defused, plain
from enterprises.uscc import make_uscc
from servicedesk.desk.models import Party
from tests.enterprises.make import make_company

pytestmark = pytest.mark.django_db
ONE, TWO = make_uscc(101), make_uscc(102)


@pytest.fixture(autouse=True)
def english() -> Any:
    with override("en"):
        yield


def bring(
    resource: type[RegisterResource], headers: list[str], *rows: list[Any], dry_run: bool = False
) -> Any:
    data = tablib.Dataset(*rows, headers=headers)
    return resource().import_data(data, dry_run=dry_run, rollback_on_validation_errors=True)


def test_companies_come_in_with_names_or_codes_of_towns_and_industries() -> None:
    headers = ["uscc", "name", "town", "industry", "registered_on"]
    result = bring(
        CompanyResource,
        headers,
        [f" {ONE.lower()} ", "青岛甲有限公司", "胶西街道", 3311, "2020/5/6"],
        [TWO, "青岛乙有限公司", "lkq", "帽子制造", date(2021, 1, 2)],
    )
    assert result.sentences() == ["Row 3, industry: GB/T 4754-2017 has no industry “帽子制造”."]
    assert Company.objects.count() == 0
    result = bring(CompanyResource, headers, [ONE, "青岛甲有限公司", "胶西街道", 3311, "2020年5月6日"])
    assert result.sentences() == []
    company = Company.objects.get()
    assert (company.number, company.town.code, company.industry.code) == (ONE, "jiaoxi", "3311")
    assert company.registered_on == date(2020, 5, 6)


def test_a_party_that_is_known_without_an_entry_is_not_doubled() -> None:
    party = Party.objects.create(name="旧名", number=ONE)
    assert bring(CompanyResource, ["uscc", "name"], [ONE, "青岛甲有限公司"]).sentences() == []
    assert Company.objects.get().party == party


def test_a_dry_run_changes_nothing() -> None:
    result = bring(CompanyResource, ["uscc", "name"], [ONE, "青岛甲有限公司"], dry_run=True)
    assert result.totals["new"] == 1 and not Company.objects.exists()


def test_an_unchanged_row_is_skipped_and_a_changed_one_updates_by_its_code() -> None:
    make_company("青岛甲有限公司", ONE)
    make_company("青岛乙有限公司", TWO)
    result = bring(CompanyResource, ["uscc", "name"], [ONE, "青岛甲有限公司"], [TWO, "青岛丙有限公司"])
    assert (result.totals["skip"], result.totals["update"], result.totals["new"]) == (1, 1, 0)
    assert Company.objects.of_number(TWO).get().name == "青岛丙有限公司"
    assert Company.objects.of_number(TWO).get().town is not None


def test_headers_may_be_labels_in_any_language_of_the_interface() -> None:
    with override("zh-hans"):
        headers = CompanyResource().get_export_headers()
    with override("en"):
        values = dict.fromkeys(CompanyResource.labels, "") | {"uscc": ONE, "name": "青岛甲有限公司"}
        result = bring(CompanyResource, headers, list(values.values()))
    assert result.sentences() == [] and Company.objects.count() == 1


@pytest.mark.parametrize(
    ("headers", "row", "said"),
    [
        (["name"], ["甲"], "The column “unified social credit code” is missing."),
        (["uscc", "name", "colour"], [ONE, "甲", "red"], "The column “colour” is not known."),
        (["uscc", "name", "name"], [ONE, "甲", "乙"], "A column stands there twice."),
        (
            ["uscc", "name"],
            ["", "甲"],
            "Row 2, unified social credit code: The unified social credit code is missing.",
        ),
        (["uscc", "name"], [ONE, ""], "Row 2, name: This field cannot be blank."),
        (
            ["uscc", "name"],
            [913702813340859567.0, "甲"],
            "Row 2, unified social credit code: The code was saved as a number and has lost digits; "
            "format the column as text.",
        ),
        (
            ["uscc", "name", "registered_on"],
            [ONE, "甲", "last spring"],
            "Row 2, registered on: “last spring” is not a date; write 2024-03-31.",
        ),
        (["uscc", "name", "town"], [ONE, "甲", "莱西"], "Row 2, town: There is no town “莱西”."),
    ],
)
def test_every_fault_is_a_sentence_with_its_row(headers: list[str], row: list[Any], said: str) -> None:
    with override("en"):
        assert bring(CompanyResource, headers, row).sentences() == [said]
    assert not Company.objects.exists()


def test_an_early_code_comes_in_with_its_reason_only() -> None:
    headers = ["uscc", "name", "uscc_override_reason"]
    early = "91350211M00013FA1N"
    with override("en"):
        [said] = bring(CompanyResource, headers, [early, "甲", ""]).sentences()
    assert "check digit" in said
    assert bring(CompanyResource, headers, [early, "甲", "as on the licence"]).sentences() == []
    assert bring(CompanyResource, ["uscc", "name"], [early, "乙"]).sentences() == []


def test_a_code_may_stand_only_once_in_a_file() -> None:
    with override("en"):
        result = bring(CompanyResource, ["uscc", "name"], [ONE, "甲"], [None, None], [ONE, "乙"])
    assert result.sentences() == ["Row 4: This repeats row 2."]


def test_figures_come_in_by_code_and_year_and_an_empty_cell_stays_unknown() -> None:
    make_company(number=ONE)
    headers = ["uscc", "year", "staff", "income", "assets"]
    assert bring(CompanyYearResource, headers, [ONE, "2025", "1,200", 3500.5, ""]).sentences() == []
    year = CompanyYear.objects.get()
    assert (year.staff, float(year.income), year.assets) == (1200, 3500.5, None)
    again = bring(CompanyYearResource, headers, [ONE, 2025, 1200, "3500.50", None])
    assert again.totals["skip"] == 1
    with override("en"):
        assert bring(CompanyYearResource, headers, [TWO, 2025, 1, 1, 1]).sentences() == [
            f"Row 2, unified social credit code: No company with the code {TWO} is registered."
        ]
        [said] = bring(CompanyYearResource, headers, [ONE, 2024, "many", 1, 1]).sentences()
    assert said == "Row 2, staff: “many” is not a number."


def test_tags_come_in_by_code_tag_and_day() -> None:
    make_company(number=ONE)
    headers = ["uscc", "tag", "issuer", "valid_from", "valid_until"]
    row = [ONE, "高新技术企业", "青岛市科技局", "2024-12-01", "2027-11-30"]
    assert bring(TagResource, headers, row).sentences() == []
    assert Tag.objects.get().sort.code == "high-tech"
    assert bring(TagResource, headers, row).totals["skip"] == 1
    with override("en"):
        [said] = bring(TagResource, headers, [ONE, "high-tech", "x", "2024-12-02", "2020-01-01"]).sentences()
    assert said == "Row 2: A tag cannot end before it begins."


@pytest.mark.parametrize("text", ["=1+1", "+86 532", "-1", "@cmd", "\t=1", "\r=1"])
def test_text_that_begins_like_a_formula_is_defused_and_comes_back_whole(text: str) -> None:
    assert defused(text).startswith("'")
    assert plain(defused(text)) == text.strip()


@pytest.mark.parametrize("form", [Csv, Xlsx])
def test_what_is_exported_is_defused_and_comes_back_unchanged(form: type) -> None:
    make_company("=HYPERLINK(1)", ONE, legal_representative="@王", registered_on=date(2020, 1, 2))
    data = form().export_data(CompanyResource().export())
    cells = [cell for row in form().create_dataset(data) for cell in row]
    assert "'=HYPERLINK(1)" in cells and "'@ *" in cells
    result = CompanyResource().import_data(form().create_dataset(data), dry_run=True)
    assert result.sentences() == [] and result.totals["skip"] == 1
    assert Company.objects.get().legal_representative == "@王"


def test_a_csv_may_be_in_the_encoding_of_chinese_excel() -> None:
    data = Csv().create_dataset(f"uscc,name\r\n{ONE},青岛甲有限公司\r\n".encode("gb18030"))
    assert data["name"] == ["青岛甲有限公司"]


def test_blank_rows_keep_the_numbers_of_the_rows_below() -> None:
    book = openpyxl.Workbook()
    for row in (["uscc", "name"], [ONE, "甲"], [None, None], ["x", "乙"], [None, None]):
        book.active.append(row)
    buffer = io.BytesIO()
    book.save(buffer)
    with override("en"):
        [said] = CompanyResource().import_data(Xlsx().create_dataset(buffer.getvalue())).sentences()
    assert said.startswith("Row 4,")


@pytest.mark.parametrize("form", [Csv, Xlsx])
@pytest.mark.parametrize(
    "data", [b"", b"\x00\x01\x02", b"PK\x03\x04 broken", b"\xff" * 50, b"\n\n", b"a,b\n1,2,3"]
)
def test_nonsense_is_refused_with_a_sentence(form: type, data: bytes) -> None:
    with pytest.raises(SheetError) as refusal:
        form().create_dataset(data)
    assert str(refusal.value).endswith(".")


def test_a_workbook_with_any_byte_broken_is_read_or_refused_but_never_fails() -> None:
    make_company("青岛甲有限公司", ONE)
    whole = Xlsx().export_data(CompanyResource().export())
    rng = Random(1)
    for _attempt in range(150):
        broken = bytearray(whole)
        for _byte in range(rng.randint(1, 20)):
            broken[rng.randrange(len(broken))] = rng.randrange(256)
        try:
            Xlsx().create_dataset(bytes(broken[: rng.choice((len(broken), len(broken) // 2))]))
        except SheetError:
            continue


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(
        st.one_of(st.none(), st.text(max_size=300), st.integers(), st.floats(), st.booleans()),
        min_size=9,
        max_size=9,
    )
)
def test_any_cells_are_taken_or_refused_in_sentences(cells: list[Any]) -> None:
    cells[0] = ONE
    result = bring(CompanyResource, list(CompanyResource.labels), cells, dry_run=True)
    assert not result.error_rows, [error.error for row in result.error_rows for error in row.errors]


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(st.one_of(st.none(), st.text(max_size=30), st.integers(), st.floats()), min_size=4, max_size=4)
)
def test_any_figures_are_taken_or_refused_in_sentences(cells: list[Any]) -> None:
    if not Company.objects.of_number(ONE).exists():
        make_company(number=ONE)
    result = bring(CompanyYearResource, list(CompanyYearResource.labels), [ONE, *cells], dry_run=True)
    assert not result.error_rows, [error.error for row in result.error_rows for error in row.errors]
