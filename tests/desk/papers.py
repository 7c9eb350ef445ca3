"""Tiny synthetic files, good and bad, made in memory: nothing harmful lies in the tree."""

from __future__ import annotations

import io
import struct
import zipfile
import zlib

import pillow_heif
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

COMPOUND = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
MAIN = {
    "docx": "wordprocessingml.document.main+xml",
    "xlsx": "spreadsheetml.sheet.main+xml",
    "pptx": "presentationml.presentation.main+xml",
}
OFD = '<ofd:OFD xmlns:ofd="http://www.ofdspec.org/2016" Version="1.1" DocType="OFD"/>'


def upload(name: str, content: bytes) -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content)


def picture(sort: str = "JPEG", size: tuple[int, int] = (8, 6)) -> bytes:
    out = io.BytesIO()
    image = Image.new("RGB", size, (200, 30, 30))
    if sort == "HEIF":
        pillow_heif.from_pillow(image).save(out)
    else:
        image.save(out, sort)
    return out.getvalue()


def vast_png(width: int, height: int) -> bytes:
    """A few bytes that claim to be a picture of any size."""
    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    parts = ((b"IHDR", head), (b"IDAT", zlib.compress(b"\0" * 64)), (b"IEND", b""))
    chunks = [
        struct.pack(">I", len(data)) + sort + data + struct.pack(">I", zlib.crc32(sort + data))
        for sort, data in parts
    ]
    return b"\x89PNG\r\n\x1a\n" + b"".join(chunks)


def vast_webp(width: int, height: int) -> bytes:
    sizes = (width - 1).to_bytes(3, "little") + (height - 1).to_bytes(3, "little")
    body = b"WEBPVP8X" + struct.pack("<I", 10) + b"\0\0\0\0" + sizes
    return b"RIFF" + struct.pack("<I", len(body)) + body


def pdf(inside: bytes = b"", tail: bytes = b"") -> bytes:
    return (
        b"%PDF-1.7\n1 0 obj\n<< /Type /Catalog /Pages 2 0 R "
        + inside
        + b">>\nendobj\n2 0 obj\n<< /Type /Pages /Kids [] /Count 0 >>\nendobj\n"
        + tail
        + b"trailer\n<< /Root 1 0 R >>\nstartxref\n0\n%%EOF\n"
    )


def packed_object(text: bytes) -> bytes:
    """Objects of a PDF as most programs write them today: compressed in a stream."""
    stream = zlib.compress(text)
    head = b"9 0 obj\n<< /Type /ObjStm /N 1 /First 4 /Filter /FlateDecode /Length %d >>\nstream\n"
    return head % len(stream) + stream + b"\nendstream\nendobj\n"


def package(parts: dict[str, str | bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", method) as made:
        for name, content in parts.items():
            made.writestr(name, content)
    return out.getvalue()


def types(main: str) -> str:
    return f'<Types><Override ContentType="application/vnd.openxmlformats-officedocument.{main}"/></Types>'


def office(sort: str = "docx", **more: str | bytes) -> bytes:
    return package({"[Content_Types].xml": types(MAIN[sort]), "word/document.xml": "<w/>"} | more)


def ofd(**more: str | bytes) -> bytes:
    return package({"OFD.xml": OFD, "Doc_0/Document.xml": "<d/>"} | more)


def compound(*names: str) -> bytes:
    """The header and the directory of a compound file, with these entries."""
    return COMPOUND.ljust(512, b"\0") + b"".join(entry(name) for name in ("Root Entry", *names)).ljust(
        1024, b"\0"
    )


def entry(name: str) -> bytes:
    written = (name + "\0").encode("utf-16-le")
    sort = b"\x05" if name == "Root Entry" else b"\x02"
    return written.ljust(64, b"\0") + len(written).to_bytes(2, "little") + sort + b"\0" * 61


def box(sort: bytes, content: bytes = b"") -> bytes:
    return struct.pack(">I", 8 + len(content)) + sort + content


def recording(brand: bytes = b"isom", tail: bytes = b"") -> bytes:
    return (
        box(b"ftyp", brand + b"\0\0\2\0" + brand) + box(b"moov", b"\0" * 16) + box(b"mdat", b"\1" * 32) + tail
    )


def good_files() -> dict[str, bytes]:
    """One good file for each extension that is taken."""
    return {
        "jpg": picture(),
        "jpeg": picture("MPO"),
        "png": picture("PNG"),
        "webp": picture("WEBP"),
        "heic": picture("HEIF"),
        "heif": picture("HEIF"),
        "pdf": pdf(b"/AcroForm 5 0 R ", packed_object(b"<< /Type /Annot /Subtype /Link >>")),
        "ofd": ofd(),
        "docx": office("docx", **{"word/media/image1.svg": "<svg/>"}),
        "xlsx": office("xlsx"),
        "pptx": office("pptx"),
        "doc": compound("WordDocument"),
        "xls": compound("Workbook"),
        "ppt": compound("PowerPoint Document"),
        "wps": compound("WordDocument"),
        "et": office("xlsx"),
        "dps": compound("PowerPoint Document"),
        "m4a": recording(b"M4A "),
        "mp4": recording(b"mp42"),
        "mov": recording(b"qt  "),
    }
