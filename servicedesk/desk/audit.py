"""The audit: every chain of events is walked again, and signed daily roots show a cut tail.

Everything is streamed; memory does not grow with the history."""

from __future__ import annotations

import hashlib
import hmac
import logging
from collections import deque
from collections.abc import Collection, Generator, Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from itertools import groupby
from operator import attrgetter, itemgetter

from django.conf import settings
from django.db.models import CharField, Exists, Max, Min, OuterRef, Value
from django.db.models.functions import Cast, Concat
from django.utils import timezone
from django.utils.crypto import salted_hmac

from servicedesk.desk.models import Case, ChainRoot, Event
from servicedesk.desk.trail import GENESIS, chain_of_case, digest_of, sealed

log = logging.getLogger(__name__)

SALT = "servicedesk.desk.audit.root"
CHUNK = 1000


@dataclass(frozen=True)
class Finding:
    """What is wrong, and where: a chain (or "root" and a day) and the place in it, 0 for the whole."""

    chain: str
    seq: int
    what: str

    def __str__(self) -> str:
        return f"{self.chain}:{self.seq} {self.what}" if self.seq else f"{self.chain} {self.what}"


def verify(chains: Collection[str] | None = None) -> list[Finding]:
    """Every finding of `findings`; an empty list means that nothing was changed behind the desk's back."""
    return list(findings(chains))


def findings(chains: Collection[str] | None = None) -> Iterator[Finding]:
    """Walk the given chains, or all of them together with cases without history and the daily roots."""
    yield from _chain_findings(chains)
    if chains is None:
        yield from _cases_without_history()
        yield from _root_findings()


# Chains


def _chain_findings(chains: Collection[str] | None) -> Iterator[Finding]:
    folded: list[tuple[int, str]] = []
    for name, events in groupby(_stream(chains), key=attrgetter("chain")):
        state = yield from _walk(name, events)
        if name.startswith("case:"):
            folded.append((int(name.removeprefix("case:")), state))
        if len(folded) == CHUNK:
            yield from _state_findings(folded)
            folded = []
    yield from _state_findings(folded)


def _stream(chains: Collection[str] | None) -> Iterator[Event]:
    events = Event.objects.order_by("chain", "seq")
    if chains is not None:
        events = events.filter(chain__in=chains)
    return events.iterator(chunk_size=CHUNK)


def _walk(name: str, events: Iterable[Event]) -> Generator[Finding, None, str]:
    """Yield what is wrong along one chain; return the state of the case as its events tell it."""
    seq, digest, latest, state = 0, GENESIS, None, ""
    for event in events:
        if event.seq != seq + 1:
            yield Finding(name, event.seq, f"follows {seq}: events are missing.")
        elif digest_of(event, digest) != event.digest:
            yield Finding(name, event.seq, "does not match its digest: it was changed or moved.")
        if latest is not None and event.at < latest:
            yield Finding(name, event.seq, "was recorded before the event it follows.")
        if not _seal_holds(event):
            yield Finding(name, event.seq, "does not match its seal: its words were changed.")
        seq, digest, latest = event.seq, event.digest, event.at
        state = event.params.get("state", state) if isinstance(event.params, dict) else state
    return state


def _seal_holds(event: Event) -> bool:
    """Erased words must be gone; words that are there must be those that were sealed."""
    if event.erased_at is not None and not event.body:
        return True
    return sealed(event.salt, event.title, event.body) == event.seal


def _state_findings(folded: Collection[tuple[int, str]]) -> Iterator[Finding]:
    stored = dict(Case.objects.filter(pk__in=[pk for pk, _ in folded]).values_list("pk", "state"))
    for pk, state in folded:
        told = state or Case.State.DRAFT
        if stored.get(pk) != told and _folded_now(pk) != _state_now(pk):
            what = f"is {stored.get(pk, 'gone')}, but its events tell {told}."
            yield Finding(chain_of_case(pk), 0, what)


def _folded_now(pk: int) -> str:
    """The state as events tell it, read afresh: a verb may have been at work while the chain was walked."""
    events = Event.objects.filter(chain=chain_of_case(pk)).order_by("-seq")
    told = (event.params["state"] for event in events.iterator(CHUNK) if event.params.get("state"))
    return next(told, Case.State.DRAFT)


def _state_now(pk: int) -> str | None:
    return Case.objects.filter(pk=pk).values_list("state", flat=True).first()


def _cases_without_history() -> Iterator[Finding]:
    told = Event.objects.filter(chain=chain_expression())
    for pk in Case.objects.exclude(state=Case.State.DRAFT).filter(~Exists(told)).values_list("pk", flat=True):
        yield Finding(chain_of_case(pk), 0, "has no events: its chain was deleted.")


def chain_expression() -> Concat:
    return Concat(Value("case:"), Cast(OuterRef("pk"), CharField()))


# Daily roots


def sign_day(day: date) -> ChainRoot:
    """Sign the ends of all chains touched on a local day that is over; a day is signed once."""
    chains, root = root_of(day)
    facts = {"chains": chains, "root": root, "signature": signature_of(day, chains, root)}
    signed, is_new = ChainRoot.objects.get_or_create(day=day, defaults=facts)
    if is_new:
        # The log is kept elsewhere: a root deleted together with its events would still be missed there.
        log.info("The chains of %s are signed: %s chains, root %s.", day, chains, root)
    return signed


def sign_days(today: date) -> int:
    """Sign every day before `today` that is not signed yet; return how many were."""
    last = ChainRoot.objects.aggregate(last=Max("day"))["last"]
    first = last + timedelta(days=1) if last else _first_day()
    days = list(_days(first, today)) if first else []
    for day in days:
        sign_day(day)
    return len(days)


def root_of(day: date) -> tuple[int, str]:
    """How many chains were touched that day, and the hash over (chain, last seq, last digest) of each."""
    begins, ends = _midnight(day), _midnight(day + timedelta(days=1))
    events = Event.objects.filter(at__gte=begins, at__lt=ends).order_by("chain", "seq")
    root, count = hashlib.sha256(), 0
    places = events.values_list("chain", "seq", "digest").iterator(chunk_size=CHUNK)
    for _, chain in groupby(places, key=itemgetter(0)):
        name, seq, digest = deque(chain, maxlen=1).pop()
        root.update(f"{name}\0{seq}\0{digest}\n".encode())
        count += 1
    return count, root.hexdigest()


def signature_of(day: date, chains: int, root: str, secret: str | bytes | None = None) -> str:
    key = secret or settings.SECRET_KEY
    return salted_hmac(SALT, f"{day}:{chains}:{root}", key, algorithm="sha256").hexdigest()


def _root_findings() -> Iterator[Finding]:
    expected = None
    for stored in ChainRoot.objects.order_by("day").iterator(CHUNK):
        for missing in _days(expected or min(_first_day() or stored.day, stored.day), stored.day):
            yield Finding(f"root:{missing}", 0, "is missing: a day was not signed or its root was deleted.")
        expected = stored.day + timedelta(days=1)
        yield from _root_finding(stored)


def _root_finding(stored: ChainRoot) -> Iterator[Finding]:
    name = f"root:{stored.day}"
    if not _is_signed(stored):
        yield Finding(name, 0, "has a wrong signature: the root was changed.")
    chains, root = root_of(stored.day)
    if chains != stored.chains:
        yield Finding(name, 0, f"has {stored.chains} chains signed, but {chains} are there.")
    elif root != stored.root:
        yield Finding(name, 0, "does not match: the end of a chain was cut or changed.")


def _is_signed(stored: ChainRoot) -> bool:
    secrets = [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
    signatures = [signature_of(stored.day, stored.chains, stored.root, secret) for secret in secrets]
    return any(hmac.compare_digest(stored.signature, signature) for signature in signatures)


def _first_day() -> date | None:
    first = Event.objects.aggregate(first=Min("at"))["first"]
    return timezone.localdate(first) if first else None


def _days(first: date, end: date) -> Iterator[date]:
    """Days from `first` until the day before `end`."""
    return (first + timedelta(days=number) for number in range((end - first).days))


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time.min, tzinfo=timezone.get_default_timezone())
