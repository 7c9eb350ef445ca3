"""What the clock refuses, in the user's language: by the stable codes of `servicedesk.clock.errors`."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from servicedesk.clock import ClockError
from servicedesk.desk.models.clock import Unit

# The codes a person filling in a form can meet; the rest concern calendars and JSON, and stay English.
SENTENCES = {
    "unknown-unit": _("Choose a unit."),
    "term-not-whole": _("The term must be a whole number."),
    "term-too-short": _("The term must be at least 1."),
    "term-too-long": _("The term is too long; at most {limit} {unit} can be counted."),
    "pause-backwards": _("A pause cannot end before it begins."),
    "no-working-days": _("The calendar has no working days."),
    "out-of-range": _("Only dates from 2000 to 2060 can be counted."),
    "bad-time": _("Enter a date and a time."),
}
FIELDS = {
    "unknown-unit": "unit",
    "term-not-whole": "term",
    "term-too-short": "term",
    "term-too-long": "term",
    "out-of-range": "start",
    "bad-time": "start",
}


def sentence(error: ClockError) -> str:
    """The error as a sentence in the active language, English where nobody translated it."""
    if error.code not in SENTENCES:
        return str(error)
    params = dict(error.params)
    if "unit" in params:
        params["unit"] = dict(Unit.choices).get(str(params["unit"]), params["unit"])
    return str(SENTENCES[error.code]).format(**params)


def field_of(error: ClockError) -> str | None:
    """The field of the calculator the error belongs to; None for the form as a whole."""
    return FIELDS.get(error.code)
