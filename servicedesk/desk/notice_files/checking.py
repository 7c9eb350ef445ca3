"""What is wrong with a notice, which keeps it out, and what is odd about it, which a person should see."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from servicedesk.clock import WorkCalendar
from servicedesk.clock.statutory import statutory_days
from servicedesk.desk.models import CalendarNotice
from servicedesk.desk.notice_files.announcing import Announced
from servicedesk.desk.notice_files.reading import Row

FIRST_YEAR, LAST_YEAR = 2000, 2060
# How far a notice may reach into the years beside its own: New Year is arranged across the year's end.
EDGE = timedelta(days=31)
SATURDAY = 5
MOST_NAMED = 10


def faults(new: Announced) -> list[str]:
    """Sentences on why the notice cannot be entered, whatever the calendar says."""
    if not FIRST_YEAR <= new.year <= LAST_YEAR:
        told = {"first": FIRST_YEAR, "last": LAST_YEAR}
        return [_("A notice can be for the years %(first)s to %(last)s.") % told]
    return [*_twice(new), *_outside(new), *_nameless(new), *_gap(new)]


def _twice(new: Announced) -> Iterator[str]:
    first: dict[date, int] = {}
    for row in sorted(new.rows, key=lambda row: row.number):
        before = first.setdefault(row.day, row.number)
        if before != row.number:
            told = {"row": row.number, "day": row.day, "before": before}
            yield _("Row %(row)s: %(day)s stands in row %(before)s already.") % told


def _outside(new: Announced) -> Iterator[str]:
    begin = max(date(new.year, 1, 1) - EDGE, date(FIRST_YEAR, 1, 1))
    end = min(date(new.year, 12, 31) + EDGE, date(LAST_YEAR, 12, 31))
    for row in new.rows:
        if not begin <= row.day <= end:
            told = {"row": row.number, "day": row.day, "year": new.year}
            yield _("Row %(row)s: %(day)s has nothing to do with the year %(year)s.") % told


def _nameless(new: Announced) -> Iterator[str]:
    """A day without a name is ordinary again, so it cannot be off on a Monday or working on a Sunday."""
    for row in new.rows:
        if not row.name and row.works != is_weekday(row.day):
            told = {"row": row.number, "day": row.day, "weekday": weekday(row.day)}
            yield (
                _("Row %(row)s: %(day)s is no ordinary %(weekday)s then; name what it is off or works for.")
                % told
            )


def _gap(new: Announced) -> Iterator[str]:
    """Years between two noticed ones count as known, so none may be left out."""
    rows = CalendarNotice.objects.filter(year__isnull=False).values_list("year", flat=True)
    years = {year for year in rows if year is not None}
    if years and not min(years) - 1 <= new.year <= max(years) + 1:
        missing = max(years) + 1 if new.year > max(years) else min(years) - 1
        told = {"year": new.year, "missing": missing}
        yield _("Before the notice for %(year)s, the one for %(missing)s must be entered.") % told


def calendar_faults(new: Announced, then: WorkCalendar) -> list[str]:
    """Sentences on why the calendar it makes cannot be."""
    if any(then.is_working(day) for day in days_of(new.year)):
        return []
    return [_("The year %(year)s would have no working day.") % {"year": new.year}]


@dataclass(frozen=True)
class Turned:
    """A day that is another one than before."""

    day: date
    works: bool
    name: str


def turned(new: Announced, now: WorkCalendar, then: WorkCalendar) -> list[Turned]:
    """Days that work and did not, or the other way about."""
    days = {*days_of(new.year), *(row.day for row in new.rows)}
    found = (then.day(day) for day in sorted(days) if now.is_working(day) != then.is_working(day))
    return [Turned(each.date, each.works, each.name) for each in found]


def remarks(new: Announced, now: WorkCalendar, then: WorkCalendar) -> list[str]:
    """Sentences on what a person should look at before the notice is entered."""
    return [*_left_out(new, then), *_anyway(new), *_kept(new), *_sums(new, now, then)]


def _left_out(new: Announced, then: WorkCalendar) -> Iterator[str]:
    for day, name in statutory_days(new.year).items():
        if then.is_working(day):
            told = {"day": day, "name": name}
            yield _("%(day)s (%(name)s) is a day off by law, but would count as a working day.") % told


def _anyway(new: Announced) -> Iterator[str]:
    works = [row for row in new.rows if row.works and row.name and is_weekday(row.day)]
    off = [row for row in new.rows if not row.works and not is_weekday(row.day)]
    if works:
        yield _("Working days anyway: %(days)s.") % {"days": _named(works)}
    if off:
        yield _("Weekend days anyway: %(days)s.") % {"days": _named(off)}


def _kept(new: Announced) -> Iterator[str]:
    """What earlier notices for the year say of days this one does not name stays."""
    mine = {row.day for row in new.rows}
    rows = CalendarNotice.objects.filter(year=new.year).values_list("days__day", flat=True)
    kept = {day for day in rows if day is not None} - mine
    if kept:
        words = ngettext(
            "%(count)d day of earlier notices for %(year)s is not named here and stays as it is.",
            "%(count)d days of earlier notices for %(year)s are not named here and stay as they are.",
            len(kept),
        )
        yield words % {"count": len(kept), "year": new.year}


def _sums(new: Announced, now: WorkCalendar, then: WorkCalendar) -> Iterator[str]:
    before, after = (sum(map(each.is_working, days_of(new.year))) for each in (now, then))
    told = {"year": new.year, "before": before, "after": after}
    yield _("%(year)s has %(after)d working days then; so far it has %(before)d.") % told


def _named(rows: list[Row]) -> str:
    words = _("%(day)s (row %(row)s)")
    shown = " · ".join(words % {"day": row.day, "row": row.number} for row in rows[:MOST_NAMED])
    return f"{shown} …" if len(rows) > MOST_NAMED else shown


def days_of(year: int) -> list[date]:
    first = date(year, 1, 1)
    return [first + timedelta(days=each) for each in range((date(year + 1, 1, 1) - first).days)]


def is_weekday(day: date) -> bool:
    return day.weekday() < SATURDAY


def weekday(day: date) -> str:
    return date_format(day, "l")
