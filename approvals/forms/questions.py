"""A form of questions some of which apply only where another was answered so or so."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, ClassVar

from django import forms
from django.utils.translation import gettext_lazy as _

from approvals.forms.conditions import Condition, Rules, asked
from enterprises import uscc


class QuestionsForm(forms.Form):
    """`rules` says when a question applies, `boxes` which box to tick where only the check digit of a code
    fails, `every` names all questions of the whole of which this form may be a part.

    A question that does not apply is neither required nor cleaned. Its field tells the page what to do with
    it: `unasked`, and `elsewhere` where no answer on this page can change that; `asked_if` is what a script
    needs to show and hide it at once."""

    rules: ClassVar[Rules] = {}
    boxes: ClassVar[Mapping[str, str]] = {}
    every: ClassVar[tuple[str, ...]] = ()
    use_required_attribute = False

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        applies = set(asked(self.fields, self.rules, self.answer, self.every))
        for name, field in self.fields.items():
            field.unasked = name not in applies  # type: ignore[attr-defined]
            field.asked_if = self._asked_if(name)  # type: ignore[attr-defined]
            field.elsewhere = field.unasked and not field.asked_if  # type: ignore[attr-defined]

    def answer(self, name: str) -> Any:
        """The answer as it stands now, typed or kept."""
        field = self.fields.get(name)
        if field is None:
            return self.answer_elsewhere(name)
        if self.is_bound:
            return field.widget.value_from_datadict(self.data, self.files, self.add_prefix(name))
        return self.get_initial_for_field(field, name)

    def answer_elsewhere(self, name: str) -> Any:
        """The answer to a question on another page."""
        return None

    def _asked_if(self, name: str) -> str:
        rules = self.rules.get(name, ())
        near = [rule for rule in rules if isinstance(rule, Condition) and rule.field in self.fields]
        far = [rule for rule in rules if rule not in near]
        if not near or any(rule.holds(self.answer(rule.field)) for rule in far):
            return ""
        return json.dumps([[rule.field, sorted(rule.values)] for rule in near], separators=(",", ":"))

    def clean(self) -> dict[str, Any]:
        for name, field in self.fields.items():
            if field.unasked:  # type: ignore[attr-defined]
                self.errors.pop(name, None)
                self.cleaned_data.pop(name, None)
        for name, box in self.boxes.items():
            code = self.cleaned_data.get(name) or ""
            if code and not self.cleaned_data.get(box) and uscc.check(code).may_be_overridden:
                self.add_error(name, _WRONG_DIGIT)
        return self.cleaned_data


_WRONG_DIGIT = _(
    "The check digit of this code does not fit. Please compare it with the licence; if the licence shows "
    "exactly this code, tick the box below."
)
