"""Problems that come again: of one applicant within 90 days, and topics that rise."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from functools import reduce
from operator import or_

from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from servicedesk.desk.models import Case
from servicedesk.desk.models.case import CaseQuerySet
from servicedesk.desk.registry import CaseKind, Words, kinds
from servicedesk.reports import standing
from servicedesk.reports.countable import Found, Tally, figure
from servicedesk.reports.scope import Scope

AGAIN_WITHIN = timedelta(days=90)
# The dimension that says what a matter is about.
TOPIC = "topic"


def topics(scope: Scope) -> list[tuple[CaseKind, str, Words]]:
    """(kind, path, label) of the kinds in scope that are sorted by topic."""
    asked = [scope.kind] if scope.kind else [kind for kind in kinds() if not kind.internal]
    return [(kind, path, label) for kind in asked for name, path, label in kind.dimensions if name == TOPIC]


def _received(scope: Scope) -> list[Found]:
    """What came in and is sorted by topic."""
    sorted_by = [Q((f"{path}__isnull", False), kind=kind.code) for kind, path, _label in topics(scope)]
    with_topic = reduce(or_, sorted_by, Q(pk__in=[]))
    return [Found(scope.cases().filter(standing.received(scope), with_topic), "")]


def _again(scope: Scope) -> Q:
    wider = replace(scope, values={}, kind=None).about()
    found = [Q(Exists(_before(kind, path).filter(wider)), kind=kind.code) for kind, path, _l in topics(scope)]
    return reduce(or_, found, Q(pk__in=[]))


def _before(kind: CaseKind, path: str) -> CaseQuerySet:
    """Matters of the same applicant and topic in the 90 days before; one merged into it counts too."""
    return Case.objects.submitted().filter(
        kind=kind.code,
        applicant=OuterRef("applicant"),
        submitted_at__lt=OuterRef("submitted_at"),
        submitted_at__gte=OuterRef("submitted_at") - AGAIN_WITHIN,
        **{path: OuterRef(path)},
    )


TALLIES = {"sorted": Tally(_received), "again": Tally(_received, _again)}

FIGURES = (
    figure(
        "sorted",
        pgettext_lazy("matters", "Received, with a topic"),
        _("Submitted in the period and sorted by topic."),
        TALLIES["sorted"],
    ),
    figure(
        "again",
        pgettext_lazy("matters", "Came again"),
        _(
            "Of these: the same applicant had brought a matter of the same topic in the 90 days before. It "
            "cannot show that it is the same problem: topics are wide."
        ),
        TALLIES["again"],
    ),
)
