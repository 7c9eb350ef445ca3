"""Personal data as they are shown by default (个人信息保护法: no more than the purpose needs)."""

from __future__ import annotations


def masked_name(name: str) -> str:
    """The first character and stars: 王建国 → 王**. An empty name stays empty."""
    name = name.strip()
    return name[:1] + "*" * (len(name) - 1) if len(name) > 1 else "*" * len(name)


def masked_phone(phone: str) -> str:
    """A mobile number keeps three digits and four: 138****5678; a shorter one only its last two."""
    phone = phone.strip()
    if len(phone) >= 11:
        return f"{phone[:3]}{'*' * (len(phone) - 7)}{phone[-4:]}"
    return "*" * max(0, len(phone) - 2) + phone[-2:] if len(phone) > 4 else "*" * len(phone)
