"""A notice between two pages of a browser: the rows that were read travel in the form, signed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.core import signing
from django.utils.translation import gettext as _

from servicedesk.desk.notice_files.reading import NoticeFile, Row
from servicedesk.desk.notice_files.refusals import NoticeRefused

SALT = "desk.notice_files"
# Long enough to ask a colleague.
KEPT = timedelta(hours=12)


@dataclass(frozen=True)
class Carried:
    """What was read, the name of its file and its hash, and the calendar version its preview followed."""

    file: NoticeFile
    name: str
    sha256: str
    after: int | None = None

    def packed(self, after: int | None = None) -> str:
        rows = [[row.number, row.day.isoformat(), row.works, row.name] for row in self.file.rows]
        facts: Any = [rows, self.file.facts, self.name[-200:], self.sha256, after]
        return signing.dumps(facts, salt=SALT, compress=True)


def unpacked(text: str) -> Carried:
    """What `packed` wrote. Raises NoticeRefused for anything else, or after half a day."""
    try:
        rows, facts, name, sha256, after = signing.loads(text, salt=SALT, max_age=KEPT)
    except signing.BadSignature as error:
        raise NoticeRefused([_("The file is no longer at hand; please choose it again.")]) from error
    read = [Row(number, date.fromisoformat(day), works, said) for number, day, works, said in rows]
    return Carried(NoticeFile(read, facts), name, sha256, after)
