"""Papers that are ZIP packages: OOXML of Office and WPS, and OFD (GB/T 33190)."""

from __future__ import annotations

import os
import re
import struct
import zipfile
import zlib
from typing import BinaryIO

from servicedesk.desk.files.faces import END
from servicedesk.desk.files.refusals import Refused

MB = 1024 * 1024
MOST_ENTRIES, MOST_DIRECTORY, MOST_UNPACKED, MOST_RATIO = 5_000, 1 * MB, 200 * MB, 200
# Small parts of repeated white space pack better than any bomb; below this size the ratio says nothing.
FREE_RATIO = 5 * MB
MAIN = {
    "docx": b"wordprocessingml.document.main+xml",
    "xlsx": b"spreadsheetml.sheet.main+xml",
    "pptx": b"presentationml.presentation.main+xml",
}
MAIN |= {"wps": MAIN["docx"], "et": MAIN["xlsx"], "dps": MAIN["pptx"]}
MACROS = re.compile(r"(?:^|/)(?:vba\w*\.(?:bin|xml)|macrosheets/.*|activex/.*)$", re.IGNORECASE)
PROGRAMS = re.compile(r"\.(?:exe|dll|com|scr|bat|cmd|ps1|vbs|js|hta|jar|msi|lnk|class|sh)$", re.IGNORECASE)
ENCRYPTED = 0x1
LOCAL = struct.Struct("<4s5H3L2H")


def look(file: BinaryIO, extension: str) -> None:
    if file.read(4) != b"PK\x03\x04":
        file.seek(0)
        raise Refused("locked" if file.read(8) == b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" else "content")
    _whole(file)
    try:
        with zipfile.ZipFile(file) as package:
            entries = package.infolist()
            _modest(file, entries)
            _harmless(entries)
            for entry in entries:
                _unpacks_as_said(file, entry)
            _is_a_paper(package, {entry.filename for entry in entries}, extension)
    except (zipfile.BadZipFile, zlib.error, struct.error, OSError, ValueError, NotImplementedError) as error:
        raise Refused("damaged") from error


def _whole(file: BinaryIO) -> None:
    """The package begins where the file begins and ends where it ends: nothing lies before or behind it."""
    size = file.seek(0, os.SEEK_END)
    file.seek(max(size - END.size, 0))
    tail = file.read()
    if len(tail) < END.size or not tail.startswith(b"PK\x05\x06"):
        raise Refused("damaged")
    _sign, _disk, _first, _here, count, length, offset, _comment = END.unpack(tail)
    if count > MOST_ENTRIES or length > MOST_DIRECTORY:
        raise Refused("unpacks")
    if offset + length != size - END.size:
        raise Refused("damaged")


def _modest(file: BinaryIO, entries: list[zipfile.ZipInfo]) -> None:
    size = file.seek(0, os.SEEK_END)
    packed = sum(entry.compress_size for entry in entries)
    unpacked = sum(entry.file_size for entry in entries)
    # Entries that share their bytes pack without end: together they would be longer than the file.
    if len(entries) > MOST_ENTRIES or packed > size or unpacked > MOST_UNPACKED:
        raise Refused("unpacks")
    if unpacked > FREE_RATIO and unpacked > MOST_RATIO * max(packed, 1):
        raise Refused("unpacks")
    if len({entry.filename.lower() for entry in entries}) != len(entries):
        raise Refused("damaged")


def _harmless(entries: list[zipfile.ZipInfo]) -> None:
    for entry in entries:
        name = entry.orig_filename.replace("\\", "/")
        if name.startswith("/") or "\0" in name or ".." in name.split("/"):
            raise Refused("damaged")
        if entry.flag_bits & ENCRYPTED:
            raise Refused("locked")
        if MACROS.search(name):
            raise Refused("macros")
        if PROGRAMS.search(name):
            raise Refused("active")
        if entry.compress_type not in {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}:
            raise Refused("damaged")


def _unpacks_as_said(file: BinaryIO, entry: zipfile.ZipInfo) -> None:
    """Unpack to nowhere: `zipfile` would stop at the size the directory states, other readers would not."""
    file.seek(entry.header_offset)
    head = LOCAL.unpack(file.read(LOCAL.size))
    file.seek(head[9] + head[10], os.SEEK_CUR)
    if head[0] != b"PK\x03\x04" or head[3] != entry.compress_type:
        raise Refused("damaged")
    if entry.compress_type == zipfile.ZIP_STORED:
        if entry.compress_size != entry.file_size:
            raise Refused("damaged")
        return
    if _inflated(file, entry) != entry.file_size:
        raise Refused("unpacks")


def _inflated(file: BinaryIO, entry: zipfile.ZipInfo) -> int:
    """Bytes the entry truly unpacks to, counted no further than one step past what it states."""
    stream, left, found = zlib.decompressobj(-zlib.MAX_WBITS), entry.compress_size, 0
    while not stream.eof and found <= entry.file_size:
        fresh = stream.unconsumed_tail
        if not fresh:
            fresh = file.read(min(left, 64 * 1024))
            left -= len(fresh)
        grown = len(stream.decompress(fresh, MB))
        found += grown
        if not grown and not fresh:
            raise Refused("damaged")
    return found


def _is_a_paper(package: zipfile.ZipFile, names: set[str], extension: str) -> None:
    if extension == "ofd":
        if "OFD.xml" not in names or b"OFD" not in _part(package, "OFD.xml"):
            raise Refused("content")
        return
    if "[Content_Types].xml" not in names:
        raise Refused("content")
    types = _part(package, "[Content_Types].xml")
    if b"\0" in types or re.search(rb"macroEnabled|vbaProject|activeX", types, re.IGNORECASE):
        raise Refused("macros")
    if MAIN[extension] not in types:
        raise Refused("content")


def _part(package: zipfile.ZipFile, name: str) -> bytes:
    with package.open(name) as part:
        return part.read(MB)
