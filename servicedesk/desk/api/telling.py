"""A case as the API tells it: to its applicant what the portal shows, to the desk what the workbench does."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from typing import Any

from django.db.models import QuerySet, prefetch_related_objects
from django.urls import reverse

from servicedesk.accounts.models import Office, User
from servicedesk.desk import doing, drafting, masks, questions, story, words, workbench
from servicedesk.desk.chronicle import Chronicle
from servicedesk.desk.files import shown_to
from servicedesk.desk.models import Attachment, Case, Clock, Party, Step
from servicedesk.desk.models.case import CaseQuerySet
from servicedesk.desk.permissions import claimed_parties, parties_of, today, visible_to
from servicedesk.desk.pieces import badge_of
from servicedesk.desk.queue import cases_of_desk, with_rows
from servicedesk.desk.reckon import account_of, statement
from servicedesk.desk.registry import kind_of, kinds
from servicedesk.desk.serving import limits_of

Told = dict[str, Any]


def seen_by(user: User, at: datetime) -> CaseQuerySet:
    """Submitted matters the user may know of, on the desk or as their own; by the token of an office only
    those of the desk. A draft has no number yet."""
    if limits_of(user)[0] is not None:
        claimed = claimed_parties(user, today(at))
        return cases_of_desk(user, at).exclude(applicant__in=claimed)
    return visible_to(user, at).submitted()


# --- rows ------------------------------------------------------------------------------------------------


def for_rows(cases: CaseQuerySet) -> CaseQuerySet:
    details = [kind.accessor for kind in kinds() if kind.accessor]
    return with_rows(cases).select_related("applicant", "office", "officer", *details)


def rows(cases: Iterable[Any], user: User, at: datetime) -> list[Told]:
    """Rows of a list loaded `for_rows`; a fixed number of queries."""
    found, on = list(cases), today(at)
    own = parties_of(user, on) | claimed_parties(user, on)
    shown = {case.pk: _nearest(case, is_own(case, own)) for case in found}
    still = [clock for clock in shown.values() if clock is not None and clock.due_at is None]
    if still:
        prefetch_related_objects(still, "extensions")
        prefetch_related_objects([clock.case for clock in still], "pauses")
    return [row(case, shown[case.pk], is_own(case, own), at) for case in found]


def is_own(case: Case, parties: set[int]) -> bool:
    return bool({case.applicant_id, case.about_id} & parties)


def _nearest(case: Any, own: bool) -> Clock | None:
    running: list[Clock] = case.running_clocks
    return next((clock for clock in running if clock.public or not own), None)


def row(case: Any, clock: Clock | None, own: bool, at: datetime) -> Told:
    current: list[Step] = case.current_steps
    return head(case, own) | {
        "step": str(current[0]) if current else "",
        "clock": briefly(clock, at) if clock is not None else None,
    }


def head(case: Case, own: bool) -> Told:
    kind = kind_of(case.kind)
    return {
        "number": case.number,
        "url": reverse("api-case", args=[case.number]),
        "kind": {"code": kind.code, "label": str(kind.label)},
        "title": drafting.title_of(case),
        "state": case.state,
        "state_label": str(case.get_state_display()),
        "outcome": case.outcome,
        "outcome_label": str(case.get_outcome_display()) if case.outcome else "",
        "version": case.version,
        "applicant": party(case.applicant, own),
        "office": place(case.office),
        "officer": str(case.officer) if case.officer is not None and not own else None,
        "submitted_at": moment(case.submitted_at),
        "accepted_at": moment(case.accepted_at),
        "closed_at": moment(case.closed_at),
    }


def parties(user: User, at: datetime) -> QuerySet[Party]:
    """Whom the user may hand matters in for as their own; nobody by the token of an office."""
    if limits_of(user)[0] is not None:
        return Party.objects.none()
    return Party.objects.filter(pk__in=parties_of(user, today(at))).order_by("name", "pk")


def party(whose: Party, own: bool = True) -> Told:
    """A company with its code; of a person the number is nobody's to read here, and the name their own."""
    shown = whose.number if whose.sort == Party.Sort.COMPANY else None
    name = whose.name if own else masks.name_of(whose)
    return {"id": whose.pk, "name": name, "sort": whose.sort, "number": shown}


def place(office: Office) -> Told:
    return {"code": office.code, "name": office.title()}


def moment(at: datetime | None) -> str | None:
    return at.isoformat() if at is not None else None


def briefly(clock: Clock, at: datetime) -> Told:
    shown = badge_of(clock, at)
    return {
        "id": clock.pk,
        "code": clock.code,
        "round": clock.round,
        "label": str(clock),
        "state": shown["state"],
        "words": shown["words"],
        "due_at": moment(clock.due_at),
        "last_day": clock.last_day.isoformat() if clock.last_day else None,
        "provisional": clock.provisional,
    }


# --- one case --------------------------------------------------------------------------------------------


def for_one(cases: CaseQuerySet) -> CaseQuerySet:
    related = ("applicant", "about", "office", "officer", "parent")
    return cases.select_related(*related).prefetch_related(
        "steps__office", "pauses__step", "clocks__extensions", "clocks__office", "attachments"
    )


def whole(case: Case, user: User, at: datetime) -> Told:
    """Everything the user may know of one case loaded `for_one`, and what they may do now."""
    own = doing.is_applicant(user, case, at)
    parent = case.parent
    known = parent is not None and seen_by(user, at).filter(pk=parent.pk).exists()
    return head(case, own) | {
        "about": party(case.about, own) if case.about is not None else None,
        "parent": parent.number if parent is not None and known else None,
        "clocks": [clock_of(case, each, at) for each in case.clocks.all() if each.public or not own],
        "steps": [step_of(each, own) for each in case.steps.all() if not (own and never_begun(each))],
        "timeline": timeline(case, user, own),
        "answers": list(answers(case, own)),
        "attachments": [file_of(case, each) for each in shown_to(user, case, at)],
        "actions": [action(verb, case, user, at) for verb in doing.verbs_for(case, user, at)],
    }


def action(verb: str, case: Case, user: User, at: datetime) -> Told:
    """A verb that is possible now, with what it has to be told."""
    form = doing.form_for(verb, case, user, at)
    detail = getattr(form, "detail", None)
    fields = dict(form.fields) | (dict(detail.fields) if detail is not None else {})
    return {
        "verb": verb,
        "label": doing.label_of(verb, form),
        "url": reverse("api-case-verb", args=[case.number, verb]),
        "needs_version": doing.needs_version(verb),
        **questions.parts_of(fields),
    }


def never_begun(step: Step) -> bool:
    return step.state == Step.State.RETURNED and step.started_at is None


def clock_of(case: Case, clock: Clock, at: datetime) -> Told:
    """One clock with its statement 办件时钟账单: every second of it, and why it counts or does not."""
    clock.case = case
    return briefly(clock, at) | {
        "term": words.term_words(clock.term, clock.unit),
        "basis": clock.basis,
        "office": place(clock.office),
        "public": clock.public,
        "started_at": moment(clock.started_at),
        "stopped_at": moment(clock.stopped_at),
        "late": clock.late,
        "remaining": float(account_of(clock).remaining(at)) if clock.stopped_at is None else None,
        "statement": [
            {
                "start": moment(each.start),
                "end": moment(each.end),
                "kind": each.kind,
                "units": float(each.units),
                "words": words.row_words(each.kind, each.reason.code, each.reason.params),
            }
            for each in statement(clock, at)
        ],
    }


def step_of(step: Step, own: bool) -> Told:
    return {
        "id": step.pk,
        "code": step.code,
        "label": str(step),
        "round": step.round,
        "state": step.state,
        "state_label": str(step.get_state_display()),
        "holder": step.holder,
        "office": place(step.office),
        "started_at": moment(step.started_at),
        "done_at": moment(step.done_at),
        "outcome": "" if own else step.outcome,
    }


def timeline(case: Case, user: User, own: bool) -> list[Told]:
    """What happened, the newest first: to the applicant what is public, to the desk everything."""
    entries: Sequence[Any] = story.story(case, user) if own else Chronicle(case).entries()
    return [
        {
            "at": moment(each.at),
            "office": each.office.title() if isinstance(each.office, Office) else str(each.office),
            "who": "" if own else each.who,
            "title": str(each.title),
            "text": "" if each.erased_at else str(each.body),
            "public": each.public,
            "erased": each.erased_at is not None,
            "files": [file.pk for file in each.files],
        }
        for each in entries
    ]


def answers(case: Case, own: bool) -> Iterator[Told]:
    """What was filled in, personal data masked, as on the pages."""
    if own:
        for told in drafting.answers(case, mask=True):
            yield {"label": str(told["label"]), "value": str(told["value"])}
        return
    for each in workbench.detail_rows(case):
        yield {"label": str(each.label), "value": str(each.value)}


def file_of(case: Case, file: Attachment) -> Told:
    return {
        "id": file.pk,
        "name": file.name,
        "type": file.mime,
        "size": file.size,
        "sha256": file.sha256,
        "public": file.public,
        "at": moment(file.at),
        "url": reverse("api-attachment", args=[case.number, file.pk]),
    }
