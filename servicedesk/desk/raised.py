"""What was put before somebody to decide: one sentence each, and what they may answer with one field."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Exists, OuterRef, QuerySet
from django.forms import HiddenInput
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from servicedesk.accounts.models import Post, User
from servicedesk.desk.dossier import opened
from servicedesk.desk.models import Case, Event, Notice
from servicedesk.desk.outgoing import link_to
from servicedesk.desk.permissions import Role, holds, may, today
from servicedesk.desk.queue import OPEN, cases_of_desk
from servicedesk.desk.registry import joins, kinds
from servicedesk.desk.signers import know_signers
from servicedesk.desk.signing import drafts_of, own_ids
from servicedesk.desk.verb_fields import VerbForm
from servicedesk.desk.verb_forms import form_for
from servicedesk.desk.workbench import Offer

SHOWN = 10
# What answers an escalation, the weightiest first: each with one field to fill, or none.
ANSWERS = ("sign_off", "send_back", "park", "refuse_park", "refuse_extension", "nudge", "note")
# A word to the office counts as an answer only from whom the matter was put before.
DECIDES = frozenset({*ANSWERS, "extend", "transfer", "assign", "close", "escalate"})


@dataclass(frozen=True)
class Raised:
    """One matter put before the reader: by which event, in a sentence, and what they may do."""

    case: Any
    event: Event
    sentence: str
    draft: Event | None = None
    offers: Sequence[Offer] = ()


def open_before(user: User, at: datetime) -> QuerySet[Event]:
    """Escalations the user was told of and has not answered, of matters that are open and in their sight; the
    latest of each matter."""
    told = Notice.objects.filter(event=OuterRef("pk"), recipient=user, channel=Notice.Channel.APP)
    since = Event.objects.filter(case=OuterRef("case"), seq__gt=OuterRef("seq"))
    known = cases_of_desk(user, at).filter(OPEN)
    rows = Event.objects.filter(Exists(told), verb="escalate", case__in=known.order_by().values("pk"))
    rows = rows.exclude(Exists(since.filter(by=user, verb__in=DECIDES)))
    newer = since.filter(verb="escalate", notices__recipient=user, notices__channel=Notice.Channel.APP)
    return rows.exclude(Exists(newer)).select_related("case", "case__office", "by").order_by("at", "pk")


def before(user: User, at: datetime) -> list[Raised]:
    """The first of what waits for the user's decision, in sentences alone: three queries."""
    events = list(open_before(user, at)[:SHOWN])
    asked = asked_of(events)
    return [Raised(event.case, event, sentence(event, asked)) for event in events]


def to_decide(user: User, at: datetime) -> tuple[list[Raised], bool]:
    """The same with forms, and whether there are more; a fixed number of queries."""
    events = list(open_before(user, at)[: SHOWN + 1])
    shown = events[:SHOWN]
    keys = [event.case_id for event in shown if event.case_id is not None]
    along = ("applicant", "about", "office", "officer", *joins())
    rows = (
        Case.objects.filter(pk__in=keys).select_related(*along).prefetch_related("steps", "pauses", "clocks")
    )
    cases = {case.pk: case for case in rows}
    know_signers(list(cases.values()), at)
    drafts, asked = drafts_of(keys), asked_of(shown)
    found = []
    for event in shown:
        case = cases[event.case_id or 0]
        draft = drafts.get(case.pk)
        read = opened(case, user, today(at), Case.objects.none())
        read.events, read.colleagues = [draft] if draft is not None else [], []
        offers = [_offer(verb, case, user, at) for verb in ANSWERS if may(user, verb, case, at)]
        signs = any(offer.verb == "sign_off" for offer in offers)
        found.append(Raised(case, event, sentence(event, asked), draft if signs else None, offers))
    return found, len(events) > SHOWN


def _offer(verb: str, case: Case, user: User, at: datetime) -> Offer:
    form = own_ids(form_for(verb, case, user, at))
    if verb == "park":
        as_asked(form)
    form.fields.pop("mentions", None)
    return Offer(verb, form)


def as_asked(form: VerbForm) -> None:
    """Let the form send what stands in it: it is approved as it was asked for."""
    for name, field in form.fields.items():
        value = field.initial
        if isinstance(value, datetime):
            form.initial[name] = f"{timezone.localtime(value):%Y-%m-%dT%H:%M}"
        field.widget = HiddenInput()


def sentence(event: Event, asked: dict[int, str]) -> str:
    """Who put what before the reader, since when, and what is asked."""
    case = event.case
    assert case is not None
    told = {
        "who": event.by or _("the desk itself"),
        "number": case.number,
        "title": case.title,
        "office": case.office.title(),
        "when": date_format(timezone.localtime(event.effective_at), "SHORT_DATETIME_FORMAT"),
        "asked": asked.get(case.pk) or " ".join(event.body.split()),
    }
    return _("%(who)s put “%(title)s” (%(number)s, %(office)s) before you on %(when)s: %(asked)s") % told


def asked_of(events: Iterable[Event]) -> dict[int, str]:
    """What is asked, by case, where a kind keeps it beside the reason (a brief)."""
    keys: dict[str, list[int]] = {}
    for event in events:
        if event.case is not None:
            keys.setdefault(event.case.kind, []).append(event.case.pk)
    found: dict[int, str] = {}
    for kind in kinds():
        if kind.asked is not None and kind.code in keys:
            found |= kind.asked(keys[kind.code])
    return found


def decides(user: User, at: datetime) -> bool:
    """Whether matters are put before this person: who leads, or stands in for who does."""
    return holds(user, Role.LEADER, today(at))


def waited_for(at: datetime) -> set[int]:
    """Keys of the leaders with anything undecided before them."""
    leaders = Post.objects.current(today(at)).filter(role=Role.LEADER, user__is_active=True)
    told = Notice.objects.filter(
        recipient__in=leaders.values("user"), channel=Notice.Channel.APP, event__verb="escalate"
    )
    told = told.exclude(event__case__state__in=[Case.State.DRAFT, Case.State.CLOSED])
    since = Event.objects.filter(case=OuterRef("event__case"), seq__gt=OuterRef("event__seq"))
    answered = since.filter(by=OuterRef("recipient"), verb__in=DECIDES)
    return set(told.exclude(Exists(answered)).order_by().values_list("recipient", flat=True).distinct())


def lines(user: User, at: datetime) -> list[str]:
    """A sentence and a link for each, for the digest: the link opens the matter after log-in, and decides
    nothing."""
    return [f"{each.sentence} {link_to(each.case, is_staff=True)}" for each in before(user, at)]
