"""Who is told of which verb. One table; the words are `templates/notices/applicant.txt` and `staff.txt`."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from django.db.models import Q
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from servicedesk.accounts.models import Office, Post, User
from servicedesk.desk import notices
from servicedesk.desk.calendars import calendar_of
from servicedesk.desk.models import Case, Clock, Event, Membership
from servicedesk.desk.permissions import today, who_may_know
from servicedesk.desk.quiet import is_working_time, next_morning
from servicedesk.desk.registry import CENTRE, is_own_term

if TYPE_CHECKING:
    from servicedesk.desk.actions.frame import Work

Role = Post.Role
# Verbs whose step is with the office they speak to.
BESIDE = frozenset({"consult", "join", "release"})
FAR = datetime.max.replace(tzinfo=UTC)

# What the applicant reads of a verb that concerns them.
TO_APPLICANT: dict[str, str | Promise] = {
    "submit": _("We have received your matter."),
    "accept": _("Your matter has been accepted."),
    "ask_supplement": _("Some papers are missing. This is everything that is missing:"),
    "refuse_acceptance": _("Your matter has not been accepted. The reason:"),
    "dispatch": _("Your matter is now with %(office)s."),
    "rule": _("Your matter is now with %(office)s."),
    "recall": _(
        "The centre has taken your matter back from the office it was sent to and sends it on anew. The "
        "dates of that office no longer hold; these do:"
    ),
    "transfer": _("Your matter has moved to %(office)s. The reason:"),
    "contact": _("%(office)s has tried to reach you by telephone."),
    "give_opinion": _("%(office)s tells you how your matter will be handled:"),
    "deem_accepted": _("Your matter counts as accepted, by law, from the day we received it. The basis:"),
    "lapse": _("The term has run out without what the law asks for. The basis:"),
    "refuse_extension": _("More time has been refused. The reason:"),
    "extend": _("More time is needed; the limit has been extended. The reason:"),
    "pause": _("The clock of your matter stands still. The reason:"),
    "resume": _("The clock of your matter runs again."),
    "park": _("Your matter cannot be solved now and is kept for a later day. The reason:"),
    "unpark": _("Your matter is taken up again."),
    "review_parked": _("Your matter is still kept for a later day; the office has reviewed it:"),
    "split": _("Your matter has several parts, each of which now goes its own way:"),
    "fall_silent": _("Your matter has been closed, as we had no word from you. It does not count as solved."),
    "grant_appeal": _("Your matter has been closed. The reason:"),
    "sign_off": _("Your matter has been answered. Please say whether it is solved:"),
    "decide": _("Your matter has been decided:"),
    "merge": _("Your matter has been joined with another one:"),
    "close": _("Your matter has been closed. The reason:"),
    "message": _("There is a new message on your matter."),
}

# Who in the house hears of a verb.
OFFICERS, OFFICER, HEADS, DISPATCHERS, LEADERS = "officers", "officer", "heads", "dispatchers", "leaders"
TO_STAFF: dict[str, str] = {
    "submit": DISPATCHERS,
    "return_to_centre": DISPATCHERS,
    "dispatch": OFFICERS,
    "transfer": OFFICERS,
    "assign": OFFICER,
    "consult": OFFICERS,
    "join": OFFICERS,
    "rule": OFFICERS,
    "release": OFFICERS,
    "appeal": DISPATCHERS,
    "grant_appeal": OFFICER,
    "refuse_appeal": OFFICER,
    "ask_park": DISPATCHERS,
    "refuse_park": OFFICER,
    "park": OFFICER,
    "revisit": OFFICER,
    "reply_consult": OFFICER,
    "draft_answer": HEADS,
    "send_back": OFFICER,
    "redo": OFFICER,
    "nudge": OFFICER,
    "supplement": OFFICER,
    "withdraw": OFFICER,
    "message": OFFICER,
    "ask_extension": OFFICER,
    "report": OFFICER,
    "lapse": OFFICER,
    "escalate": LEADERS,
}


def send(work: Work, event: Event) -> None:
    """Write the notices of a verb just done, in its transaction. Nobody is told of their own deed."""
    sentences = {**TO_APPLICANT, **work.kind.tells}
    # A part is let in with its whole: one letter says so, not nine.
    part = event.verb == "submit" and work.case.parent_id is not None
    tellings = []
    if event.verb in sentences and not part:
        members = [user for user in applicants(work.case, work.at) if user.pk != event.by_id]
        told = {"office": work.case.office, "sentence": sentences[event.verb], "words": _words(event)}
        clocks = open_promises(work.clocks())
        terms = {"clocks": clocks, "are_own": are_own(work.case, clocks)}
        tellings.append(notices.Telling(event, members, "applicant", told | terms))
    if event.verb in TO_STAFF:
        staff = [user for user in audience(TO_STAFF[event.verb], work) if user.pk != event.by_id]
        context = {"office": work.case.office}
        tellings.append(notices.Telling(event, staff, "staff", context, quiet_until=_quiet(work)))
    if tellings:
        notices.tell_many(tellings, work.at)


def _words(event: Event) -> str:
    """What was said, where it is for the applicant: a call's note holds a number and stays in the house."""
    return event.body if event.public and event.verb != "contact" else ""


def _quiet(work: Work) -> datetime | None:
    calendar = calendar_of(None, work.calendar_version)
    return None if is_working_time(calendar, work.at) else next_morning(calendar, work.at)


def applicants(case: Case, at: datetime) -> list[User]:
    """Users who may act for the applicant, or for whom the case is about; where a claim is not approved
    yet, only whoever opened this very case."""
    parties = [party for party in (case.applicant_id, case.about_id) if party is not None]
    members = Membership.objects.current(today(at)).filter(party__in=parties, user__is_active=True)
    members = members.filter(Q(is_confirmed=True) | Q(user=case.opened_by_id))
    return list(
        {member.user_id: member.user for member in members.select_related("user").order_by("pk")}.values()
    )


def open_promises(clocks: Iterable[Clock]) -> list[Clock]:
    """Running public clocks by their due moment: the dates the applicant may hold us to."""
    running = [clock for clock in clocks if clock.public and clock.stopped_at is None and clock.due_at]
    return sorted(running, key=lambda clock: clock.due_at or FAR)


def are_own(case: Case, clocks: Iterable[Clock]) -> bool:
    """Whether these are terms of the applicant's own, and nothing the house has promised."""
    return all(is_own_term(case.kind, clock.code) for clock in clocks)


def audience(whom: str, work: Work) -> list[User]:
    """Staff of that audience serving on the day; the next above where nobody does. Never whoever serves at
    the office a matter complains of, or below it."""
    return who_may_know(_audience(whom, work), work.case.against_id, today(work.at))


def _audience(whom: str, work: Work) -> list[User]:
    case, on = work.case, today(work.at)
    office = work.step.office if work.step is not None and work.verb in BESIDE else case.office
    serving = User.objects.serving
    if whom == DISPATCHERS and (case.office.code == CENTRE or work.verb in {"ask_park", "appeal"}):
        centre = case.office if case.office.code == CENTRE else Office.objects.get(code=CENTRE)
        return list(serving(centre, Role.DISPATCHER, on))
    if whom == LEADERS and work.params.get("level"):
        # Where the kind knows levels, it tells those whom the level reaches.
        return []
    if whom == LEADERS:
        return list(serving(office, Role.LEADER, on))
    if whom == OFFICER and case.officer is not None:
        return [case.officer]
    if whom == HEADS:
        return list(serving(office, Role.HEAD, on))
    for role in (Role.OFFICER, Role.HEAD, Role.SUPERVISOR):
        if found := list(serving(office, role, on)):
            return found
    return []
