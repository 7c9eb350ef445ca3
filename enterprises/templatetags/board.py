"""Whom the pages of the desk show the way to the dispatch board: `{% load board %}`."""

from __future__ import annotations

from django import template
from django.utils import timezone

from servicedesk.accounts.models import User
from servicedesk.desk.permissions import is_dispatcher, today

register = template.Library()


@register.filter
def may_dispatch(user: User) -> bool:
    """Whether the person dispatches at the centre today."""
    return is_dispatcher(user, today(timezone.now()))
