from typing import Any

from django import template
from django.utils import timezone

from servicedesk.accounts import demo

register = template.Library()


@register.inclusion_tag("account/demo_people.html")
def demo_people() -> dict[str, Any]:
    """Log-in names, password and current codes of the demo; nothing elsewhere."""
    return {"people": demo.people(timezone.localdate()), "password": demo.PASSWORD}


@register.inclusion_tag("account/demo_progress.html")
def demo_progress() -> dict[str, Any]:
    return {"progress": demo.progress()}
