"""Personal data as shown by default: enough to recognise one's own, too little to copy (个人信息保护法 6)."""

from __future__ import annotations

import re
from typing import Any

# `Party.Sort.COMPANY`; this module knows no model.
COMPANY = "company"
# Mobile numbers, with or without gaps, and identity numbers.
NUMBERS = re.compile(r"(?<!\d)(?:1\d{2}[ -]?\d{4}[ -]?\d{4}|\d{17}[\dXx])(?!\d)")


def masked(value: str, kind: str) -> str:
    """`kind` is phone, name, email or number; what is too short to mask is hidden whole."""
    value = (value or "").strip()
    if not value:
        return ""
    match kind:
        case "name":
            return f"{value[0]} *"
        case "email":
            name, _at, host = value.partition("@")
            return f"{name[:1]}***@{host}" if host else "***"
        case "phone" if len(value) >= 9:
            return f"{value[:3]}****{value[-4:]}"
        case "number" if len(value) >= 10:
            return f"{value[:4]}{'*' * 6}{value[-4:]}"
    return "****"


def masked_text(text: str) -> str:
    """The text with the telephone and identity numbers in it masked."""
    return NUMBERS.sub(lambda found: masked(found.group(), "number"), text)


def name_of(party: Any) -> str:
    """What a list shows of whom a matter is for: a company's name is public, a person's is masked
    (个人信息保护法 6)."""
    shown: str = party.name if party.sort == COMPANY else masked(party.name, "name")
    return shown
