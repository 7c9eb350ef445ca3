"""Forms made from the rows of the catalogue."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms

from approvals.catalogue.snapshot import Snapshot


class AnswersForm(forms.Form):
    """Kept in `answers` of the detail row."""

    def __init__(self, *args: Any, instance: Any = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.instance = instance

    def save(self) -> Any:
        self.instance.save()
        return self.instance


def form_for(items: Sequence[Snapshot], sections: Sequence[dict[str, Any]]) -> type[AnswersForm]:
    """To be replaced by the builder."""
    return AnswersForm
