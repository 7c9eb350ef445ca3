"""Papers that are not packages: PDF, and the compound files (OLE2) of the older Office and of WPS."""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterator
from typing import BinaryIO

from servicedesk.desk.files import packages
from servicedesk.desk.files.faces import one_face
from servicedesk.desk.files.refusals import Refused

COMPOUND = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
ENTRY, SECTOR = 128, 512
MAIN = {"doc": ["WordDocument"], "xls": ["Workbook", "Book"], "ppt": ["PowerPoint Document"]}
MAIN |= {"wps": MAIN["doc"], "et": MAIN["xls"], "dps": MAIN["ppt"]}
MACROS = ["_VBA_PROJECT", "_VBA_PROJECT_CUR", "VBA", "Macros"]

# What a PDF may do by itself or carry along. Forms, signatures, links and pictures are none of these.
ACTIVE = re.compile(rb"/(?:JavaScript|Launch|EmbeddedFiles?|RichMedia|GoToE|SubmitForm|ImportData)\b")
ESCAPED = re.compile(rb"#([0-9A-Fa-f]{2})")
PACKED = re.compile(rb"/ObjStm.{0,2000}?stream\r?\n", re.DOTALL)
MOST_PACKED, MOST_STREAMS = 8 * 1024 * 1024, 2_000


def look_into_pdf(file: BinaryIO, extension: str) -> None:
    """Refuse what is cheap to see. A locked PDF hides more: the reader's own guard and the scanner remain."""
    data = file.read()
    if not data.startswith(b"%PDF-"):
        raise Refused("content")
    one_face(file)
    if b"%%EOF" not in data[-4096:]:
        raise Refused("damaged")
    for text in _texts(data):
        if ACTIVE.search(ESCAPED.sub(lambda found: bytes([int(found[1], 16)]), text)):
            raise Refused("active")


def _texts(data: bytes) -> Iterator[bytes]:
    """The file itself, then its objects that lie packed in streams, up to a total."""
    yield data
    room = MOST_PACKED
    for number, found in enumerate(PACKED.finditer(data)):
        if number > MOST_STREAMS or room <= 0:
            raise Refused("unpacks")
        try:
            text = zlib.decompressobj().decompress(memoryview(data)[found.end() :], room)
        except zlib.error:
            continue
        room -= len(text)
        yield text


def look_into_compound(file: BinaryIO, extension: str) -> None:
    data = file.read()
    if not data.startswith(COMPOUND):
        raise Refused("content")
    if any(_holds(data, name) for name in MACROS):
        raise Refused("macros")
    if _holds(data, "EncryptedPackage"):
        raise Refused("locked")
    if not any(_holds(data, name) for name in MAIN[extension]):
        raise Refused("content")


def look_into_wps(file: BinaryIO, extension: str) -> None:
    """WPS writes either of the two forms under its own extensions."""
    compound = file.read(len(COMPOUND)) == COMPOUND
    file.seek(0)
    (look_into_compound if compound else packages.look)(file, extension)


def _holds(data: bytes, name: str) -> bool:
    """Whether a directory entry of that name stands where entries do: aligned, with length and sort."""
    written = (name + "\0").encode("utf-16-le")
    at = data.find(written, SECTOR)
    while at >= 0:
        length, sort = int.from_bytes(data[at + 64 : at + 66], "little"), data[at + 66 : at + 67]
        if at % ENTRY == 0 and length == len(written) and sort in {b"\x01", b"\x02", b"\x05"}:
            return True
        at = data.find(written, at + 1)
    return False
