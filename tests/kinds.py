"""A kind that proves the engine beyond the direct line: its steps come from rows (kept in the opening
snapshot), they form a graph, some are carried by child cases, its clocks have different pause rules and each
does something else on a redo."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet

from servicedesk.desk.models import Case, Limit
from servicedesk.desk.permissions import RIGHTS
from servicedesk.desk.registry import CaseKind, ClockDef, StepDef
from tests.people import HOUSING, SINCE

# One row a step: code, label, office, the codes it waits for, the kind of the child that carries it.
ROWS: list[list[Any]] = [
    ["receive", "收件", HOUSING, [], None],
    ["review", "审查", HOUSING, ["receive"], None],
    ["fire", "消防意见", HOUSING, ["receive"], "test-item"],
    ["site", "踏勘", HOUSING, ["receive"], "test-item"],
    ["archive", "归档", HOUSING, ["fire"], None],
    ["deliver", "送达", HOUSING, ["review", "fire", "site"], None],
]


def steps_of(opening: dict[str, Any]) -> tuple[StepDef, ...]:
    return tuple(
        StepDef(code, label, office=office, after=tuple(after), child=child)
        for code, label, office, after, child in opening["steps"]
    )


WORK = frozenset(RIGHTS["accept"])
PERMIT = CaseKind(
    code="test-permit",
    label="测试许可",
    prefix=lambda opening: opening.get("series", "CS"),
    receives=HOUSING,
    verbs=frozenset(
        {
            "submit",
            "accept",
            "ask_supplement",
            "supplement",
            "claim",
            "assign",
            "start",
            "pause",
            "resume",
            "extend",
            "complete",
            "skip",
            "decide",
            "redo",
            "park",
            "unpark",
            "withdraw",
            "nudge",
            "note",
            "message",
            "link",
            "merge",
            "close",
            "escalate",
            "consult",
            "reply_consult",
        }
    ),
    steps=steps_of,
    clocks=(
        # The statutory limit stops for a special procedure (行政许可法 45)…
        ClockDef(
            "decide",
            "法定时限",
            starts=frozenset({"accept"}),
            stops=frozenset({"decide"}),
            pauses=frozenset({"expert_review", "parked"}),
            on_redo="new_term",
            redo_limit="decide-redo",
            extendable_to=30,
        ),
        # …the city's own promise does not, but waits while the matter is parked.
        ClockDef(
            "promise",
            "承诺时限",
            starts=frozenset({"accept"}),
            stops=frozenset({"decide"}),
            pauses=frozenset({"parked"}),
            on_redo="continue",
        ),
        ClockDef(
            "review",
            "审查时限",
            starts=frozenset({"review:started"}),
            stops=frozenset({"review:done"}),
            step="review",
            pauses=frozenset({"expert_review"}),
            public=False,
            on_redo="restart",
        ),
    ),
    at_step={"decide": "review"},
    redo_steps={"": ("review", "deliver")},
    rights={"redo": frozenset({"head"}), "withdraw": frozenset({"applicant"}), "close": frozenset({"head"})},
    startable=False,
)
ITEM = CaseKind(
    code="test-item",
    label="测试事项",
    prefix="SX",
    receives=HOUSING,
    verbs=frozenset({"submit", "claim", "decide", "close", "accept", "withdraw"}),
    steps=(StepDef("work", "办理", office=HOUSING),),
    clocks=(ClockDef("item", "事项时限", starts=frozenset({"submit"}), stops=frozenset({"decide"})),),
    at_step={"decide": "work"},
    startable=False,
)
LIMITS = (
    ("test-permit", "decide", 20, "working_days"),
    ("test-permit", "decide-redo", 10, "working_days"),
    ("test-permit", "promise", 7, "working_days"),
    ("test-permit", "review", 600, "working_minutes"),
    ("test-item", "item", 3, "working_days"),
)


def write_limits() -> QuerySet[Limit]:
    for subject, clock, term, unit in LIMITS:
        Limit.objects.create(
            subject=subject, clock=clock, term=term, unit=unit, basis="测试", valid_from=SINCE
        )
    return Limit.objects.filter(subject__startswith="test-")


def of_step(case: Case, code: str) -> Case:
    """The child case that carries a step."""
    child = case.steps.filter(code=code).latest("round").opens
    assert child is not None
    return child
