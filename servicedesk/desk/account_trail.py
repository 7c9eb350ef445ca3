"""What happens to an account becomes a line in its user's chain, and is told to those it concerns."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from servicedesk.accounts.happenings import Happening
from servicedesk.accounts.models import Post, User
from servicedesk.desk.models import Event
from servicedesk.desk.notices import tell
from servicedesk.desk.permissions import today
from servicedesk.desk.registry import Words
from servicedesk.desk.trail import chain_of_user, record

Role = Post.Role

WORDS: dict[str, Words] = {
    "register": gettext_lazy("account made"),
    "log_in": gettext_lazy("logged in"),
    "log_in_locked": gettext_lazy("too many wrong passwords"),
    "log_in_elsewhere": gettext_lazy("log-in from outside the government network refused"),
    "sessions_ended": gettext_lazy("sessions ended"),
    "account_changed": gettext_lazy("name or language changed"),
    "phone_changed": gettext_lazy("mobile number changed"),
    "mail_changed": gettext_lazy("e-mail address changed"),
    "password_changed": gettext_lazy("password changed"),
    "password_removed": gettext_lazy("password removed"),
    "factor_added": gettext_lazy("second factor set up"),
    "factor_removed": gettext_lazy("second factor taken away"),
    "provider_linked": gettext_lazy("provider account linked"),
    "provider_unlinked": gettext_lazy("provider account unlinked"),
    "recovery_asked": gettext_lazy("new enrolment of the second factor asked for"),
    "recovery_approved": gettext_lazy("new enrolment of the second factor approved"),
    "recovery_refused": gettext_lazy("new enrolment of the second factor refused"),
    "glass_broken": gettext_lazy("emergency entrance opened"),
    "glass_used": gettext_lazy("emergency entrance used"),
    "glass_act": gettext_lazy("acted through the emergency entrance"),
    "appoint": gettext_lazy("post granted"),
    "deputy_grant": gettext_lazy("deputy appointed"),
    "deputy_end": gettext_lazy("deputy ended early"),
    "handed_over": gettext_lazy("matters handed over"),
    "post_ended": gettext_lazy("post ended"),
    "unmask": gettext_lazy("looked at masked data"),
    "export": gettext_lazy("exported data"),
    "own_data": gettext_lazy("took their data along"),
    "closing_ask": gettext_lazy("asked to close the account"),
    "closing_take_back": gettext_lazy("took the closing back"),
    "closing_refuse": gettext_lazy("closing of the account refused"),
    "closing_done": gettext_lazy("account closed"),
    "token_grant": gettext_lazy("API token granted"),
    "token_draw": gettext_lazy("API token drawn"),
    "token_revoke": gettext_lazy("API token revoked"),
    "token_warn": gettext_lazy("warned that an API token ends"),
}
# Told to whoever the account belongs to: what would let them notice that it is no longer theirs alone.
QUIET = frozenset({"register", "log_in", "account_changed", "glass_act", "appoint", "unmask", "export"})
TOLD = frozenset(WORDS) - QUIET
# Announced to those who keep watch, wherever it comes from.
ANNOUNCED = {
    "recovery_asked": (Role.SECURITY,),
    "recovery_approved": (Role.SECURITY, Role.AUDITOR),
    "glass_broken": (Role.SECURITY, Role.AUDITOR),
    "glass_used": (Role.SECURITY, Role.AUDITOR),
}
# Of these the body is a reason, fit to be passed on; elsewhere it holds addresses and numbers.
WITH_REASON = frozenset({"recovery_asked", "glass_broken", "glass_used"})
SHOWN = 20


def heard(happening: Happening) -> None:
    """Record a happening in its user's chain and tell those it concerns; registered at the start."""
    with transaction.atomic():
        user = User.objects.select_for_update().get(pk=happening.user.pk)
        event = record(
            chain_of_user(user),
            happening.verb,
            at=happening.at,
            by=happening.by,
            params=happening.facts,
            body=happening.body,
        )
        _tell(event, user, happening)


def _tell(event: Event, user: User, happening: Happening) -> None:
    verb = happening.verb
    context = {
        "words": WORDS.get(verb, verb),
        "name": user.name or user.username,
        "by": happening.by if happening.by and happening.by.pk != user.pk else "",
        "reason": happening.body if verb in WITH_REASON else "",
    }
    watchers = [each for each in keeping_watch(verb, happening.at) if each.pk != user.pk]
    if verb in TOLD:
        tell(event, [user], "security", context, happening.at)
    if watchers:
        tell(event, watchers, "security", context | {"announced": True}, happening.at)


def keeping_watch(verb: str, at: datetime) -> list[User]:
    """Active members of staff who hold one of the posts that hear of `verb`, in a fixed order."""
    roles = ANNOUNCED.get(verb, ())
    posts = Post.objects.current(today(at)).filter(role__in=roles)
    return list(User.objects.staff().filter(pk__in=posts.values("user")).order_by("pk")) if roles else []


@dataclass(frozen=True)
class Line:
    """One line of “what happened to your account”."""

    at: datetime
    words: str
    where: str


def lines_of(user: User) -> list[Line]:
    """The last lines of the user's chain that concern the account, the newest first."""
    events = Event.objects.filter(chain=chain_of_user(user), verb__in=WORDS).order_by("-seq")[:SHOWN]
    return list(_lines(events))


def _lines(events: object) -> Iterator[Line]:
    for event in events:  # type: ignore[attr-defined]
        where = " · ".join(event.body.split("\n")) if event.verb == "log_in" else ""
        words = _("%(what)s by %(who)s") if event.by_id and event.by_id != _owner(event) else "%(what)s"
        yield Line(event.at, words % {"what": WORDS[event.verb], "who": event.by}, where)


def _owner(event: Event) -> int:
    return int(event.chain.partition(":")[2])
