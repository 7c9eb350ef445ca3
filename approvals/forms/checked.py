"""Questions answered by a number or an address that can be checked in itself."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import EmailValidator
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from approvals.forms import identity
from approvals.forms.fields import ANSWER, SaidPlain, tight
from approvals.models.construction import project_code
from enterprises.uscc import UsccField


class UsccQuestion(SaidPlain, UsccField):
    """A failed check digit alone passes here; the form asks then whether the licence shows it so."""

    def __init__(self, **kwargs: Any) -> None:
        attrs = {"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false"}
        kwargs.setdefault("error_messages", {"required": ANSWER})
        super().__init__(strict=False, widget=forms.TextInput(attrs), **kwargs)
        self.max_length = None
        self.validators = []


class CheckedQuestion(SaidPlain, forms.CharField):
    """A text that `check` returns as it is kept, or refuses."""

    attrs: dict[str, str] = {}

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("error_messages", {"required": ANSWER})
        super().__init__(widget=forms.TextInput(self.attrs), **kwargs)

    def clean(self, value: Any) -> str:
        text = super().clean(value)
        return self.check(text) if text else ""

    def check(self, text: str) -> str:
        raise NotImplementedError


class IdentityQuestion(CheckedQuestion):
    attrs = {"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false"}

    def check(self, text: str) -> str:
        return identity.check(text, timezone.localdate())


class DocumentQuestion(IdentityQuestion):
    def check(self, text: str) -> str:
        return identity.check_document(text, timezone.localdate())


class PhoneQuestion(CheckedQuestion):
    attrs = {"inputmode": "tel", "autocomplete": "tel"}

    def check(self, text: str) -> str:
        number = tight(text)
        digits = number.removeprefix("+").replace("-", "").replace("(", "").replace(")", "")
        if not (digits.isascii() and digits.isdecimal()) or not 7 <= len(digits) <= 15:
            raise ValidationError(_("Enter a telephone number of 7 to 15 digits."), code="phone")
        return number


class ProjectQuestion(CheckedQuestion):
    attrs = {"autocomplete": "off", "spellcheck": "false"}

    def check(self, text: str) -> str:
        code = tight(text)
        project_code(code)
        return code


class EmailQuestion(CheckedQuestion):
    attrs = {"type": "email", "autocomplete": "email", "spellcheck": "false"}

    def check(self, text: str) -> str:
        address = tight(text)
        EmailValidator(_("Enter an e-mail address such as name@example.cn."))(address)
        return address


CHECKED: dict[str, type[forms.CharField]] = {
    "uscc": UsccQuestion,
    "identity": IdentityQuestion,
    "phone": PhoneQuestion,
    "project": ProjectQuestion,
    "email": EmailQuestion,
}
