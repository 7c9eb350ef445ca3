"""Every figure by its name: what it is called, what it counts, and exactly which cases those are.

The page, both files and the list behind each number take their cases from here."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from servicedesk.desk.models import Case
from servicedesk.desk.models.case import CaseQuerySet
from servicedesk.desk.models.clock import ClockQuerySet
from servicedesk.desk.registry import Words
from servicedesk.reports import answers, followups, gaming, load, moves, promises, reasons, repeats, standing
from servicedesk.reports.figure import Cases as Cases
from servicedesk.reports.figure import Figure as Figure
from servicedesk.reports.scope import Scope

Condition = Callable[[Scope], Q]
Clocks = Callable[[Scope], ClockQuerySet]


def _standing(condition: Condition) -> Cases:
    return lambda scope, limit: scope.cases().filter(condition(scope))


def _clocked(clocks: Clocks) -> Cases:
    """Whatever office they are with now: a limit stays with the office that answers for it."""
    return lambda scope, limit: _all().filter(promises.cases_of(promises.of_limit(clocks(scope), limit)))


def _kept(broken: Clocks) -> Cases:
    def cases(scope: Scope, limit: str) -> CaseQuerySet:
        of = [promises.of_limit(clocks(scope), limit) for clocks in (promises.judged, broken)]
        return _all().filter(promises.cases_of(of[0])).exclude(promises.cases_of(of[1]))

    return cases


def _said(*outcomes: str) -> Cases:
    return lambda scope, limit: _all().filter(
        pk__in=answers.last_words(scope).filter(outcome__in=outcomes).order_by().values("case")
    )


def _rated(scope: Scope, limit: str) -> CaseQuerySet:
    return answers.rated(scope)


def _satisfied(scope: Scope, limit: str) -> CaseQuerySet:
    return answers.rated(scope).filter(answers.satisfied(scope))


def _all() -> CaseQuerySet:
    return Case.objects.submitted()


def _band(place: int) -> Cases:
    return lambda scope, limit: scope.cases().filter(standing.aged(scope, place, standing.borders(scope.end)))


OVERVIEW = (
    Figure(
        "received",
        pgettext_lazy("matters", "Received"),
        _("Submitted in the period. A bundle and each of its parts count by themselves."),
        _standing(standing.received),
    ),
    Figure(
        "closed",
        pgettext_lazy("matters", "Closed"),
        _("Closed in the period, however it ended; withdrawn and merged ones are among them."),
        _standing(standing.closed),
    ),
    Figure(
        "open",
        pgettext_lazy("matters", "Open"),
        _("Submitted and not closed at the end of the period; now, while the period runs."),
        _standing(standing.was_open),
    ),
    Figure(
        "late",
        pgettext_lazy("matters", "Late"),
        _(
            "Of the open ones: a limit of an office, internal ones included, had passed by then. What stands "
            "still is never late, and a term of the applicant's own is no lateness."
        ),
        _standing(standing.late),
    ),
    Figure(
        "paused",
        pgettext_lazy("matters", "Standing still"),
        _("Open now, with a promise that is paused without a planned end and so has no date."),
        _standing(standing.paused),
    ),
    Figure(
        "parked",
        pgettext_lazy("matters", "Parked"),
        _("Open now and put aside until a planned day, because it cannot be solved yet."),
        _standing(standing.parked),
    ),
    Figure(
        "due",
        pgettext_lazy("promises", "Due"),
        _(
            "A promise to the applicant had its last date in the period, up to now. Matters still open past "
            "it are among them. Withdrawn, merged and unreached matters are not, nor are promises an office "
            "was released from in time because it passed the matter on."
        ),
        _clocked(promises.judged),
    ),
    Figure(
        "kept",
        pgettext_lazy("promises", "Kept"),
        _("Of the due ones: done by the last date told. What still runs past it is not kept."),
        _kept(promises.broken_last),
    ),
    Figure(
        "broken",
        pgettext_lazy("promises", "Broken"),
        _("Of the due ones: done after the last date told, or not yet done."),
        _clocked(promises.broken_last),
    ),
    Figure(
        "kept-first",
        pgettext_lazy("promises", "Kept as first told"),
        _("Of the same due ones: done by the first date ever told, before any extension or pause moved it."),
        _kept(promises.broken_first),
    ),
    Figure(
        "passed-on",
        pgettext_lazy("promises", "Passed on"),
        _("An office returned or passed on the matter before its promise was due: neither kept nor broken."),
        _clocked(promises.passed_on),
    ),
    Figure(
        "measured",
        pgettext_lazy("promises", "Measured"),
        _(
            "A promise was done with in the period; its office time, less pauses, is what the percentiles "
            "are of."
        ),
        _clocked(promises.measured),
    ),
    Figure(
        "timed",
        pgettext_lazy("matters", "Measured as a whole"),
        _(
            "Answered or closed, the longest of its promises done with in the period: its time is the "
            "matter's."
        ),
        _clocked(promises.leading),
    ),
    Figure(
        "answers",
        pgettext_lazy("applicants", "Said yes or no"),
        _("The applicant said in the period whether it is solved; of several answers the last one counts."),
        _said(answers.SOLVED, answers.NOT_SOLVED),
    ),
    Figure(
        "solved",
        pgettext_lazy("applicants", "Solved"),
        _("Of those who said yes or no: solved. Only the applicant can say so."),
        _said(answers.SOLVED),
    ),
    Figure(
        "unreached",
        pgettext_lazy("applicants", "Not reached"),
        _("Closed in the period because nobody answered three calls: counted apart, in no rate."),
        _standing(standing.unreached),
    ),
    Figure(
        "rated",
        pgettext_lazy("applicants", "Rated"),
        _(
            "Of their own accord the applicant gave one of the five levels (GB/T 39735-2020) in the period. "
            "What was said when asked is not among it, nor what an appeal found mistaken. No rating is no "
            "opinion."
        ),
        _rated,
    ),
    Figure(
        "satisfied",
        pgettext_lazy("applicants", "Satisfied"),
        _("Of the rated ones: basically satisfied or better."),
        _satisfied,
    ),
    *(
        Figure(
            f"age-{place}",
            pgettext_lazy("matters", "Open, by age"),
            _("Open at the end of the period, by whole working days since the submission."),
            _band(place),
        )
        for place in range(len(standing.BANDS))
    ),
)
FIGURES = (
    *OVERVIEW,
    *followups.FIGURES,
    *moves.FIGURES,
    *reasons.FIGURES,
    *load.FIGURES,
    *gaming.FIGURES,
    *repeats.FIGURES,
)
BY_NAME = {figure.name: figure for figure in FIGURES}


def label(name: str) -> Words:
    return BY_NAME[name].label


def definitions(names: Iterable[str] | None = None) -> list[Figure]:
    """Each definition once, in the order given; those of the overview where no names are."""
    found = OVERVIEW if names is None else [BY_NAME[name] for name in names]
    once = {str(figure.meaning): figure for figure in reversed(list(found))}
    return list(reversed(once.values()))
