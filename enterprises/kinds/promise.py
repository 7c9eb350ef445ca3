"""What was promised at a breakfast. The signed minutes open it; the main office answers, the company
confirms, the centre verifies, and only then is it struck off 销号. It is looked at again after one and after
three months."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from enterprises.breakfast_forms import PromiseMatterForm
from enterprises.breakfasts.look_back import look_after
from enterprises.card import company_card
from servicedesk.desk.models import Case
from servicedesk.desk.permissions import DISPATCHER, HEAD, LEADER
from servicedesk.desk.registry import CENTRE, CaseKind, ClockDef, StepDef, register

# A deadline named in minutes may be moved by whoever may extend, but not for ever.
MOST_DAYS = 365

STEPS = (
    StepDef("work", _("Handle and answer")),
    StepDef("confirm", _("You confirm"), holder="applicant", after=("work",)),
    StepDef("verify", _("Verify and strike off"), office=CENTRE, after=("confirm",)),
)

CLOCKS = (
    # The day named in the minutes. An answer that keeps nothing has not stopped it.
    ClockDef(
        "promise",
        _("The promise is kept"),
        starts=frozenset({"submit"}),
        stops=frozenset({"sign_off"}),
        step="work",
        on_redo="continue",
        extendable_to=MOST_DAYS,
    ),
    ClockDef(
        "verify",
        _("The centre verifies"),
        starts=frozenset({"verify:started"}),
        stops=frozenset({"verify:done"}),
        office=CENTRE,
        step="verify",
    ),
)

PROMISE = register(
    CaseKind(
        code="promise",
        label=_("Breakfast promise"),
        prefix="ZC",
        form=PromiseMatterForm,
        detail="enterprises.PromiseMatter",
        accessor="promise_matter",
        # The office of the minutes, and no other: it is not transferred, and whoever must help is consulted.
        receives=lambda opening: opening.get("office", CENTRE),
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
                "confirm",
                "redo",
                "complete",
                "message",
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
            "draft_answer": "work",
            "send_back": "work",
            "sign_off": "work",
            "extend": "work",
            "confirm": "confirm",
            "complete": "verify",
        },
        handled_from="work",
        states={"complete": frozenset({Case.State.DECIDED})},
        redo_steps={"": ("work", "confirm", "verify")},
        reopens=frozenset({Case.Outcome.SOLVED}),
        ends_with_steps=True,
        rights={
            "complete": frozenset({DISPATCHER}),
            "extend": frozenset({HEAD, LEADER}),
        },
        startable=False,
        tells={
            "submit": _(
                "What was promised to your company at the breakfast is now a matter of its own, with"
                " %(office)s."
            ),
            "complete": _(
                "The centre has verified it: the promise is struck off. We look at it again later."
            ),
        },
        on_done=look_after,
        searched=("promise_matter__text",),
        card=company_card,
        dimensions=(("host", "promise_matter__breakfast__seat", _("Host")),),
    )
)
