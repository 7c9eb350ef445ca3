"""Questions answered by choosing."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

# A choice of more than this is a list to pull down.
MOST_RADIOS = 6


class ChoiceQuestion(forms.ChoiceField):
    """One of several: radio buttons while they are few."""

    def __init__(self, *, choices: Any, few: bool, required: bool = True, **kwargs: Any) -> None:
        none = _("not stated") if few else "—"
        given = choices if callable(choices) else [*(() if required and few else [("", none)]), *choices]
        messages = {"required": _("Choose one of them."), "invalid_choice": _("Choose one of them.")}
        super().__init__(
            choices=given,
            required=required,
            widget=forms.RadioSelect if few else forms.Select,
            error_messages=messages,
            **kwargs,
        )

    def words(self, raw: Any, mask: str = "") -> str:
        text = "" if raw is None else str(raw)
        return said_of(self.choices, text) if text else ""


class ChoicesQuestion(forms.MultipleChoiceField):
    """Any of several."""

    def __init__(self, **kwargs: Any) -> None:
        messages = {"required": _("Choose at least one of them."), "invalid_choice": _("Choose one of them.")}
        super().__init__(widget=forms.CheckboxSelectMultiple, error_messages=messages, **kwargs)

    def words(self, raw: Any, mask: str = "") -> str:
        given = raw if isinstance(raw, list | tuple) else [raw] if raw else []
        return ", ".join(said_of(self.choices, str(each)) for each in given)

    def to_python(self, value: Any) -> list[str]:
        return super().to_python(value if isinstance(value, list | tuple) or not value else [value])


class YesQuestion(ChoiceQuestion):
    """Yes or no, neither of them preset."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(choices=[("yes", _("Yes")), ("no", _("No"))], few=True, **kwargs)

    def prepare_value(self, value: Any) -> Any:
        return {True: "yes", False: "no"}[value] if isinstance(value, bool) else value

    def to_python(self, value: Any) -> str:
        return super().to_python(self.prepare_value(value))

    def words(self, raw: Any, mask: str = "") -> str:
        return super().words(self.prepare_value(raw), mask)


class BoxQuestion(forms.BooleanField):
    """A sentence one ticks."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(required=False, **kwargs)

    def words(self, raw: Any, mask: str = "") -> str:
        return str(_("Yes") if raw in (True, "on", "True", "true") else _("No"))


def said_of(choices: Any, code: str) -> str:
    """Words of the choice of that code, the code itself where it is not offered any more."""
    return next((str(label) for each, label in choices if str(each) == code), code)
