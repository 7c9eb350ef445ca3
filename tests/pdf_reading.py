"""What a PDF of ours says, read back from its bytes without the library that wrote it."""

from __future__ import annotations

import base64
import re
import zlib

OBJECT = re.compile(rb"(\d+) 0 obj\s*(.*?)endobj", re.DOTALL)
STREAM = re.compile(rb"stream\r?\n(.*?)\r?\n?endstream", re.DOTALL)
SHOWN = re.compile(rb"/(F\d+(?:\+\d+)?) [\d.]+ Tf|\(((?:[^()\\]|\\.)*)\) Tj|(ET)", re.DOTALL)
ESCAPED = re.compile(rb"\\(\d{3}|.)", re.DOTALL)
FOOT = re.compile(r"Page \d+ of \d+$|第 \d+ 页 共 \d+ 页$|Стр. \d+ из \d+$")
LETTERS = {b"n": b"\n", b"r": b"\r", b"t": b"\t", b"b": b"\b", b"f": b"\f"}


def objects(pdf: bytes) -> dict[int, bytes]:
    return {int(number): body for number, body in OBJECT.findall(pdf)}


def page_count(pdf: bytes) -> int:
    return len(re.findall(rb"/Type /Page\s", pdf))


def pages(pdf: bytes) -> list[list[str]]:
    """The lines of each page in the order in which they were drawn."""
    found = objects(pdf)
    fonts = _fonts(found)
    contents = [re.search(rb"/Contents (\d+) 0 R", body) for body in found.values() if b"/Contents" in body]
    return [_lines(_stream(found[int(place[1])]), fonts) for place in contents if place]


def text(pdf: bytes) -> str:
    """All its words but the feet of sheets, without breaks: Chinese needs no space between two lines."""
    return "".join(line for page in pages(pdf) for line in page if not FOOT.match(line))


def information(pdf: bytes, name: str) -> str:
    """The title, author or subject the file names."""
    body = next(body for body in objects(pdf).values() if b"/CreationDate" in body)
    kept = re.search(rb"/" + name.encode() + rb" \(((?:[^()\\]|\\.)*)\)", body, re.DOTALL)
    raw = _unescaped(kept[1]) if kept else b""
    return raw.decode("utf-16") if raw.startswith(b"\xfe\xff") else raw.decode("latin-1")


def _stream(body: bytes) -> bytes:
    match = STREAM.search(body)
    assert match, body[:80]
    raw = match[1]
    if b"/ASCII85Decode" in body:
        raw = base64.a85decode(raw.strip().removesuffix(b"~>"))
    return zlib.decompress(raw) if b"/FlateDecode" in body else raw


def _fonts(found: dict[int, bytes]) -> dict[str, dict[int, str] | None]:
    """Of each font what its codes mean; None where a code is two bytes of UCS-2."""
    fonts: dict[str, dict[int, str] | None] = {}
    for body in found.values():
        name = re.search(rb"/Name /(F\d+(?:\+\d+)?)", body)
        if name and b"/Type /Font" in body:
            table = re.search(rb"/ToUnicode (\d+) 0 R", body)
            fonts[name[1].decode()] = _table(_stream(found[int(table[1])])) if table else None
    return fonts


def _table(raw: bytes) -> dict[int, str]:
    pairs = re.findall(r"^<(\w+)> <(\w+)>$", raw.decode("latin-1"), re.MULTILINE)
    return {int(code, 16): bytes.fromhex(value).decode("utf-16-be") for code, value in pairs[1:]}


def _lines(content: bytes, fonts: dict[str, dict[int, str] | None]) -> list[str]:
    lines, current, font = [], "", ""
    for name, shown, end in SHOWN.findall(content):
        if name:
            font = name.decode()
        elif end:
            lines.append(current)
            current = ""
        else:
            current += _meaning(_unescaped(shown), fonts.get(font))
    return [line for line in lines if line]


def _meaning(codes: bytes, table: dict[int, str] | None) -> str:
    return codes.decode("utf-16-be") if table is None else "".join(table.get(code, "") for code in codes)


def _unescaped(raw: bytes) -> bytes:
    def one(match: re.Match[bytes]) -> bytes:
        letter = match[1]
        return bytes([int(letter, 8)]) if len(letter) == 3 else LETTERS.get(letter, letter)

    return ESCAPED.sub(one, raw)
