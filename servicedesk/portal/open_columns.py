"""The columns of the open figures: their names for programs, for ever, their titles and definitions."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import gettext_lazy, pgettext_lazy

from servicedesk.desk.registry import Words


@dataclass(frozen=True)
class Column:
    """One column: `name` is its name in files, for ever; `whole` is the count it is a share of, or is of."""

    name: str
    title: Words
    meaning: Words
    whole: str = ""
    broken: str = ""
    part: str = ""
    unit: str = "count"


COLUMNS = (
    Column(
        "received",
        pgettext_lazy("matters", "Received"),
        gettext_lazy("Matters submitted in the month. Drafts are not counted."),
    ),
    Column(
        "closed",
        pgettext_lazy("matters", "Closed"),
        gettext_lazy("Matters closed in the month, however they ended and whenever they were submitted."),
    ),
    Column(
        "due",
        gettext_lazy("With a promise due"),
        gettext_lazy(
            "Matters in which a date promised to the applicant fell into the month. Withdrawn, merged and "
            "unreached matters are left out, and promises an office was released from in time."
        ),
    ),
    Column(
        "on_time_percent",
        gettext_lazy("On time"),
        gettext_lazy(
            "Of the matters with a promise due: the share in which everything due was done by the last date "
            "told. What is still open past its date was not done in time."
        ),
        whole="due",
        broken="broken",
        unit="percent",
    ),
    Column(
        "on_time_first_percent",
        gettext_lazy("On time as first told"),
        gettext_lazy(
            "Of the same matters: the share done by the first date ever told. Moving a date does not help."
        ),
        whole="due",
        broken="broken_first",
        unit="percent",
    ),
    Column(
        "answers",
        pgettext_lazy("applicants", "Said yes or no"),
        gettext_lazy(
            "Matters whose applicant said in the month whether it is solved; the last answer counts."
        ),
    ),
    Column(
        "solved_percent",
        gettext_lazy("Solved"),
        gettext_lazy(
            "Of those who said yes or no: the share that said it is solved. Only the applicant can say so."
        ),
        whole="answers",
        part="solved",
        unit="percent",
    ),
    Column(
        "rated",
        pgettext_lazy("applicants", "Rated"),
        gettext_lazy("Matters rated in the month with one of the five levels (GB/T 39735-2020)."),
    ),
    Column(
        "satisfied_percent",
        gettext_lazy("Satisfied"),
        gettext_lazy("Of the rated matters: the share rated basically satisfied or better."),
        whole="rated",
        part="satisfied",
        unit="percent",
    ),
    Column(
        "measured",
        pgettext_lazy("promises", "Measured"),
        gettext_lazy("Matters answered or closed whose longest promise was done with in the month."),
    ),
    Column(
        "median_hours",
        gettext_lazy("Half within"),
        gettext_lazy(
            "Of the measured matters: the office time within which half were done, without pauses. In files "
            "in hours."
        ),
        whole="measured",
        unit="hours",
    ),
)
# What the numbers of a month are called where they are stored.
STORED = {"measured": "timed"}
