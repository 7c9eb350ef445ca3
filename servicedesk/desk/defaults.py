"""Rows the engine starts with: official calendar notices, usual office hours, the 2115 limits, the ladder.
Loaded once by a migration; from then on they are the city's to change."""

from __future__ import annotations

from datetime import date
from typing import Any

from servicedesk.clock import official_rows
from servicedesk.desk.ladder import default_rules
from servicedesk.desk.models import AlarmRule

# Before any notice we ship, so that an imported history finds a limit.
SINCE = date(2018, 1, 1)
USUAL_SEGMENTS = ["09:00-12:00", "13:30-17:00"]
OWN_PROMISE = "胶州市企业服务台承诺"
SHANDONG_2115 = "山东省企业诉求“2115”办理机制（2023年5月起，自承办单位接收之时起算）"

# subject, clock, term, unit, basis
LIMITS = (
    ("direct-line", "dispatch", 30, "working_minutes", OWN_PROMISE),
    ("direct-line", "contact", 120, "working_minutes", SHANDONG_2115),
    ("direct-line", "opinion", 1, "working_days", SHANDONG_2115),
    ("direct-line", "resolve", 15, "working_days", SHANDONG_2115),
    ("direct-line", "company", 15, "working_days", f"{OWN_PROMISE}（自企业提交之时起算）"),
)


def load_calendar(notice_model: Any, day_model: Any) -> None:
    """Enter every official notice we ship, in the order of publication."""
    for row in official_rows():
        notice = notice_model.objects.create(
            version=row.version,
            year=row.year,
            title=row.title,
            source=row.source,
            published_on=row.published_on,
        )
        day_model.objects.bulk_create(
            day_model(notice=notice, day=each.day, works=each.works, name=each.name) for each in row.days
        )


def load_hours(hours_model: Any) -> None:
    hours_model.objects.bulk_create(
        hours_model(
            weekday=weekday, segments=USUAL_SEGMENTS if weekday < 5 else [], valid_from=SINCE, version=1
        )
        for weekday in range(7)
    )


def load_limits(limit_model: Any) -> None:
    limit_model.objects.bulk_create(
        limit_model(subject=subject, clock=clock, term=term, unit=unit, basis=basis, valid_from=SINCE)
        for subject, clock, term, unit, basis in LIMITS
    )


def load_rules(rule_model: Any, sign_model: Any) -> None:
    fields = [field.attname for field in AlarmRule._meta.concrete_fields if not field.primary_key]
    rule_model.objects.bulk_create(
        rule_model(**{name: getattr(rule, name) for name in fields}) for rule in default_rules()
    )
    sign_model.objects.create(subject="direct-line", whom="head", valid_from=SINCE)
