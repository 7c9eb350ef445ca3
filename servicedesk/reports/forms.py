"""What a report is asked for, read from an address; whatever stands there, an answer or a sentence comes."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from servicedesk.desk.admin.filters import choices_of
from servicedesk.desk.permissions import below
from servicedesk.desk.registry import CaseKind, Words, kinds
from servicedesk.reports.figures import BY_NAME
from servicedesk.reports.load import OFFICER
from servicedesk.reports.names import value_of
from servicedesk.reports.periods import DATES, FIRST_DAY, MONTH, PERIODS, day_after, days_of, midnight
from servicedesk.reports.readers import Reader
from servicedesk.reports.scope import KIND, NONE, OFFICE, Scope

VALUE = "in_"
ANY = ("", _("all"))
NOT_A_DAY = _("Write the day as 2026-03-31.")
NOT_THERE = _("This is not one of the choices.")


class DayField(forms.DateField):
    widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")

    def __init__(self, label: Any) -> None:
        super().__init__(
            label=label, required=False, input_formats=["%Y-%m-%d"], error_messages={"invalid": NOT_A_DAY}
        )


class ScopeForm(forms.Form):
    """The choices above a report. `scope()` may be asked once the form is valid."""

    period = forms.ChoiceField(
        label=_("Period"), choices=PERIODS, required=False, error_messages={"invalid_choice": NOT_THERE}
    )
    since = DayField(_("From"))
    until = DayField(_("Until"))
    office = forms.ChoiceField(
        label=_("Office and below"), required=False, error_messages={"invalid_choice": NOT_THERE}
    )
    kind = forms.ChoiceField(label=_("Kind"), required=False, error_messages={"invalid_choice": NOT_THERE})
    group = forms.CharField(label=_("One row for each"), required=False, widget=forms.Select)

    def __init__(self, data: Any, reader: Reader, at: datetime) -> None:
        given = {name: data.get(name, "") for name in data}
        given["period"] = given.get("period") or (
            DATES if given.get("since") or given.get("until") else MONTH
        )
        super().__init__(given, auto_id="scope_%s")
        self.reader, self.at = reader, at
        self.kinds = list(kinds())
        self.offices = reader.choices()
        self.chosen = self._chosen_kind(given.get("kind", ""))
        self._offer()

    def _chosen_kind(self, code: str) -> CaseKind | None:
        """The kind asked for; where there is but one, that one."""
        if len(self.kinds) == 1:
            return self.kinds[0]
        return next((kind for kind in self.kinds if kind.code == code), None)

    def _offer(self) -> None:
        fields: Any = self.fields
        label: Any
        fields["office"].choices = [ANY, *((office.code, office.title()) for office in self.offices)]
        fields["kind"].choices = [ANY, *((kind.code, kind.label) for kind in self.kinds)]
        fields["group"].widget.choices = self.groups()
        for name, path, label in self.dimensions():
            found = choices_of(path)
            offered = [ANY, *found, (NONE, _("not said"))]
            widget = forms.Select(choices=offered) if found else forms.HiddenInput()
            fields[VALUE + name] = forms.CharField(label=label, required=False, widget=widget)

    def dimensions(self) -> tuple[tuple[str, str, Words], ...]:
        return self.chosen.dimensions if self.chosen else ()

    def value_fields(self) -> list[forms.BoundField]:
        """The choices among the values of each dimension."""
        return [self[VALUE + name] for name, _path, _label in self.dimensions()]

    def groups(self) -> list[tuple[str, Words]]:
        own = [(name, label) for name, _path, label in self.dimensions()]
        return [(OFFICE, _("Office")), (KIND, _("Kind")), *own]

    def _show_as_typed(self, name: str) -> None:
        """A date control would swallow what is no date; as text it stays to be mended."""
        self.fields[name].widget.input_type = "text"

    # --- checking ----------------------------------------------------------------------------------

    def clean_group(self) -> str:
        """How rows are made; a dimension of another kind than the one chosen now falls back to offices."""
        asked: str = self.cleaned_data["group"]
        return asked if asked in dict(self.groups()) else OFFICE

    def clean(self) -> dict[str, Any]:
        given: dict[str, Any] = super().clean() or self.cleaned_data
        if given.get("period") == DATES:
            self._check_days(given.get("since"), given.get("until"))
        for name, path, _label in self.dimensions():
            self._check_value(VALUE + name, path)
        return given

    def _check_days(self, since: date | None, until: date | None) -> None:
        for name, day in (("since", since), ("until", until)):
            if day is None and name not in self.errors:
                self.add_error(name, _("Say which day."))
            elif day is None:
                self._show_as_typed(name)
        if since and since < FIRST_DAY:
            self.add_error("since", _("Nothing is counted before 2010."))
        elif since and since > timezone.localdate(self.at):
            self.add_error("since", _("This day lies ahead."))
        elif since and until and until < since:
            self.add_error("until", _("The last day lies before the first."))
        if until and until.year > self.at.year + 1:
            self.add_error("until", _("This day lies too far ahead."))

    def _check_value(self, name: str, path: str) -> None:
        text = self.cleaned_data.get(name, "")
        if text and text != NONE:
            try:
                value_of(path, text)
            except ValueError:
                self.add_error(name, NOT_THERE)

    # --- the answer --------------------------------------------------------------------------------

    def scope(self) -> Scope:
        since, until = self._period()
        return Scope(
            since=midnight(since),
            until=midnight(until),
            at=self.at,
            offices=self._offices(),
            unknown=self.reader.unknown,
            kind=self.chosen,
            values={
                path: self._value(name, path) for name, path, _label in self.dimensions() if self._said(name)
            },
            group=self._group(),
            asked={name: self[name].value() or "" for name in self.fields if self._is_scope(name)},
        )

    def _is_scope(self, name: str) -> bool:
        """Days that are not asked for would only lengthen the address."""
        return name not in {"since", "until"} or self.cleaned_data["period"] == DATES

    def _period(self) -> tuple[date, date]:
        given = self.cleaned_data
        if given["period"] == DATES:
            return given["since"], day_after(given["until"])
        return days_of(given["period"], timezone.localdate(self.at))

    def _offices(self) -> frozenset[int] | None:
        code = self.cleaned_data["office"]
        if not code:
            return self.reader.offices
        top = next(office.pk for office in self.offices if office.code == code)
        reached = frozenset(below({top}))
        return reached if self.reader.offices is None else reached & self.reader.offices

    def _said(self, name: str) -> bool:
        return bool(self.cleaned_data.get(VALUE + name))

    def _value(self, name: str, path: str) -> Any:
        text = self.cleaned_data[VALUE + name]
        return None if text == NONE else value_of(path, text)

    def _group(self) -> str:
        paths = {name: path for name, path, _label in self.dimensions()}
        return paths.get(self.cleaned_data["group"], self.cleaned_data["group"])

    def group_label(self) -> Words:
        return dict(self.groups())[self.cleaned_data["group"]]


class CasesForm(ScopeForm):
    """A report and one of its figures: which one, of which limit, in which row."""

    figure = forms.CharField(required=False, widget=forms.HiddenInput)
    limit = forms.CharField(required=False, max_length=90, widget=forms.HiddenInput)
    row = forms.CharField(required=False, max_length=200, widget=forms.HiddenInput)

    def groups(self) -> list[tuple[str, Words]]:
        """A list may be of one officer's matters as well, for whom figures about officers are."""
        return [*super().groups(), (OFFICER, pgettext_lazy("staff", "Officer"))]

    def clean_figure(self) -> str:
        name: str = self.cleaned_data["figure"]
        if name not in BY_NAME:
            raise forms.ValidationError(_("There is no such figure."))
        return name

    def clean(self) -> dict[str, Any]:
        given = super().clean()
        if given.get("row") and given["row"] != NONE and "group" in given:
            try:
                self.row_key()
            except ValueError:
                self.add_error("row", _("There is no such row."))
        return given

    def row_key(self) -> Any:
        """The value the row stands for. Raises ValueError."""
        text = self.cleaned_data["row"]
        if text == NONE:
            return None
        return value_of(self._group(), text)

    def narrowed(self) -> Scope:
        """The scope of the row the figure stands in."""
        return self.scope().narrowed(self.row_key()) if self.cleaned_data["row"] else self.scope()
