"""`{% load reports %}`: the way to the reports and between them, their tables cell by cell."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django import template
from django.utils import timezone

from servicedesk.accounts.models import User
from servicedesk.reports.asking import sections_of
from servicedesk.reports.readers import reader_of
from servicedesk.reports.report import Report
from servicedesk.reports.tables import Number, Rate, Table

register = template.Library()


@register.filter
def reads_reports(user: User, at: datetime | None = None) -> bool:
    """Whether the person may read reports at that moment, which is now if none is said."""
    return reader_of(user, at or timezone.now()).may_read


@register.inclusion_tag("reports/cell.html")
def cell(value: Any, site: str = "") -> dict[str, Any]:
    """A cell of a table: a linked count, a rate with its two counts, or words; a letter names the `site`."""
    told = {"is_number": isinstance(value, Number), "is_rate": isinstance(value, Rate)}
    return {"cell": value, "site": site, **told}


@register.inclusion_tag("reports/nav.html")
def reports_nav(user: User, at: datetime, current: str, query: str = "") -> dict[str, Any]:
    """The way between the sections this person reads, keeping what was chosen."""
    return {"sections": sections_of(user, at), "current": current, "query": query}


@register.inclusion_tag("reports/drawn.html")
def drawing(report: Report, table: Table) -> dict[str, Any]:
    """A table, below its drawing where it has one."""
    return {"table": table, "drawing": report.drawings.get(table.name), "report": report}
