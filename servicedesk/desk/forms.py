"""What the portal asks of an applicant beside the form of a kind."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext_lazy as _

from servicedesk.desk.models import Case, Party
from servicedesk.desk.numbers import SECRET_LENGTH

LONGEST = 5000


class ManyFiles(forms.ClearableFileInput):
    allow_multiple_selected = True

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__({"multiple": True} | (attrs or {}))


class FilesField(forms.FileField):
    """Any number of files; whether each may be kept is for `files.check` to say."""

    widget = ManyFiles

    def clean(self, data: Any, initial: Any = None) -> list[UploadedFile]:
        sent = [each for each in data or [] if each] if isinstance(data, list | tuple | None) else [data]
        if self.required and not sent:
            raise forms.ValidationError(self.error_messages["required"], code="required")
        return sent


class WhomForm(forms.Form):
    """For which of several companies the user speaks."""

    whom = forms.ModelChoiceField(
        Party.objects.none(),
        label=_("For which company?"),
        empty_label=None,
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose a company."), "invalid_choice": _("Choose a company.")},
    )

    def __init__(self, parties: list[Party], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["whom"]
        assert isinstance(field, forms.ModelChoiceField)
        field.queryset = Party.objects.filter(pk__in=[party.pk for party in parties]).order_by("name")


def text_field(label: Any, *, required: bool = True, rows: int = 4, hint: Any = "") -> forms.CharField:
    return forms.CharField(
        label=label,
        required=required,
        max_length=LONGEST,
        help_text=hint,
        widget=forms.Textarea(attrs={"rows": rows}),
        error_messages={"required": _("Please write something here.")},
    )


class VerbForm(forms.Form):
    """One verb of the applicant's. `version` is the case's as the page showed it."""

    versioned = True
    version = forms.IntegerField(widget=forms.HiddenInput, min_value=0, max_value=2**31 - 1)

    def __init__(self, case: Case, *args: Any, **kwargs: Any) -> None:
        kwargs["initial"] = {"version": case.version} | (kwargs.get("initial") or {})
        super().__init__(*args, **kwargs)
        if not self.versioned:
            del self.fields["version"]


class ConfirmForm(VerbForm):
    text = text_field(_("Anything you want to add"), required=False, rows=2)


class RedoForm(VerbForm):
    reason = text_field(
        _("What is not solved?"), hint=_("The office reads this first when it takes the matter up again.")
    )


class WithdrawForm(VerbForm):
    reason = text_field(_("Why do you withdraw it?"), required=False, rows=2)


class SupplementForm(VerbForm):
    text = text_field(_("What are you handing in?"))


class MessageForm(VerbForm):
    versioned = False
    text = text_field(_("Your message"), hint=_("The office handling the matter reads it."))


class NudgeForm(VerbForm):
    versioned = False
    text = text_field(_("Anything you want to add"), required=False, rows=2)


class AttachForm(VerbForm):
    versioned = False
    files = FilesField(  # type: ignore[assignment]
        label=_("Files"), error_messages={"required": _("Choose at least one file.")}
    )


class AskExtensionForm(VerbForm):
    term = forms.IntegerField(
        label=_("How much more time do you need?"), min_value=1, help_text=_("In the unit of the limit.")
    )
    reason = text_field(_("Why do you need it?"))


class ReportForm(VerbForm):
    on = forms.DateField(
        label=_("On which day?"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    text = text_field(_("Anything you want to add"), required=False, rows=2)


class RateForm(VerbForm):
    """The five levels of the national good/bad review, as the kind's detail has them. Never preset."""

    versioned = False
    level = forms.TypedChoiceField(
        label=_("How satisfied are you?"),
        coerce=int,
        widget=forms.RadioSelect,
        error_messages={
            "required": _("Choose one of the five levels."),
            "invalid_choice": _("Choose one of the five levels."),
        },
    )
    text = forms.CharField(
        label=_("In your own words"),
        required=False,
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    def __init__(self, case: Case, *args: Any, levels: Any = (), **kwargs: Any) -> None:
        super().__init__(case, *args, **kwargs)
        field = self.fields["level"]
        assert isinstance(field, forms.TypedChoiceField)
        field.choices = [(value, words) for value, words in levels if value]


def code_input() -> forms.TextInput:
    """What is copied letter by letter: neither corrected nor remembered."""
    return forms.TextInput(
        attrs={"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false"}
    )


class TrackForm(forms.Form):
    number = forms.CharField(
        label=_("Number"),
        max_length=40,
        help_text=_("For example ZT-2026-000318."),
        widget=code_input(),
        error_messages={"required": _("Enter the number of the matter.")},
    )
    secret = forms.CharField(
        label=_("Secret"),
        max_length=40,
        help_text=_("Ten letters and digits, on your confirmation page."),
        widget=code_input(),
        error_messages={"required": _("Enter the secret.")},
    )

    def clean_number(self) -> str:
        return "".join(self.cleaned_data["number"].split()).upper()

    def clean_secret(self) -> str:
        """Return the secret without spaces and hyphens, in capitals, at most as long as a secret is."""
        typed = "".join(self.cleaned_data["secret"].split()).replace("-", "").upper()
        return typed[: SECRET_LENGTH + 1]
