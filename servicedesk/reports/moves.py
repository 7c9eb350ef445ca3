"""How promises were kept: how often a date was moved and why, and by how much a broken one was missed."""

from __future__ import annotations

from datetime import timedelta
from functools import partial

from django.db.models import DateTimeField, Q, Value
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from servicedesk.desk.models import Promise
from servicedesk.reports import promises
from servicedesk.reports.countable import Found, Tally, figure
from servicedesk.reports.scope import Scope

EXTENSION, CALENDAR, REDO, FIRST = "extend", "redate", "redo", "start"
# Days a date was missed by, by the calendar: from, up to.
BANDS: tuple[tuple[int, int | None], ...] = ((0, 1), (1, 3), (3, 10), (10, None))


def _due(scope: Scope) -> list[Found]:
    return [Found(promises.judged(scope), "case", "", "office")]


def _broken(scope: Scope) -> list[Found]:
    return [Found(promises.broken_last(scope), "case", "", "office")]


def _moved(scope: Scope) -> list[Found]:
    """Each date told after the first one, of the promises due in the period."""
    told = Promise.objects.filter(clock__in=promises.judged(scope).order_by()).exclude(why=FIRST)
    return [Found(told, "clock__case", "clock__", "clock__office")]


def _why(verb: str, scope: Scope) -> Q:
    return Q(why=verb)


def _stood_still(scope: Scope) -> Q:
    """A pause began or ended, whatever verb brought it about."""
    return ~Q(why__in=[EXTENSION, CALENDAR, REDO])


def _by(band: int, scope: Scope) -> Q:
    """Missed by so much: up to when it was done, or up to now."""
    least, most = BANDS[band]
    done = Coalesce("stopped_at", Value(scope.at, DateTimeField()))
    found = Q(due_at__lt=done - timedelta(days=least))
    return found & Q(due_at__gte=done - timedelta(days=most)) if most is not None else found


TALLIES = {
    "due": Tally(_due),
    "broken": Tally(_broken),
    "moved": Tally(_moved),
    "moved_extended": Tally(_moved, partial(_why, EXTENSION)),
    "moved_paused": Tally(_moved, _stood_still),
    "moved_calendar": Tally(_moved, partial(_why, CALENDAR)),
    "moved_redo": Tally(_moved, partial(_why, REDO)),
    **{f"missed_{band}": Tally(_broken, partial(_by, band)) for band in range(len(BANDS))},
}

FIGURES = (
    figure(
        "moved",
        pgettext_lazy("promises", "Date moved"),
        _("Of the due ones: another date was told after the first, whatever the reason."),
        TALLIES["moved"],
    ),
    figure(
        "moved-extended",
        pgettext_lazy("promises", "By an extension"),
        _("Of the due ones: the limit was extended by a decision told beforehand."),
        TALLIES["moved_extended"],
    ),
    figure(
        "moved-paused",
        pgettext_lazy("promises", "By a pause"),
        _("Of the due ones: the clock stood still for a time, and the date moved by it."),
        TALLIES["moved_paused"],
    ),
    figure(
        "moved-calendar",
        pgettext_lazy("promises", "By the calendar"),
        _("Of the due ones: a notice on days off or make-up days moved the date; nobody's doing."),
        TALLIES["moved_calendar"],
    ),
    figure(
        "moved-redo",
        pgettext_lazy("promises", "Taken up again"),
        _("Of the due ones: the matter was not solved and its clock ran on."),
        TALLIES["moved_redo"],
    ),
    *(
        figure(
            f"missed-{band}",
            pgettext_lazy("promises", "Missed by"),
            _(
                "Of the broken ones: so many days passed, by the calendar, between the last date told and "
                "its fulfilment; of what still runs, up to now."
            ),
            TALLIES[f"missed_{band}"],
        )
        for band in range(len(BANDS))
    ),
)
