"""Papers that carry more than a paper: macros, programs, bombs, scripts."""

from __future__ import annotations

import struct
import time
import zipfile

import pytest

from servicedesk.desk.files import check
from tests.desk import papers
from tests.desk.test_file_checks import refused

GOOD = papers.good_files()


# Packages


def test_macros_are_refused_in_every_form() -> None:
    assert refused("x.docx", papers.office(**{"word/vbaProject.bin": b"x"})) == "macros"
    assert refused("x.xlsx", papers.office("xlsx", **{"xl/macrosheets/sheet1.xml": b"x"})) == "macros"
    assert refused("x.docx", papers.office(**{"word\\VBAPROJECT.BIN": b"x"})) == "macros"
    hidden = papers.types(papers.MAIN["docx"]) + "application/vnd.ms-office.vbaProject"
    assert refused("x.docx", papers.package({"[Content_Types].xml": hidden, "word/a.bin": "x"})) == "macros"
    enabled = papers.types("x").replace("openxml", "ms-word.document.macroEnabled.main+xml")
    assert refused("x.docx", papers.package({"[Content_Types].xml": enabled})) == "macros"
    wide = papers.types(papers.MAIN["docx"]).encode("utf-16")
    assert refused("x.docx", papers.package({"[Content_Types].xml": wide})) == "macros"


@pytest.mark.parametrize("storage", ["_VBA_PROJECT_CUR", "Macros", "VBA", "_VBA_PROJECT"])
@pytest.mark.parametrize("extension", ["doc", "xls", "ppt", "wps", "et", "dps"])
def test_macros_are_refused_in_compound_files(extension: str, storage: str) -> None:
    content = papers.compound("WordDocument", "Workbook", "PowerPoint Document", storage)
    assert refused(f"x.{extension}", content) == "macros"


def test_the_word_macros_in_a_text_is_no_macro() -> None:
    text = "Macros\0".encode("utf-16-le").rjust(4001, b"x")
    assert check(papers.upload("x.doc", papers.compound("WordDocument") + text))


def test_a_program_in_a_package_is_refused() -> None:
    assert refused("x.docx", papers.office(**{"word/embeddings/setup.EXE": b"MZ"})) == "active"
    assert refused("x.ofd", papers.ofd(**{"Doc_0/Attachs/run.js": b"x"})) == "active"


def test_locked_papers_are_named_as_such() -> None:
    assert refused("x.docx", papers.compound("EncryptedPackage")) == "locked"
    assert refused("x.wps", papers.compound("EncryptedPackage", "WordDocument")) == "locked"
    content = bytearray(GOOD["ofd"])
    content[content.index(b"PK\x01\x02") + 8] |= 1
    assert refused("x.ofd", bytes(content)) == "locked"


def test_a_package_that_unpacks_to_too_much_is_refused_quickly() -> None:
    bomb = papers.office(**{"word/a.xml": b"\0" * 60_000_000})
    assert len(bomb) < 100_000
    started = time.process_time()
    assert refused("x.docx", bomb) == "unpacks"
    assert time.process_time() - started < 0.5


def test_a_package_that_states_less_than_it_holds_is_refused() -> None:
    honest = papers.package({"OFD.xml": papers.OFD, "a": b"\0" * 60_000_000})
    stated = honest.replace(struct.pack("<L", 60_000_000), struct.pack("<L", 60_000))
    started = time.process_time()
    assert refused("x.ofd", stated) == "unpacks"
    assert time.process_time() - started < 0.5


def test_a_package_of_too_many_entries_is_refused() -> None:
    assert refused("x.ofd", papers.ofd(**{f"Doc_0/{number}.xml": "" for number in range(5_001)})) == "unpacks"


def test_entries_that_share_their_bytes_are_refused() -> None:
    """The bomb without nesting: every directory entry points at one and the same kernel."""
    content = papers.package({"OFD.xml": papers.OFD, "a": bytes(range(256)) * 40}, zipfile.ZIP_STORED)
    end = content.rindex(b"PK\x05\x06")
    first = content.index(b"PK\x01\x02")
    last = content.rindex(b"PK\x01\x02")
    more = b"".join(content[last : end - 1] + bytes([65 + number]) for number in range(20))
    directory = content[first:end] + more
    tail = struct.pack("<4s4H2LH", b"PK\x05\x06", 0, 0, 22, 22, len(directory), first, 0)
    assert refused("x.ofd", content[:first] + directory + tail) == "unpacks"


@pytest.mark.parametrize("name", ["../../etc/passwd", "/etc/passwd", "..\\..\\win.ini"])
def test_an_entry_that_leads_out_of_the_package_is_refused(name: str) -> None:
    assert refused("x.docx", papers.office(**{name: "x"})) == "damaged"


# PDF


@pytest.mark.parametrize(
    "inside",
    [
        b"/OpenAction << /S /JavaScript /JS (app.alert(1)) >>",
        b"/OpenAction << /S /J#61v#61Script /JS (app.alert(1)) >>",
        b"/AA << /O << /S /Launch /F (cmd.exe) >> >>",
        b"/Subtype /RichMedia",
    ],
)
def test_a_pdf_that_acts_by_itself_is_refused(inside: bytes) -> None:
    assert refused("x.pdf", papers.pdf(inside)) == "active"
    assert refused("x.pdf", papers.pdf(tail=papers.packed_object(inside))) == "active"


def test_a_pdf_that_packs_too_much_is_refused() -> None:
    assert refused("x.pdf", papers.pdf(tail=papers.packed_object(bytes(40_000_000)) * 2)) == "unpacks"


def test_an_electronic_invoice_that_carries_its_data_is_taken() -> None:
    assert (
        check(papers.upload("发票.pdf", papers.pdf(b"/Names << /EmbeddedFiles 7 0 R >>"))).mime
        == "application/pdf"
    )
