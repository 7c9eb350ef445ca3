"""企业认领: somebody claims a company; the centre checks licence and legal representative within a working
day. Where the company has an owner already, the owner is heard first."""

from __future__ import annotations

from datetime import datetime

from django.utils.translation import gettext_lazy as _

from enterprises.claims.granting import CONTESTED, HEAR, follow, look_up
from enterprises.claims.panel import claim_panel
from enterprises.claims_forms import ClaimForm
from servicedesk.accounts.models import User
from servicedesk.desk.models import Case, Party
from servicedesk.desk.permissions import DISPATCHER, HEAD, HOLDER
from servicedesk.desk.registry import CENTRE, CaseKind, ClockDef, Opening, Panel, StepDef, register

CENTRE_CHECKS = frozenset({DISPATCHER, HOLDER, HEAD})

HEARING = StepDef(HEAR, _("The present owners are heard"), office=CENTRE)
CHECK = ClockDef(
    "check",
    _("The centre decides on your claim"),
    starts=frozenset({"check:started", "supplement"}),
    stops=frozenset({"check:done", "ask_supplement"}),
    office=CENTRE,
    step="check",
)
HEARING_CLOCK = ClockDef(
    HEAR,
    _("The present owners may object"),
    starts=frozenset({"hear:started"}),
    stops=frozenset({"hear:done"}),
    office=CENTRE,
    step=HEAR,
)


def steps_of(opening: Opening) -> tuple[StepDef, ...]:
    contested = bool(opening.get(CONTESTED))
    check = StepDef(
        "check", _("The centre checks the claim"), office=CENTRE, after=(HEAR,) if contested else ()
    )
    return (HEARING, check) if contested else (check,)


def clocks_of(opening: Opening) -> tuple[ClockDef, ...]:
    return (HEARING_CLOCK, CHECK) if opening.get(CONTESTED) else (CHECK,)


def panel_of(case: Case, reader: User | None, at: datetime) -> Panel | None:
    return claim_panel(case, reader, at)


COMPANY_CLAIM = register(
    CaseKind(
        code="company-claim",
        label=_("Claim of a company"),
        lead=_("Show us the licence and who the legal representative is. Add a photo of the licence below."),
        prefix="RL",
        form=ClaimForm,
        detail="enterprises.CompanyClaim",
        accessor="company_claim",
        applicants=lambda opening: frozenset({Party.Sort.PERSON.value}),
        verbs=frozenset(
            {
                "submit",
                "ask_supplement",
                "supplement",
                "complete",
                "decide",
                "withdraw",
                "note",
                "message",
                "attach",
            }
        ),
        steps=steps_of,
        clocks=clocks_of,
        at_step={"complete": HEAR, "ask_supplement": "check", "decide": "check"},
        ends_with_steps=True,
        rights={
            "ask_supplement": CENTRE_CHECKS,
            "complete": CENTRE_CHECKS,
            "decide": CENTRE_CHECKS,
        },
        detail_forms={"decide": "enterprises.claims_forms.CheckedForm"},
        comes_next=(
            _("Have a code sent to the legal representative from the page of your claim, and type it there."),
            _("The centre compares licence and register, hears a present owner if any, and decides."),
            _("You are told the decision and its reasons. Granted, the company stands under “My companies”."),
        ),
        on_submit=look_up,
        on_done=follow,
        panel=panel_of,
        masks={"representative_name": "name", "representative_phone": "phone"},
        searched=("company_claim__name", "company_claim__uscc"),
        tells={
            "submit": _(
                "We have received your claim. Until it is decided you see only what you file yourself."
            ),
            "complete": _("The present owners have been heard; the centre decides now."),
            "decide": _("Your claim has been decided. The reasons:"),
        },
    )
)
