"""Taking in requests of an older system, many at once: closed where they were answered, open otherwise, with
the clocks that can be known from their true dates. Nobody is told of what was long ago.

Only two moments of such a request are known: when it was received and when it was answered. A clock is
there only if it started with the one and, where the matter is over, stopped with the other; no contact, no
dispatch and no opinion is made up."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db import transaction
from django.utils import timezone

from servicedesk.desk import chains, finding
from servicedesk.desk.actions.epoch import LONGEST_TITLE, Epoch, Taken
from servicedesk.desk.actions.limits import KEPT
from servicedesk.desk.actions.past_rows import alarms_of, clocks_of, events_of, promises_of, steps_of
from servicedesk.desk.history.declaring import Past
from servicedesk.desk.models import Alarm, Case, Clock, Party, PastRow, Promise, Step
from servicedesk.desk.numbers import new_secret, next_numbers

State = Case.State


@transaction.atomic
def take_in(pasts: Sequence[Past], epoch: Epoch) -> list[Case]:
    """Make a case of each request and return them, in the order given.

    Raises IntegrityError where another run has taken one of them in meanwhile."""
    applicants = epoch.reader.applicants(pasts, epoch.at)
    every = [_Opening(past, party, epoch).taken() for past, party in zip(pasts, applicants, strict=True)]
    _number([each.case for each in every], epoch)
    Case.objects.bulk_create(each.case for each in every)
    PastRow.objects.bulk_create(_row(each, epoch) for each in every)
    _store_details([(each.case, each.past) for each in every], epoch)
    finding.keep_all(each.case for each in every)
    for each in every:
        each.steps = list(steps_of(each, epoch))
    Step.objects.bulk_create(step for each in every for step in each.steps)
    for each in every:
        each.clocks = list(clocks_of(each, epoch))
    Clock.objects.bulk_create(clock for each in every for clock in each.clocks)
    for each in every:
        each.events = list(events_of(each, epoch))
    chains.append([event for each in every for event in each.events])
    Promise.objects.bulk_create(promise for each in every for promise in promises_of(each))
    Alarm.objects.bulk_create(alarm for each in every for alarm in alarms_of(each, epoch))
    return [each.case for each in every]


class _Opening:
    """The case of one request, before it is stored."""

    def __init__(self, past: Past, applicant: Party, epoch: Epoch) -> None:
        self.past, self.applicant, self.epoch = past, applicant, epoch

    def taken(self) -> Taken:
        past = self.past
        opening: dict[str, Any] = {"history": self._history()}
        limits = self.epoch.limits(opening, past.received)
        opening["limits"] = {
            code: {name: getattr(limit, name) for name in KEPT} for code, limit in limits.items()
        }
        answered = past.answered is not None
        case = Case(
            kind=self.epoch.kind.code,
            title=title_of(past),
            applicant=self.applicant,
            office=past.office or self.epoch.centre,
            state=State.CLOSED if answered else State.SUBMITTED,
            outcome=Case.Outcome.ANSWERED if answered else "",
            opening=opening,
            secret=new_secret(),
            opened_at=past.received,
            submitted_at=past.received,
            closed_at=past.answered,
            version=VERSIONS[answered],
        )
        return Taken(past, case, limits)

    def _history(self) -> dict[str, Any]:
        past = self.past
        facts = {"file": self.epoch.file, "row": past.row, "imported_at": self.epoch.at.isoformat()}
        told = {"number": past.number, "subject": past.subject if len(past.subject) > LONGEST_TITLE else ""}
        measure = self.epoch.measured_at(past.received)
        if measure > past.received:
            # Promised only since then: what it is measured by, not what was told to anybody.
            told["limits_of"] = str(timezone.localdate(measure))
        return facts | {name: text for name, text in (told | past.words).items() if text}


# Events that count for the version: the import and the submission, and the answer where there is one.
VERSIONS = {False: 2, True: 3}


def title_of(past: Past) -> str:
    """The subject on one line, or the first words of the text; cut where a title ends."""
    text = " ".join((past.subject or past.text[:40]).split())
    return text if len(text) <= LONGEST_TITLE else text[: LONGEST_TITLE - 1] + "…"


def _number(cases: Sequence[Case], epoch: Epoch) -> None:
    """Numbers of the years of receipt, in the order of the cases. The series stay locked until the commit,
    and are locked year by year upwards, so that two runs cannot wait for each other."""
    series: dict[tuple[int, str], list[Case]] = {}
    for case in cases:
        place = (timezone.localtime(case.submitted_at).year, epoch.kind.prefix_of(case.opening))
        series.setdefault(place, []).append(case)
    for (year, prefix), mine in sorted(series.items(), key=lambda each: each[0]):
        for case, number in zip(mine, next_numbers(prefix, year, len(mine)), strict=True):
            case.number = number


def _row(taken: Taken, epoch: Epoch) -> PastRow:
    past = taken.past
    return PastRow(
        case=taken.case,
        kind=epoch.kind.code,
        number=past.number,
        fingerprint=past.fingerprint,
        file=epoch.file[:200],
        row=past.row,
        at=epoch.at,
    )


def _store_details(pairs: Sequence[tuple[Case, Past]], epoch: Epoch) -> None:
    by_model: dict[Any, list[Any]] = {}
    for detail in epoch.reader.details(pairs):
        by_model.setdefault(type(detail), []).append(detail)
    for model, details in by_model.items():
        model._default_manager.bulk_create(details)
