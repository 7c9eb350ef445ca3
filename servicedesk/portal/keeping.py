"""The privacy page: what is kept, how long by the rows of today, and where one's rights are a click away."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from servicedesk.desk.models import RetentionRule
from servicedesk.desk.registry import Words, kinds

REGISTERS: dict[str, Words] = {
    RetentionRule.ALL: gettext_lazy("all other matters"),
    "sms": gettext_lazy("numbers short messages went to (from the day of sending)"),
    "log-ins": gettext_lazy("address and device of a log-in (from that day)"),
    RetentionRule.AUDIT: gettext_lazy("the record of who did what and when (at least)"),
}


def terms(on: date) -> list[dict[str, Any]]:
    """The rows that hold today, of several the one that began last; the general ones at the end."""
    labels = {kind.code: kind.label for kind in kinds()} | REGISTERS
    rows = RetentionRule.objects.valid(on).order_by("valid_from", "pk")
    held = {(row.subject, row.what): row for row in rows if row.subject in labels}
    order = list(labels)
    whats = RetentionRule.What.values
    return [
        {
            "of": labels[row.subject],
            "what": "—" if row.what == RetentionRule.What.ROWS else row.get_what_display(),
            "months": row.months,
            "basis": row.basis,
        }
        for row in sorted(held.values(), key=lambda row: (order.index(row.subject), whats.index(row.what)))
    ]


@require_safe
def privacy(request: HttpRequest) -> HttpResponse:
    context = {
        "terms": terms(timezone.localdate()),
        "own_link": reverse("desk:own_data"),
        "account_link": reverse("account"),
        "close_link": reverse("desk:close_account"),
    }
    return render(request, "portal/privacy.html", context)
