"""What is asked for to make a report, to settle one, and to have figures sent."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, time
from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from servicedesk.accounts.models import Office, User
from servicedesk.desk.registry import Words, kinds
from servicedesk.reports import asking
from servicedesk.reports.forms import ScopeForm
from servicedesk.reports.models import ReportSchedule
from servicedesk.reports.monthly.gathering import LANGUAGES
from servicedesk.reports.monthly.life import offices_to_report_on
from servicedesk.reports.monthly.months import complete_months
from servicedesk.reports.sections import BY_NAME

WRONG = {"invalid_choice": _("This is not one of the choices.")}
CITY = ("", _("the whole city"))


class MakeForm(forms.Form):
    """The month and the scope of a new report; the last month and the widest scope are chosen already."""

    month = forms.ChoiceField(label=pgettext_lazy("of the year", "Month"), error_messages=WRONG)
    office = forms.ChoiceField(label=_("Office and below"), required=False, error_messages=WRONG)
    kind = forms.ChoiceField(label=_("Kind"), required=False, error_messages=WRONG)

    def __init__(self, data: Any, user: User, at: datetime) -> None:
        super().__init__(data, auto_id="make_%s")
        fields: Any = self.fields
        months = [(f"{each:%Y-%m}", date_format(each, "YEAR_MONTH_FORMAT")) for each in complete_months(at)]
        fields["month"].choices = months
        allowed = offices_to_report_on(user, at)
        rows = Office.objects.order_by("sort", "code")
        self.offices = list(rows if allowed is None else rows.filter(pk__in=allowed))
        named = [(office.code, office.title()) for office in self.offices]
        fields["office"].choices = [CITY, *named] if allowed is None else named
        own = [(kind.code, kind.label) for kind in kinds() if not kind.internal]
        fields["kind"].choices = [("", _("all")), *own]

    @property
    def may_make(self) -> bool:
        fields: Any = self.fields
        return bool(fields["office"].choices)

    def month_chosen(self) -> date:
        return date.fromisoformat(f"{self.cleaned_data['month']}-01")

    def office_chosen(self) -> Office | None:
        code = self.cleaned_data["office"]
        return next((office for office in self.offices if office.code == code), None)


class ReasonForm(forms.Form):
    reason = forms.CharField(
        label=_("Reason"),
        max_length=1000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("It stays in the record, with your name and the time."),
    )


class ScheduleForm(forms.ModelForm):
    """Which part of the report, how often, in which language; `query` is the scope of the SLA report."""

    section = forms.ChoiceField(
        label=pgettext_lazy("by mail", "Report"), required=False, error_messages=WRONG
    )
    language = forms.ChoiceField(label=_("Language"), error_messages=WRONG)
    query = forms.CharField(required=False, max_length=1000, widget=forms.HiddenInput)

    class Meta:
        model = ReportSchedule
        fields = ("section", "every", "weekday", "day", "time", "language", "query")
        labels = {
            "every": _("How often"),
            "weekday": _("Weekday (where weekly)"),
            "day": _("Day of the month (where monthly)"),
            "time": _("Time"),
        }
        widgets = {"time": forms.TimeInput(attrs={"type": "time"}, format="%H:%M")}

    def __init__(self, data: Any, user: User, at: datetime, query: str = "", section: str = "") -> None:
        row = ReportSchedule(
            user=user, time=time(8, 30), every=ReportSchedule.Every.MONTH, query=query, section=section
        )
        language = user.language if user.language in LANGUAGES else "en"
        super().__init__(data, instance=row, auto_id="send_%s", initial={"language": language})
        self.user, self.at = user, at
        fields: Any = self.fields
        fields["language"].choices = list(_languages())
        fields["section"].choices = [(each.name, each.title) for each in asking.sections_of(user, at)]

    def clean_query(self) -> str:
        """The scope as an address says it; nonsense is refused now and not at the time of sending."""
        query: str = self.cleaned_data["query"]
        section = BY_NAME.get(self.cleaned_data.get("section") or "")
        if section is None:
            return query
        reader = asking.reader_for(section, self.user, self.at)
        if not ScopeForm(QueryDict(query), reader, self.at).is_valid():
            raise forms.ValidationError(_("There is no such report."))
        return query


def _languages() -> Iterator[tuple[str, Words]]:
    """Those the desk is written in."""
    named = {"zh-hans": "简体中文", "en": "English"}
    yield from ((code, named[code]) for code in LANGUAGES)
