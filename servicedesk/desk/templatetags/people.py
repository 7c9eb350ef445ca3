"""What the desk knows of an account, for the account's own page: `{% load people %}`."""

from django import template

from servicedesk.accounts.models import User
from servicedesk.desk.account_trail import Line, lines_of

register = template.Library()


@register.simple_tag
def account_record(user: User) -> list[Line]:
    return lines_of(user)
