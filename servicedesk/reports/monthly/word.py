"""The monthly report as docx, laid out as official papers are (GB/T 9704-2012): A4, 仿宋 text, 黑体 headings,
numbered pages, headings of tables on every page. It opens in WPS and Word."""

from __future__ import annotations

import io
from datetime import datetime
from typing import Any

import docx
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from docx.document import Document
from docx.enum.table import WD_TABLE_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt, RGBColor
from docx.text.paragraph import Paragraph

from servicedesk.reports.monthly.cells import COUNT, TEXT, Stored, flat
from servicedesk.reports.monthly.packing import packed
from servicedesk.reports.monthly.word_charts import add_chart

LATIN, TEXT_FONT, HEAD_FONT, TITLE_FONT = "Times New Roman", "仿宋", "黑体", "方正小标宋简体"
# 一、二、三 … as official papers number their parts.
PARTS = "一二三四五六七八九十"
# Between the margins, in millimetres.
TABLE_WIDTH = 156
BODY, HEADING, TITLE, SMALL, CELL = Pt(15), Pt(15), Pt(21), Pt(10.5), Pt(9)


def as_docx(document: Stored, head: list[str], at: datetime) -> bytes:
    """`head` are the lines under the title that say whether this is a draft, or who froze it."""
    made = docx.Document()
    _lay_out(made)
    _properties(made, document["title"], at)
    _title(made, document, head)
    _text(made, document["paragraphs"])
    _tables(made, document, at)
    file = io.BytesIO()
    made.save(file)
    return packed(file.getvalue(), at)


def _lay_out(made: Document) -> None:
    page = made.sections[0]
    page.page_width, page.page_height = Mm(210), Mm(297)
    page.top_margin, page.bottom_margin = Mm(37), Mm(35)
    page.left_margin, page.right_margin = Mm(28), Mm(26)
    _font(made.styles["Normal"], TEXT_FONT, BODY)
    _font(made.styles["Heading 1"], HEAD_FONT, HEADING)
    made.styles["Heading 1"].font.color.rgb, made.styles["Heading 1"].font.bold = RGBColor(0, 0, 0), False
    _number_pages(page.footer.paragraphs[0])


def _font(style: Any, name: str, size: Pt) -> None:
    """The font of a style. Its Chinese name is another attribute, and that of a theme would win over both."""
    style.font.name, style.font.size = LATIN, size
    fonts = style.element.get_or_add_rPr().get_or_add_rFonts()
    fonts.set(qn("w:eastAsia"), name)
    for theme in ("ascii", "hAnsi", "eastAsia", "cs"):
        fonts.attrib.pop(qn(f"w:{theme}Theme"), None)


def _number_pages(paragraph: Paragraph) -> None:
    """“— 3 —” in the middle of the foot."""
    paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
    _run(paragraph, "— ", TEXT_FONT, Pt(14))
    field = _run(paragraph, "", TEXT_FONT, Pt(14))
    for sort, words in (("begin", None), (None, "PAGE"), ("separate", None), ("text", "1"), ("end", None)):
        if sort == "text":
            field.add_text(str(words))
        elif words:
            instruction = OxmlElement("w:instrText")
            instruction.text = words
            field._r.append(instruction)
        else:
            mark = OxmlElement("w:fldChar")
            mark.set(qn("w:fldCharType"), str(sort))
            field._r.append(mark)
    _run(paragraph, " —", TEXT_FONT, Pt(14))


def _run(paragraph: Paragraph, words: str, font: str, size: Pt, bold: bool = False) -> Any:
    run = paragraph.add_run(words)
    run.font.name, run.font.size, run.font.bold = LATIN, size, bold
    run._r.get_or_add_rPr().get_or_add_rFonts().set(qn("w:eastAsia"), font)
    return run


def _properties(made: Document, title: str, at: datetime) -> None:
    facts = made.core_properties
    facts.title, facts.author, facts.last_modified_by, facts.comments = title[:255], "", "", ""
    facts.language, facts.revision = get_language() or "", 1
    # Anything else than the moment of the report would make other bytes of the same report.
    facts.created = facts.modified = at.replace(microsecond=0, tzinfo=None)


def _title(made: Document, document: Stored, head: list[str]) -> None:
    title = made.add_paragraph()
    title.alignment = WD_ALIGN_PARAGRAPH.CENTER
    _run(title, document["title"], TITLE_FONT, TITLE)
    for line in [document["scope"], *head]:
        under = made.add_paragraph()
        under.alignment = WD_ALIGN_PARAGRAPH.CENTER
        under.paragraph_format.space_after = Pt(2)
        _run(under, line, "楷体", SMALL)


def _heading(made: Document, words: str) -> None:
    paragraph = made.add_paragraph(style="Heading 1")
    paragraph.paragraph_format.space_before, paragraph.paragraph_format.space_after = Pt(12), Pt(6)
    paragraph.paragraph_format.keep_with_next = True
    _run(paragraph, words, HEAD_FONT, HEADING)


def part_words(place: int) -> str:
    """“三、” in Chinese, “3. ” elsewhere; from the eleventh on “十一、”."""
    if not (get_language() or "").startswith("zh"):
        return f"{place}. "
    tens, ones = divmod(place, 10)
    words = ("" if tens == 0 else "十" if tens == 1 else f"{PARTS[tens - 1]}十") + (
        PARTS[ones - 1] if ones else ""
    )
    return f"{words}、"


def _text(made: Document, sections: list[Stored]) -> None:
    for place, section in enumerate(sections, start=1):
        _heading(made, f"{part_words(place)}{section['heading']}")
        for line in section["lines"]:
            paragraph = made.add_paragraph(line)
            form = paragraph.paragraph_format
            form.first_line_indent, form.line_spacing, form.space_after = Pt(30), Pt(26), Pt(0)


def _tables(made: Document, document: Stored, at: datetime) -> None:
    """The tables as annexes, numbered by themselves, each below its charts."""
    charts, drawn = document["charts"], 0
    made.add_page_break()
    for place, table in enumerate(document["tables"], start=1):
        _heading(made, _("Table %(n)s. %(title)s") % {"n": place, "title": table["title"]})
        for chart in (each for each in charts if each["name"] == table["name"]):
            drawn += 1
            add_chart(made, made.add_paragraph(), chart, drawn, at)
        _table(made, table)
        if table["note"]:
            note = made.add_paragraph()
            _run(note, _("Note: %(note)s") % {"note": table["note"]}, TEXT_FONT, SMALL)


def _table(made: Document, table: Stored) -> None:
    rows = [list(row) for row in flat(table)]
    if len(rows) == 1:
        _run(made.add_paragraph(), _("None."), TEXT_FONT, SMALL)
        return
    drawn = made.add_table(rows=len(rows), cols=len(rows[0]), style="Table Grid")
    drawn.alignment, drawn.autofit = WD_TABLE_ALIGNMENT.CENTER, False
    widths = _widths(table)
    for column, width in zip(drawn.columns, widths, strict=True):
        column.width = width
    left = _left_columns(table)
    for place, (row, told) in enumerate(zip(rows, drawn.rows, strict=True)):
        _keep_whole(told, is_head=place == 0)
        for column, (words, cell) in enumerate(zip(row, told.cells, strict=True)):
            cell.width, paragraph = widths[column], cell.paragraphs[0]
            is_left = column in left
            paragraph.alignment = WD_ALIGN_PARAGRAPH.LEFT if is_left else WD_ALIGN_PARAGRAPH.CENTER
            _run(paragraph, words, HEAD_FONT if place == 0 else TEXT_FONT, CELL)


def _widths(table: Stored) -> list[Mm]:
    """Room for names and for rates with their counts; counts need little."""
    shares = [4.0]
    for column in range(len(table["columns"])):
        sorts = {row["cells"][column]["sort"] for row in table["lines"]}
        shares.append(2.0 if sorts <= {COUNT} else 4.0 if TEXT in sorts else 3.4)
    return [Mm(round(TABLE_WIDTH * share / sum(shares), 1)) for share in shares]


def _left_columns(table: Stored) -> set[int]:
    """Words stand left, numbers in the middle."""
    words = {
        place + 1 for row in table["lines"] for place, cell in enumerate(row["cells"]) if cell["sort"] == TEXT
    }
    return {0} | words


def _keep_whole(row: Any, is_head: bool) -> None:
    """No row is cut by the end of a page, and the head is repeated on each."""
    facts = row._tr.get_or_add_trPr()
    facts.append(OxmlElement("w:cantSplit"))
    if is_head:
        facts.append(OxmlElement("w:tblHeader"))
