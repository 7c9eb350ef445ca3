"""Numbers of the identity card (GB 11643-1999), which permanent residence cards of foreigners share."""

from __future__ import annotations

import re
import unicodedata
from datetime import date, datetime

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from stdnum.cn import ric

LENGTH = 18
SHAPE = re.compile(r"[1-9]\d{16}[\dX]", re.ASCII)
# A passport or travel permit begins with a letter; whoever mistypes an identity number types no letter first.
PASSPORT = re.compile(r"[A-Z][A-Z0-9]{4,14}", re.ASCII)


def normalise(text: str) -> str:
    """`text` without spaces, full-width signs made plain, in capitals."""
    plain = unicodedata.normalize("NFKC", text)
    return "".join(sign for sign in plain if sign.isprintable() and not sign.isspace()).upper()


def check(text: str, on: date) -> str:
    """Return the normalised number, or raise ValidationError.

    Places 7 to 14 are the day of birth and place 18 the check digit, on the card of a citizen, on that of a
    resident of Hong Kong, Macao or Taiwan (81–83) and on the permanent residence card (9). Places 1 to 6 are
    not looked up: regions were renamed, and numbers stay."""
    number = normalise(text)
    if len(number) != LENGTH:
        raise ValidationError(_("An identity number has 18 characters."), code="length")
    if not SHAPE.fullmatch(number):
        raise ValidationError(
            _("An identity number has 17 digits, and a digit or X at the end."), code="shape"
        )
    if not _is_day(number[6:14], on):
        raise ValidationError(_("Places 7 to 14 of this identity number are no day of birth."), code="date")
    if ric.calc_check_digit(number) != number[17]:
        raise ValidationError(
            _(
                "The last place of this identity number does not fit the others. "
                "Please compare it with the card."
            ),
            code="digit",
        )
    return number


def check_document(text: str, on: date) -> str:
    """As `check`, but a passport or a travel permit will do as well."""
    number = normalise(text)
    return number if PASSPORT.fullmatch(number) else check(number, on)


def _is_day(text: str, on: date) -> bool:
    try:
        born = datetime.strptime(text, "%Y%m%d").date()
    except ValueError:
        return False
    return date(1850, 1, 1) <= born <= on
