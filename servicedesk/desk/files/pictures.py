"""Photos: JPEG, PNG, WebP, HEIC. They are opened and verified, never unpacked to pixels."""

from __future__ import annotations

import io
import struct
from typing import BinaryIO

import pillow_heif
from django.conf import settings
from PIL import Image

from servicedesk.desk.files.faces import no_script, one_face
from servicedesk.desk.files.refusals import Refused

pillow_heif.register_heif_opener()

# Some telephones keep a second view behind the first: Pillow calls such a JPEG "MPO".
FORMATS = {
    "jpg": {"JPEG", "MPO"},
    "jpeg": {"JPEG", "MPO"},
    "png": {"PNG"},
    "webp": {"WEBP"},
    "heic": {"HEIF"},
    "heif": {"HEIF"},
}
HEIF_BRANDS = {b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1"}
MAGIC = {"JPEG": b"\xff\xd8\xff", "PNG": b"\x89PNG\r\n\x1a\n", "WEBP": b"RIFF"}
# What Pillow and its plug-ins raise over a broken file, by their own account and by trial.
BROKEN = (OSError, SyntaxError, ValueError, RuntimeError, EOFError, IndexError, KeyError, struct.error)


def look(file: BinaryIO, extension: str) -> None:
    data = file.read()
    wanted = FORMATS[extension]
    if not _begins_as(data, wanted):
        raise Refused("content")
    one_face(file)
    no_script(data)
    try:
        _verify(data, wanted)
    except Image.DecompressionBombError as error:
        raise Refused("pixels") from error
    except BROKEN as error:
        raise Refused("damaged") from error


def _begins_as(data: bytes, wanted: set[str]) -> bool:
    if "HEIF" in wanted:
        return data[4:8] == b"ftyp" and data[8:12] in HEIF_BRANDS
    if "WEBP" in wanted and data[8:12] != b"WEBP":
        return False
    return any(data.startswith(MAGIC[name]) for name in wanted & MAGIC.keys())


def _verify(data: bytes, wanted: set[str]) -> None:
    with Image.open(io.BytesIO(data), formats=sorted(wanted)) as picture:
        width, height = picture.size
        if width * height > settings.UPLOAD_MAX_PIXELS:
            raise Refused("pixels")
        picture.verify()
