"""What is asked of whoever complains, orders, makes known, or puts a matter where it belongs."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from enterprises.models import ComplaintMatter, OversightOrder
from enterprises.models.complaint import handler_of
from servicedesk.accounts.models import Office
from servicedesk.desk.models import Case
from servicedesk.desk.verb_fields import BySort


class EveryOffice(forms.ModelChoiceField):
    """Every office there is, grouped by what it is; also those that receive no matters."""

    iterator = BySort

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(Office.objects.order_by("sort", "code"), **kwargs)


class ComplaintForm(forms.ModelForm):
    class Meta:
        model = ComplaintMatter
        fields = ("office", "text", "since", "contact_name", "contact_phone")
        labels = {
            "text": _("What happened?"),
            "since": _("Since when?"),
            "contact_name": _("Whom shall we ask for?"),
            "contact_phone": _("Which number shall we call?"),
        }
        help_texts = {
            "text": _("Say what was done or left undone, by whom as far as you know, and what you expect."),
            "contact_phone": _("A person calls you on this number."),
        }
        widgets = {
            "text": forms.Textarea(attrs={"rows": 7}),
            "since": forms.DateInput({"type": "date"}, "%Y-%m-%d"),
            "contact_phone": forms.TextInput(attrs={"inputmode": "tel", "autocomplete": "tel"}),
            "contact_name": forms.TextInput(attrs={"autocomplete": "name"}),
        }
        error_messages = {"text": {"required": _("Tell us in a sentence or two what happened.")}}

    office = EveryOffice(
        label=_("Which office is it about?"),
        help_text=_("It does not see your complaint; another office handles it."),
        empty_label=_("Choose an office"),
        error_messages={"required": _("Say which office it is about.")},
    )

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        self.fields["contact_phone"].required = True
        self.fields["contact_phone"].error_messages["required"] = _("We need a number to call you on.")

    def clean_office(self) -> Office:
        office: Office = self.cleaned_data["office"]
        if handler_of(office, timezone.localdate()) is None:
            words = _("No office is set that may handle complaints about this one.")
            raise forms.ValidationError(words, code="no-route")
        return office

    def clean_since(self) -> Any:
        since = self.cleaned_data["since"]
        if since is not None and since > timezone.localdate():
            raise forms.ValidationError(_("This day has not come yet."), code="future")
        return since


class OrderForm(forms.ModelForm):
    """The one an order stands in for the engine; nobody fills it in on the portal."""

    class Meta:
        model = OversightOrder
        fields = ("level", "cause", "demand")


class IssueForm(forms.Form):
    """Issue an order about a matter."""

    number = forms.CharField(label=_("Number of the matter"), max_length=32)
    level = forms.ChoiceField(
        label=_("level"),
        choices=[(each.value, each.label) for each in OversightOrder.Level][:2],
        initial=OversightOrder.Level.ORDER,
        widget=forms.RadioSelect,
    )
    cause = forms.ChoiceField(
        label=_("cause"),
        choices=[(each.value, each.label) for each in OversightOrder.Cause],
        initial=OversightOrder.Cause.MANUAL,
    )
    demand = forms.CharField(
        label=_("what is demanded"), max_length=2000, widget=forms.Textarea(attrs={"rows": 4})
    )

    def __init__(self, visible: Any, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.visible = visible

    def clean_number(self) -> Case:
        number = self.cleaned_data["number"].strip().upper()
        found: Case | None = self.visible.filter(number=number).first()
        if found is None:
            raise forms.ValidationError(_("There is no matter with this number."))
        return found


class CircularForm(forms.Form):
    text = forms.CharField(
        label=_("Text of the circular"), max_length=2000, widget=forms.Textarea(attrs={"rows": 5})
    )


class RecogniseForm(forms.Form):
    office = EveryOffice(label=_("Which office is it about?"), empty_label=_("Choose an office"))
