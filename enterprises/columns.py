"""Cells of an import, column by column: each refuses what it cannot read with a sentence."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from django.db import models
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from import_export.widgets import Widget

from enterprises import uscc
from enterprises.models import Company
from enterprises.spreadsheets import plain

DATE_SHAPES = ("%Y-%m-%d", "%Y/%m/%d", "%Y.%m.%d", "%Y年%m月%d日", "%Y%m%d", "%Y-%m-%d %H:%M:%S")


class Cell(Widget):
    """Exports values as they are: numbers as numbers, days as days."""

    def render(self, value: Any, obj: Any = None, **kwargs: Any) -> Any:
        return "" if value is None else value


class TextCell(Cell):
    def clean(self, value: Any, row: Any = None, **kwargs: Any) -> str:
        return plain(value)


class DateCell(Cell):
    def clean(self, value: Any, row: Any = None, **kwargs: Any) -> date | None:
        if isinstance(value, datetime):
            return value.date()
        if isinstance(value, date):
            return value
        text = plain(value)
        for shape in DATE_SHAPES if text else ():
            try:
                return datetime.strptime(text, shape).date()
            except ValueError:
                continue
        if text:
            raise ValueError(_("“%(text)s” is not a date; write 2024-03-31.") % {"text": text[:40]})
        return None


class NumberCell(Cell):
    """A whole number, or with `places` a decimal of so many places. Empty is unknown, never zero."""

    def __init__(self, places: int = 0) -> None:
        super().__init__()
        self.places = places

    def clean(self, value: Any, row: Any = None, **kwargs: Any) -> int | Decimal | None:
        text = plain(value).replace(",", "").replace("，", "")
        if not text:
            return None
        try:
            number = Decimal(text)
            rounded = number.quantize(Decimal(1).scaleb(-self.places))
            if not number.is_finite():
                raise InvalidOperation
        except InvalidOperation:
            raise ValueError(_("“%(text)s” is not a number.") % {"text": text[:40]}) from None
        if self.places == 0 and rounded != number:
            raise ValueError(_("“%(text)s” is not a whole number.") % {"text": text[:40]})
        return rounded if self.places else int(rounded)


class RegisterCell(Cell):
    """A row of a small register, by its code or one of its names; `shown` is what an export writes.

    The register is read once per import: a resource copies its cells when it is made.
    """

    def __init__(self, model: type[models.Model], shown: str, sentence: Promise) -> None:
        super().__init__()
        self.model, self.shown, self.sentence = model, shown, sentence
        self.known: dict[str, models.Model] = {}

    def clean(self, value: Any, row: Any = None, **kwargs: Any) -> models.Model | None:
        text = plain(value)
        if text and not self.known:
            self.known = self._read()
        if text and text not in self.known:
            raise ValueError(str(self.sentence) % {"text": text[:40]})
        return self.known[text] if text else None

    def _read(self) -> dict[str, models.Model]:
        rows = list(self.model._default_manager.all())
        by_name = {row.name: row for row in rows if row.name}  # type: ignore[attr-defined]
        return by_name | {row.code: row for row in rows}  # type: ignore[attr-defined]

    def render(self, value: Any, obj: Any = None, **kwargs: Any) -> str:
        return getattr(value, self.shown) if value else ""


class UsccCell(Cell):
    """The natural key, normalised. A wrong check digit passes here: the company's own reason decides."""

    def clean(self, value: Any, row: Any = None, **kwargs: Any) -> str:
        if isinstance(value, (int, float)) and not isinstance(value, bool) and value > 10**15:
            raise ValueError(
                _("The code was saved as a number and has lost digits; format the column as text.")
            )
        code = uscc.normalise(plain(value))
        if not code:
            raise ValueError(_("The unified social credit code is missing."))
        verdict = uscc.check(code)
        if not (verdict.is_good or verdict.may_be_overridden):
            raise ValueError(str(verdict.message))
        return code


class CompanyCell(UsccCell):
    """A registered company by its code."""

    def clean(self, value: Any, row: Any = None, **kwargs: Any) -> Any:
        code = super().clean(value, row, **kwargs)
        company = Company.objects.select_related("party").of_number(code).first()
        if company is None:
            raise ValueError(_("No company with the code %(code)s is registered.") % {"code": code})
        return company

    def render(self, value: Any, obj: Any = None, **kwargs: Any) -> str:
        return value.number if value else ""
