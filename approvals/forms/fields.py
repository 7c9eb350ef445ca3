"""Questions answered by a text, a figure or a day. Every field takes what was typed as it was typed, and says
in one sentence what is wrong with it."""

from __future__ import annotations

import re
import unicodedata
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from servicedesk.desk.masks import masked

NUMBER = re.compile(r"[+-]?(\d+|\d{1,3}(,\d{3})+)(\.\d+)?", re.ASCII)
MOST_DIGITS = 18
DAYS = ("%Y-%m-%d", "%Y/%m/%d", "%Y.%m.%d", "%Y年%m月%d日", "%Y%m%d")
ISO = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
DASHES = dict.fromkeys(map(ord, "−–—‐‑"), "-")
# The comma of thousands is a space there, and the point a comma.
RUSSIAN = str.maketrans({",": "\u00a0", ".": ","})
ANSWER = _("Please answer this question.")


def narrow(text: Any) -> str:
    """`text` with full-width signs made plain and every dash a hyphen, without blank ends."""
    return unicodedata.normalize("NFKC", str(text or "")).translate(DASHES).strip()


def tight(text: Any) -> str:
    """`narrow`, without any space inside."""
    return "".join(narrow(text).split())


def grouped(value: Decimal) -> str:
    """The figure with its thousands apart, as the reader's language writes it."""
    text = f"{value:,f}"
    return text.translate(RUSSIAN) if get_language() == "ru" else text


class Said:
    """How an answer reads where it is shown again."""

    def words(self, raw: Any, mask: str = "") -> str:
        text = "" if raw is None else str(raw)
        return masked(text, mask) if mask else text


class SaidPlain(Said):
    """Shown as it will be kept, where it can be."""

    def words(self, raw: Any, mask: str = "") -> str:
        try:
            return super().words(self.clean(raw), mask)  # type: ignore[attr-defined]
        except ValidationError:
            return super().words(raw, mask)


class TextQuestion(Said, forms.CharField):
    """A text of at most `longest` characters; `rows` makes it one of several lines."""

    def __init__(
        self, *, longest: int, rows: int = 0, attrs: dict[str, Any] | None = None, **kwargs: Any
    ) -> None:
        self.longest = longest
        widget = forms.Textarea({"rows": rows}) if rows else forms.TextInput(attrs)
        kwargs.setdefault("error_messages", {"required": ANSWER})
        super().__init__(widget=widget, **kwargs)

    def json_schema(self) -> dict[str, Any]:
        return {"maxLength": self.longest}

    def validate(self, value: str) -> None:
        super().validate(value)
        if len(value) > self.longest:
            said = _("At most %(most)d characters; these are %(found)d.")
            raise ValidationError(said, "long", {"most": self.longest, "found": len(value)})


class NumberQuestion(Said, forms.Field):
    """A figure, also written as 1,000 or in full-width digits. `places` after the point at most."""

    def __init__(
        self, *, least: Decimal | None, most: Decimal | None, places: int | None, **kwargs: Any
    ) -> None:
        self.least, self.most, self.places = least, most, places
        attrs = {"inputmode": "numeric" if places == 0 else "decimal", "autocomplete": "off"}
        kwargs.setdefault("error_messages", {"required": ANSWER})
        super().__init__(widget=forms.TextInput(attrs), **kwargs)

    def json_schema(self) -> dict[str, Any]:
        bounds = {"minimum": self.least, "maximum": self.most}
        known = {word: float(value) for word, value in bounds.items() if value is not None}
        return {"type": ["number", "string"], **known}

    def to_python(self, value: Any) -> Decimal | None:
        text = tight(value).strip("¥￥元")
        if not text:
            return None
        if not NUMBER.fullmatch(text):
            raise ValidationError(_("Write a figure such as 1,000 or 12.5."), "number")
        if sum(sign.isdigit() for sign in text) > MOST_DIGITS:
            raise ValidationError(_("This figure is too long."), "digits")
        return Decimal(text.replace(",", ""))

    def validate(self, value: Decimal | None) -> None:
        super().validate(value)
        if value is None:
            return
        if self.least is not None and value < self.least:
            raise ValidationError(_("Enter %(least)s or more."), "least", {"least": grouped(self.least)})
        if self.most is not None and value > self.most:
            raise ValidationError(_("Enter %(most)s or less."), "most", {"most": grouped(self.most)})
        if self.places is not None and value != round(value, self.places):
            raise ValidationError(self._places(), "places", {"places": self.places})

    def _places(self) -> Any:
        if self.places == 0:
            return _("Enter a whole number.")
        return _("At most %(places)d digits after the point.")

    def words(self, raw: Any, mask: str = "") -> str:
        try:
            value = self.to_python(raw)
        except ValidationError:
            return super().words(raw, mask)
        return super().words("" if value is None else grouped(value), mask)


class DayInput(forms.DateInput):
    """The browser's own picker; a text where something else than a date was typed, so that it still shows."""

    def __init__(self) -> None:
        super().__init__({"autocomplete": "off"}, format="%Y-%m-%d")

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        context = super().get_context(name, value, attrs)
        shown = context["widget"]["value"]
        context["widget"]["type"] = "date" if not shown or ISO.fullmatch(str(shown)) else "text"
        return context


class DayQuestion(Said, forms.Field):
    """A day, also written 2026/3/5 or 2026年3月5日. `least` and `most` are days in ISO form, or "today"."""

    def __init__(self, *, least: str = "", most: str = "", **kwargs: Any) -> None:
        self.least, self.most = least, most
        kwargs.setdefault("error_messages", {"required": ANSWER})
        super().__init__(widget=DayInput(), **kwargs)

    def json_schema(self) -> dict[str, Any]:
        return {"type": "string", "format": "date"}

    def to_python(self, value: Any) -> date | None:
        text = tight(value)
        for form in DAYS if text else ():
            try:
                found = datetime.strptime(text, form).date()
            except ValueError:
                continue
            if 1900 <= found.year <= 2200:
                return found
        if text:
            raise ValidationError(_("Write a day such as 2026-03-05."), "day")
        return None

    def prepare_value(self, value: Any) -> Any:
        """The day as the browser's picker takes it; what is none as it was typed."""
        try:
            found = self.to_python(value)
        except ValidationError:
            return value
        return value if found is None else found.isoformat()

    def validate(self, value: date | None) -> None:
        super().validate(value)
        if value is None:
            return
        least, most = _day(self.least), _day(self.most)
        if least and value < least:
            raise ValidationError(_("Enter %(day)s or a later day."), "least", {"day": least.isoformat()})
        if most and value > most:
            raise ValidationError(_("Enter %(day)s or an earlier day."), "most", {"day": most.isoformat()})

    def words(self, raw: Any, mask: str = "") -> str:
        try:
            value = self.to_python(raw)
        except ValidationError:
            return super().words(raw, mask)
        return super().words("" if value is None else date_format(value, "DATE_FORMAT"), mask)


def _day(text: str) -> date | None:
    if text == "today":
        return timezone.localdate()
    return date.fromisoformat(text) if ISO.fullmatch(text) else None
