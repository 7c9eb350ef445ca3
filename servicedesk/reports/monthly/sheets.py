"""The tables of a monthly report, in the active language, as they are stored."""

from __future__ import annotations

from collections.abc import Iterator

from django.utils.translation import get_language, pgettext
from django.utils.translation import gettext as _

from servicedesk.desk.registry import kinds
from servicedesk.reports.figures import label
from servicedesk.reports.monthly import cells
from servicedesk.reports.monthly.cells import Stored
from servicedesk.reports.monthly.changes import of_amounts, of_shares
from servicedesk.reports.monthly.gathering import AGES, FLOW, LANGUAGES, Gathered, Row
from servicedesk.reports.monthly.rankings import ranked
from servicedesk.reports.overview import AS_FIRST, IN_TIME, SATISFIED, SOLVED, band_words
from servicedesk.reports.shares import DASH
from servicedesk.reports.standing import BANDS

RATES = {"kept": IN_TIME, "kept_first": AS_FIRST, "solved": SOLVED, "satisfied": SATISFIED}


def name_of(row: Row) -> str:
    language = get_language() or LANGUAGES[0]
    return row.names.get(language) or row.names[LANGUAGES[0]]


def tables(found: Gathered, minimum: dict[str, int]) -> list[Stored]:
    return [
        amounts(found),
        rates("time-rates", _("Kept in time"), found, ("kept", "kept_first"), _time_note()),
        rates("result-rates", _("Results"), found, ("solved", "satisfied"), _result_note()),
        apart(found),
        limits(found),
        *([breakdown("kinds", _("By kind"), _("Kind"), found.kinds)] if found.kinds else []),
        ranking("offices", _("Offices by what they kept"), _("Office"), found.offices, minimum["offices"]),
        results_of("office-results", _("Results by office"), found.offices),
        ranking("towns", _("Towns by what was kept there"), _("Town"), found.towns, minimum["towns"]),
        breakdown("topics", _("What it was about"), _("Topic"), most_first(found.topics)),
        ages(found),
        longest_late(found),
        brought_again(found),
        months(found),
    ]


def _time_note() -> str:
    return _(
        "In cases of which a promise was due in the month. Result rates share no denominator with these."
    )


def _result_note() -> str:
    return _("What applicants said; silence is no answer, and whom nobody reached is counted apart.")


def _compared() -> list[str]:
    return [_("This month"), _("Month before"), _("On the month before"), _("A year ago"), _("On the year")]


def amounts(found: Gathered) -> Stored:
    """Amounts beside those of the month before and of the year before."""

    def line(name: str) -> Stored:
        now, before, year = (row.number(name) for row in (found.now, found.before, found.year))
        compared = [cells.count(before), cells.change(of_amounts(now, before))]
        compared += [cells.count(year), cells.change(of_amounts(now, year))]
        return cells.line(str(label(name)), [cells.count(now), *compared], name)

    lines = [line(name) for name in FLOW]
    return cells.table("amounts", _("Amounts"), _("Figure"), _compared(), [*lines, *_time_lines(found)])


def _time_lines(found: Gathered) -> Iterator[Stored]:
    """How long whole matters took, among the amounts: a time changes in percent as they do."""
    for name, words in (("p50", _("Half within")), ("p80", _("80% within")), ("p95", _("95% within"))):
        now, before, year = (row.seconds(name) for row in (found.now, found.before, found.year))
        compared = [cells.time(before), cells.change(of_amounts(now, before))]
        compared += [cells.time(year), cells.change(of_amounts(now, year))]
        yield cells.line(words, [cells.time(now), *compared], name)


def rates(name: str, title: str, found: Gathered, asked: tuple[str, ...], note: str) -> Stored:
    def line(rate: str) -> Stored:
        now, before, year = (getattr(row, rate) for row in (found.now, found.before, found.year))
        compared = [cells.share(before), cells.change(of_shares(now, before))]
        compared += [cells.share(year), cells.change(of_shares(now, year))]
        return cells.line(str(RATES[rate].label), [cells.share(now), *compared], rate)

    return cells.table(
        name, title, pgettext("share", "Rate"), _compared(), [line(rate) for rate in asked], note
    )


def apart(found: Gathered) -> Stored:
    """What is in no rate."""
    rows = [
        (name, str(label(name.replace("_", "-")))) for name in ("unreached", "passed_on", "paused", "parked")
    ]
    lines = [cells.line(words, [cells.count(found.now.number(name))], name) for name, words in rows]
    note = _("In no rate. What stands still or is parked is counted at the moment the report was made.")
    return cells.table("apart", _("Counted apart"), _("Figure"), [_("Matters")], lines, note)


def limits(found: Gathered) -> Stored:
    columns = [IN_TIME.label, AS_FIRST.label, _("Half within"), _("80% within"), _("95% within")]
    lines = [
        cells.line(
            name_of(row),
            [
                cells.share(row.kept),
                cells.share(row.kept_first),
                *(cells.time(row.seconds(each)) for each in ("p50", "p80", "p95")),
            ],
            row.key,
        )
        for row in found.limits
    ]
    return cells.table("limits", _("Each promise"), _("Promise"), columns, lines)


def breakdown(name: str, title: str, first: str, rows: list[Row]) -> Stored:
    columns = [*(label(each) for each in FLOW), IN_TIME.label, SOLVED.label]
    lines = [
        cells.line(
            name_of(row),
            [
                *(cells.count(row.number(each)) for each in FLOW),
                cells.share(row.kept),
                cells.share(row.solved),
            ],
            row.key,
        )
        for row in rows
    ]
    return cells.table(name, title, first, columns, lines)


def most_first(rows: list[Row]) -> list[Row]:
    return sorted(rows, key=lambda row: -row.number("received"))


def ranking(name: str, title: str, first: str, rows: list[Row], minimum: int) -> Stored:
    columns = [
        *(pgettext("ranking", "Place"), label("received"), label("late")),
        *(IN_TIME.label, AS_FIRST.label),
    ]
    lines = [
        cells.line(
            name_of(row),
            [
                cells.count(place),
                cells.count(row.number("received")),
                cells.count(row.number("late")),
                cells.share(row.kept),
                cells.share(row.kept_first),
            ],
            row.key,
        )
        for place, row in ranked(rows, minimum)
    ]
    note = _("Ranked from %(n)s promises due in the month; with fewer, one matter would decide the place.")
    return cells.table(name, title, first, columns, lines, note % {"n": minimum})


def results_of(name: str, title: str, rows: list[Row]) -> Stored:
    said = [row for row in rows if row.number("answers") or row.number("rated") or row.number("unreached")]
    lines = [
        cells.line(
            name_of(row),
            [cells.share(row.solved), cells.share(row.satisfied), cells.count(row.number("unreached"))],
            row.key,
        )
        for row in said
    ]
    columns = [SOLVED.label, SATISFIED.label, label("unreached")]
    return cells.table(name, title, _("Office"), columns, lines, _result_note())


def ages(found: Gathered) -> Stored:
    lines = [
        cells.line(band_words(*band), [cells.count(found.now.number(name))], name)
        for name, band in zip(AGES, BANDS, strict=True)
    ]
    note = _("Whole working days since the submission.")
    return cells.table("ages", _("Age of what is open"), _("Age"), [label("open")], lines, note)


def longest_late(found: Gathered) -> Stored:
    kind_names = {kind.code: str(kind.label) for kind in kinds()}
    offices = {row.key: name_of(row) for row in found.offices}
    lines = [
        cells.line(
            each.number,
            [
                cells.text(kind_names.get(each.kind, each.kind)),
                cells.text(offices.get(each.office, each.office)),
                cells.text(each.due_at),
                cells.count(each.days),
            ],
            each.number,
        )
        for each in found.worst
    ]
    columns = [_("Kind"), _("Office"), _("Was due"), _("Working days late")]
    note = _("Open at the end of the month; the first limit that ran out counts.")
    return cells.table("worst", _("Late the longest"), _("Matter"), columns, lines, note)


def brought_again(found: Gathered) -> Stored:
    topics = {row.key: name_of(row) for row in found.topics}
    lines = [
        cells.line(
            topics.get(each.topic, DASH),
            [cells.count(len(each.numbers)), cells.count(each.now), cells.text(", ".join(each.numbers))],
            each.numbers[-1],
        )
        for each in found.repeated
    ]
    columns = [_("Matters in twelve months"), _("Of them this month"), _("Which")]
    note = _("The same applicant, the same topic, again this month.")
    return cells.table("repeated", _("Brought again"), _("Topic"), columns, lines, note)


def months(found: Gathered) -> Stored:
    lines = [
        cells.line(
            name_of(row),
            [cells.count(row.number("received")), cells.count(row.number("closed")), cells.share(row.kept)],
            row.key,
        )
        for row in found.months
    ]
    columns = [label("received"), label("closed"), IN_TIME.label]
    return cells.table("months", _("Twelve months"), pgettext("of the year", "Month"), columns, lines)
