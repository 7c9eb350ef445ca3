"""A complaint about an office: handled by another one, as rows say, and hidden from the one it is about."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from enterprises.card import company_card
from enterprises.oversight import outside
from enterprises.oversight.complaints import KIND, send_on
from enterprises.oversight.forms import ComplaintForm
from enterprises.oversight.parts import complaint_panel
from servicedesk.desk.models import Case
from servicedesk.desk.permissions import APPLICANT, HEAD, HOLDER, LEADER, OFFICER, SUPERVISOR
from servicedesk.desk.registry import CaseKind, ClockDef, StepDef, register

STEPS = (
    StepDef("accept", _("Accept")),
    StepDef("contact", _("Speak with you"), after=("accept",)),
    StepDef("investigate", _("Investigate"), after=("contact",)),
    StepDef("answer", _("Answer"), after=("investigate",)),
    StepDef("confirm", _("You confirm"), holder="applicant", after=("answer",)),
)
# 省级政务服务投诉热线 (2017): 15 working days, and 7 more with approval.
DAYS, MORE = 15, 7
CLOCKS = (
    ClockDef(
        "contact",
        _("You are contacted"),
        starts=frozenset({"submit"}),
        stops=frozenset({"contact:done"}),
    ),
    ClockDef(
        "result",
        _("You get the result"),
        starts=frozenset({"submit"}),
        stops=frozenset({"sign_off"}),
        on_redo="restart",
        extendable_to=DAYS + MORE,
        most_extensions=1,
        longest_extension=MORE,
    ),
    # Silence closes it, and is never "solved".
    ClockDef(
        "word",
        _("You say whether it is solved"),
        starts=frozenset({"sign_off"}),
        stops=frozenset({"confirm", "redo"}),
        holder="applicant",
        optional=True,
    ),
)
# Where the supervision office handles it, its supervisors are its officers.
WORKS = frozenset({HOLDER, HEAD, SUPERVISOR})
SIGNS = frozenset({HEAD, LEADER, SUPERVISOR})

COMPLAINT = register(
    CaseKind(
        code=KIND,
        label=_("Complaint about an office"),
        lead=_("An office treated you badly, too late or not at all? It will not see what you write."),
        prefix="TS",
        form=ComplaintForm,
        detail="enterprises.ComplaintMatter",
        accessor="complaint",
        # Until it is submitted; then the rows say.
        receives="dcs",
        verbs=frozenset(
            {
                "submit",
                "accept",
                "refuse_acceptance",
                "claim",
                "assign",
                "contact",
                "complete",
                "consult",
                "reply_consult",
                "draft_answer",
                "send_back",
                "sign_off",
                "extend",
                "confirm",
                "redo",
                "withdraw",
                "nudge",
                "escalate",
                "note",
                "message",
                "attach",
                "link",
                "close",
            }
        ),
        steps=STEPS,
        clocks=CLOCKS,
        at_step={
            "accept": "accept",
            "contact": "contact",
            "complete": "investigate",
            "draft_answer": "answer",
            "send_back": "answer",
            "sign_off": "answer",
            "confirm": "confirm",
        },
        silence={"word": "fall_silent"},
        handled_from="accept",
        redo_steps={
            Case.Outcome.UNREACHED: ("contact", "investigate", "answer", "confirm"),
            "": ("investigate", "answer", "confirm"),
        },
        reopens=frozenset({Case.Outcome.UNREACHED, Case.Outcome.ANSWERED}),
        rights={
            **dict.fromkeys(
                ("accept", "refuse_acceptance", "contact", "complete", "consult", "draft_answer"), WORKS
            ),
            "claim": frozenset({OFFICER, HEAD, SUPERVISOR}),
            "sign_off": SIGNS,
            "send_back": SIGNS,
            "extend": SIGNS,
            "close": SIGNS,
            "redo": frozenset({APPLICANT, SUPERVISOR}),
            "nudge": frozenset({APPLICANT, HEAD, LEADER, SUPERVISOR}),
            "escalate": frozenset({HEAD, SUPERVISOR}),
            "message": frozenset({APPLICANT, HOLDER, HEAD, SUPERVISOR}),
            "attach": frozenset({APPLICANT, HOLDER, HEAD, SUPERVISOR}),
            "link": frozenset({HEAD, SUPERVISOR}),
        },
        offers={"refuse_acceptance.rightful": outside.offered},
        on_submit=send_on,
        masks={"contact_name": "name", "contact_phone": "phone"},
        searched=("complaint__text",),
        card=company_card,
        panel=complaint_panel,
        tells={
            "submit": _("We have received your complaint. The office it is about does not see it."),
            "accept": _("Your complaint has been accepted; %(office)s looks into it."),
            "sign_off": _("Your complaint has been answered. Please say whether it is solved:"),
        },
    )
)
