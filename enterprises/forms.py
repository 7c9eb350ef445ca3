"""What a company fills in. Title, topic and office are the centre's work, not the company's."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from enterprises.direct_line.short_lists import ShortLists, short_lists
from enterprises.models import DirectLineMatter, Topic, Urgency
from servicedesk.desk.dossier import open_on


class DirectLineForm(forms.ModelForm):
    class Meta:
        model = DirectLineMatter
        fields = ("text", "place", "contact_name", "contact_phone")
        labels = {
            "text": _("What is wrong?"),
            "place": _("Where is it?"),
            "contact_name": _("Whom shall we ask for?"),
            "contact_phone": _("Which number shall we call?"),
        }
        help_texts = {
            "text": _("Write as you would say it. We find the right office."),
            "contact_phone": _("A person calls you on this number."),
        }
        widgets = {
            "text": forms.Textarea(attrs={"rows": 7}),
            "contact_phone": forms.TextInput(attrs={"inputmode": "tel", "autocomplete": "tel"}),
            "contact_name": forms.TextInput(attrs={"autocomplete": "name"}),
        }
        error_messages = {"text": {"required": _("Tell us in a sentence or two what is wrong.")}}

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        self.fields["contact_phone"].required = True
        self.fields["contact_phone"].error_messages["required"] = _("We need a number to call you on.")

    def clean_contact_phone(self) -> str:
        """Return the number without spaces. Raises ValidationError when it cannot be a telephone number."""
        number = "".join(self.cleaned_data["contact_phone"].split())
        digits = number.lstrip("+").replace("-", "")
        if not digits.isdecimal() or not 7 <= len(digits) <= 15:
            raise forms.ValidationError(_("Enter a telephone number of 7 to 15 digits."), code="phone")
        return number


class SortingForm(forms.ModelForm):
    """What the centre adds when it dispatches: what the matter is about, where, and how urgent."""

    class Meta:
        model = DirectLineMatter
        fields = ("topic", "town", "urgency")

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        self.fields["topic"].queryset = Topic.objects.valid()  # type: ignore[attr-defined]
        urgency: Any = self.fields["urgency"]
        urgency.queryset = Urgency.objects.filter(is_valid=True)
        urgency.empty_label = _("ordinary")
        if open_on(self.instance.case) is not None:
            self._from(short_lists(self.instance.case))

    def _from(self, lists: ShortLists) -> None:
        """Show what was read for the page; what is sent is judged by the rows themselves."""
        for name in ("topic", "town", "urgency"):
            field: Any = self.fields[name]
            rows = [(row.pk, row.title) for row in lists[name] if row.is_valid]
            field.choices = [("", field.empty_label), *rows]
