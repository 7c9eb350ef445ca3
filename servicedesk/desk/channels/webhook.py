"""Webhooks after “Standard Webhooks”: headers webhook-id, webhook-timestamp, webhook-signature (v1).

Whoever enters an address makes this machine call it. So: https only, every address behind the name is public,
the connection goes to the address that was checked, no redirect is followed, the answer is not read."""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import ipaddress
import secrets
import socket
import time
from urllib.parse import urlsplit

from django.conf import settings

from servicedesk.accounts.posting import NotReached, ask
from servicedesk.desk.channels.way import Channel, Refused, Unreached
from servicedesk.desk.models import Notice, WebhookEndpoint

PREFIX = "whsec_"
KEY_BYTES = 32
ANSWER_BYTES = 1024
GONE = 410
# Ways to write a private IPv4 address as a public IPv6 one: NAT64, 6to4, Teredo.
NETS = ("64:ff9b::/96", "64:ff9b:1::/48", "2002::/16", "2001::/32")
WRAPPED = [ipaddress.ip_network(each) for each in NETS]
# Looking the name up is the resolver's time, which cannot be cut short.
LOOKING_UP = 30


class ForbiddenAddress(Exception):
    """An address that must not be called, as a sentence without details of our network."""


class WebhookChannel(Channel):
    code = Notice.Channel.WEBHOOK

    @property
    def slowest(self) -> int:
        return LOOKING_UP + settings.WEBHOOK_TIMEOUT

    def lane(self, notice: Notice) -> str:
        return notice.address

    def send(self, notice: Notice) -> None:
        endpoint = WebhookEndpoint.objects.filter(pk=key_of(notice.address), is_on=True).first()
        if endpoint is None:
            raise Refused("The webhook is switched off.")
        try:
            place = checked(endpoint.url)
        except ForbiddenAddress as error:
            raise Refused(str(error)) from error
        except OSError as error:
            raise Unreached(f"{type(error).__name__}: {error}") from error
        headers = {"Content-Type": "application/json", **signed(endpoint, notice)}
        limits = {"timeout": settings.WEBHOOK_TIMEOUT, "most": ANSWER_BYTES}
        try:
            answer = ask("POST", endpoint.url, notice.body.encode(), headers, to=place, **limits)
        except NotReached as error:
            raise Unreached(str(error)) from error
        _judge(endpoint, answer.status)


def _judge(endpoint: WebhookEndpoint, status: int) -> None:
    if status == GONE:
        WebhookEndpoint.objects.filter(pk=endpoint.pk).update(is_on=False, stopped_because="410 Gone")
        raise Refused("410 Gone: the webhook is switched off.")
    if not 200 <= status < 300:
        raise Unreached(f"The receiver answered {status}.")


def address_of(endpoint: WebhookEndpoint) -> str:
    """What stands as the address of its notices."""
    return f"endpoint:{endpoint.pk}"


def key_of(address: str) -> int:
    """The endpoint's key; 0, which none has, for an address that is none."""
    key = address.removeprefix("endpoint:")
    return int(key) if key.isdecimal() else 0


def new_secret() -> str:
    return PREFIX + base64.b64encode(secrets.token_bytes(KEY_BYTES)).decode()


def signed(endpoint: WebhookEndpoint, notice: Notice) -> dict[str, str]:
    """The three headers. The id stays the same at every try, the moment is that of the try."""
    moment = str(int(time.time()))
    said = f"{notice.key}.{moment}.{notice.body}".encode()
    try:
        key = base64.b64decode(endpoint.secret.removeprefix(PREFIX), validate=True)
    except binascii.Error as error:
        raise Refused("The secret of the webhook cannot be read.") from error
    signature = base64.b64encode(hmac.new(key, said, hashlib.sha256).digest()).decode()
    return {
        "webhook-id": notice.key,
        "webhook-timestamp": moment,
        "webhook-signature": f"v1,{signature}",
    }


def checked(url: str) -> str | None:
    """The address to connect to, after every address behind the name was found public; None in tests alone.

    Raises `ForbiddenAddress`, or OSError where the name is unknown."""
    try:
        parts = urlsplit(url)
        port = parts.port or 443
    except ValueError as error:
        raise ForbiddenAddress("The address cannot be read.") from error
    if settings.WEBHOOK_ANYWHERE:
        return None
    if parts.scheme != "https" or not parts.hostname or parts.username or parts.password:
        raise ForbiddenAddress("A webhook needs an https address without a name or password in it.")
    if port != 443 and port < 1024:
        raise ForbiddenAddress("The port is not allowed.")
    try:
        found = socket.getaddrinfo(parts.hostname, port, type=socket.SOCK_STREAM)
    except ValueError as error:
        # A label too long, or characters no name may have.
        raise ForbiddenAddress("The name is none.") from error
    places = [str(entry[4][0]) for entry in found]
    if not places or not all(map(is_public, places)):
        raise ForbiddenAddress("The address is not on the public network.")
    return places[0]


def is_public(place: str) -> bool:
    """Whether an IP address is on the public network, however it is written."""
    address = ipaddress.ip_address(place.partition("%")[0])
    if isinstance(address, ipaddress.IPv6Address):
        if address.ipv4_mapped is not None:
            return is_public(str(address.ipv4_mapped))
        if any(address in net for net in WRAPPED):
            return False
    return address.is_global and not address.is_multicast and not address.is_reserved
