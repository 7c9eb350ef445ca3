"""What stands in a cell of somebody else's sheet: words without the dirt around them, moments of every shape.

A day without a time of day: a matter was received as the day began (00:00), and answered as the office closed
(on a day without office hours as the day ended). A time of exactly 00:00 is such a day."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, timezone, tzinfo
from typing import Any

from django.utils.translation import gettext as _
from openpyxl.utils.datetime import from_excel  # type: ignore[import-untyped]

# The calendar knows the statutory days of these years.
FIRST_YEAR, LAST_YEAR = 2000, 2060
# What programs write where nothing is known.
NOTHING = frozenset({"", "nan", "nat", "none", "null", "n/a", "#n/a", "-", "--", "—", "——"})
CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ufeff\u200b-\u200f\u2028-\u202e\u2060]")
# A control character as a workbook writes it.
ESCAPED = re.compile(r"_x(00[01][0-9A-Fa-f])_")
MOMENT = re.compile(
    r"(\d{4})\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})\s*[日号]?\s*(?:\(?(?:星期|周).\)?)?"
    r"\s*T?\s*(上午|下午|凌晨|早上|中午|晚上|AM|PM)?"
    r"\s*(?:(\d{1,2})\s*[:时点]\s*(?:(\d{1,2})\s*分?\s*(?::?\s*(\d{1,2})(?:[.,]\d+)?\s*秒?)?)?)?"
    r"\s*(AM|PM)?\s*(Z|[+-]\d{2}:?\d{2})?",
    re.IGNORECASE,
)
PACKED = ((8, "%Y%m%d"), (12, "%Y%m%d%H%M"), (14, "%Y%m%d%H%M%S"))
# Days since 1900 as a workbook counts them, and what a moment in seconds since 1970 looks like.
SERIALS = (1, 100_000)
SECONDS, MILLISECONDS = range(10**9, 10**10), 13
NOON = 12
AFTERNOON = frozenset({"下午", "晚上", "pm"})
MORNING = frozenset({"上午", "凌晨", "早上", "am"})


@dataclass(frozen=True)
class Told:
    """A moment as a cell tells it; `day_only` where it says no time of day."""

    at: datetime
    day_only: bool = False

    @property
    def day(self) -> date:
        return self.at.date()


def words(value: Any) -> str:
    """Text of a cell without blanks and invisible signs around or in it; its own line breaks stay."""
    if value is None:
        return ""
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    text = ESCAPED.sub("", str(value)).replace("\r\n", "\n").replace("\r", "\n")
    text = CONTROL.sub("", text).replace("\xa0", " ").replace("\u3000", " ").strip()
    # Half of a pair, which no database takes.
    return text.encode("utf-8", "replace").decode()


def known(value: Any) -> str:
    """`words`, empty where they only say that nothing is known."""
    text = words(value)
    return "" if text.lower() in NOTHING else text


def name_of(value: Any) -> str:
    """A heading as it is compared: without blanks and width."""
    return "".join(unicodedata.normalize("NFKC", words(value)).split()).lower()


def moment(value: Any, zone: tzinfo, epoch: datetime | None = None) -> Told | None:
    """The moment a cell tells, None where it is empty. Raises ValueError with a sentence."""
    if isinstance(value, bool | time | timedelta):
        raise ValueError(_said(value))
    if isinstance(value, datetime):
        found: datetime | None = value
    elif isinstance(value, date):
        found = datetime.combine(value, time())
    else:
        found = _read(known(value), value, epoch)
    return _told(found, zone) if found is not None else None


def _read(text: str, value: Any, epoch: datetime | None) -> datetime | None:
    try:
        return _from_text(unicodedata.normalize("NFKC", text), epoch) if text else None
    except (ValueError, OverflowError):
        raise ValueError(_said(value)) from None


def _said(value: Any) -> str:
    return _("“%(text)s” is no date that can be read.") % {"text": words(value)[:40]}


def _told(at: datetime, zone: tzinfo) -> Told:
    """The moment to the second: a workbook counts in fractions of a day, which are never quite exact."""
    if at.year < FIRST_YEAR:
        raise ValueError(_("The year %(year)s lies before the calendar.") % {"year": at.year})
    if at.year > LAST_YEAR:
        raise ValueError(_("The year %(year)s lies beyond the calendar.") % {"year": at.year})
    rounded = (at + timedelta(microseconds=500_000)).replace(microsecond=0)
    local = rounded.astimezone(zone) if rounded.tzinfo else rounded.replace(tzinfo=zone)
    return Told(local, local.time() == time())


def _from_text(text: str, epoch: datetime | None) -> datetime:
    found = MOMENT.fullmatch(text.strip())
    if found:
        return _from_parts(found)
    if re.fullmatch(r"\d+", text):
        for length, shape in PACKED:
            if len(text) == length:
                return datetime.strptime(text, shape)
        if int(text) in SECONDS or len(text) == MILLISECONDS:
            return datetime.fromtimestamp(int(text[:10]), UTC)
    number = float(text)
    if not SERIALS[0] <= number < SERIALS[1]:
        raise ValueError(text)
    return from_excel(number, epoch) if epoch else from_excel(number)


def _from_parts(found: re.Match[str]) -> datetime:
    year, month, day, before, hour, minute, second, after, offset = found.groups()
    hours = int(hour or 0)
    half = (before or after or "").lower()
    if (half in AFTERNOON or (half == "中午" and hours < 11)) and hours < NOON:
        hours += NOON
    elif half in MORNING and hours == NOON:
        hours = 0
    at = datetime(int(year), int(month), int(day), hours, int(minute or 0), int(second or 0))
    return at.replace(tzinfo=_zone(offset)) if offset else at


def _zone(offset: str) -> tzinfo:
    if offset in "Zz":
        return UTC
    minutes = int(offset[1:3]) * 60 + int(offset[-2:])
    return timezone(timedelta(minutes=-minutes if offset[0] == "-" else minutes))
