"""From calendar rows to calendars of the clock package. The newest version is asked of the database each
time, so a notice entered in one process is seen at once by web, worker and beat; the index built from a
version never changes and is kept."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Iterable
from datetime import date, datetime, time
from functools import lru_cache

from django.conf import settings
from django.db.models import Max, Min
from django.utils import timezone

from servicedesk.clock import Hours, Notice, NoticeDay, WorkCalendar
from servicedesk.clock import calendar_of as folded
from servicedesk.desk.models import CalendarDay, CalendarNotice, OfficeHours

Calendars = Callable[[int | None], WorkCalendar]
KEPT = 256
_calendars: OrderedDict[tuple[int, int | None], WorkCalendar] = OrderedDict()
# Offices with hours of their own, by version: all the others share the usual calendar.
_own_hours: OrderedDict[int, frozenset[int]] = OrderedDict()


def current_version() -> int:
    """Newest calendar version; 0 when no notice was ever entered."""
    return CalendarNotice.objects.aggregate(newest=Max("version"))["newest"] or 0


def calendar_of(office: int | None, version: int) -> WorkCalendar:
    """Calendar of an office (key; None for the usual hours) as the notices up to `version` have it."""
    key = (version, office if office in _with_own_hours(version) else None)
    if key not in _calendars:
        _calendars[key] = _built(key[1], version)
        while len(_calendars) > KEPT:
            _calendars.popitem(last=False)
    return _calendars[key]


def as_if(notice: Notice) -> Calendars:
    """Calendars by office as they would be if `notice` came now. They are the caller's alone: nothing of them
    is kept under a version that another notice may get."""
    version = current_version()
    own = _with_own_hours(version)

    @lru_cache(maxsize=KEPT)
    def built(office: int | None) -> WorkCalendar:
        return _built(office, version, [notice])

    return lambda office: built(office if office in own else None)


def first_change(since: int, version: int, more: Iterable[Notice] = ()) -> datetime | None:
    """The first moment from which the calendars of `version` (and `more` notices) may differ from those of
    version `since`; None where nothing can."""
    days = CalendarDay.objects.filter(notice__version__gt=since, notice__version__lte=version)
    hours = OfficeHours.objects.filter(version__gt=since, version__lte=version)
    found = [days.aggregate(day=Min("day"))["day"], hours.aggregate(day=Min("valid_from"))["day"]]
    found += [each.day for notice in more for each in notice.days]
    rows = CalendarNotice.objects.filter(version__lte=version, year__isnull=False)
    years = [(year, entered) for year, entered in rows.values_list("year", "version") if year is not None]
    known = {year for year, entered in years if entered <= since}
    then = {year for year, _entered in years} | {notice.year for notice in more}
    # A year that becomes known loses the days off that only law had given it.
    found += [
        date(year, 1, 1)
        for year in range(min(then, default=0), max(then, default=-1) + 1)
        if not known or not min(known) <= year <= max(known)
    ]
    first = min((day for day in found if day is not None), default=None)
    return timezone.make_aware(datetime.combine(first, time())) if first else None


def forget() -> None:
    """Drop what is kept. Versions never change, so only tests that reuse version numbers need this."""
    _calendars.clear()
    _own_hours.clear()


def _with_own_hours(version: int) -> frozenset[int]:
    if version not in _own_hours:
        rows = OfficeHours.objects.filter(version__lte=version, office__isnull=False)
        _own_hours[version] = frozenset(rows.order_by().values_list("office", flat=True).distinct())
        while len(_own_hours) > KEPT:
            _own_hours.popitem(last=False)
    return _own_hours[version]


def _built(office: int | None, version: int, more: Iterable[Notice] = ()) -> WorkCalendar:
    rows = OfficeHours.objects.filter(version__lte=version).order_by("version", "pk")
    usual = list(rows.filter(office=None))
    own = list(rows.filter(office=office)) if office is not None else []
    return folded([*_notices(version), *more], hours=_weeks(usual, own), zone=settings.TIME_ZONE)


def _notices(version: int) -> list[Notice]:
    rows = CalendarNotice.objects.filter(version__lte=version, year__isnull=False).prefetch_related("days")
    return [
        Notice(
            version=row.version,
            year=row.year or row.published_on.year,
            published_on=row.published_on,
            source=row.source,
            title=row.title,
            days=tuple(NoticeDay(each.day, each.works, each.name) for each in row.days.all()),
        )
        for row in rows
    ]


def _weeks(usual: list[OfficeHours], own: list[OfficeHours]) -> list[Hours]:
    """Dated weeks. A weekday has the office's own hours from the day they begin and the usual ones before;
    of rows for one weekday the one that begins last holds, and of two from one day the newer version."""
    begins = sorted({row.valid_from for row in [*usual, *own]})
    weeks = [(day, _in_force(usual, day) | _in_force(own, day)) for day in begins]
    return [Hours(day, {weekday: part for weekday, part in week.items() if part}) for day, week in weeks]


def _in_force(rows: list[OfficeHours], on: date) -> dict[int, tuple[tuple[int, int], ...]]:
    begun = sorted(
        (row for row in rows if row.valid_from <= on), key=lambda row: (row.valid_from, row.version)
    )
    return {row.weekday: tuple(_segment(text) for text in row.segments) for row in begun}


def _segment(text: str) -> tuple[int, int]:
    begin, end = text.split("-")
    return _minutes(begin), _minutes(end)


def _minutes(text: str) -> int:
    hours, minutes = text.split(":")
    return int(hours) * 60 + int(minutes)
