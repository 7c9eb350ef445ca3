"""What may be handed in: for each extension its type, its group, and who looks inside."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import BinaryIO

from servicedesk.desk.files import packages, papers, pictures, recordings

PHOTO, DOCUMENT, RECORDING = "photo", "document", "recording"
OFFICE = "application/vnd.openxmlformats-officedocument."


@dataclass(frozen=True)
class FileType:
    """`look` reads the file from its beginning and raises Refused unless it is `mime` inside and harmless."""

    mime: str
    group: str
    look: Callable[[BinaryIO, str], None]


# No text, SVG, HTML, archive or macro format: what a browser or an office might run is never taken.
TYPES = {
    "jpg": FileType("image/jpeg", PHOTO, pictures.look),
    "jpeg": FileType("image/jpeg", PHOTO, pictures.look),
    "png": FileType("image/png", PHOTO, pictures.look),
    "webp": FileType("image/webp", PHOTO, pictures.look),
    "heic": FileType("image/heic", PHOTO, pictures.look),
    "heif": FileType("image/heif", PHOTO, pictures.look),
    "pdf": FileType("application/pdf", DOCUMENT, papers.look_into_pdf),
    "ofd": FileType("application/ofd", DOCUMENT, packages.look),
    "docx": FileType(f"{OFFICE}wordprocessingml.document", DOCUMENT, packages.look),
    "xlsx": FileType(f"{OFFICE}spreadsheetml.sheet", DOCUMENT, packages.look),
    "pptx": FileType(f"{OFFICE}presentationml.presentation", DOCUMENT, packages.look),
    "doc": FileType("application/msword", DOCUMENT, papers.look_into_compound),
    "xls": FileType("application/vnd.ms-excel", DOCUMENT, papers.look_into_compound),
    "ppt": FileType("application/vnd.ms-powerpoint", DOCUMENT, papers.look_into_compound),
    "wps": FileType("application/wps-office.wps", DOCUMENT, papers.look_into_wps),
    "et": FileType("application/wps-office.et", DOCUMENT, papers.look_into_wps),
    "dps": FileType("application/wps-office.dps", DOCUMENT, papers.look_into_wps),
    "m4a": FileType("audio/mp4", RECORDING, recordings.look),
    "mp4": FileType("video/mp4", RECORDING, recordings.look),
    "mov": FileType("video/quicktime", RECORDING, recordings.look),
}
