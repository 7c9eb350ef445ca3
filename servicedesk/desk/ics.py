"""A person's deadlines as iCalendar (RFC 5545): number, kind and clock, never what a matter is about."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import override

from servicedesk.accounts.models import User
from servicedesk.desk import registry
from servicedesk.desk.channels.mail import mail_domain
from servicedesk.desk.deadlines import deadlines_of
from servicedesk.desk.models import Clock
from servicedesk.desk.models.clock import Ends
from servicedesk.desk.outgoing import link_to

MOST = 500
LINE = 75  # octets, RFC 5545, 3.1
ZONE = "Asia/Shanghai"
# China has had one zone and no summer time since 1991.
ZONE_LINES = (
    "BEGIN:VTIMEZONE",
    f"TZID:{ZONE}",
    "BEGIN:STANDARD",
    "DTSTART:19910915T020000",
    "TZOFFSETFROM:+0800",
    "TZOFFSETTO:+0800",
    "TZNAME:CST",
    "END:STANDARD",
    "END:VTIMEZONE",
)


def calendar_for(user: User, at: datetime) -> bytes:
    """The feed, in the person's language. The same deadlines give the same bytes."""
    with override(user.language):
        lines = list(_lines(deadlines_of(user, at, of_office=True)[:MOST], user))
    return "".join(f"{folded(line)}\r\n" for line in lines).encode()


def _lines(clocks: Iterable[Clock], user: User) -> Iterator[str]:
    yield from (
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        "PRODID:-//Service desk//Deadlines//EN",
        "CALSCALE:GREGORIAN",
    )
    name = _("Deadlines of the service desk")
    yield f"X-WR-CALNAME:{escaped(name)}"
    yield f"X-WR-TIMEZONE:{ZONE}"
    yield "REFRESH-INTERVAL;VALUE=DURATION:PT1H"
    yield from ZONE_LINES
    for clock in clocks:
        yield from _event(clock, user)
    yield "END:VCALENDAR"


def _event(clock: Clock, user: User) -> Iterator[str]:
    case = clock.case
    yield "BEGIN:VEVENT"
    yield f"UID:clock-{clock.pk}@{mail_domain()}"
    yield f"DTSTAMP:{clock.started_at.astimezone(UTC):%Y%m%dT%H%M%SZ}"
    yield _start(clock)
    yield f"SUMMARY:{escaped(f'{case.number} · {clock}')}"
    yield f"DESCRIPTION:{escaped(_kind_label(case.kind))}"
    yield f"URL:{link_to(case, user.is_staff)}"
    yield f"STATUS:{'TENTATIVE' if clock.provisional else 'CONFIRMED'}"
    yield "TRANSP:TRANSPARENT"
    yield "END:VEVENT"


def _start(clock: Clock) -> str:
    """A term that ends at midnight is a whole day: the day before that instant."""
    assert clock.due_at is not None
    if clock.ends == Ends.MIDNIGHT:
        return f"DTSTART;VALUE=DATE:{clock.last_day:%Y%m%d}"
    return f"DTSTART;TZID={ZONE}:{timezone.localtime(clock.due_at):%Y%m%dT%H%M%S}"


def _kind_label(code: str) -> str:
    try:
        return str(registry.kind_of(code).label)
    except KeyError:
        return code


def escaped(text: str) -> str:
    """TEXT of RFC 5545, 3.3.11."""
    plain = text.replace("\\", "\\\\").replace(";", "\\;").replace(",", "\\,")
    return plain.replace("\r\n", "\\n").replace("\n", "\\n").replace("\r", "\\n")


def folded(line: str) -> str:
    """The line in pieces of at most 75 octets, none of them cut through a character."""
    pieces, piece, size = [], "", 0
    for sign in line:
        octets = len(sign.encode())
        if size + octets > LINE:
            pieces.append(piece)
            # The space that marks a continuation counts.
            piece, size = "", 1
        piece, size = piece + sign, size + octets
    return "\r\n ".join([*pieces, piece])
