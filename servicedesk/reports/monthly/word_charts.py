"""A chart of a monthly report in a Word file: DrawingML with its values, and the workbook behind it."""

from __future__ import annotations

import io
from collections.abc import Sequence
from datetime import datetime
from typing import Any
from xml.sax.saxutils import escape

import openpyxl  # type: ignore[import-untyped]
from docx.document import Document
from docx.opc.constants import RELATIONSHIP_TYPE
from docx.opc.packuri import PackURI
from docx.opc.part import Part
from docx.oxml import parse_xml
from docx.text.paragraph import Paragraph

from servicedesk.desk.cells import defused
from servicedesk.reports.monthly.cells import Stored
from servicedesk.reports.monthly.packing import packed

CHART = "application/vnd.openxmlformats-officedocument.drawingml.chart+xml"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
DRAWING = "http://schemas.openxmlformats.org/drawingml/2006"
RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
WORD_DRAWING = f"{DRAWING}/wordprocessingDrawing"
# English Metric Units in a millimetre.
MM = 36_000
WIDTH = 154 * MM
COLORS = ("1F5F7A", "B7791F", "2F7D4F")
SHEET = "Sheet1"


def add_chart(document: Document, paragraph: Paragraph, chart: Stored, place: int, at: datetime) -> None:
    """Put the chart into the paragraph; `place` tells the charts of a document apart."""
    package = document.part.package
    made = Part(PackURI(f"/word/charts/chart{place}.xml"), CHART, b"", package)
    book = PackURI(f"/word/embeddings/Microsoft_Excel_Sheet{place}.xlsx")
    behind = made.relate_to(Part(book, XLSX, workbook(chart, at), package), RELATIONSHIP_TYPE.PACKAGE)
    made._blob = chart_xml(chart, behind).encode()
    key = document.part.relate_to(made, RELATIONSHIP_TYPE.CHART)
    paragraph.add_run()._r.append(parse_xml(_frame(chart, key, place)))


def height_of(chart: Stored) -> int:
    """Lying bars need a line each."""
    if chart["sort"] != "bars":
        return 72 * MM
    return (30 + 9 * len(chart["categories"])) * MM


def _frame(chart: Stored, key: str, place: int) -> str:
    said = escape(chart["title"], {'"': "&quot;"})
    return (
        f'<w:drawing xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main">'
        f'<wp:inline xmlns:wp="{WORD_DRAWING}" distT="0" distB="0" distL="0" distR="0">'
        f'<wp:extent cx="{WIDTH}" cy="{height_of(chart)}"/>'
        f'<wp:docPr id="{100 + place}" name="chart {place}" descr="{said}"/><wp:cNvGraphicFramePr/>'
        f'<a:graphic xmlns:a="{DRAWING}/main"><a:graphicData uri="{DRAWING}/chart">'
        f'<c:chart xmlns:c="{DRAWING}/chart" xmlns:r="{RELATIONS}" r:id="{key}"/>'
        f"</a:graphicData></a:graphic></wp:inline></w:drawing>"
    )


def workbook(chart: Stored, at: datetime) -> bytes:
    """The values of the chart as the sheet its series refer to."""
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = SHEET
    sheet.append(["", *(defused(each["name"]) for each in chart["series"])])
    for row, category in enumerate(chart["categories"]):
        sheet.append([defused(category), *(each["values"][row] for each in chart["series"])])
    file = io.BytesIO()
    book.save(file)
    return packed(file.getvalue(), at)


def chart_xml(chart: Stored, behind: str) -> str:
    return (
        '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>'
        f'<c:chartSpace xmlns:c="{DRAWING}/chart" xmlns:a="{DRAWING}/main" xmlns:r="{RELATIONS}">'
        f'<c:roundedCorners val="0"/><c:chart>{_title(chart["title"])}<c:autoTitleDeleted val="0"/>'
        f"<c:plotArea><c:layout/>{_plot(chart)}{_axes(chart)}</c:plotArea>{_legend(chart)}"
        '<c:plotVisOnly val="1"/><c:dispBlanksAs val="gap"/></c:chart>'
        f"<c:spPr><a:ln><a:noFill/></a:ln></c:spPr>{_text(900)}"
        f'<c:externalData r:id="{behind}"><c:autoUpdate val="0"/></c:externalData></c:chartSpace>'
    )


def _text(size: int) -> str:
    """How the words of a chart look, in hundredths of a point."""
    fonts = '<a:latin typeface="Times New Roman"/><a:ea typeface="仿宋"/>'
    run = f'<a:defRPr sz="{size}">{fonts}</a:defRPr>'
    return f"<c:txPr><a:bodyPr/><a:lstStyle/><a:p><a:pPr>{run}</a:pPr><a:endParaRPr/></a:p></c:txPr>"


def _title(words: str) -> str:
    fonts = '<a:latin typeface="Times New Roman"/><a:ea typeface="黑体"/>'
    return (
        f"<c:title><c:tx><c:rich><a:bodyPr/><a:lstStyle/><a:p><a:pPr><a:defRPr/></a:pPr>"
        f'<a:r><a:rPr sz="1050" b="0">{fonts}</a:rPr><a:t>{escape(words)}</a:t></a:r></a:p></c:rich></c:tx>'
        f'<c:overlay val="0"/></c:title>'
    )


def _plot(chart: Stored) -> str:
    series = "".join(_series(chart, place, each) for place, each in enumerate(chart["series"]))
    axes = '<c:axId val="111111111"/><c:axId val="222222222"/>'
    if chart["sort"] == "line":
        return (
            f'<c:lineChart><c:grouping val="standard"/><c:varyColors val="0"/>{series}'
            f'<c:marker val="1"/>{axes}</c:lineChart>'
        )
    lies = "bar" if chart["sort"] == "bars" else "col"
    return (
        f'<c:barChart><c:barDir val="{lies}"/><c:grouping val="clustered"/><c:varyColors val="0"/>{series}'
        f'<c:gapWidth val="60"/>{axes}</c:barChart>'
    )


def _series(chart: Stored, place: int, series: Stored) -> str:
    color, column = COLORS[place % len(COLORS)], chr(ord("B") + place)
    fill = f'<a:solidFill><a:srgbClr val="{color}"/></a:solidFill>'
    is_line = chart["sort"] == "line"
    look = f'<a:ln w="28575">{fill}</a:ln>' if is_line else fill
    circle = '<c:marker><c:symbol val="circle"/><c:size val="6"/></c:marker>'
    mark, smooth = (circle, '<c:smooth val="0"/>') if is_line else ('<c:invertIfNegative val="0"/>', "")
    where = '<c:dLblPos val="t"/>' if is_line else '<c:dLblPos val="outEnd"/>'
    labels = (
        f'<c:dLbls><c:spPr><a:noFill/></c:spPr>{_text(800)}{where}<c:showLegendKey val="0"/>'
        '<c:showVal val="1"/><c:showCatName val="0"/><c:showSerName val="0"/><c:showPercent val="0"/>'
        '<c:showBubbleSize val="0"/></c:dLbls>'
    )
    last = len(chart["categories"]) + 1
    name = f'<c:pt idx="0"><c:v>{escape(series["name"])}</c:v></c:pt>'
    return (
        f'<c:ser><c:idx val="{place}"/><c:order val="{place}"/>'
        f'<c:tx><c:strRef><c:f>{SHEET}!${column}$1</c:f><c:strCache><c:ptCount val="1"/>{name}</c:strCache>'
        f"</c:strRef></c:tx><c:spPr>{look}</c:spPr>"
        f"{mark}{labels}"
        f"<c:cat><c:strRef><c:f>{SHEET}!$A$2:$A${last}</c:f>"
        f"<c:strCache>{_points(chart['categories'])}</c:strCache></c:strRef></c:cat>"
        f"<c:val><c:numRef><c:f>{SHEET}!${column}$2:${column}${last}</c:f><c:numCache>"
        f"<c:formatCode>{'0.0' if chart['percent'] else '0'}</c:formatCode>{_points(series['values'])}"
        f"</c:numCache></c:numRef></c:val>{smooth}</c:ser>"
    )


def _points(values: Sequence[Any]) -> str:
    """What is not known is left out: a gap, never a nought."""
    told = "".join(
        f'<c:pt idx="{place}"><c:v>{escape(str(value))}</c:v></c:pt>'
        for place, value in enumerate(values)
        if value is not None
    )
    return f'<c:ptCount val="{len(values)}"/>{told}'


def _axes(chart: Stored) -> str:
    lies = chart["sort"] == "bars"
    # The first of lying bars stands on top, as in the table.
    turned = "maxMin" if lies else "minMax"
    bottom, left = ("l", "b") if lies else ("b", "l")
    most = '<c:max val="100"/><c:min val="0"/>' if chart["percent"] else '<c:min val="0"/>'
    grid = (
        '<c:majorGridlines><c:spPr><a:ln w="6350"><a:solidFill><a:srgbClr val="D0D5DA"/></a:solidFill></a:ln>'
    )
    return (
        f'<c:catAx><c:axId val="111111111"/><c:scaling><c:orientation val="{turned}"/></c:scaling>'
        f'<c:delete val="0"/><c:axPos val="{bottom}"/><c:numFmt formatCode="General" sourceLinked="0"/>'
        f'<c:majorTickMark val="none"/><c:minorTickMark val="none"/><c:tickLblPos val="low"/>{_text(900)}'
        '<c:crossAx val="222222222"/><c:crosses val="autoZero"/></c:catAx>'
        f'<c:valAx><c:axId val="222222222"/><c:scaling><c:orientation val="minMax"/>{most}</c:scaling>'
        f'<c:delete val="0"/><c:axPos val="{left}"/>{grid}</c:spPr></c:majorGridlines>'
        '<c:numFmt formatCode="General" sourceLinked="0"/><c:majorTickMark val="none"/>'
        f'<c:minorTickMark val="none"/><c:tickLblPos val="nextTo"/>{_text(900)}'
        f'<c:crossAx val="111111111"/><c:crosses val="{"max" if lies else "autoZero"}"/></c:valAx>'
    )


def _legend(chart: Stored) -> str:
    if len(chart["series"]) < 2:
        return ""
    return f'<c:legend><c:legendPos val="b"/><c:overlay val="0"/>{_text(900)}</c:legend>'
