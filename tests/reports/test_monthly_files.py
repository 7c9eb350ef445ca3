# ruff: noqa: F811 (fixtures are imported by their names)
"""The files of a monthly report: whole, the same bytes every time, with the numbers of the screen."""

from __future__ import annotations

import io
import zipfile
from datetime import date
from typing import Any
from xml.etree import ElementTree

import docx
import openpyxl  # type: ignore[import-untyped]
import pytest
from django.core.cache import cache
from django.test import Client
from django.utils.translation import override
from docx.oxml.ns import qn

from enterprises.models import DirectLineMatter, Topic
from servicedesk.accounts.models import Office
from servicedesk.reports.models import MonthlyReport, ReportMinimum
from servicedesk.reports.monthly import life
from servicedesk.reports.monthly.cells import flat
from servicedesk.reports.monthly.document import document_in
from servicedesk.reports.monthly.drawing import drawn
from servicedesk.reports.monthly.views import head_of
from servicedesk.reports.monthly.word import as_docx, part_words
from servicedesk.reports.monthly.workbook import as_xlsx
from tests.desk.staff import enter
from tests.reports.kept_month import kept_march, march  # noqa: F401
from tests.reports.month import NOW, Month

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("on_10_april")]
TYPES = "{http://schemas.openxmlformats.org/package/2006/content-types}"
RELATIONS = "{http://schemas.openxmlformats.org/package/2006/relationships}Relationship"
CHART = "{http://schemas.openxmlformats.org/drawingml/2006/chart}"


@pytest.fixture
def report(march: Month) -> MonthlyReport:
    """With a topic, two ranked offices, and a name that a spreadsheet program would run."""
    cache.clear()
    topic = Topic.objects.valid().first()
    DirectLineMatter.objects.filter(case__in=[march["kept"], march["overdue"]]).update(topic=topic)
    ReportMinimum.objects.create(what="offices", number=1, basis="试行", valid_from=date(2026, 4, 1))
    Office.objects.filter(code="zjj").update(name="=HYPERLINK(1)<&>\x07", name_en="")
    return life.make(march.people.grace, date(2026, 3, 1), None, "direct-line", NOW)


def parts(file: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(file)) as found:
        assert found.testzip() is None
        return {name: found.read(name) for name in found.namelist()}


def check_package(file: bytes) -> dict[str, bytes]:
    """Every part is well-formed, has a content type, and every relation leads to a part that is there."""
    found = parts(file)
    for name, blob in found.items():
        if name.endswith((".xml", ".rels")):
            ElementTree.fromstring(blob)
    types = ElementTree.fromstring(found["[Content_Types].xml"])
    endings = {each.get("Extension") for each in types.iter(f"{TYPES}Default")}
    named = {each.get("PartName") for each in types.iter(f"{TYPES}Override")}
    for name in found:
        known = f"/{name}" in named or name.rpartition(".")[2] in endings
        assert known or name == "[Content_Types].xml", name
    for name, blob in found.items():
        if name.endswith(".rels"):
            folder = name.partition("_rels/")[0]
            for each in ElementTree.fromstring(blob).iter(RELATIONS):
                if each.get("TargetMode") != "External":
                    assert target(folder, str(each.get("Target"))) in found, (name, each.get("Target"))
    return found


def target(folder: str, path: str) -> str:
    if path.startswith("/"):
        return path.removeprefix("/")
    steps = [step for step in folder.split("/") if step]
    for step in path.split("/"):
        if step == "..":
            steps.pop()
        elif step != ".":
            steps.append(step)
    return "/".join(steps)


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_both_files_are_whole_and_say_what_the_screen_says(
    client: Client, report: MonthlyReport, language: str
) -> None:
    document = document_in(report.content, language)
    with override(language):
        made = as_docx(document, head_of(report), NOW)
        shown = [[list(row) for row in flat(table)] for table in document["tables"] if table["lines"]]
    check_package(made)
    opened = docx.Document(io.BytesIO(made))
    tables = [[[cell.text for cell in row.cells] for row in table.rows] for table in opened.tables]
    assert tables == shown
    for table in opened.tables:
        first = table.rows[0]._tr.trPr
        assert first is not None and first.find(qn("w:tblHeader")) is not None
    text = [paragraph.text for paragraph in opened.paragraphs]
    assert document["title"] in text
    for section in document["paragraphs"]:
        assert all(line in text for line in section["lines"])
    page = opened.sections[0]
    assert page.page_width and page.page_height
    assert (round(page.page_width.mm), round(page.page_height.mm)) == (210, 297)
    assert "PAGE" in page.footer.paragraphs[0]._p.xml
    with override(language):
        book = as_xlsx(document, head_of(report), NOW)
    check_package(book)
    sheets = openpyxl.load_workbook(io.BytesIO(book)).worksheets
    assert [sheet.title for sheet in sheets[1:-1]] == [table["title"] for table in document["tables"]]
    for sheet, table in zip(sheets[1:-1], document["tables"], strict=True):
        check_sheet(sheet, table)


def check_sheet(sheet: Any, table: dict[str, Any]) -> None:
    """Counts and rates are numbers, and those of the table; nothing is run."""
    rows = list(sheet.iter_rows(min_row=2))
    assert len(rows) == len(table["lines"])
    for row, line in zip(rows, table["lines"], strict=True):
        numbers = [cell.value for cell in row if isinstance(cell.value, int | float)]
        expected: list[float] = []
        for cell in line["cells"]:
            if cell["sort"] == "percent":
                share = [] if cell["value"] is None else [pytest.approx(cell["value"] / 100)]
                expected += [cell["part"], cell["whole"], *share]
            elif cell["sort"] == "count" and cell["value"] is not None:
                expected.append(cell["value"])
            elif cell["sort"] == "change" and cell["value"] is not None:
                expected.append(cell["value"] if cell["points"] else pytest.approx(cell["value"] / 100))
        assert numbers == expected
        assert not [cell for cell in row if cell.data_type == "f"]


def test_charts_are_native_with_the_values_of_the_tables(report: MonthlyReport) -> None:
    document = document_in(report.content, "en")
    with override("en"):
        found = check_package(as_docx(document, [], NOW))
    drawn_in = [blob for name, blob in sorted(found.items()) if name.startswith("word/charts/chart")]
    # In the order of the tables they stand above.
    expected = [
        chart
        for table in document["tables"]
        for chart in document["charts"]
        if chart["name"] == table["name"]
    ]
    assert len(drawn_in) == len(document["charts"]) >= 4
    for blob, chart in zip(drawn_in, expected, strict=True):
        root = ElementTree.fromstring(blob)
        for series, told in zip(root.iter(f"{CHART}ser"), chart["series"], strict=True):
            points = series.findall(f"{CHART}val/{CHART}numRef/{CHART}numCache/{CHART}pt")
            values = [float(str(point.findtext(f"{CHART}v"))) for point in points]
            assert values == [value for value in told["values"] if value is not None]
    books = [blob for name, blob in found.items() if name.startswith("word/embeddings/")]
    assert len(books) == len(drawn_in)
    first = openpyxl.load_workbook(io.BytesIO(books[0])).active["A2"].value
    assert first.lstrip("'") == expected[0]["categories"][0]


def test_the_same_report_is_the_same_bytes(client: Client, march: Month, report: MonthlyReport) -> None:
    enter(client, march.people.grace)
    at = f"/desk/reports/monthly/{report.pk}/report."
    for form in ("docx", "xlsx"):
        first = client.get(f"{at}{form}")
        assert (
            first.headers["Content-Disposition"] == f'attachment; filename="2026-03-draft-{report.pk}.{form}"'
        )
        DirectLineMatter.objects.filter(rating=5).update(rating=1)
        assert client.get(f"{at}{form}").content == first.content
    assert client.get(f"{at}pdf").status_code == 404


def test_the_drawing_on_the_page_has_the_values_of_the_chart(report: MonthlyReport) -> None:
    for chart in document_in(report.content, "en")["charts"]:
        found = drawn(chart)
        values = [value for series in chart["series"] for value in series["values"] if value]
        said = [box.said for box in (*found.boxes, *found.dots)]
        assert [each for each in said if each] == [f"{value:g}{'%' * chart['percent']}" for value in values]


def test_parts_are_numbered_as_official_papers_number_them() -> None:
    with override("zh-hans"):
        assert [part_words(n) for n in (1, 10, 11, 20, 21)] == [
            "一、",
            "十、",
            "十一、",
            "二十、",
            "二十一、",
        ]
