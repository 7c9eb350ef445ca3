"""What letters need beyond Django's own tags: `{% load letters %}`."""

from __future__ import annotations

from django import template

from servicedesk.accounts.models import Office
from servicedesk.desk.verbs import said_words

register = template.Library()


@register.filter
def said(verb: str) -> str:
    return said_words(verb)


@register.simple_tag
def letter_sentence(sentence: object, office: Office) -> str:
    """Return the sentence in the active language, with the office's name where it has a place for it."""
    text = str(sentence)
    return text % {"office": office.title()} if "%(office)s" in text else text
