"""What an import says of a file: its faults in sentences, its changes as text."""

from __future__ import annotations

from typing import Any, ClassVar

from django.core.exceptions import NON_FIELD_ERRORS
from django.utils.functional import Promise
from django.utils.html import format_html
from django.utils.translation import gettext as _
from import_export.resources import Diff
from import_export.results import Result


class Outcome(Result):
    """Counts rows as the sheet does (the headers are row 1) and says each fault in a sentence."""

    labels: ClassVar[dict[str, Promise]] = {}

    def append_error_row(self, number: int, row: Any, errors: Any) -> None:
        super().append_error_row(number + 1, row, errors)

    def append_invalid_row(self, number: int, row: Any, validation_error: Any) -> None:
        super().append_invalid_row(number + 1, row, validation_error)

    def sentences(self) -> list[str]:
        """Every fault of the file, in the order of its rows."""
        said = [str(error.error) for error in self.base_errors]
        for invalid in self.invalid_rows:
            faults = invalid.error.message_dict if hasattr(invalid.error, "error_dict") else None
            for name, texts in (faults or {NON_FIELD_ERRORS: invalid.error.messages}).items():
                said += [self._sentence(invalid.number, name, text) for text in texts]
        for failed in self.error_rows:
            said += [self._sentence(failed.number, NON_FIELD_ERRORS, str(e.error)) for e in failed.errors]
        return said

    def _sentence(self, row: int, name: str, text: str) -> str:
        label = self.labels.get(name)
        if label is None:
            return _("Row %(row)s: %(text)s") % {"row": row, "text": text}
        return _("Row %(row)s, %(column)s: %(text)s") % {"row": row, "column": label, "text": text}


class Change(Diff):
    """What a row changes, as text: the library's coloured diff needs inline styles, which our CSP refuses."""

    def as_html(self) -> list[str]:
        return [self._cell(old, new) for old, new in zip(self.left, self.right, strict=True)]

    def _cell(self, old: Any, new: Any) -> str:
        if self.new or old == new:
            return format_html("{}", new)
        return format_html("<del>{}</del> <ins>{}</ins>", old, new)
