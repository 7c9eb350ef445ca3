"""Stretches of time in words: office time as such, and where it ran by the wall clock, said so."""

from __future__ import annotations

from django.utils.formats import number_format
from django.utils.translation import gettext as _

from servicedesk.desk.words import time_words
from servicedesk.reports.percentiles import used_words
from servicedesk.reports.shares import DASH

DAY = 86_400


def in_words(seconds: float | None, stop: object = None) -> str:
    """The time a step took: in office time, or for what the applicant has in hand by the wall clock."""
    by_wall = getattr(stop, "holder", "office") != "office"
    return wall_words(seconds) if by_wall else used_words(seconds)


def wall_words(seconds: float | None) -> str:
    """“2.1 calendar days”; “—” for nothing."""
    if seconds is None:
        return DASH
    if seconds < 60:
        return _("under a minute")
    if seconds < DAY:
        return _("%(time)s by the clock") % {"time": time_words(int(seconds))}
    return _("%(n)s calendar days") % {"n": number_format(round(seconds / DAY, 1), 1)}
