"""Why a file is not taken: one sentence for each reason, and what to do about it."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from servicedesk.desk.errors import BadInput

SENTENCES = {
    "empty": _("“%(name)s” is empty."),
    "type": _(
        "“%(name)s” cannot be taken. Photos (JPG, PNG, WebP, HEIC), PDF, OFD, Word, Excel, PowerPoint and WPS"
        " files, M4A, MP4 and MOV recordings can."
    ),
    "content": _("What is inside “%(name)s” is not what its name says. Save it anew in its own format."),
    "damaged": _("“%(name)s” is damaged or incomplete. Please save it anew and send it again."),
    "locked": _("“%(name)s” is locked with a password. Please save it without one."),
    "too-large": _("“%(name)s” is larger than %(most)s."),
    "too-many": _("A matter can hold %(most)s files."),
    "too-much": _("The files of a matter can take up %(most)s together."),
    "pixels": _("“%(name)s” has too many pixels. Please send it smaller."),
    "unpacks": _("“%(name)s” unpacks to far more than a paper holds."),
    "macros": _("“%(name)s” holds macros. Please save it without them, or as PDF."),
    "active": _("“%(name)s” holds scripts or other files. Please print it to a new PDF and send that."),
    "two-faced": _("“%(name)s” is two kinds of file at once. Save it anew in its own format."),
    "unsafe": _("“%(name)s” was recognised as harmful and not taken."),
    "not-scanned": _("“%(name)s” could not be checked for viruses just now. Please try again later."),
}


class Refused(Exception):
    """Raised by whoever looks into a file; `check` turns it into the sentence for the person."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def refusal(code: str, **facts: Any) -> BadInput:
    return BadInput(code, str(SENTENCES[code]) % facts, "files")
