"""差评 followed up (GB/T 39735-2020, 国办发〔2019〕51号): the centre calls the company, the office rectifies
or appeals, the centre looks at what was done. The last two of the five levels are bad reviews."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from enterprises.card import company_card
from enterprises.direct_line.bad_reviews import settle_appeal
from enterprises.models import BadReview
from servicedesk.desk.models import Case
from servicedesk.desk.permissions import DISPATCHER, LEADER
from servicedesk.desk.registry import CENTRE, CaseKind, ClockDef, StepDef, register

STEPS = (
    StepDef("call", _("The centre calls back"), office=CENTRE),
    StepDef("rectify", _("The office rectifies"), after=("call",)),
    StepDef("check", _("The centre looks at it"), office=CENTRE, after=("rectify",)),
)
CLOCKS = (
    ClockDef(
        "call",
        _("You are called back"),
        starts=frozenset({"submit"}),
        stops=frozenset({"call:done"}),
        office=CENTRE,
        step="call",
    ),
    ClockDef(
        "rectify",
        _("The office rectifies"),
        starts=frozenset({"call:done"}),
        stops=frozenset({"sign_off"}),
        step="rectify",
        on_redo="restart",
        extendable_to=10,
    ),
    ClockDef(
        "check",
        _("The centre looks at it"),
        starts=frozenset({"sign_off"}),
        stops=frozenset({"check:done"}),
        office=CENTRE,
        step="check",
        public=False,
    ),
)


class BadReviewForm(forms.ModelForm):
    class Meta:
        model = BadReview
        fields = ("level", "text")


BAD_REVIEW = register(
    CaseKind(
        code="bad-review",
        label=_("Bad review"),
        prefix="CP",
        form=BadReviewForm,
        detail="enterprises.BadReview",
        accessor="bad_review",
        verbs=frozenset(
            {
                "submit",
                "claim",
                "assign",
                "contact",
                "draft_answer",
                "send_back",
                "sign_off",
                "extend",
                "appeal",
                "grant_appeal",
                "refuse_appeal",
                "complete",
                "redo",
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
            "contact": "call",
            "draft_answer": "rectify",
            "send_back": "rectify",
            "sign_off": "rectify",
            "extend": "rectify",
            "appeal": "rectify",
            "grant_appeal": "rectify",
            "refuse_appeal": "rectify",
            "complete": "check",
        },
        handled_from="rectify",
        states={"complete": frozenset({Case.State.DECIDED})},
        redo_steps={"": ("rectify", "check")},
        ends_with_steps=True,
        rights={
            "contact": frozenset({DISPATCHER}),
            "complete": frozenset({DISPATCHER}),
            "redo": frozenset({DISPATCHER}),
            "extend": frozenset({LEADER, DISPATCHER}),
        },
        startable=False,
        tells={
            "submit": _(
                "You were not content. The enterprise service centre calls you, and the office rectifies."
            ),
            "sign_off": _("The office tells you what it has rectified:"),
            "complete": _("The centre has looked at what was rectified."),
            "grant_appeal": _("Your review has been found to be mistaken and is not counted. The reason:"),
        },
        on_done=settle_appeal,
        searched=("bad_review__text",),
        card=company_card,
    )
)
