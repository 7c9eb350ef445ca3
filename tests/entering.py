"""How tests come through the staff door without typing a code."""

import time
from typing import Any

from allauth.account.internal.flows.login import AUTHENTICATION_METHODS_SESSION_KEY
from allauth.account.internal.userkit import user_id_to_str
from django.test import Client

from servicedesk.accounts.models import User


def enter_desk(client: Client, user: User) -> Client:
    """Log a member of staff in as if the password and the code had been given."""
    client.force_login(user)
    session: Any = client.session
    session[AUTHENTICATION_METHODS_SESSION_KEY] = [
        {"method": "password", "at": time.time()},
        {"method": "mfa", "at": time.time(), "type": "totp"},
    ]
    session["account_authentication_methods_user"] = user_id_to_str(user)
    session.save()
    return client


def session_ends(client: Client, page: str = "/") -> None:
    """The person looked at a page, and later the session was over, though the browser is the same."""
    client.get(page)
    client.session.flush()
