"""Six digits sent to a mobile number. The answers are the same for every number, known or not.

Limits per number are counted in rows, which no wiped cache forgets; limits per address in the cache."""

from __future__ import annotations

import hashlib
import hmac
import ipaddress
import math
import secrets
import uuid
from collections.abc import Iterator
from datetime import datetime, timedelta

from django.conf import settings
from django.core.cache import cache
from django.db import IntegrityError, transaction
from django.db.models import F
from django.http import HttpRequest
from django.utils.crypto import salted_hmac

from servicedesk.accounts import sms
from servicedesk.accounts.entrance_rows import PhoneCode

DIGITS, MINUTES, TRIES = 6, 5, 5
# So many codes to one number, and from one address, within a span.
PER_NUMBER = ((1, timedelta(minutes=1)), (5, timedelta(hours=1)), (10, timedelta(days=1)))
# A whole company, or a whole town's mobile network, may stand behind one address.
PER_ADDRESS = ((10, timedelta(minutes=1)), (60, timedelta(hours=1)), (200, timedelta(days=1)))
KEPT = timedelta(days=2)
BROWSER = "code_browser"


class TooMany(Exception):
    """No code now; `wait` is the number of seconds until one may be asked for again."""

    def __init__(self, wait: float) -> None:
        super().__init__(wait)
        self.wait = max(1, math.ceil(wait))


def hash_of(phone: str) -> str:
    """A mobile number as the rows know it: a keyed hash, because a list of numbers is personal data."""
    return salted_hmac("servicedesk.code.number", phone, algorithm="sha256").hexdigest()


def _digest(row: PhoneCode, code: str) -> str:
    said = f"{row.phone}:{row.purpose}:{row.browser}:{code}"
    return salted_hmac("servicedesk.code", said, algorithm="sha256").hexdigest()


def browser_of(request: HttpRequest) -> str:
    """A secret of this browser's session, made where there is none."""
    if BROWSER not in request.session:
        request.session[BROWSER] = secrets.token_urlsafe(32)
    return str(request.session[BROWSER])


def network_of(request: HttpRequest) -> str:
    """The address that counts: of IPv6 the /64, since a visitor may take any address in it."""
    said = request.META.get("REMOTE_ADDR", "")
    try:
        address = ipaddress.ip_address(said)
    except ValueError:
        return said[:45]
    if isinstance(address, ipaddress.IPv6Address):
        return str(ipaddress.ip_network((address, 64), strict=False))
    return str(address)


def send(request: HttpRequest, phone: str, purpose: str, at: datetime) -> None:
    """Make a code, send it and remember it. Raises TooMany, or `sms.SmsRefused` where nothing was sent."""
    _count_address(network_of(request), at)
    code = f"{secrets.randbelow(10**DIGITS):0{DIGITS}d}"
    row = _remembered(phone, purpose, browser_of(request), code, at)
    # Outside the transaction: a slow gateway holds no lock. What was not sent counts all the same.
    sms.send(phone, "login-code", {"code": code, "minutes": str(MINUTES)}, f"code-{row.pk}-{uuid.uuid4()}")
    if settings.DEMO:
        cache.set(_shown(row.browser, row.phone), code, MINUTES * 60)


def _remembered(phone: str, purpose: str, browser: str, code: str, at: datetime) -> PhoneCode:
    try:
        return _counted(hash_of(phone), purpose, browser, code, at)
    except IntegrityError as error:
        raise TooMany(60) from error


@transaction.atomic
def _counted(hashed: str, purpose: str, browser: str, code: str, at: datetime) -> PhoneCode:
    if cache.add("codes:swept", 1, 3600):
        PhoneCode.objects.filter(made_at__lt=at - KEPT).delete()
    sent = list(PhoneCode.objects.filter(phone=hashed).values_list("made_at", flat=True))
    if wait := max(_waits(sent, at), default=0.0):
        raise TooMany(wait)
    mine = PhoneCode.objects.filter(phone=hashed, purpose=purpose, browser=browser, used_at=None)
    mine.update(used_at=at)
    row = PhoneCode(phone=hashed, purpose=purpose, browser=browser)
    row.digest, row.made_at, row.until = _digest(row, code), at, at + timedelta(minutes=MINUTES)
    row.minute = int(at.timestamp()) // 60
    row.save()
    return row


def _waits(sent: list[datetime], at: datetime) -> Iterator[float]:
    """Seconds until the next one fits, for each span that is full."""
    for most, span in PER_NUMBER:
        inside = sorted(moment for moment in sent if moment > at - span)
        if len(inside) >= most:
            yield (inside[-most] + span - at).total_seconds()


def _count_address(network: str, at: datetime) -> None:
    name = hashlib.sha256(network.encode()).hexdigest()[:32]
    for most, span in PER_ADDRESS:
        seconds = int(span.total_seconds())
        window = int(at.timestamp()) // seconds
        key = f"codes:{name}:{seconds}:{window}"
        asked = int(cache.get(key, 0)) + 1
        if asked > most:
            raise TooMany((window + 1) * seconds - at.timestamp())
        cache.set(key, asked, seconds)


@transaction.atomic
def is_right(request: HttpRequest, phone: str, purpose: str, code: str, at: datetime) -> bool:
    """Whether this is the code last sent to the number for this browser: right once; a wrong one counts."""
    hashed = hash_of(phone)
    rows = PhoneCode.objects.select_for_update().filter(phone=hashed, purpose=purpose, used_at=None)
    row = rows.filter(browser=browser_of(request), until__gt=at, tries__lt=TRIES).order_by("-pk").first()
    kept = row.digest if row else "0" * 64
    said = _digest(row or PhoneCode(phone=hashed, purpose=purpose), code)
    right = hmac.compare_digest(kept, said)
    if row is None:
        return False
    # By condition, because SQLite locks no row: of two at once the second gets nothing.
    alive = PhoneCode.objects.filter(pk=row.pk, used_at=None, tries__lt=TRIES)
    if right:
        return bool(alive.update(used_at=at))
    alive.update(tries=F("tries") + 1)
    return False


def is_alive(request: HttpRequest, phone: str, purpose: str, at: datetime) -> bool:
    """Whether a code sent to this browser can still be entered."""
    rows = PhoneCode.objects.filter(phone=hash_of(phone), purpose=purpose, browser=browser_of(request))
    return rows.filter(used_at=None, until__gt=at, tries__lt=TRIES).exists()


def _shown(browser: str, hashed: str) -> str:
    return f"demo-code:{browser}:{hashed}"


def shown_in_demo(request: HttpRequest, phone: str) -> str:
    """The code last sent to the number, for the page of a demonstration; empty outside one."""
    if not settings.DEMO or not phone:
        return ""
    return str(cache.get(_shown(browser_of(request), hash_of(phone)), ""))
