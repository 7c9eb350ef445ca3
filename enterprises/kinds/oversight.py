"""Oversight orders 督办: the supervision office demands, the office the matter is with answers, and only the
supervision office accepts the result. No company is part of it."""

from __future__ import annotations

from collections.abc import Iterator

from django.utils.translation import gettext_lazy as _

from enterprises.oversight import orders
from enterprises.oversight.forms import OrderForm
from enterprises.oversight.parts import order_panel
from servicedesk.desk.models import Case
from servicedesk.desk.permissions import SUPERVISOR
from servicedesk.desk.registry import STEP, CaseKind, ClockDef, StepDef, Words, register

STEPS = (
    StepDef("answer", _("The office answers the order")),
    StepDef(
        "accept", _("The supervision office accepts the result"), office=orders.OFFICE, after=("answer",)
    ),
)
CLOCKS = (
    ClockDef(
        "answer",
        _("The order is answered"),
        starts=frozenset({"submit"}),
        stops=frozenset({"sign_off"}),
        step="answer",
        public=False,
        on_redo="restart",
        extendable_to=10,
    ),
    ClockDef(
        "accept",
        _("The result is looked at"),
        starts=frozenset({"accept:started"}),
        stops=frozenset({"accept:done"}),
        office=STEP,
        step="accept",
        public=False,
    ),
)
DECIDES = frozenset({SUPERVISOR})


def matter_card(case: Case) -> Iterator[tuple[Words, str]]:
    order = getattr(case, "oversight", None)
    if order is not None:
        yield _("about the matter"), f"{order.matter.number} {order.matter.title}"


OVERSIGHT = register(
    CaseKind(
        code=orders.KIND,
        label=_("Oversight order"),
        prefix="DB",
        form=OrderForm,
        detail="enterprises.OversightOrder",
        accessor="oversight",
        joins=("oversight__matter",),
        names_links=True,
        receives=lambda opening: opening.get("office", orders.OFFICE),
        verbs=frozenset(
            {
                "submit",
                "accept",
                "claim",
                "assign",
                "consult",
                "reply_consult",
                "draft_answer",
                "send_back",
                "sign_off",
                "extend",
                "complete",
                "redo",
                "note",
                "attach",
                "nudge",
                "escalate",
                "link",
                "close",
            }
        ),
        steps=STEPS,
        clocks=CLOCKS,
        at_step={
            "draft_answer": "answer",
            "send_back": "answer",
            "sign_off": "answer",
            "extend": "answer",
            "complete": "accept",
        },
        handled_from="answer",
        states={"complete": frozenset({Case.State.DECIDED})},
        redo_steps={"": ("answer", "accept")},
        reopens=frozenset({Case.Outcome.ANSWERED}),
        ends_with_steps=True,
        rights=dict.fromkeys(("complete", "redo", "extend", "nudge", "close"), DECIDES),
        startable=False,
        internal=True,
        on_submit=orders.keep_from_the_complained_of,
        on_done=orders.follow,
        card=matter_card,
        panel=order_panel,
        searched=("oversight__demand",),
    )
)
