"""What the pages show in a demonstration, and nothing outside one: `{% load demo %}`."""

from typing import Any

from django import template
from django.conf import settings
from django.utils import timezone

from servicedesk.accounts import demo
from servicedesk.accounts.models import User

register = template.Library()


@register.simple_tag
def demo_people() -> list[demo.Person]:
    return demo.people(timezone.localdate())


@register.simple_tag
def demo_password() -> str:
    return demo.PASSWORD if settings.DEMO else ""


@register.simple_tag
def demo_code(user: User | None) -> str:
    """The code a demo user would be asked for now; empty for anybody else."""
    shown = settings.DEMO and isinstance(user, User) and user.is_demo
    return demo.code_of(user) if shown and user else ""


@register.simple_tag
def demo_progress() -> dict[str, Any] | None:
    """`done` and `total` while the demo is being filled."""
    return demo.progress()
