"""What the board asks for."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from servicedesk.desk.verb_fields import Day, Text


class UrgeForm(forms.Form):
    """One note for all that were ticked."""

    note = Text(label=_("What is urgent"), required=False, rows=2, max_length=500)


class PeriodForm(forms.Form):
    """From when to when a shift went."""

    since = Day(label=_("From"))
    until = Day(label=_("To"))

    def clean(self) -> dict[str, Any]:
        given: dict[str, Any] = super().clean() or self.cleaned_data
        since: datetime | None = given.get("since")
        until: datetime | None = given.get("until")
        if since and until and until <= since:
            self.add_error("until", _("It cannot end before it begins."))
        return given


class HandOverForm(PeriodForm):
    note = Text(
        label=_("Note for the next shift"),
        required=False,
        rows=4,
        max_length=2000,
        help_text=_("What is agreed by word of mouth, what to watch. It is kept with the sheet."),
    )
