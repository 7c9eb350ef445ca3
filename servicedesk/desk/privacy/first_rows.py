"""The terms of retention the desk begins with. All are the city's own defaults: an official changes them by
a new row from a day on. The law gives the frame: no longer than the purpose needs (个人信息保护法 19), logs
for at least six months (网络安全法, 等保2.0)."""

from __future__ import annotations

from datetime import date
from typing import Any

FROM = date(2026, 1, 1)
LOCAL = "本市默认，可调整；《个人信息保护法》第十九条：保存期限应当为实现处理目的所必要的最短时间"
LOGS = "本市默认，可调整；《网络安全法》、网络安全等级保护要求：日志留存不少于六个月"
AUDIT = "操作审计链长期保存，不少于六个月（《网络安全法》、网络安全等级保护要求）；清除的只是其中的文字"

# What grants a right is asked for again years later.
PERMITS = ("approval", "bundle", "construction-permit", "permit-life")
RULES: tuple[tuple[str, str, int, str], ...] = (
    ("*", "contact", 24, LOCAL),
    ("*", "texts", 60, LOCAL),
    ("*", "files", 60, LOCAL),
    *((kind, "contact", 60, LOCAL) for kind in PERMITS),
    *((kind, "texts", 120, LOCAL) for kind in PERMITS),
    *((kind, "files", 120, LOCAL) for kind in PERMITS),
    ("sms", "rows", 6, LOGS),
    ("log-ins", "rows", 12, LOGS),
    ("audit", "rows", 120, AUDIT),
)


def load_retention(apps: Any) -> None:
    rules = apps.get_model("desk", "RetentionRule")
    for subject, what, months, basis in RULES:
        rules.objects.get_or_create(
            subject=subject, what=what, valid_from=FROM, defaults={"months": months, "basis": basis}
        )
