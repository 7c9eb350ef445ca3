"""The working-day calculator's form: a human start, term and pauses in, a reckoning out."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from servicedesk.clock import ClockError, Pause, Reckoning, Term
from servicedesk.desk.calendars import calendar_of, current_version
from servicedesk.desk.clock_sentences import field_of, sentence
from servicedesk.desk.models.clock import Unit

PAUSES = 3
# Ten years in each unit: what the JSON lines allow as well.
LONGEST = {
    Unit.WORKING_DAYS: 3653,
    Unit.WORKING_MINUTES: 3653 * 1440,
    Unit.CALENDAR_DAYS: 3653,
    Unit.MONTHS: 120,
    Unit.YEARS: 10,
}
FIRST, LAST = 2000, 2060
# As browsers send it, and as people write it.
FORMATS = ["%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S", "%Y-%m-%d %H:%M", "%Y-%m-%d %H:%M:%S", "%Y/%m/%d %H:%M"]


def moment_field(label: Any, *, required: bool = True) -> forms.DateTimeField:
    picker = forms.DateTimeInput(attrs={"type": "datetime-local", "step": "60"}, format="%Y-%m-%dT%H:%M")
    told = dict.fromkeys(("required", "invalid"), gettext_lazy("Enter a date and a time."))
    return forms.DateTimeField(
        label=label, required=required, input_formats=FORMATS, widget=picker, error_messages=told
    )


class CalculatorForm(forms.Form):
    start = moment_field(gettext_lazy("From when?"))
    term = forms.IntegerField(
        label=gettext_lazy("How long?"),
        min_value=1,
        max_value=max(LONGEST.values()),
        widget=forms.NumberInput(attrs={"inputmode": "numeric"}),
        error_messages={
            "required": gettext_lazy("Enter a number."),
            "invalid": gettext_lazy("The term must be a whole number."),
            "min_value": gettext_lazy("The term must be at least 1."),
        },
    )
    unit = forms.ChoiceField(label=gettext_lazy("Counted in"), choices=Unit.choices)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for place in range(1, PAUSES + 1):
            begins, ends = _("Pause %(n)d begins"), _("Pause %(n)d ends")
            self.fields[f"since{place}"] = moment_field(begins % {"n": place}, required=False)
            self.fields[f"until{place}"] = moment_field(ends % {"n": place}, required=False)

    def clean(self) -> dict[str, Any]:
        found = super().clean() or self.cleaned_data
        for name, value in list(found.items()):
            if isinstance(value, datetime) and not FIRST <= value.year <= LAST:
                self.add_error(name, sentence(ClockError("out-of-range")))
        for place in range(1, PAUSES + 1):
            self._check_pause(found.get(f"since{place}"), found.get(f"until{place}"), place)
        self._check_term(found)
        return found

    def _check_term(self, found: dict[str, Any]) -> None:
        unit, term = found.get("unit"), found.get("term")
        if unit and term and term > (longest := LONGEST[Unit(unit)]):
            self.add_error("term", sentence(ClockError("term-too-long", limit=longest, unit=unit)))

    def _check_pause(self, since: datetime | None, until: datetime | None, place: int) -> None:
        if until is not None and since is None and f"since{place}" not in self.errors:
            self.add_error(f"since{place}", _("When does the pause begin?"))
        if since is not None and until is not None and until < since:
            self.add_error(f"until{place}", sentence(ClockError("pause-backwards")))

    def pause_pairs(self) -> list[tuple[forms.BoundField, forms.BoundField]]:
        return [(self[f"since{place}"], self[f"until{place}"]) for place in range(1, PAUSES + 1)]

    def shown_pairs(self) -> list[tuple[forms.BoundField, forms.BoundField]]:
        """The pauses filled in, and one more as long as there is room."""
        filled = [any(field.value() or field.errors for field in pair) for pair in self.pause_pairs()]
        last = max((place for place, is_filled in enumerate(filled, 1) if is_filled), default=0)
        return self.pause_pairs()[: last + 1]

    def has_pauses(self) -> bool:
        """Whether anything stands in the pauses' fields."""
        return any(field.value() or field.errors for pair in self.pause_pairs() for field in pair)

    def reckoned(self) -> Reckoning | None:
        """The reckoning by the city's calendar and usual office hours; None, with an error, if refused."""
        asked = self.cleaned_data
        try:
            calendar = calendar_of(None, current_version())
            term = Term(asked["term"], asked["unit"])
            reckoning = Reckoning(calendar, asked["start"], term, tuple(self._pauses()))
            reckoning.due()
        except ClockError as error:
            self.add_error(field_of(error), sentence(error))
            return None
        return reckoning

    def _pauses(self) -> Iterator[Pause]:
        for place in range(1, PAUSES + 1):
            since, until = self.cleaned_data.get(f"since{place}"), self.cleaned_data.get(f"until{place}")
            if since is not None:
                yield Pause(since, until)
