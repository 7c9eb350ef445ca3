"""What leaves by itself for a person's own programs: the calendar's secret address, a company's webhooks."""

from __future__ import annotations

import secrets
from datetime import datetime

from django.conf import settings
from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _

from servicedesk.accounts.models import User
from servicedesk.desk import trail
from servicedesk.desk.channels.webhook import ForbiddenAddress, checked, new_secret
from servicedesk.desk.errors import BadInput, NotAllowed
from servicedesk.desk.models import CalendarFeed, Membership, Party, WebhookEndpoint
from servicedesk.desk.permissions import parties_of, today

TOKEN_BYTES = 32
MOST_ENDPOINTS = 3


def renew(user: User, at: datetime) -> CalendarFeed:
    """A new address for the person's calendar; the one before stops working."""
    fresh = {"token": secrets.token_urlsafe(TOKEN_BYTES), "created_at": at}
    return CalendarFeed.objects.update_or_create(user=user, defaults=fresh)[0]


def address_of(feed: CalendarFeed) -> str:
    return settings.SITE_URL + reverse("desk:calendar_feed", args=[feed.token])


def owned_by(user: User, at: datetime) -> list[Party]:
    """Parties whose owner the person is: only an owner connects a program."""
    on = today(at)
    mine = Membership.objects.current(on).filter(user=user, party__in=parties_of(user, on))
    rows = mine.filter(role=Membership.Role.OWNER).select_related("party").order_by("party__name", "pk")
    return list({row.party_id: row.party for row in rows}.values())


def may_listen(user: User, at: datetime) -> bool:
    return bool(owned_by(user, at))


@transaction.atomic
def add_webhook(party: Party, url: str, *, by: User, at: datetime) -> WebhookEndpoint:
    """Have a company's program called. Raises `NotAllowed` for another's company, `BadInput` for an address
    that must not be called or one too many."""
    User.objects.select_for_update(no_key=True).get(pk=by.pk)
    if party not in owned_by(by, at):
        raise NotAllowed("not_owner", _("Only an owner of the company connects a program."))
    if WebhookEndpoint.objects.filter(party=party).count() >= MOST_ENDPOINTS:
        raise BadInput("too_many", _("The company has %(n)d webhooks already.") % {"n": MOST_ENDPOINTS})
    refuse_forbidden(url)
    made = WebhookEndpoint.objects.create(
        party=party, url=url, secret=new_secret(), created_at=at, created_by=by
    )
    _log("webhook_add", made, by, at)
    return made


@transaction.atomic
def drop_webhook(endpoint: WebhookEndpoint, *, by: User, at: datetime) -> None:
    """End a company's webhook; what still waits for it is given up. Raises `NotAllowed`."""
    User.objects.select_for_update(no_key=True).get(pk=by.pk)
    if endpoint.party not in owned_by(by, at):
        raise NotAllowed("not_owner", _("Only an owner of the company connects a program."))
    _log("webhook_drop", endpoint, by, at)
    endpoint.delete()


def refuse_forbidden(url: str) -> None:
    """Raise `BadInput` where a webhook must not call; a name nobody knows yet is asked again when called."""
    try:
        checked(url)
    except ForbiddenAddress as error:
        raise BadInput(
            "forbidden_address", _("This address cannot be called: it has to be encrypted and public.")
        ) from error
    except OSError as error:
        raise BadInput("unknown_name", _("This name is not known.")) from error


def _log(verb: str, endpoint: WebhookEndpoint, by: User, at: datetime) -> None:
    facts = {"webhook": endpoint.pk, "party": endpoint.party_id, "url": endpoint.url}
    trail.record(trail.chain_of_user(by), verb, at=at, by=by, params=facts)
