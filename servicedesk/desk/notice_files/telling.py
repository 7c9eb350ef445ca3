"""A preview and an entry in lines of text."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from servicedesk.accounts.models import Office
from servicedesk.desk.models import CalendarNotice
from servicedesk.desk.notice_files.checking import Turned, weekday
from servicedesk.desk.notice_files.entering import Preview
from servicedesk.desk.registry import kind_of
from servicedesk.desk.shifts import Redated, Shift


def told(seen: Preview) -> list[str]:
    """The preview for a terminal."""
    new, found = seen.new, seen.redated
    lines = [f"{new.title} · {new.year} · {new.published_on}"]
    lines += [f"  {turned_words(each)}" for each in seen.turned]
    lines += [f"  {line}" for line in seen.remarks]
    lines += found.sentences()
    lines += [f"  {name}: {count}" for name, count in [*by_kind(found), *by_office(found)]]
    lines += [f"  {shift_words(each)}" for each in found.first]
    return lines


def told_known(notice: CalendarNotice) -> list[str]:
    """That there is nothing to do, and why."""
    lines = [
        _("Nothing to do: this notice is calendar version %(version)s already.") % {"version": notice.version}
    ]
    later = CalendarNotice.objects.filter(year=notice.year, version__gt=notice.version).order_by("-version")
    if newest := later.first():
        words = _("A later notice for the year, version %(version)s, holds where they differ.")
        lines.append(words % {"version": newest.version})
    return lines


def told_entered(notice: CalendarNotice, moved: Redated) -> list[str]:
    told = {"version": notice.version, "cases": moved.cases}
    words = ngettext(
        "Calendar version %(version)s: %(cases)d open case dated.",
        "Calendar version %(version)s: %(cases)d open cases dated.",
        moved.cases,
    )
    return [words % told, *moved.sentences()]


def turned_words(each: Turned) -> str:
    told = {"day": each.day, "weekday": weekday(each.day), "name": each.name}
    if each.works:
        words = (
            _("%(day)s, %(weekday)s: works now (%(name)s)")
            if each.name
            else _("%(day)s, %(weekday)s: works now")
        )
    else:
        words = (
            _("%(day)s, %(weekday)s: off now (%(name)s)") if each.name else _("%(day)s, %(weekday)s: off now")
        )
    return words % told


def shift_words(each: Shift) -> str:
    return f"{each.number} · {each.label}: {moment_words(each.before)} → {moment_words(each.after)}"


def moment_words(moment: datetime | None) -> str:
    return f"{timezone.localtime(moment):%Y-%m-%d %H:%M}" if moment else _("paused")


def by_kind(found: Redated) -> Iterator[tuple[str, int]]:
    """Cases that move, by kind, the most first."""
    return ((str(kind_of(code).label), count) for code, count in found.kinds.most_common())


def by_office(found: Redated) -> list[tuple[str, int]]:
    offices = {office.pk: office.title() for office in Office.objects.filter(pk__in=found.offices)}
    return [(offices[pk], count) for pk, count in found.offices.most_common()]
