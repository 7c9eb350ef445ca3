"""The unified social credit code (统一社会信用代码), GB 32100-2015 and GB 11714 inside it."""

from __future__ import annotations

import re
from enum import Enum
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

# GB 32100-2015: 31 characters, without I O S V Z; weight 3^(i-1) mod 31 at place i.
ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
WEIGHTS = tuple(pow(3, place, 31) for place in range(17))
# GB 11714: weights of places 9–16; here a letter counts by its place in the whole alphabet, A = 10 … Z = 35.
BODY_WEIGHTS = (3, 7, 9, 10, 5, 8, 4, 2)
# Registering department, class, region, body with its digit, check character.
SHAPE = re.compile(rf"[{ALPHABET}]{{2}}\d{{6}}[{ALPHABET}]{{8}}[\dX][{ALPHABET}]", re.ASCII)
FULL_WIDTH = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)}
LOWER_CASE = {code: code - 32 for code in range(ord("a"), ord("z") + 1)}
LENGTH = 18


class Verdict(Enum):
    """What a check found. Only a failed check digit may be overridden, with a reason."""

    GOOD = "good"
    LENGTH = "length"
    ALPHABET = "alphabet"
    SHAPE = "shape"
    DIGIT = "digit"

    @property
    def is_good(self) -> bool:
        return self is Verdict.GOOD

    @property
    def may_be_overridden(self) -> bool:
        return self is Verdict.DIGIT

    @property
    def message(self) -> Promise | str:
        return MESSAGES[self]


MESSAGES: dict[Verdict, Promise | str] = {
    Verdict.GOOD: "",
    Verdict.LENGTH: _("A unified social credit code has 18 characters."),
    Verdict.ALPHABET: _(
        "A unified social credit code has only digits and capital letters other than I, O, S, V, Z."
    ),
    Verdict.SHAPE: _(
        "This is not how a unified social credit code is built: places 3 to 8 are the region in digits."
    ),
    Verdict.DIGIT: _(
        "The check digit of this unified social credit code is wrong. Please compare it with the licence."
    ),
}


def normalise(text: str) -> str:
    """`text` without spaces and invisible characters, full-width letters made plain, in capitals."""
    plain = text.translate(FULL_WIDTH)
    visible = "".join(sign for sign in plain if sign.isprintable() and not sign.isspace())
    return visible.translate(LOWER_CASE)


def check_character(head: str) -> str:
    """Place 18 for the 17 characters before it."""
    total = sum(weight * ALPHABET.index(sign) for weight, sign in zip(WEIGHTS, head, strict=True))
    return ALPHABET[-total % 31]


def body_digit(body: str) -> str:
    """Place 17 for the eight characters of the body code before it: 10 is written X, 11 is written 0."""
    total = sum(weight * int(sign, 36) for weight, sign in zip(BODY_WEIGHTS, body, strict=True))
    return "0123456789X0"[11 - total % 11]


def check(text: str) -> Verdict:
    """Check a code as it was typed; it is normalised first."""
    code = normalise(text)
    if len(code) != LENGTH:
        return Verdict.LENGTH
    if any(sign not in ALPHABET for sign in code):
        return Verdict.ALPHABET
    if not SHAPE.fullmatch(code):
        return Verdict.SHAPE
    right = code[16] == body_digit(code[8:16]) and code[17] == check_character(code[:17])
    return Verdict.GOOD if right else Verdict.DIGIT


def require(text: str, override_reason: str = "") -> str:
    """Return the normalised code, or raise ValidationError.

    Early pilot codes are real and fail the check: those pass with a reason, anything misshapen never does.
    """
    verdict = check(text)
    if verdict.is_good or (verdict.may_be_overridden and override_reason.strip()):
        return normalise(text)
    raise ValidationError(str(verdict.message), code=verdict.value)


def make_uscc(serial: int, head: str = "91", region: str = "370281") -> str:
    """A valid code for a fictitious company; other serials below 31⁶ give other codes.

    `head` is registering department and class (91 a company), `region` 370281 is Jiaozhou.
    """
    # Multiplying by a number without a factor of 31 keeps codes distinct and hides that they are in order.
    spread = serial * 377_290_201 % 31**6
    signs = "".join(ALPHABET[spread // 31**place % 31] for place in range(6))
    body = "MA" + signs
    code = head + region + body + body_digit(body)
    return code + check_character(code)


class UsccField(forms.CharField):
    """A form field that gives the normalised code. With `strict` off a failed check digit passes, so that
    the form can ask for a reason; a wrong length, alphabet or shape is refused in either case."""

    def __init__(self, *, strict: bool = True, **kwargs: Any) -> None:
        self.strict = strict
        kwargs.setdefault("label", _("unified social credit code"))
        # Room for what people paste: spaces between groups.
        super().__init__(max_length=40, **kwargs)

    def to_python(self, value: Any) -> str:
        return normalise(super().to_python(value) or "")

    def validate(self, value: str) -> None:
        super().validate(value)
        verdict = check(value) if value else Verdict.GOOD
        if not verdict.is_good and (self.strict or not verdict.may_be_overridden):
            raise ValidationError(str(verdict.message), code=verdict.value)
