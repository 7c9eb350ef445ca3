"""企业服务直通车: a company says what is wrong; the centre finds the office; the office answers under the
Shandong "2115" clocks; only the company can say that it is solved."""

from __future__ import annotations

from datetime import timedelta

from django.utils.translation import gettext_lazy as _

from enterprises.card import company_card
from enterprises.direct_line import dispatching, duties, following
from enterprises.direct_line.panel import panel_of
from enterprises.forms import DirectLineForm
from enterprises.models import Company, DirectLineMatter
from enterprises.oversight import escalation, outside
from servicedesk.desk.followups import FollowUps, Rows
from servicedesk.desk.models import Case
from servicedesk.desk.permissions import HEAD, LEADER
from servicedesk.desk.registry import CENTRE, STEP, CaseKind, ClockDef, StepDef, register

LEAVES_OFFICE = frozenset({"return_to_centre", "transfer", "recall"})
# A wrong key is mended before the office has begun; later a transfer says so in its own words.
UNDONE_WITHIN = timedelta(minutes=10)
# Receipt by the handling unit 承办单位接收: the moment it stands in its queue.
RECEIVED = frozenset({"dispatch", "rule", "transfer"})
# What cannot be solved now and was approved to wait 挂账; nothing else stops these clocks.
PARKS = frozenset({"parked"})

STEPS = (
    StepDef("dispatch", _("Dispatch"), office=CENTRE),
    StepDef("contact", _("Contact the company"), after=("dispatch",)),
    StepDef("opinion", _("Give the opinion"), after=("contact",)),
    StepDef("solve", _("Handle and answer"), after=("opinion",)),
    StepDef("confirm", _("You confirm"), holder="applicant", after=("solve",)),
)

# Asking the company, consulting and testing stop none of these clocks, only parking does; the approved
# extension alone lengthens them (复杂、多层级诉求至 30 个工作日).
CLOCKS = (
    ClockDef(
        "dispatch",
        _("Dispatched by the centre"),
        starts=frozenset({"submit", "return_to_centre"}),
        stops=frozenset({"dispatch", "rule"}),
        office=CENTRE,
        step="dispatch",
    ),
    # What this desk has no power in (court, arbitration, 信访 …) is told at once, with the right body.
    ClockDef(
        "not_ours",
        _("You hear if it is not ours"),
        starts=frozenset({"submit"}),
        stops=frozenset({"dispatch", "rule", "refuse_acceptance"}),
        office=CENTRE,
        step="dispatch",
        optional=True,
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
        pauses=PARKS,
        on_redo="restart",
        extendable_to=30,
        # Arrears 拖欠账款 are handled in 30 days; complicated ones, on approval, in 90 at the longest
        # (保障中小企业款项支付条例, 国务院令第802号).
        extendable_in={"calendar_days": 90},
    ),
    # The company's own clock: no transfer and no return restarts it, and an answer that solves nothing
    # has not stopped it.
    ClockDef(
        "company",
        _("Solved, counted from your submission"),
        starts=frozenset({"submit"}),
        stops=frozenset({"sign_off"}),
        office=CENTRE,
        pauses=PARKS,
        on_redo="continue",
        extendable_to=30,
    ),
    # A co-handling office's own part 协办.
    ClockDef(
        "assist",
        _("The co-handling office does its part"),
        starts=frozenset({"join"}),
        stops=frozenset(),
        office=STEP,
        step="assist",
        public=False,
        optional=True,
    ),
    # 回访: the centre asks after the answer; the company's own word counts as much.
    ClockDef(
        "revisit",
        _("The centre asks whether it is solved"),
        starts=frozenset({"sign_off"}),
        stops=frozenset({"confirm", "redo", "revisit"}),
        office=CENTRE,
        public=False,
        optional=True,
    ),
    # The company's time to say whether it is solved. Silence closes the matter, and is never "solved".
    ClockDef(
        "word",
        _("You say whether it is solved"),
        starts=frozenset({"sign_off"}),
        stops=frozenset({"confirm", "redo"}),
        holder="applicant",
        optional=True,
    ),
    # A parked matter is looked at every quarter.
    ClockDef(
        "review",
        _("Parked: looked at again"),
        starts=frozenset({"park", "review_parked"}),
        stops=frozenset({"review_parked", "unpark", *LEAVES_OFFICE}),
        public=False,
        optional=True,
    ),
)


def keep_industry(case: Case) -> None:
    """Copy the company's industry of today: figures by industry must not move when the company does."""
    for industry in Company.objects.filter(party=case.applicant_id).values_list("industry", flat=True):
        DirectLineMatter.objects.filter(case=case).update(industry=industry)


DIRECT_LINE = register(
    CaseKind(
        code="direct-line",
        label=_("Direct line"),
        lead=_("Tell us what is wrong. We find the office, and you see who has it and until when."),
        prefix="ZT",
        form=DirectLineForm,
        detail="enterprises.DirectLineMatter",
        accessor="direct_line",
        joins=("direct_line__topic", "direct_line__town", "direct_line__urgency", "direct_line__industry"),
        verbs=frozenset(
            {
                "submit",
                "dispatch",
                "rule",
                "recall",
                "claim",
                "assign",
                "transfer",
                "return_to_centre",
                "contact",
                "give_opinion",
                "consult",
                "reply_consult",
                "join",
                "release",
                "draft_answer",
                "send_back",
                "sign_off",
                "extend",
                "confirm",
                "redo",
                "revisit",
                "rate",
                "ask_park",
                "refuse_park",
                "park",
                "review_parked",
                "unpark",
                "withdraw",
                "nudge",
                "escalate",
                "note",
                "message",
                "attach",
                "split",
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
            "rule": "dispatch",
            "contact": "contact",
            "give_opinion": "opinion",
            "draft_answer": "solve",
            "send_back": "solve",
            "sign_off": "solve",
            "extend": "solve",
            "confirm": "confirm",
            "revisit": "confirm",
            "ask_park": "solve",
            "park": "solve",
        },
        silence={"word": "fall_silent"},
        refuses=duties.REFUSES,
        offers={
            "return_to_centre.code": duties.return_reasons,
            "refuse_acceptance.rightful": outside.offered,
            "escalate.level": escalation.levels,
        },
        suggests={"dispatch": dispatching.suggested, "rule": dispatching.suggested},
        on_done=following.follow,
        overlays=duties.overlays,
        copies=duties.copy_part,
        handled_from="contact",
        undone_within=UNDONE_WITHIN,
        redo_steps={
            Case.Outcome.UNREACHED: ("contact", "opinion", "solve", "confirm"),
            "": ("solve", "confirm"),
        },
        # Closed for want of a word, it may still be said that nothing is solved.
        reopens=frozenset({Case.Outcome.UNREACHED, Case.Outcome.ANSWERED}),
        rights={"refuse_acceptance": frozenset({"dispatcher"}), "extend": frozenset({HEAD, LEADER})},
        extension_needs_proof=True,
        on_submit=keep_industry,
        masks={"contact_name": "name", "contact_phone": "phone"},
        searched=("direct_line__text",),
        detail_forms={"dispatch": "enterprises.forms.SortingForm"},
        follow_ups=FollowUps("enterprises.Revisit"),
        # An appeal against a bad review that was granted; the review is of the moment of the rating.
        void_ratings=Rows("enterprises.BadReview", "of", "case__submitted_at", {"counts": False}),
        card=company_card,
        asked=escalation.asked,
        panel=panel_of,
        dimensions=(
            ("topic", "direct_line__topic", _("Topic")),
            ("town", "direct_line__town", _("Town")),
            ("industry", "direct_line__industry", _("Industry")),
        ),
    )
)
