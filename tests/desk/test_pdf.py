"""Papers as PDF: what they say, that nothing typed is read as markup, and that they break where they may."""

from __future__ import annotations

import re
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from servicedesk.desk.pdf import Paper
from servicedesk.desk.pdf.fonts import FILES, Face, body_face, borrowed, embedded
from servicedesk.desk.pdf.typeset import NOT_FIRST, NOT_LAST, clusters, lines
from tests.pdf_reading import information, page_count, pages, text

OFFICE = "胶州市行政审批服务局"
LONG = "申请材料齐全，符合法定形式（见附件“目录”）；本机关决定予以受理。" * 40
installed = [path for path in FILES if Path(path).is_file()]


@pytest.fixture(params=["embedded", "borrowed"])
def face(request: pytest.FixtureRequest) -> Face:
    if request.param == "borrowed":
        return borrowed()
    if not installed:
        pytest.skip("no Chinese TrueType is installed")
    return embedded(installed[0])


def letter(face: Face | None = None, language: str = "zh-hans") -> Paper:
    paper = Paper("受理通知书", number="胶审批受〔2026〕1号", office=OFFICE, language=language, face=face)
    paper.addressee("胶州市某某有限公司：")
    paper.paragraph("你单位的申请已经收到。\n现予受理。")
    paper.facts([("办件编号", "SG-2026-000001"), ("事项", "建筑工程施工许可")])
    paper.heading("材料")
    paper.table(["序号", "名称"], [["1", "申请表"], ["2", "合同"]])
    paper.numbered(["补齐第一项；", "补齐第二项。"])
    paper.qr("https://desk.example.gov.cn/verify/abc/", "扫码查验")
    paper.signature(OFFICE, "2026年11月22日")
    paper.note("以加盖印章的文本为准。")
    return paper


def test_a_paper_says_all_it_was_given_in_that_order(face: Face) -> None:
    said = text(letter(face).bytes())
    wanted = (
        f"{OFFICE} 胶审批受〔2026〕1号 受理通知书 胶州市某某有限公司： 你单位的申请已经收到。 现予受理。"
        " 办件编号 SG-2026-000001 事项 建筑工程施工许可 材料 序号 名称 1 申请表 2 合同"
        f" 1. 补齐第一项； 2. 补齐第二项。 扫码查验 {OFFICE} 2026年11月22日 以加盖印章的文本为准。"
    ).split()
    place = 0
    for each in wanted:
        place = said.index(each, place) + len(each)


def test_the_same_calls_give_the_same_bytes(face: Face) -> None:
    first = letter(face)
    assert first.bytes() == letter(face).bytes() == first.bytes()


def test_one_word_more_gives_other_bytes(face: Face) -> None:
    other = letter(face)
    other.paragraph("又及。")
    assert other.bytes() != letter(face).bytes()


def test_eight_threads_write_the_same_paper() -> None:
    alone = letter().bytes()
    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(lambda _each: letter().bytes(), range(24)))
    assert set(found) == {alone}


def test_no_moment_of_writing_stands_in_the_file(face: Face) -> None:
    assert b"(D:20000101000000+00'00')" in letter(face).bytes()


def test_the_file_names_its_title_its_office_its_number_and_its_language() -> None:
    pdf = letter().bytes()
    assert information(pdf, "Title") == "受理通知书"
    assert information(pdf, "Author") == OFFICE
    assert information(pdf, "Subject") == "胶审批受〔2026〕1号"
    assert b"/Lang (zh-CN)" in pdf
    assert b"/Lang (ru)" in letter(language="ru").bytes()


def test_the_sheet_is_a4(face: Face) -> None:
    assert b"/MediaBox [ 0 0 595.2756 841.8898 ]" in letter(face).bytes()


TYPED = [
    "<b>粗体</b> & <font color=red>红</font>",
    "&lt;不是实体&gt; &amp; &#60;",
    "<script>alert(1)</script>",
    "a < b > c && d",
    "<para><br/></para",
    "(括号) \\反斜杠\\ )未闭合(",
]


@pytest.mark.parametrize("typed", TYPED)
def test_what_people_typed_stands_there_as_they_typed_it(face: Face, typed: str) -> None:
    paper = Paper(typed, number=typed, office=typed, face=face)
    paper.addressee(typed)
    paper.paragraph(typed)
    paper.facts([(typed, typed)])
    paper.table([typed], [[typed]])
    paper.numbered([typed])
    paper.qr("https://example.gov.cn/", typed)
    paper.signature(typed, typed)
    pdf = paper.bytes()
    plain = re.sub(r"\s", "", typed)
    assert re.sub(r"\s", "", text(pdf)).count(plain) >= 11
    assert information(pdf, "Title") == typed


def test_control_characters_and_turned_text_leave_no_trace(face: Face) -> None:
    paper = Paper("标\x00题\x1b[31m", face=face)
    paper.paragraph("甲\x00乙\x07丙\u202e丁\u200b戊\ufeff己\ud800庚\u2028辛\r\n壬\t癸\x7f")
    said = pages(paper.bytes())[0]
    assert said[0] == "标题[31m"
    assert said[1:4] == ["甲乙丙丁戊己庚", "辛", "壬 癸"]


def test_a_character_without_type_is_printed_as_printers_do(face: Face) -> None:
    paper = Paper("名单", face=face)
    paper.paragraph("王\U00020bb7 🙂")
    assert "王〓 〓" in text(paper.bytes())


@pytest.mark.parametrize("empty", ["", " ", "\n", "\u3000", "\x00"])
def test_empty_contents_are_no_trouble(face: Face, empty: str) -> None:
    paper = Paper(empty, number=empty, office=empty, face=face)
    paper.heading(empty)
    paper.paragraph(empty)
    paper.facts([(empty, empty)])
    paper.facts([])
    paper.table([], [])
    paper.table([empty], [])
    paper.table([], [[empty]])
    paper.numbered([])
    paper.signature(empty, empty)
    assert page_count(paper.bytes()) == 1


def test_a_paragraph_longer_than_a_sheet_goes_on_on_the_next(face: Face) -> None:
    paper = Paper("长文", face=face)
    paper.paragraph(LONG)
    pdf = paper.bytes()
    assert page_count(pdf) == len(pages(pdf)) >= 2
    assert LONG in text(pdf)


@pytest.mark.parametrize("word", ["x" * 5000, "（" * 3000, "。" * 3000, "—" * 3000, "9" * 4000])
def test_a_word_without_end_is_broken_by_letter(face: Face, word: str) -> None:
    paper = Paper("长词", face=face)
    paper.paragraph(word)
    paper.table(["列"], [[word, word]])
    assert word[0] * 2000 in text(paper.bytes()).replace(" ", "")


def test_a_thousand_rows_keep_their_head_on_every_sheet(face: Face) -> None:
    paper = Paper("名录", face=face)
    paper.table(["序号", "名称"], [[str(row), f"第{row}号企业"] for row in range(1, 1001)])
    start = time.perf_counter()
    pdf = paper.bytes()
    assert time.perf_counter() - start < 5
    found = pages(pdf)
    assert len(found) > 20
    assert all("序号" in page and "名称" in page for page in found)
    assert [line for page in found for line in page if line.endswith("号企业")] == [
        f"第{row}号企业" for row in range(1, 1001)
    ]
    assert len(pdf) < 500_000


def test_a_cell_higher_than_a_sheet_goes_on_and_loses_nothing(face: Face) -> None:
    paper = Paper("一格", face=face)
    paper.table(["甲", "乙"], [[LONG * 3, ""]])
    pdf = paper.bytes()
    assert page_count(pdf) >= 3
    assert LONG * 3 in text(pdf).replace("甲乙", "")


def test_sixty_columns_stay_on_the_sheet(face: Face) -> None:
    paper = Paper("宽表", face=face)
    paper.table([str(column) for column in range(60)], [["宽"] * 60])
    assert text(paper.bytes()).count("宽") == 61


def test_every_sheet_says_which_of_how_many_it_is() -> None:
    paper = Paper("长文", language="en")
    paper.paragraph(LONG)
    found = pages(paper.bytes())
    assert [page[-1] for page in found] == [f"Page {n} of {len(found)}" for n in range(1, len(found) + 1)]


def test_the_place_of_the_signature_is_not_torn() -> None:
    for height in range(12, 30):
        paper = Paper("落款")
        paper.paragraph("一行。\n" * height)
        paper.signature("甲局", "2026年1月1日")
        assert any("甲局" in page and "2026年1月1日" in page for page in pages(paper.bytes()))


def test_a_signature_moves_closer_rather_than_to_a_sheet_of_its_own() -> None:
    counts = []
    for height in range(30):
        paper = Paper("落款")
        paper.paragraph("一行。\n" * height + "末行。")
        paper.signature("甲局", "2026年1月1日")
        counts.append((page_count(paper.bytes()), "末行。" in pages(paper.bytes())[-1]))
    alone = [row for row in counts if row == (2, False)]
    assert len(alone) <= 4


def test_a_remark_stands_at_the_foot_of_the_last_sheet_and_takes_no_sheet() -> None:
    paper = Paper("长文")
    paper.paragraph(LONG)
    paper.remark("以加盖印章的文本为准。" * 9)
    found = pages(paper.bytes())
    assert ["以加盖印章" in line for page in found for line in page if "印章" in line] == [True]
    assert "以加盖印章的文本为准。" * 9 in found[-1]


def test_a_code_is_made_of_rectangles_and_no_picture() -> None:
    pdf = letter().bytes()
    assert b"/Subtype /Image" not in pdf
    assert b"/XObject" not in pdf


def test_the_embedded_typeface_is_in_the_file_and_the_borrowed_one_is_not() -> None:
    if installed:
        assert body_face() == embedded(installed[0])
        assert b"/FontFile2" in letter().bytes()
    assert b"/FontFile2" not in letter(borrowed()).bytes()
    assert b"/STSong-Light" in letter(borrowed()).bytes()


@pytest.mark.parametrize("measure", [60, 83, 120, 199, 300, 441])
def test_no_line_is_wider_than_the_measure_nor_begins_or_ends_with_a_forbidden_mark(
    face: Face, measure: int
) -> None:
    found = lines(LONG, measure, 14, face)
    assert "".join(line.text for line in found) == LONG
    for line in found:
        assert line.width + line.space * (len(line.text) - 1) <= measure + 0.01
        assert line.text[0] not in NOT_FIRST
        assert line.text[-1] not in NOT_LAST


def test_words_and_numbers_stay_whole() -> None:
    assert list(clusters("依据GB/T 9704-2012，第（五）项")) == [
        "依",
        "据",
        "GB/T",
        " ",
        "9704-2012，",
        "第",
        "（五）",
        "项",
    ]
