"""Steps and clocks of an application, by the law its item is handled under."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from approvals.items import item_of
from approvals.models import ServiceItem
from servicedesk.desk.registry import ClockDef, Opening, StepDef

LICENCE = ServiceItem.Procedure.LICENCE
# What may be done on any application for an item.
VERBS = frozenset(
    {
        "submit",
        "claim",
        "assign",
        "ask_supplement",
        "supplement",
        "refuse_acceptance",
        "consult",
        "reply_consult",
        "decide",
        "complete",
        "withdraw",
        "nudge",
        "escalate",
        "note",
        "message",
        "attach",
        "link",
    }
)
CHECK, REVIEW, DELIVER = "check", "review", "deliver"
ACCEPTED = frozenset({"accept", "deem_accepted"})
RECEIVED = frozenset({"submit", "supplement"})

CHECK_STEP = StepDef(CHECK, _("Papers are checked"))
# Silence for five working days is acceptance as of the day the papers arrived (行政许可法 32 (4)).
CHECK_CLOCK = ClockDef(
    CHECK,
    _("Accepted, or told everything that is missing"),
    starts=RECEIVED,
    stops=ACCEPTED | {"ask_supplement", "refuse_acceptance"},
)
DELIVER_CLOCK = ClockDef(
    DELIVER,
    _("The decision is delivered"),
    starts=frozenset({"deliver:started"}),
    stops=frozenset({"deliver:done"}),
    step=DELIVER,
    optional=True,
)


def is_licence(opening: Opening) -> bool:
    """Whether it is accepted before it is decided; registrations and services count from receipt."""
    return bool(item_of(opening)["procedure"] == LICENCE)


def steps_of(opening: Opening) -> tuple[StepDef, ...]:
    item = item_of(opening)
    accepted_first = item["procedure"] == LICENCE
    steps: tuple[StepDef, ...] = (CHECK_STEP,) if accepted_first else ()
    steps += (StepDef(REVIEW, _("Review and decision"), after=(CHECK,) if accepted_first else ()),)
    if item["is_delivered"]:
        steps += (StepDef(DELIVER, _("Delivery of the result"), after=(REVIEW,)),)
    return steps


def clocks_of(opening: Opening) -> tuple[ClockDef, ...]:
    """Promised and statutory limit stand side by side: special procedures stop both (行政许可法 45), only the
    statutory one may be extended (行政许可法 42, 市场主体登记管理条例 19)."""
    item = item_of(opening)
    accepted_first = item["procedure"] == LICENCE
    starts = ACCEPTED if accepted_first else RECEIVED
    stops = frozenset({"decide"}) if accepted_first else frozenset({"decide", "ask_supplement"})
    pauses = frozenset(item["special"])
    decided = (
        ClockDef("promised", _("Decided, as promised"), starts, stops, pauses=pauses, optional=True),
        ClockDef(
            "statutory",
            _("Decided, as the law says"),
            starts,
            stops,
            pauses=pauses,
            optional=True,
            extendable_to=_longest(opening, item["extension"]),
        ),
    )
    checked = (CHECK_CLOCK,) if accepted_first else ()
    return (*checked, *decided, DELIVER_CLOCK)


def _longest(opening: Opening, extension: int) -> int | None:
    """Most the statutory limit may reach, from the limits kept with the case."""
    kept = opening.get("limits", {}).get("statutory")
    return kept["term"] + extension if kept and extension else None
