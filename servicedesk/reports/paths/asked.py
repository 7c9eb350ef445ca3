"""What a page of paths is asked for: the scope of a report, which cases of it, which ways; or one number."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django import forms
from django.db.models import Count
from django.utils.translation import gettext_lazy as _

from servicedesk.desk.registry import kinds
from servicedesk.reports import standing
from servicedesk.reports.forms import NOT_THERE, ScopeForm
from servicedesk.reports.paths.marks import SHAPE
from servicedesk.reports.paths.shown import BY_CLOSING, BY_SUBMISSION, COMMON, EVERY
from servicedesk.reports.readers import Reader

WRONG = {"invalid_choice": NOT_THERE}


class PathsForm(ScopeForm):
    """Paths of one kind: those of several have nothing in common. Without a word the kind is the one most
    cases of the period are of."""

    by = forms.ChoiceField(
        label=_("Which cases"),
        choices=[(BY_SUBMISSION, _("submitted in the period")), (BY_CLOSING, _("closed in the period"))],
        required=False,
        error_messages=WRONG,
    )
    show = forms.ChoiceField(
        label=_("Which ways"),
        choices=[(EVERY, _("all ways")), (COMMON, _("the commonest that make 80%"))],
        required=False,
        error_messages=WRONG,
    )

    def __init__(self, data: Any, reader: Reader, at: datetime) -> None:
        given = {"by": BY_SUBMISSION, "show": EVERY} | {name: data.get(name, "") for name in data}
        given["kind"] = given.get("kind") or _usual_kind(given, reader, at)
        super().__init__(given, reader, at)
        fields: Any = self.fields
        fields["kind"].choices = [(kind.code, kind.label) for kind in self.kinds]
        fields["kind"].required = True

    def chosen_by(self) -> str:
        return self.cleaned_data["by"] or BY_SUBMISSION

    def chosen_show(self) -> str:
        return self.cleaned_data["show"] or EVERY


def _usual_kind(given: dict[str, Any], reader: Reader, at: datetime) -> str:
    """The kind of most cases submitted in the period; without any, the first that anybody may start."""
    form = ScopeForm({name: text for name, text in given.items() if name != "kind"}, reader, at)
    first = next((kind.code for kind in kinds() if kind.startable and not kind.internal), "")
    if not form.is_valid():
        return first
    scope = form.scope()
    rows = scope.cases().filter(standing.received(scope)).order_by().values("kind").annotate(n=Count("pk"))
    return max(((row["n"], row["kind"]) for row in rows), default=(0, first))[1]


class MarkForm(PathsForm):
    """The same with one number of the page: which cases it counts."""

    mark = forms.CharField(max_length=140)

    def clean_mark(self) -> str:
        mark: str = self.cleaned_data["mark"]
        if not SHAPE.fullmatch(mark):
            raise forms.ValidationError(_("There is no such number."))
        return mark


class LogForm(PathsForm):
    """The same with what the log of events is to hold."""

    STEPS, VERBS = "steps", "verbs"
    holds = forms.ChoiceField(
        label=_("The log holds"),
        choices=[(VERBS, _("steps and everything done")), (STEPS, _("steps only"))],
        required=False,
        error_messages=WRONG,
    )

    officers = forms.BooleanField(label=_("with a pseudonym of each officer"), required=False)

    def __init__(self, data: Any, reader: Reader, at: datetime) -> None:
        super().__init__(data, reader, at)
        if reader.offices is not None:
            # In an office of three a pseudonym is a name.
            del self.fields["officers"]

    @property
    def verbs(self) -> bool:
        return bool(self.cleaned_data["holds"] != self.STEPS)

    @property
    def with_officers(self) -> bool:
        return bool(self.cleaned_data.get("officers"))
