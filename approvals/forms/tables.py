"""A question that is answered in rows, each a small form of its own."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import cached_property
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.forms import BoundField
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from approvals.forms.conditions import asked
from approvals.forms.plain import plain
from approvals.forms.questions import QuestionsForm
from servicedesk.desk import questions

SHOWN = 2
MOST = 20
# No page may hold more rows than a draft keeps, nor more controls than the server takes in one go.
MOST_EVER = 100
MOST_CELLS = 800
# Of many wrong rows the first are named; the others are marked where they stand.
NAMED = 5
Row = dict[str, Any]


def most_rows(wanted: Any, columns: int) -> int:
    """How many rows a table may have, by its bounds and by what one page can carry."""
    asked_for = wanted if isinstance(wanted, int) and wanted > 0 else MOST
    return max(1, min(asked_for, MOST_EVER, MOST_CELLS // max(1, columns)))


class RowsWidget(forms.Widget):
    """Reads rows of cells `name-0-column`; its buttons `again` = "name more" and "name drop 3" add and remove
    a row. What was kept may be handed in whole, as a list of rows."""

    use_fieldset = True

    def __init__(self, row: type[QuestionsForm], most: int) -> None:
        super().__init__()
        self.row, self.most = row, most

    def value_from_datadict(self, data: Any, files: Any, name: str) -> list[Row]:
        whole = data.get(name)
        rows = as_rows(whole) if isinstance(whole, list) else list(self._sent(data, name))
        pressed = str(data.get("again") or "").split(" ")
        if pressed[:2] == [name, "more"] and len(rows) < self.most:
            rows.append({})
        if pressed[:2] == [name, "drop"] and pressed[2:] and pressed[2].isdecimal():
            rows = [row for place, row in enumerate(rows) if place != int(pressed[2][:4])]
        return rows

    def _sent(self, data: Any, name: str) -> Iterator[Row]:
        cells = re.compile(rf"{re.escape(name)}-(\d{{1,4}})-\w+", re.ASCII)
        places = sorted({int(found[1]) for found in map(cells.fullmatch, data) if found})
        for place in places[: self.most]:
            yield {
                column: field.widget.value_from_datadict(data, {}, f"{name}-{place}-{column}")
                for column, field in self.row.base_fields.items()
            }

    def value_omitted_from_data(self, data: Any, files: Any, name: str) -> bool:
        return name not in data and not any(key.startswith(f"{name}-") for key in data)

    def render(self, name: str, value: Any, attrs: Any = None, renderer: Any = None) -> SafeString:
        """Nothing: the page's own piece shows the rows."""
        return SafeString("")


class TableBound(BoundField):
    field: TableQuestion

    @cached_property
    def rows(self) -> list[QuestionsForm]:
        """A form for each row that was kept, else for the first few empty ones."""
        kept = as_rows(self.value()) or [{} for _each in range(min(SHOWN, self.field.most))]
        rows = kept[: self.field.most]
        return [
            self.field.form_of(row, f"{self.html_name}-{n}", self.form.is_bound) for n, row in enumerate(rows)
        ]

    @property
    def has_room(self) -> bool:
        return len(self.rows) < self.field.most


class TableQuestion(forms.Field):
    """The cleaned value is a list of rows by column; blank rows are left out."""

    piece = "portal/start_table.html"

    def __init__(
        self, *, row: type[QuestionsForm], masks: Mapping[str, str], most: int, **kwargs: Any
    ) -> None:
        self.row, self.masks, self.most = row, masks, most
        messages = {"required": gettext_lazy("Fill in at least one row.")}
        super().__init__(widget=RowsWidget(row, most), error_messages=messages, **kwargs)

    def json_schema(self) -> dict[str, Any]:
        """Rows as a list of objects, one a row."""
        row = questions.form_of(self.row)["fields"]
        items = {name: value for name, value in row.items() if name != "$schema"}
        return {"type": "array", "items": items, "maxItems": self.most}

    def get_bound_field(self, form: forms.BaseForm, field_name: str) -> TableBound:
        return TableBound(form, self, field_name)

    def form_of(self, row: Row, prefix: str, judged: bool) -> QuestionsForm:
        if not judged or is_blank(row):
            return self.row(initial=row, prefix=prefix)
        return self.row({f"{prefix}-{column}": cell for column, cell in row.items()}, prefix=prefix)

    def clean(self, value: Any) -> list[Row]:
        filled = [(n, row) for n, row in enumerate(as_rows(value), 1) if not is_blank(row)]
        if self.required and not filled:
            raise ValidationError(self.error_messages["required"], "required")
        if len(filled) > self.most:
            raise ValidationError(_("At most %(n)s rows.") % {"n": self.most}, "rows")
        forms_ = [(n, self.form_of(row, "row", True)) for n, row in filled]
        wrong = [sentence for n, form in forms_ for sentence in _problems(n, form)]
        if wrong:
            raise ValidationError(wrong[:NAMED], "cells")
        return [plain(form.cleaned_data) for _n, form in forms_]

    def words(self, raw: Any, mask: str = "") -> str:
        """A line for each row; with `mask`, what is personal in it is masked."""
        rows = [row for row in as_rows(raw) if not is_blank(row)]
        return "\n".join(f"{n}. {self._line(row, bool(mask))}" for n, row in enumerate(rows, 1))

    def _line(self, row: Row, mask: bool) -> str:
        names = asked(self.row.base_fields, self.row.rules, row.get, self.row.base_fields)
        cells = []
        for name in names:
            field = self.row.base_fields[name]
            text = field.words(row.get(name), self.masks.get(name, "") if mask else "")  # type: ignore[attr-defined]
            if text:
                cells.append(_("%(label)s: %(value)s") % {"label": field.label, "value": text})
        return " · ".join(cells)


def _problems(n: int, form: QuestionsForm) -> Iterator[str]:
    for name, errors in form.errors.items():
        said = {"n": n, "label": form.fields[name].label, "error": " ".join(map(str, errors))}
        yield _("Row %(n)d, %(label)s: %(error)s") % said


def as_rows(value: Any) -> list[Row]:
    return [row for row in value if isinstance(row, dict)] if isinstance(value, list | tuple) else []


def is_blank(row: Row) -> bool:
    return not any(str(cell).strip() for cell in row.values() if cell not in (None, False))
