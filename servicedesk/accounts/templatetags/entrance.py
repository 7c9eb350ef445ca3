"""The ways in, as the log-in page shows them: `{% load entrance %}`."""

from django import template
from django.conf import settings

from servicedesk.accounts.forms import PhoneForm

register = template.Library()


@register.simple_tag
def code_form() -> PhoneForm:
    return PhoneForm()


@register.simple_tag
def provider_name() -> str:
    """Name of the identity provider; empty where the settings name none."""
    return str(settings.OIDC["name"]) if settings.OIDC else ""
