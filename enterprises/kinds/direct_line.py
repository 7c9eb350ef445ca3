"""企业服务直通车: a company says what is wrong; the centre finds the office; the office answers under the
Shandong "2115" clocks; only the company can say that it is solved."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from enterprises.card import company_card
from enterprises.forms import DirectLineForm
from enterprises.models import Company, DirectLineMatter
from servicedesk.desk.models import Case
from servicedesk.desk.permissions import HEAD, LEADER
from servicedesk.desk.registry import CENTRE, CaseKind, ClockDef, StepDef, register

LEAVES_OFFICE = frozenset({"return_to_centre", "transfer"})
# Receipt by the handling unit 承办单位接收: the moment it stands in its queue.
RECEIVED = frozenset({"dispatch", "transfer"})

STEPS = (
    StepDef("dispatch", _("Dispatch"), office=CENTRE),
    StepDef("contact", _("Contact the company"), after=("dispatch",)),
    StepDef("opinion", _("Give the opinion"), after=("contact",)),
    StepDef("solve", _("Handle and answer"), after=("opinion",)),
    StepDef("confirm", _("You confirm"), holder="applicant", after=("solve",)),
)

# No pause stops these clocks. Asking the company, consulting and testing do not either; only the approved
# extension lengthens them (复杂、多层级诉求至 30 个工作日).
CLOCKS = (
    ClockDef(
        "dispatch",
        _("Dispatched by the centre"),
        starts=frozenset({"submit", "return_to_centre"}),
        stops=frozenset({"dispatch"}),
        office=CENTRE,
        step="dispatch",
    ),
    ClockDef(
        "contact",
        _("You are contacted"),
        starts=RECEIVED,
        stops=LEAVES_OFFICE | {"contact:done"},
        step="contact",
        on_redo="restart",
    ),
    ClockDef(
        "opinion",
        _("You get an opinion"),
        starts=RECEIVED,
        stops=LEAVES_OFFICE | {"opinion:done"},
        step="opinion",
        on_redo="restart",
    ),
    ClockDef(
        "resolve",
        _("The office solves it"),
        starts=RECEIVED,
        stops=LEAVES_OFFICE | {"sign_off"},
        step="solve",
        on_redo="restart",
        extendable_to=30,
    ),
    # The company's own clock: no transfer and no return restarts it, and an answer that solves nothing
    # has not stopped it.
    ClockDef(
        "company",
        _("Solved, counted from your submission"),
        starts=frozenset({"submit"}),
        stops=frozenset({"sign_off"}),
        office=CENTRE,
        on_redo="continue",
        extendable_to=30,
    ),
)


def keep_industry(case: Case) -> None:
    """Copy the company's industry of today: figures by industry must not move when the company does."""
    company = Company.objects.filter(party=case.applicant_id).first()
    if company is not None:
        DirectLineMatter.objects.filter(case=case).update(industry=company.industry)


DIRECT_LINE = register(
    CaseKind(
        code="direct-line",
        label=_("Direct line"),
        lead=_("Tell us what is wrong. We find the office, and you see who has it and until when."),
        prefix="ZT",
        form=DirectLineForm,
        detail="enterprises.DirectLineMatter",
        accessor="direct_line",
        verbs=frozenset(
            {
                "submit",
                "dispatch",
                "claim",
                "assign",
                "transfer",
                "return_to_centre",
                "contact",
                "give_opinion",
                "consult",
                "reply_consult",
                "draft_answer",
                "send_back",
                "sign_off",
                "extend",
                "confirm",
                "redo",
                "rate",
                "withdraw",
                "nudge",
                "escalate",
                "note",
                "message",
                "attach",
                "link",
                "merge",
                "close",
                "refuse_acceptance",
            }
        ),
        steps=STEPS,
        clocks=CLOCKS,
        at_step={
            "dispatch": "dispatch",
            "contact": "contact",
            "give_opinion": "opinion",
            "draft_answer": "solve",
            "send_back": "solve",
            "sign_off": "solve",
            "extend": "solve",
            "confirm": "confirm",
        },
        handled_from="contact",
        redo_steps={
            Case.Outcome.UNREACHED: ("contact", "opinion", "solve", "confirm"),
            "": ("solve", "confirm"),
        },
        reopens=frozenset({Case.Outcome.UNREACHED}),
        rights={"refuse_acceptance": frozenset({"dispatcher"}), "extend": frozenset({HEAD, LEADER})},
        extension_needs_proof=True,
        on_submit=keep_industry,
        masks={"contact_name": "name", "contact_phone": "phone"},
        searched=("direct_line__text",),
        detail_forms={"dispatch": "enterprises.forms.SortingForm"},
        card=company_card,
        dimensions=(
            ("topic", "direct_line__topic", _("Topic")),
            ("town", "direct_line__town", _("Town")),
            ("industry", "direct_line__industry", _("Industry")),
        ),
    )
)
