"""`{% load reports %}`: the way from My day to the reports."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django import template

from servicedesk.accounts.models import User
from servicedesk.reports.readers import reader_of
from servicedesk.reports.tables import Number, Rate

register = template.Library()


@register.filter
def reads_reports(user: User, at: datetime) -> bool:
    """Whether the person may read reports at that moment."""
    return reader_of(user, at).may_read


@register.inclusion_tag("reports/cell.html")
def cell(value: Any) -> dict[str, Any]:
    """A cell of a table: a linked count, a rate with its two counts, or words."""
    return {"cell": value, "is_number": isinstance(value, Number), "is_rate": isinstance(value, Rate)}
