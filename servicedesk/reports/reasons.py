"""Why promises were broken, as far as the record says it. Nothing is guessed: where nothing is recorded, that
is what stands there."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial, reduce
from operator import or_

from django.db.models import DateTimeField, Exists, OuterRef, Q, Value
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from servicedesk.desk.models import Event
from servicedesk.desk.registry import Words
from servicedesk.reports import promises
from servicedesk.reports.countable import Found, Tally, figure
from servicedesk.reports.scope import Scope


@dataclass(frozen=True)
class Reason:
    """What the record shows while the promise ran: events of these verbs."""

    name: str
    label: Words
    verbs: tuple[str, ...]


REASONS = (
    Reason("others", _("others were asked"), ("consult", "join")),
    Reason("papers", _("papers were missing"), ("ask_supplement",)),
    Reason("unreached", _("nobody was reached"), ("contact",)),
    Reason("passed", _("returned or passed on"), ("return_to_centre", "transfer", "rule")),
    Reason("redrafted", _("the answer was sent back"), ("send_back",)),
    Reason("stopped", _("stood still"), ("pause", "park")),
    Reason("extended", _("extended, and late all the same"), ("extend",)),
    Reason("refused", _("an extension or parking was refused"), ("refuse_extension", "refuse_park")),
)
IDLE, NONE = "idle", "none"
NO_ACTION, NOT_SAID = _("nothing was done until the date"), _("no reason recorded")
# What an office does on a matter; asking for time or telling about it is work on the matter too.
WORK = (
    *("claim", "assign", "accept", "start", "complete", "contact", "give_opinion", "consult", "join"),
    *("draft_answer", "sign_off", "send_back", "decide", "ask_supplement", "ask_park", "park", "pause"),
    *("extend", "return_to_centre", "transfer", "dispatch", "rule", "message", "note", "attach", "skip"),
)


def recorded(scope: Scope, reason: Reason) -> Q:
    """That an event says so between the start of the promise and its end, or now."""
    end = Coalesce(OuterRef("stopped_at"), Value(scope.at, DateTimeField()))
    found = Event.objects.filter(case=OuterRef("case"), verb__in=reason.verbs)
    found = found.filter(at__gte=OuterRef("started_at"), at__lte=end)
    if reason.verbs == ("contact",):
        # A call that reached somebody is no hindrance.
        found = found.exclude(params__result="reached")
    return Q(Exists(found))


def idle(scope: Scope) -> Q:
    done = Event.objects.filter(case=OuterRef("case"), verb__in=WORK)
    # What started the promise, a dispatch say, is no work on it.
    return Q(~Exists(done.filter(at__gt=OuterRef("started_at"), at__lte=OuterRef("due_at"))))


def unsaid(scope: Scope) -> Q:
    return ~reduce(or_, [idle(scope), *(recorded(scope, reason) for reason in REASONS)])


def _is(reason: Reason, scope: Scope) -> Q:
    return recorded(scope, reason)


def _broken(scope: Scope) -> list[Found]:
    return [Found(promises.broken_last(scope), "case", "", "office")]


CONDITIONS: dict[str, Callable[[Scope], Q]] = {
    **{reason.name: partial(_is, reason) for reason in REASONS},
    IDLE: idle,
    NONE: unsaid,
}
LABELS: dict[str, Words] = {
    **{reason.name: reason.label for reason in REASONS},
    IDLE: NO_ACTION,
    NONE: NOT_SAID,
}
TALLIES = {
    "broken": Tally(_broken),
    **{f"why_{name}": Tally(_broken, condition) for name, condition in CONDITIONS.items()},
}

FIGURES = tuple(
    figure(
        f"why-{name}",
        pgettext_lazy("promises", "Broken, by what the record says"),
        _(
            "Of the broken promises: what the matter's record shows while the promise ran. Several may be "
            "true of one; none of them excuses the office, and none accuses it."
        ),
        TALLIES[f"why_{name}"],
    )
    for name in CONDITIONS
)
