"""How the queue counts: `{% load queue %}`."""

from __future__ import annotations

from django import template

from servicedesk.desk.queue import number_words

register = template.Library()


@register.filter
def counted(number: int) -> str:
    """The number of a tab, which is counted so far only: “999+”."""
    return number_words(number)
