"""What came of a breakfast: promises by the live state of their cases, and what the portal may show."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from enterprises.models import Breakfast, BreakfastPromise, RaisedTopic, SignUp, Standing
from servicedesk.desk.masks import masked_text
from servicedesk.desk.models import Case


@dataclass(frozen=True)
class Stand:
    """Where a promise stands, in words, and how loudly a page says it (`look` is a tag's class)."""

    words: str
    look: str = ""

    @property
    def is_kept(self) -> bool:
        return self.look == "good"


@dataclass(frozen=True)
class Given:
    """A promise as everybody may read it."""

    text: str
    office: str
    deadline: date
    stand: Stand


@dataclass(frozen=True)
class Result:
    """What a company that agreed to be named raised, and what it was promised."""

    company: str
    topics: list[str] = field(default_factory=list)
    promises: list[Given] = field(default_factory=list)


@dataclass(frozen=True)
class Outcome:
    """One past breakfast: figures over all its companies, words only of those that agreed."""

    companies: int
    promises: int
    kept: int
    named: list[Result]

    @property
    def unnamed(self) -> int:
        return self.companies - len(self.named)


def stand_of(case: Case | None) -> Stand:
    """Where a promise stands by its case. Its office is read: have it selected along."""
    if case is None:
        return Stand(_("not signed yet"))
    if case.state == Case.State.CLOSED:
        if case.outcome == Case.Outcome.SOLVED:
            return Stand(_("struck off"), "good")
        return Stand(_("closed: %(outcome)s") % {"outcome": case.get_outcome_display()})
    if case.state == Case.State.DECIDED:
        if case.outcome == Case.Outcome.SOLVED:
            return Stand(_("confirmed by the company; the centre verifies"), "accent")
        return Stand(_("answered; the company is asked"), "warn")
    return Stand(_("in hand: %(office)s") % {"office": case.office.title()}, "accent")


def outcomes(breakfasts: Iterable[Breakfast]) -> dict[int, Outcome]:
    """What came of each of the breakfasts, in three queries however many there are."""
    keys = [row.pk for row in breakfasts]
    there = SignUp.objects.filter(breakfast__in=keys, standing=Standing.ATTENDED)
    guests = _by_breakfast(there.select_related("company__party").order_by("position", "pk"))
    topics = _by_breakfast(RaisedTopic.objects.filter(breakfast__in=keys))
    related = ("office", "case__office")
    given = _by_breakfast(BreakfastPromise.objects.filter(breakfast__in=keys).select_related(*related))
    return {key: _outcome(guests[key], topics[key], given[key]) for key in keys}


def _by_breakfast(rows: Iterable[Any]) -> dict[int, list[Any]]:
    found: dict[int, list[Any]] = defaultdict(list)
    for row in rows:
        found[row.breakfast_id].append(row)
    return found


def _outcome(
    guests: Sequence[SignUp], topics: Sequence[RaisedTopic], promises: Sequence[BreakfastPromise]
) -> Outcome:
    signed = [promise for promise in promises if promise.case is not None]
    kept = sum(stand_of(promise.case).is_kept for promise in signed)
    named = [_result(guest, topics, signed) for guest in guests if guest.consent]
    return Outcome(len(guests), len(signed), kept, named)


def _result(guest: SignUp, topics: Sequence[RaisedTopic], promises: Sequence[BreakfastPromise]) -> Result:
    """Telephone and identity numbers that slipped into the words stay masked."""
    mine = [topic for topic in topics if topic.company_id == guest.company_id]
    given = [promise for promise in promises if promise.company_id == guest.company_id]
    return Result(
        guest.company.name,
        [masked_text(topic.words) for topic in mine],
        [
            Given(masked_text(each.text), each.office.title(), each.deadline, stand_of(each.case))
            for each in given
        ],
    )
