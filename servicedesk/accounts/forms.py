"""What the doors ask for. Field names are the browser's own words for it, so that it helps to fill them."""

from __future__ import annotations

from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from servicedesk.accounts.backends import as_phone
from servicedesk.accounts.codes import DIGITS
from servicedesk.accounts.models import User

# Digits of other scripts and full-width ones are digits all the same; people paste them.
FULL_WIDTH = {ord("０") + n: str(n) for n in range(10)}


class PhoneForm(forms.Form):
    phone = forms.CharField(
        label=gettext_lazy("Mobile number"),
        max_length=32,
        widget=forms.TextInput(attrs={"type": "tel", "inputmode": "tel", "autocomplete": "tel"}),
    )

    def clean_phone(self) -> str:
        phone = as_phone(self.cleaned_data["phone"].translate(FULL_WIDTH))
        if not is_mobile(phone):
            raise forms.ValidationError(_("This is no mobile number: eleven digits beginning with 1."))
        return phone


def is_mobile(phone: str) -> bool:
    return (
        len(phone) == 11
        and phone.isascii()
        and phone.isdecimal()
        and phone[0] == "1"
        and phone[1] in "3456789"
    )


class CodeForm(forms.Form):
    code = forms.CharField(
        label=gettext_lazy("Code"),
        max_length=20,
        widget=forms.TextInput(
            attrs={
                "inputmode": "numeric",
                "autocomplete": "one-time-code",
                "pattern": "[0-9 ]*",
                "autofocus": True,
            }
        ),
    )

    def clean_code(self) -> str:
        code = "".join(self.cleaned_data["code"].translate(FULL_WIDTH).split())
        if len(code) != DIGITS or not code.isascii() or not code.isdecimal():
            raise forms.ValidationError(_("The code has six digits."))
        return code


class ProfileForm(forms.ModelForm):
    class Meta:
        model = User
        fields = ("name", "language")
        labels = {
            "name": pgettext_lazy("person", "Name"),
            "language": gettext_lazy("Language of the letters"),
        }
        widgets = {"name": forms.TextInput(attrs={"autocomplete": "name"})}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        language = self.fields["language"]
        assert isinstance(language, forms.ChoiceField)
        language.choices = settings.LANGUAGES
        if self.instance.is_staff:
            # A member of staff signs with this name: security enters it.
            self.fields["name"].disabled = True

    def clean_name(self) -> str:
        return " ".join(self.cleaned_data["name"].replace("\0", "").split())


class MailForm(forms.Form):
    email = forms.EmailField(
        label=gettext_lazy("E-mail"),
        required=False,
        max_length=254,
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
    )
