"""What is asked of whoever claims a company, of a present owner, of the invited, and of the centre."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from enterprises.models import ClaimObjection, Company, CompanyClaim
from enterprises.uscc import UsccField, check
from servicedesk.accounts.backends import as_phone
from servicedesk.accounts.models import User
from servicedesk.desk.asking import AT_FILES
from servicedesk.desk.models import Membership, Party
from servicedesk.desk.verb_fields import Text


def mobile(typed: str) -> str:
    """The mobile number as it is stored. Raises ValidationError where messages cannot be sent to it."""
    number = as_phone(typed)
    if len(number) != 11 or not number.startswith("1"):
        raise forms.ValidationError(_("Enter a mobile number of 11 digits."), code="phone")
    return number


def mobile_field(label: Any, help_text: Any = "") -> forms.CharField:
    return forms.CharField(
        label=label,
        help_text=help_text,
        max_length=32,
        widget=forms.TextInput(attrs={"inputmode": "tel", "autocomplete": "off"}),
    )


class ClaimForm(forms.ModelForm):
    """The licence is handed in as a file: the claim is not complete without one."""

    needs_files = True
    uscc = UsccField(
        strict=False,
        label=_("Unified social credit code"),
        help_text=_("18 characters, as on the licence."),
    )
    representative_phone = mobile_field(
        _("Mobile number of the legal representative"),
        _("We send a code to this number; the legal representative tells it to you."),
    )

    class Meta:
        model = CompanyClaim
        fields = ("sort", "uscc", "name", "role", "representative_name", "representative_phone", "why")
        labels = {
            "sort": _("What is it about?"),
            "name": _("Name of the company, as on the licence"),
            "role": _("What are you for the company?"),
            "representative_name": _("Name of the legal representative, as on the licence"),
            "why": _("What should the centre know?"),
        }
        help_texts = {
            "role": _("An owner also says who else may act for the company; an agent only acts."),
            "why": _("For example what you do there. May be left empty."),
        }
        widgets = {
            "sort": forms.RadioSelect,
            "role": forms.RadioSelect,
            "why": forms.Textarea(attrs={"rows": 3}),
        }

    @staticmethod
    def known(applicant: Party, user: User) -> dict[str, Any]:
        return {}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, choices in (("sort", CompanyClaim.Sort.choices), ("role", Membership.Role.choices)):
            field = self.fields[name]
            assert isinstance(field, forms.TypedChoiceField)
            # Neither is a question one may leave open: no empty choice.
            field.choices, field.initial = choices, choices[0][0]

    def clean_representative_phone(self) -> str:
        return mobile(self.cleaned_data["representative_phone"])

    def clean_uscc(self) -> str:
        """A code that fails its check digit stands only for a company the register has under it."""
        number: str = self.cleaned_data["uscc"]
        if not check(number).is_good and not Company.objects.of_number(number).exists():
            raise forms.ValidationError(str(check(number).message), code="digit")
        return number

    def clean(self) -> dict[str, Any]:
        given = super().clean() or self.cleaned_data
        case = getattr(self.instance, "case", None)
        if case is None:
            return given
        if not case.attachments.exists():
            missing = _("The photo of the licence is missing. Please add it to this page.")
            self.add_error(None, forms.ValidationError(missing, code=AT_FILES))
        if given.get("sort") == CompanyClaim.Sort.CLAIM and self._is_member(given.get("uscc", "")):
            self.add_error("uscc", _("You act for this company already."))
        if given.get("sort") == CompanyClaim.Sort.REPRESENTATIVE:
            if given.get("role") != Membership.Role.OWNER:
                self.add_error("role", _("Whoever reports a new legal representative becomes an owner."))
            if not Party.objects.filter(number=given.get("uscc", "")).exists():
                self.add_error("sort", _("The register does not have this company yet. Please claim it."))
        return given

    def _is_member(self, number: str) -> bool:
        mine = Membership.objects.current(timezone.localdate()).filter(user=self.instance.case.opened_by)
        return mine.filter(party__number=number, is_confirmed=True, role=Membership.Role.OWNER).exists()


class CheckedForm(forms.ModelForm):
    """How the centre has asked the legal representative, where no code was typed."""

    class Meta:
        model = CompanyClaim
        fields = ("checked",)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.phone_proven_at is not None and not self.instance.checked:
            self.initial["checked"] = CompanyClaim.Checked.CODE

    def clean_checked(self) -> str:
        checked: str = self.cleaned_data["checked"]
        if checked == CompanyClaim.Checked.CODE and self.instance.phone_proven_at is None:
            raise forms.ValidationError(_("The code was not typed yet: the telephone is not proven."))
        return checked


class CodeForm(forms.Form):
    code = forms.CharField(
        label=_("Code"),
        max_length=12,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "one-time-code"}),
        error_messages={"required": _("Enter the code from the message.")},
    )

    def clean_code(self) -> str:
        return "".join(self.cleaned_data["code"].split())


class ObjectionForm(forms.Form):
    stance = forms.ChoiceField(
        label=_("What do you say?"),
        choices=ClaimObjection.Stance.choices,
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose whether you object or agree.")},
    )
    text = Text(
        label=_("Reasons"),
        required=False,
        max_length=2000,
        help_text=_("The centre reads this before it decides. Write why you object."),
    )


def day_field(label: Any, help_text: Any = "") -> forms.DateField:
    return forms.DateField(
        label=label,
        help_text=help_text,
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )


class InvitationForm(forms.Form):
    phone = mobile_field(_("Mobile number"), _("The link goes to this number and opens for nobody else."))
    role = forms.ChoiceField(
        label=_("Role"),
        choices=Membership.Role.choices,
        initial=Membership.Role.AGENT,
        widget=forms.RadioSelect,
        help_text=_("An owner also says who else may act for the company; an agent only acts."),
    )
    since = day_field(_("From"), _("Empty: from the day of acceptance."))
    until = day_field(_("Until"), _("Empty: until you end it. You can end it at any time."))

    def __init__(self, *args: Any, on: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.on = on

    def clean_phone(self) -> str:
        return mobile(self.cleaned_data["phone"])

    def clean(self) -> dict[str, Any]:
        given = super().clean() or self.cleaned_data
        since, until = given.get("since"), given.get("until")
        if until is not None and until < max(since or self.on, self.on):
            self.add_error("until", _("The last day lies before the first one, or is over."))
        if given.get("role") == Membership.Role.OWNER and (since or until):
            self.add_error("role", _("Only an agent's authorisation is limited by dates."))
        return given


class EndForm(forms.Form):
    reason = Text(
        label=_("Why does it end?"),
        required=False,
        max_length=300,
        rows=2,
        help_text=_("For example: has left the company."),
    )


class LimitForm(forms.Form):
    """The last day of an agent's authorisation; empty for none."""

    until = day_field(_("Until"), _("The last day of the authorisation. Empty: no end."))

    def __init__(self, *args: Any, on: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.on = on

    def clean_until(self) -> date | None:
        until: date | None = self.cleaned_data["until"]
        if until is not None and until < self.on:
            raise forms.ValidationError(_("This day is over. End the membership instead."))
        return until
