"""Everything the page of one case reads, each row once: the verbs' forms, the timeline and the panels of the
kinds take theirs from here.

A page that only reads opens it (`opened`); verbs never do, so that nothing they write can be read stale."""

from __future__ import annotations

from datetime import date
from functools import cached_property
from typing import Any

from django.db.models import (
    BigIntegerField,
    Exists,
    IntegerField,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Value,
    When,
    prefetch_related_objects,
)
from django.db.models import Case as Choice
from django.db.models.functions import Cast, Coalesce, NullIf
from django.utils import timezone

from servicedesk.accounts.models import Office, User
from servicedesk.desk.colleagues import colleagues
from servicedesk.desk.models import Attachment, Case, Clock, Event, Link, Message, Pause, Step
from servicedesk.desk.models.case import CaseQuerySet
from servicedesk.desk.registry import joins
from servicedesk.desk.serving import all_offices
from servicedesk.desk.trail import chain_of_case

KEPT = "_dossier"
OVER = frozenset({Case.State.DRAFT, Case.State.CLOSED})
# So many matters beside this one are read at most: those that are tied to it first.
MOST_NEAR = 60


class Dossier:
    """What belongs to a case, read when it is first asked for."""

    def __init__(self, case: Case, reader: User | None = None, on: date | None = None) -> None:
        self.case, self.reader, self.on = case, reader, on
        # What the reader may see of other matters: nothing, unless the page says so.
        self.known: CaseQuerySet = Case.objects.none()

    @cached_property
    def offices(self) -> dict[int, Office]:
        """Every office by its key."""
        return all_offices(self.reader, self.on)

    @cached_property
    def by_code(self) -> dict[str, Office]:
        return {office.code: office for office in self.offices.values()}

    @cached_property
    def steps(self) -> list[Step]:
        """Its steps in their order, each with its office."""
        found = list(self.case.steps.all())
        for step in found:
            step.case, step.office = self.case, self.offices[step.office_id]
        return found

    @cached_property
    def clocks(self) -> list[Clock]:
        """Its clocks, each with its case, office and step, so that reading one that stands still costs no
        query but that of its extensions."""
        found = list(self.case.clocks.all())
        steps = {step.pk: step for step in self.steps}
        for clock in found:
            clock.case, clock.office = self.case, self.offices[clock.office_id]
            if clock.step_id is not None:
                clock.step = steps[clock.step_id]
        return found

    @cached_property
    def pauses(self) -> list[Pause]:
        return list(self.case.pauses.all())

    @cached_property
    def events(self) -> list[Event]:
        """Its chain from the beginning, in one query: each event with who did it, its step, the message it
        kept (`said`), and in whose stead it was done (`stead`)."""
        found = list(_told().filter(chain=chain_of_case(self.case)).select_related("by").order_by("seq"))
        steps = {step.pk: step for step in self.steps}
        for event in found:
            if event.step_id in steps:
                event.step = steps[event.step_id]
        return found

    @cached_property
    def files(self) -> list[Attachment]:
        """Files of the case and of what was merged into it, the oldest first."""
        keys = [self.case.pk, *(each.pk for each in self.merged)]
        return list(Attachment.objects.filter(case__in=keys).order_by("at", "pk"))

    @cached_property
    def near(self) -> list[Any]:
        """Matters tied to this one, and other open ones of the same applicant, each with `to_it` and
        `from_it` (how it is linked), and `seen` (whether the reader may know of it): one query."""
        rows = _near(self.case, self.known).select_related(*joins())
        found = list(rows.order_by("is_loose", "-submitted_at", "-pk")[:MOST_NEAR])
        for each in found:
            each.office = self.offices[each.office_id]
        return found

    @cached_property
    def colleagues(self) -> list[Any]:
        """Who in the house may see the case: whom a note may mention."""
        on = self.on or timezone.localdate()
        return colleagues(self.case, self.case.steps.all(), self.offices.values(), on)

    @property
    def own_files(self) -> list[Attachment]:
        return [file for file in self.files if file.case_id == self.case.pk]

    @property
    def tied(self) -> list[Any]:
        """Matters linked to this one, its parts, and what it is part of."""
        return [each for each in self.near if not each.is_loose]

    @property
    def beside(self) -> list[Any]:
        """Other open matters of the same applicant, the youngest first."""
        same = [each for each in self.near if each.applicant_id == self.case.applicant_id]
        open_ones = [each for each in same if each.state not in OVER]
        return sorted(open_ones, key=lambda each: (each.submitted_at, each.pk), reverse=True)

    @property
    def merged(self) -> list[Any]:
        """What was merged into this one, and is against no office."""
        return [each for each in self.near if each.to_it == Link.Sort.MERGED and each.against_id is None]


def with_extensions(clocks: list[Clock]) -> list[Clock]:
    """The clocks, those that stand still with what they need to be read; no query where none does."""
    still = [clock for clock in clocks if clock.stopped_at is None and clock.due_at is None]
    if still:
        prefetch_related_objects(still, "extensions")
    return clocks


def opened(case: Case, reader: User, on: date, known: CaseQuerySet) -> Dossier:
    """Open the dossier of a case for a page that only reads, and keep it with the case. `known` are the cases
    this reader may know of on this page."""
    found = vars(case)[KEPT] = Dossier(case, reader, on)
    found.known = known
    return found


def dossier_of(case: Case) -> Dossier:
    """The dossier a page has opened; a fresh one, not kept, where none has."""
    return open_on(case) or Dossier(case)


def open_on(case: Case) -> Dossier | None:
    """The dossier a page has opened; None inside a verb."""
    return vars(case).get(KEPT)


def last_of(case: Case, *verbs: str) -> Event | None:
    """The latest of these events of the case, from its dossier where a page has opened it."""
    read = open_on(case)
    if read is not None:
        return next((event for event in reversed(read.events) if event.verb in verbs), None)
    return Event.objects.filter(case=case, verb__in=verbs).order_by("-seq").first()


def files_of(case: Case) -> list[Attachment]:
    """Files of the case, the oldest first."""
    read = open_on(case)
    return read.own_files if read is not None else list(case.attachments.all())


def _told() -> QuerySet[Event]:
    said = Message.objects.filter(case=OuterRef("case"), pk=_number("params__message"))
    stead = User.objects.filter(pk=_number("params__for"))
    return Event.objects.annotate(
        said=Subquery(said.values("text")[:1]),
        stead=Subquery(stead.values_list(Coalesce(NullIf("name", Value("")), "username"))[:1]),
    )


def _number(path: str) -> Cast:
    return Cast(OuterRef(path), BigIntegerField())


def _near(case: Case, known: CaseQuerySet) -> QuerySet[Any]:
    """By keys, so that each branch walks an index of its own."""
    whole = [case.parent_id] if case.parent_id is not None else []
    keys = [
        Link.objects.filter(to=case).values("case"),
        Case.objects.filter(parent=case).values("pk"),
        Case.objects.open().filter(applicant=case.applicant_id).order_by().values("pk"),
        Case.objects.filter(pk__in=whole).values("pk"),
    ]
    every = Link.objects.filter(case=case).values("to").union(*keys, all=True)
    merged_first = Choice(When(sort=Link.Sort.MERGED, then=Value(0)), default=Value(1))
    links = Link.objects.order_by(merged_first, "pk")
    tied = Q(from_it__isnull=False) | Q(to_it__isnull=False) | Q(parent=case) | Q(pk__in=whole)
    return (
        Case.objects.filter(pk__in=every)
        .exclude(pk=case.pk)
        .annotate(
            from_it=Subquery(links.filter(case=case, to=OuterRef("pk")).values("sort")[:1]),
            to_it=Subquery(links.filter(to=case, case=OuterRef("pk")).values("sort")[:1]),
        )
        .annotate(
            is_loose=Choice(When(tied, then=Value(0)), default=Value(1), output_field=IntegerField()),
            seen=Exists(known.filter(pk=OuterRef("pk")).order_by()),
        )
    )
