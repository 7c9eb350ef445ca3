"""The calendar as it stood at some moment of its history, and the notices that came afterwards."""

from __future__ import annotations

from datetime import date

from servicedesk.clock import official_rows
from servicedesk.desk import calendars
from servicedesk.desk.models import CalendarDay, CalendarNotice


def as_of(version: int) -> None:
    """Forget every notice after `version`, past what the desk itself allows."""
    CalendarDay.objects.filter(notice__version__gt=version)._raw_delete("default")
    CalendarNotice.objects.filter(version__gt=version)._raw_delete("default")
    calendars.forget()


def official(version: int) -> CalendarNotice:
    """Enter the official notice of that version as an official would, on the day it came out."""
    row = next(each for each in official_rows() if each.version == version)
    days = {each.day: (each.works, each.name) for each in row.days}
    return entered(row.year, row.title, days, row.published_on)


def entered(
    year: int, title: str, days: dict[date, tuple[bool, str]], published_on: date = date(2026, 11, 20)
) -> CalendarNotice:
    notice = CalendarNotice(year=year, title=title, source="国务院办公厅", published_on=published_on)
    notice.enter()
    CalendarDay.objects.bulk_create(
        CalendarDay(notice=notice, day=day, works=works, name=name) for day, (works, name) in days.items()
    )
    return notice
