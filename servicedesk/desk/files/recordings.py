"""Sound and moving pictures: boxes of ISO 14496-12, walked from one end of the file to the other."""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import BinaryIO

from servicedesk.desk.files.faces import one_face
from servicedesk.desk.files.refusals import Refused

# Phones write sound with the brands of video as often as with their own.
VIDEO = {b"isom", b"mp41", b"mp42", b"mp71", b"avc1", b"M4V ", b"M4VH", b"M4VP", b"MSNV", b"dash"}
VIDEO |= {b"iso%d" % number for number in range(2, 10)} | {b"3gp%d" % number for number in range(4, 8)}
BRANDS = {"mp4": VIDEO, "m4a": VIDEO | {b"M4A ", b"M4B "}, "mov": {b"qt  "}}
MOST_BOXES = 20_000


def look(file: BinaryIO, extension: str) -> None:
    head = file.read(12)
    if head[4:8] != b"ftyp" or head[8:12] not in BRANDS[extension]:
        raise Refused("content")
    one_face(file)
    sorts = set(_boxes(file))
    if not {b"moov", b"mdat"} <= sorts:
        raise Refused("damaged")


def _boxes(file: BinaryIO) -> Iterator[bytes]:
    """Yield the sort of every outermost box; Refused where they do not fill the file exactly."""
    end, at = file.seek(0, os.SEEK_END), 0
    for _number in range(MOST_BOXES):
        if at == end:
            return
        size, sort = _box(file, at, end)
        if size < 8 or at + size > end:
            raise Refused("damaged")
        yield sort
        at += size
    raise Refused("damaged")


def _box(file: BinaryIO, at: int, end: int) -> tuple[int, bytes]:
    """Size and sort of the box at `at`; size 0 means "to the end", size 1 that a long size follows."""
    file.seek(at)
    head = file.read(16)
    size, sort = int.from_bytes(head[:4], "big"), head[4:8]
    if size == 1:
        return int.from_bytes(head[8:16], "big"), sort
    return size or end - at, sort
