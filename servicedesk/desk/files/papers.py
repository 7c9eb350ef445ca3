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
ACTIVE_NAMES = (
    "JavaScript", "Launch", "RichMedia", "GoToE", "SubmitForm", "ImportData"
)  # fmt: skip
PACKED = b"/ObjStm"
MOST_PACKED, MOST_STREAMS, HEAD, STEP = 64 * 1024 * 1024, 5_000, 2_000, 64 * 1024


def _name(plain: str) -> str:
    """A pattern for a name of PDF, each letter of which may be written as # and its number."""
    return "".join(f"(?:{letter}|#(?i:{ord(letter):02x}))" for letter in plain)


ACTIVE = re.compile(rf"/(?:{'|'.join(map(_name, ACTIVE_NAMES))})\b".encode())


def look_into_pdf(file: BinaryIO, extension: str) -> None:
    """Refuse what is cheap to see. A locked PDF hides more: the reader's own guard and the scanner remain."""
    data = file.read()
    if not data.startswith(b"%PDF-"):
        raise Refused("content")
    one_face(file)
    if b"%%EOF" not in data[-4096:]:
        raise Refused("damaged")
    if any(ACTIVE.search(text) for text in _texts(data)):
        raise Refused("active")


def _texts(data: bytes) -> Iterator[bytes]:
    """The file itself, then its objects that lie packed in streams, up to a total."""
    yield data
    room, at = MOST_PACKED, data.find(PACKED)
    for _number in range(MOST_STREAMS):
        if at < 0:
            return
        begun = data.find(b"stream", at, at + HEAD)
        if begun > 0:
            text = _unpacked(data, begun + len(b"stream"), room)
            room -= len(text)
            yield text
        if room <= 0:
            break
        at = data.find(PACKED, at + len(PACKED))
    raise Refused("unpacks")


def _unpacked(data: bytes, start: int, room: int) -> bytes:
    """What unpacks from `start`, at most `room`; in steps, or each stream would copy all behind it."""
    start += 2 if data.startswith(b"\r\n", start) else 1
    stream, out = zlib.decompressobj(), bytearray()
    try:
        while not stream.eof and len(out) < room and start < len(data):
            out += stream.decompress(data[start : start + STEP], room - len(out))
            start += STEP
    except zlib.error:
        pass
    return bytes(out)


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
    rest = rb".{%d}%s[\x01\x02\x05]" % (64 - len(written), re.escape(len(written).to_bytes(2, "little")))
    found = re.compile(rb"(?=%s%s)" % (re.escape(written), rest), re.DOTALL).finditer(data, SECTOR)
    return any(each.start() % ENTRY == 0 for each in found)
