"""Files of two faces: good as a picture to one program, as a page or an archive to another."""

from __future__ import annotations

import os
import re
import struct
from typing import BinaryIO

from servicedesk.desk.files.refusals import Refused

MARKUP = re.compile(rb"<(?:!doctype|html|head|body|script|svg|iframe|\?php|\?xml-stylesheet)", re.IGNORECASE)
SCRIPT = re.compile(rb"<script|<\?php", re.IGNORECASE)
HEAD = 1024  # as far as readers look for the beginning of a page or of a PDF
TAIL = 22 + 65_535  # as far back as the directory of an archive may end
END = struct.Struct("<4s4H2LH")


def one_face(file: BinaryIO) -> None:
    """Raise Refused for a page at the beginning, a PDF near it, or an archive at the end."""
    file.seek(0)
    head = file.read(HEAD)
    if MARKUP.search(head) or head.find(b"%PDF-") > 0:
        raise Refused("two-faced")
    if ends_as_archive(file):
        raise Refused("two-faced")
    file.seek(0)


def no_script(data: bytes) -> None:
    if SCRIPT.search(data):
        raise Refused("two-faced")


def ends_as_archive(file: BinaryIO) -> bool:
    """Whether a reader of ZIP, which begins at the end and forgives what lies around, finds one."""
    size = file.seek(0, os.SEEK_END)
    start = file.seek(max(size - TAIL, 0))
    tail = file.read()
    at = tail.rfind(b"PK\x05\x06")
    while at >= 0:
        if len(tail) - at >= END.size and _has_directory(file, start + at, END.unpack_from(tail, at)):
            return True
        at = tail.rfind(b"PK\x05\x06", 0, at)
    return False


def _has_directory(file: BinaryIO, end: int, fields: tuple[bytes, ...]) -> bool:
    length = int(fields[5])
    if length > end:
        return False
    file.seek(end - length)
    return length == 0 or file.read(4) == b"PK\x01\x02"
