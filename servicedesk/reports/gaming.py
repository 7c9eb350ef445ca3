"""Signs that a figure was worked on rather than the matter. Each says what it can show and what it cannot;
none accuses anybody: it says where to look into the matters themselves."""

from __future__ import annotations

from datetime import timedelta
from functools import partial
from typing import Any

from django.db.models import Case as Choice
from django.db.models import Exists, F, FloatField, Func, OuterRef, Q, Subquery, Sum, Value, When
from django.db.models.functions import Cast, Coalesce, NullIf
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from servicedesk.desk.models import Case, Clock, Event, Extension, Promise
from servicedesk.desk.models.clock import Unit
from servicedesk.reports import promises
from servicedesk.reports.countable import Found, Tally, figure
from servicedesk.reports.scope import Scope

LAST_MINUTES = timedelta(minutes=30)
LAST_DAY = timedelta(days=1)
# Of the time from start to due moment: bins of a twentieth, up to 120 per cent, and one for all beyond.
BINS_TO_DUE, BINS = 20, 24
LAST_BIN = BINS_TO_DUE - 1
HANDED_ON = ["return_to_centre", "transfer"]


class Seconds(Func):
    """A moment as seconds, so that spans can be divided in any database."""

    output_field = FloatField()

    def as_sql(self, compiler: Any, connection: Any, *given: Any, **extra: Any) -> Any:
        if connection.vendor == "postgresql":
            template = "(EXTRACT(EPOCH FROM %(expressions)s))::double precision"
        else:
            template = "(julianday(%(expressions)s) * 86400.0)"
        return super().as_sql(compiler, connection, *given, **extra | {"template": template})


def _floated(field: str) -> Any:
    return Cast(field, FloatField())


def used_share() -> Any:
    """Which part of its time a promise took; 1 is the due moment itself. Limits in minutes by office time,
    limits in days by the calendar: a day of a limit is a day, whatever its hours."""
    longer = Extension.objects.filter(clock=OuterRef("pk")).order_by().values("clock")
    more = Coalesce(Cast(Subquery(longer.annotate(n=Sum("term")).values("n")), FloatField()), Value(0.0))
    by_minutes = _floated("used") / ((_floated("term") + more) * Value(60.0))
    span = NullIf(Seconds("due_at") - Seconds("started_at"), Value(0.0))
    by_calendar = (Seconds("stopped_at") - Seconds("started_at")) / span
    in_minutes = When(unit=Unit.WORKING_MINUTES, then=by_minutes)
    return Choice(in_minutes, default=by_calendar, output_field=FloatField())


def _done(scope: Scope) -> list[Found]:
    """Promises done with in the period, each with the part of its time it took."""
    rows = promises.measured(scope).filter(due_at__isnull=False).annotate(part=used_share())
    return [Found(rows, "case", "", "office")]


def _in_days(scope: Scope) -> Q:
    return ~Q(unit=Unit.WORKING_MINUTES) & Q(stopped_at__lte=F("due_at"))


def _in_last_minutes(scope: Scope) -> Q:
    return _in_days(scope) & Q(stopped_at__gt=F("due_at") - LAST_MINUTES)


def _in_bin(place: int, scope: Scope) -> Q:
    found = Q(part__gt=place / BINS_TO_DUE) if place else Q()
    return found & Q(part__lte=(place + 1) / BINS_TO_DUE) if place < BINS else found


def _part_known(scope: Scope) -> Q:
    return Q(part__isnull=False)


def _redone(scope: Scope) -> list[Found]:
    rows = Event.objects.filter(scope.within("at"), scope.near("case__"), scope.about("case__"), verb="redo")
    before = Event.objects.filter(case=OuterRef("case"), seq__lt=OuterRef("seq"))
    return [Found(rows.annotate(was_closed=Exists(before.filter(params__state=Case.State.CLOSED))))]


def _was_closed(scope: Scope) -> Q:
    return Q(was_closed=True)


def _returned(scope: Scope) -> list[Found]:
    rows = scope.clocks().filter(scope.within("stopped_at"), stopped_by="return_to_centre")
    return [Found(rows, "case", "", "office")]


def _extended(scope: Scope) -> list[Found]:
    """Extensions told in the period, each with the date that held before it."""
    earlier = Promise.objects.filter(clock=OuterRef("clock"), pk__lt=OuterRef("pk")).order_by("-pk")
    rows = Promise.objects.filter(scope.within("event__at"), clock__in=scope.clocks().order_by())
    rows = rows.filter(why="extend").annotate(before=Subquery(earlier.values("due_at")[:1]))
    return [Found(rows, "clock__case", "clock__", "clock__office")]


def _on_last_day(scope: Scope) -> Q:
    return Q(told_at__gte=F("before") - LAST_DAY)


def _begun_anew(scope: Scope) -> list[Found]:
    """First dates of promises begun anew in the period because the matter was returned or passed on, later
    than the date that held before; `longer` where the limit itself is a longer or another one."""
    rows = Promise.objects.filter(scope.within("event__at"), clock__in=scope.clocks().order_by())
    before = Clock.objects.filter(
        case=OuterRef("clock__case"),
        code=OuterRef("clock__code"),
        round=OuterRef("clock__round") - 1,
        stopped_by__in=HANDED_ON,
        due_at__lt=OuterRef("due_at"),
    )
    longer = Q(unit=OuterRef("clock__unit"), term__lt=OuterRef("clock__term"))
    other = before.filter(longer | ~Q(unit=OuterRef("clock__unit")))
    rows = rows.filter(Exists(before), why="start", clock__round__gt=1).annotate(longer=Exists(other))
    return [Found(rows, "clock__case", "clock__", "clock__office")]


def _is_longer(scope: Scope) -> Q:
    return Q(longer=True)


def _closed(scope: Scope) -> list[Found]:
    return [Found(scope.cases().filter(scope.within("closed_at"), state=Case.State.CLOSED), "")]


BIN_NAMES = [f"used_{place}" for place in range(BINS + 1)]
BIN_TALLIES = {name: Tally(_done, partial(_in_bin, place)) for place, name in enumerate(BIN_NAMES)}
TALLIES = {
    "in_days": Tally(_done, _in_days),
    "last_minutes": Tally(_done, _in_last_minutes),
    "done": Tally(_done, _part_known),
    "just_below": BIN_TALLIES[BIN_NAMES[LAST_BIN]],
    "redone": Tally(_redone),
    "redone_closed": Tally(_redone, _was_closed),
    "returned": Tally(_returned),
    "extended": Tally(_extended),
    "extended_last_day": Tally(_extended, _on_last_day),
    "later": Tally(_begun_anew),
    "later_longer": Tally(_begun_anew, _is_longer),
}

FIGURES = (
    figure(
        "in-days",
        pgettext_lazy("promises", "Done in time, limit in days"),
        _("A promise with a limit in days was done in the period and by its date."),
        TALLIES["in_days"],
    ),
    figure(
        "last-minutes",
        pgettext_lazy("promises", "In the last 30 minutes"),
        _(
            "Of these: done in the last 30 minutes before the due moment. Many may mean answers given for "
            "the clock's sake. It cannot show whether the answer was good: signing late in the day is common "
            "and may be right."
        ),
        TALLIES["last_minutes"],
    ),
    figure(
        "done",
        pgettext_lazy("promises", "Done"),
        _("A promise that has a date was done with in the period, in time or late."),
        TALLIES["done"],
    ),
    figure(
        "just-below",
        pgettext_lazy("promises", "Just below the limit"),
        _(
            "Of these: more than 95 per cent of the time from start to due moment was used, and not "
            "all. A bin far higher than its neighbours may mean that the date is worked for. It cannot "
            "show why: limits of one day end with the office day, and so do many answers."
        ),
        TALLIES["just_below"],
    ),
    figure(
        "redone",
        pgettext_lazy("matters", "Taken up again"),
        _(
            "The applicant or a follow-up found it not solved, and the matter was opened again in the "
            "period. Many may mean that matters are answered and not solved. It cannot show whether a "
            "solution was possible."
        ),
        TALLIES["redone"],
    ),
    figure(
        "redone-closed",
        pgettext_lazy("matters", "After it had been closed"),
        _("Of these: the matter had been closed before. It was counted closed then, and is open again."),
        TALLIES["redone_closed"],
    ),
    figure(
        "returned",
        pgettext_lazy("matters", "Returned to the centre"),
        _(
            "The office gave it back in the period, which ends its promises. Many may mean that work is "
            "sent away. It cannot show who was right: a wrong dispatch is returned rightly."
        ),
        TALLIES["returned"],
    ),
    figure(
        "extended",
        pgettext_lazy("promises", "Extended"),
        _("A limit was extended in the period, by a decision with its reason and proof."),
        TALLIES["extended"],
    ),
    figure(
        "extended-last-day",
        pgettext_lazy("promises", "Extended in the last 24 hours"),
        _(
            "Of these: granted within the last 24 hours before the date that held. Many may mean that "
            "extensions save dates rather than plan work. It cannot show whether the ground was real: the "
            "proof on the matter does."
        ),
        TALLIES["extended_last_day"],
    ),
    figure(
        "later",
        pgettext_lazy("promises", "Later date by a new dispatch"),
        _(
            "Returned or passed on, the matter got in the period a date of the same promise later than the "
            "one before. Every new dispatch does that; the company's own clock is not moved by it. Many may "
            "mean that matters travel to win time."
        ),
        TALLIES["later"],
    ),
    figure(
        "later-longer",
        pgettext_lazy("promises", "By a longer limit"),
        _(
            "Of these: the limit itself is longer than before, or counted in another unit, because topic or "
            "urgency was set anew. It cannot show whether the new sorting is the right one."
        ),
        TALLIES["later_longer"],
    ),
    *(
        figure(
            name.replace("_", "-"),
            pgettext_lazy("promises", "By part of the time used"),
            _(
                "Of the done ones: the part of the time from start to due moment that was used; 100 per "
                "cent is the due moment. Limits in minutes by office time, limits in days by the calendar."
            ),
            tally,
        )
        for name, tally in BIN_TALLIES.items()
    ),
)
