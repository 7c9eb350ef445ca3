"""What pages of the desk ask about the person before them: `{% load duty %}`."""

from __future__ import annotations

from django import template
from django.template import Context
from django.utils import timezone

from servicedesk.desk.brake import held
from servicedesk.desk.models import Event
from servicedesk.desk.permissions import Role, holds, is_dispatcher, today

register = template.Library()


@register.simple_tag(takes_context=True)
def takes_calls(context: Context) -> bool:
    """Whether the person before the page takes matters down at the telephone."""
    return is_dispatcher(context["request"].user, today(timezone.now()))


@register.simple_tag(takes_context=True)
def held_brake(context: Context) -> Event | None:
    """The pulled brake, for the manager and the centre alone; nobody else is asked to do anything."""
    user, on = context["request"].user, today(timezone.now())
    return held() if is_dispatcher(user, on) or holds(user, Role.MANAGER, on) else None
