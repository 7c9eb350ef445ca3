"""What officers have in hand: theirs and open, due today, late, closed in the period."""

from __future__ import annotations

from datetime import time, timedelta

from django.db.models import Exists, OuterRef, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from servicedesk.desk.models import Clock
from servicedesk.desk.registry import own_terms
from servicedesk.reports import standing
from servicedesk.reports.countable import Found, Tally, figure
from servicedesk.reports.scope import Scope

# Rows by officer: a path on Case, so that a row narrows a scope as an office's does.
OFFICER = "officer"


def _in_hand(scope: Scope) -> list[Found]:
    wanted = standing.was_open(scope) | standing.closed(scope) | standing.open_now()
    return [Found(scope.cases().filter(wanted), "")]


def due_today(scope: Scope) -> Q:
    """Open now, with a limit of an office that ends today and has not passed."""
    day = timezone.localtime(scope.at)
    midnight = timezone.make_aware(day.replace(tzinfo=None).combine(day.date() + timedelta(days=1), time.min))
    today = Clock.objects.filter(stopped_at=None, due_at__gte=scope.at, due_at__lte=midnight)
    return standing.open_now() & Q(Exists(today.besides(own_terms()).filter(case=OuterRef("pk"))))


TALLIES = {
    "open": Tally(_in_hand, standing.was_open),
    "due_today": Tally(_in_hand, due_today),
    "late": Tally(_in_hand, standing.late),
    "closed": Tally(_in_hand, standing.closed),
}

FIGURES = (
    figure(
        "due-today",
        pgettext_lazy("matters", "Due today"),
        _("Open now, with a limit of an office, internal ones included, that ends today and has not passed."),
        TALLIES["due_today"],
    ),
)
