"""What a file must be before it is kept, against everything it may pretend to be."""

from __future__ import annotations

import struct
import time
from typing import Any

import pytest
from django.core.files.uploadedfile import TemporaryUploadedFile

from servicedesk.desk.errors import BadInput
from servicedesk.desk.files import check
from servicedesk.desk.files.names import clean_name
from servicedesk.desk.files.types import TYPES
from tests.desk import papers

GOOD = papers.good_files()


def refused(name: str, content: bytes, **had: int) -> str:
    """The code with which a file is refused."""
    with pytest.raises(BadInput) as found:
        check(papers.upload(name, content), **had)
    assert found.value.field == "files" and str(found.value).endswith("。")
    return found.value.code


def test_every_allowed_extension_has_a_good_file() -> None:
    assert GOOD.keys() == TYPES.keys()


@pytest.mark.parametrize("extension", GOOD)
def test_a_good_file_is_taken_as_what_it_is(extension: str) -> None:
    found = check(papers.upload(f"现场.{extension.upper()}", GOOD[extension]))
    assert (found.name, found.mime) == (f"现场.{extension}", TYPES[extension].mime)
    assert found.size == len(GOOD[extension])
    assert found.content.read() == GOOD[extension]


# Families whose members are one format inside: a wrong name among them deceives nobody.
ALIKE = [
    {"jpg", "jpeg"}, {"heic", "heif"}, {"doc", "docx", "wps"}, {"xls", "xlsx", "et"}, {"ppt", "pptx", "dps"},
    {"mp4", "m4a"},
]  # fmt: skip


@pytest.mark.parametrize("named", GOOD)
def test_content_under_another_extension_is_refused(named: str) -> None:
    strangers = [each for each in GOOD if not any({named, each} <= family for family in ALIKE)]
    for inside in strangers:
        if inside != named:
            assert refused(f"x.{named}", GOOD[inside]) in {"content", "locked"}, inside


def test_the_older_and_the_newer_office_are_told_apart() -> None:
    assert refused("x.doc", GOOD["docx"]) == "content"
    assert refused("x.xlsx", GOOD["xls"]) == "locked"


@pytest.mark.parametrize(
    "name",
    [
        "page.html", "logo.svg", "run.exe", "macro.docm", "macro.xlsm", "list.txt", "all.zip", "a.gif",
        "photo.jpg.exe", "photo.jpg.html", "photo.jpg\u202egpj.exe", "photo.jpg.", "photo", "", ".jpg", "..",
        "jpg", "photo.jpg/", "photo.jpg\x00.exe", "photo．ｅｘｅ",
    ],
)  # fmt: skip
def test_other_extensions_are_refused_whatever_they_hold(name: str) -> None:
    file = papers.upload("x", GOOD["jpg"])
    file._name = name
    with pytest.raises(BadInput) as found:
        check(file)
    assert found.value.code == "type"


@pytest.mark.parametrize("extension", GOOD)
def test_nothing_and_almost_nothing_are_refused(extension: str) -> None:
    assert refused(f"x.{extension}", b"") == "empty"
    assert refused(f"x.{extension}", GOOD[extension][:1]) == "content"
    assert refused(f"x.{extension}", b"MZ" + bytes(300)) == "content"
    assert refused(f"x.{extension}", b"<html><script>alert(1)</script></html>") == "content"


@pytest.mark.parametrize("extension", ["jpg", "png", "webp", "heic", "pdf", "ofd", "docx", "mp4"])
def test_a_file_cut_short_or_scrambled_never_ends_in_an_error(extension: str) -> None:
    whole = GOOD[extension]
    for cut in range(1, len(whole), max(len(whole) // 60, 1)):
        for content in (whole[:cut], whole[:cut] + b"\xff\xff\xff\xff" + whole[cut + 4 :]):
            try:
                check(papers.upload(f"x.{extension}", content))
            except BadInput as error:
                assert error.code


# Caps


def test_each_group_has_its_own_size(settings: Any) -> None:
    settings.UPLOAD_PHOTO_BYTES, settings.UPLOAD_MAX_BYTES, settings.UPLOAD_RECORDING_BYTES = 100, 50, 20
    assert refused("x.jpg", GOOD["jpg"]) == "too-large"
    assert refused("x.pdf", GOOD["pdf"]) == "too-large"
    assert refused("x.mp4", GOOD["mp4"]) == "too-large"


def test_a_matter_holds_so_many_files_and_so_much_together(settings: Any) -> None:
    size, most = len(GOOD["png"]), settings.UPLOAD_CASE_FILES
    assert check(papers.upload("x.png", GOOD["png"]), count=most - 1, total=settings.UPLOAD_CASE_BYTES - size)
    assert refused("x.png", GOOD["png"], count=most) == "too-many"
    assert refused("x.png", GOOD["png"], total=settings.UPLOAD_CASE_BYTES - size + 1) == "too-much"


def test_a_size_that_only_the_browser_states_is_not_believed() -> None:
    file = papers.upload("x.png", GOOD["png"])
    file.size = 1
    assert check(file).size == len(GOOD["png"])


def test_a_large_upload_on_disk_is_checked_like_a_small_one_in_memory() -> None:
    with TemporaryUploadedFile("x.mov", "video/quicktime", 0, None) as file:
        file.write(papers.recording(b"qt  ", papers.box(b"free", bytes(3_000_000))))
        file.seek(0)
        assert check(file).size > 3_000_000


# Photos


@pytest.mark.parametrize("size", [(8_945, 8_945), (40_000, 40_000), (2_000_000_000, 2)])
def test_a_picture_of_too_many_pixels_is_refused_unopened(size: tuple[int, int]) -> None:
    started = time.process_time()
    assert refused("x.png", papers.vast_png(*size)) == "pixels"
    assert time.process_time() - started < 0.5


def test_a_vast_webp_takes_no_memory() -> None:
    assert refused("x.webp", papers.vast_webp(16_000_000, 200)) in {"pixels", "damaged"}


def test_a_png_with_a_broken_checksum_is_damaged() -> None:
    content = bytearray(GOOD["png"])
    content[-20] ^= 0xFF
    assert refused("x.png", bytes(content)) == "damaged"


# Two faces


HTML, JAR = b"<!DOCTYPE html><script>alert(1)</script>", papers.package({"A.class": "x" * 50})


@pytest.mark.parametrize("extension", ["jpg", "png", "webp", "heic", "pdf", "mp4"])
def test_an_archive_at_the_end_is_a_second_face(extension: str) -> None:
    assert refused(f"x.{extension}", GOOD[extension] + JAR) == "two-faced"
    assert refused(f"x.{extension}", GOOD[extension] + JAR + b"tail") == "two-faced"


@pytest.mark.parametrize(
    "content", [HTML, b"<?PHP system($_GET[0]);", b"%PDF-1.4 /Launch", b"<SVG onload=x>"]
)
def test_a_page_or_a_pdf_in_a_pictures_comment_is_a_second_face(content: bytes) -> None:
    comment = b"\xff\xfe" + struct.pack(">H", len(content) + 2) + content
    assert refused("x.jpg", GOOD["jpg"][:2] + comment + GOOD["jpg"][2:]) == "two-faced"


def test_a_script_behind_a_picture_is_a_second_face() -> None:
    assert refused("x.png", GOOD["png"] + bytes(5000) + b"<ScRiPt>") == "two-faced"


def test_a_package_with_something_before_or_behind_it_is_refused() -> None:
    assert refused("x.docx", GOOD["docx"] + b"%PDF-1.4") == "damaged"
    assert refused("x.docx", b"%PDF-1.4" + GOOD["docx"]) == "content"
    assert refused("x.docx", GOOD["xlsx"] + GOOD["docx"]) == "damaged"


def test_boxes_must_fill_a_recording_exactly() -> None:
    assert refused("x.mp4", papers.recording(tail=b"#!/bin/sh\nrm -rf /")) == "damaged"
    assert refused("x.mp4", papers.recording()[:-1]) == "damaged"
    assert refused("x.mp4", papers.box(b"ftyp", b"isom\0\0\2\0")) == "damaged"
    assert refused("x.mp4", papers.recording(tail=struct.pack(">I4sQ", 1, b"mdat", 2**63))) == "damaged"
    assert check(papers.upload("x.mp4", papers.recording(tail=struct.pack(">I4s", 0, b"free") + b"x" * 9)))


# Time


@pytest.mark.parametrize(
    ("name", "unit"),
    [
        ("x.pdf", b"/ObjStm "),
        ("x.pdf", b"/ObjStm stream\n\x78\x9c"),
        ("x.pdf", b"#4A"),
        ("x.doc", "VBA\0".encode("utf-16-le")),
        ("x.doc", papers.entry("VBA")[:67]),
        ("x.jpg", b"PK\x05\x06"),
        ("x.jpg", b"<scrip"),
    ],
    ids=["objects", "streams", "escapes", "names", "entries", "archives", "scripts"],
)
def test_a_file_made_to_be_slow_is_not(name: str, unit: bytes) -> None:
    good = GOOD[name[2:]]
    head, tail = (good[:9], good[9:]) if name == "x.pdf" else (good, b"")
    started = time.process_time()
    try:
        check(papers.upload(name, head + unit * (10_000_000 // len(unit)) + tail))
    except BadInput as error:
        assert error.code in {"unpacks", "two-faced", "macros"}
    assert time.process_time() - started < 2


# The scanner


def finds(file: Any, name: str) -> str:
    return "Eicar-Test-Signature" if file.read(4) == b"%PDF" else ""


def sleeps(file: Any, name: str) -> str:
    raise ConnectionRefusedError


def test_the_scanner_has_the_last_word(settings: Any) -> None:
    settings.SCANNER = f"{__name__}.finds"
    assert refused("x.pdf", GOOD["pdf"]) == "unsafe"
    assert check(papers.upload("x.png", GOOD["png"]))


def test_nothing_is_taken_while_the_scanner_sleeps(settings: Any) -> None:
    settings.SCANNER = f"{__name__}.sleeps"
    assert refused("x.pdf", GOOD["pdf"]) == "not-scanned"


# Names


@pytest.mark.parametrize(
    ("written", "clean"),
    [
        ("整改方案（试行）①.PDF", "整改方案（试行）①.pdf"),
        ("../../etc/passwd.pdf", "passwd.pdf"),
        ("C:\\Users\\王\\图纸.pdf", "图纸.pdf"),
        ("a／b＼c.pdf", "c.pdf"),
        ("plan\u202efdp.exe.pdf", "planfdp_exe.pdf"),
        ("a\x00b\x1fc\u200b\ufeff.pdf", "abc.pdf"),
        ("line\r\nbreak.pdf", "line break.pdf"),
        ("报告．ｐｄｆ", "报告.pdf"),
        ("shell.php.jpg", "shell_php.jpg"),
        ("a.exe.scr.jpg", "a_exe_scr.jpg"),
        ("v1.2 final.docx", "v1.2 final.docx"),
        ('<b>"x":|?*</b>.png', "b_.png"),
        ('<b>"x":|?*.png', "_b__x_____.png"),
        ("  . 照片 .jpg ", "照片.jpg"),
        ("cafe\u0301.pdf", "café.pdf"),
        ("\ud800x.pdf", "x.pdf"),
    ],
)
def test_names_are_cleaned(written: str, clean: str) -> None:
    assert clean_name(written) == clean
    assert clean_name(clean) == clean


@pytest.mark.parametrize("stem", ["长" * 500, "x" * 500, "😀" * 300, "é" * 200])
def test_a_long_name_is_cut_and_keeps_its_extension(stem: str) -> None:
    name = clean_name(f"{stem}.docx")
    assert name.endswith(".docx") and name.startswith(stem[:20])
    assert len(name) <= 120 and len(name.encode()) <= 240
