"""What did not arrive, on the page of a case."""

from __future__ import annotations

from typing import Any

from django import template

from servicedesk.desk.deliveries import failures_of
from servicedesk.desk.models import Case

register = template.Library()


@register.inclusion_tag("desk/pieces/failures.html")
def failures(case: Case) -> dict[str, Any]:
    """A short list, or nothing at all."""
    return {"failures": failures_of(case)}
