"""Personal data as shown by default: enough to recognise one's own, too little to copy (个人信息保护法 6)."""

from __future__ import annotations


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
