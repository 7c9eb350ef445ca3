"""Looking again 回头看 at a promise that was struck off: is it still kept? If not, the centre takes the
promise itself up again, and this look is over."""

from __future__ import annotations

from datetime import datetime

from django.utils.translation import gettext_lazy as _

from enterprises.breakfast_forms import LookBackForm
from enterprises.card import company_card
from enterprises.models import LookBackMatter
from servicedesk.accounts.models import User
from servicedesk.desk.models import Case
from servicedesk.desk.permissions import DISPATCHER
from servicedesk.desk.registry import CENTRE, CaseKind, ClockDef, Opening, Panel, StepDef, register


def clocks_of(opening: Opening) -> tuple[ClockDef, ...]:
    """One clock; after how many months it is due say the rows of the first and of the second look-back."""
    return (
        ClockDef(
            "look_back",
            _("We look at it again"),
            starts=frozenset({"submit"}),
            stops=frozenset({"look:done"}),
            office=CENTRE,
            step="look",
            limit=opening.get("turn", LookBackMatter.Turn.FIRST.value),
        ),
    )


def panel_of(case: Case, reader: User | None, at: datetime) -> Panel | None:
    """What was promised, and where to go if it is not kept; nothing without its detail, or for a stranger."""
    matter = getattr(case, "look_back", None)
    if matter is None or reader is None:
        return None
    facts = {"text": matter.text, "promise": matter.promise, "is_open": case.state != Case.State.CLOSED}
    return Panel("enterprises/breakfasts/look_back_panel.html", facts)


LOOK_BACK = register(
    CaseKind(
        code="look-back",
        label=_("Look-back"),
        prefix="HT",
        form=LookBackForm,
        detail="enterprises.LookBackMatter",
        accessor="look_back",
        verbs=frozenset(
            {"submit", "claim", "assign", "complete", "message", "note", "attach", "link", "close"}
        ),
        steps=(StepDef("look", _("Look whether it is still kept"), office=CENTRE),),
        clocks=clocks_of,
        ends_with_steps=True,
        rights={"complete": frozenset({DISPATCHER})},
        startable=False,
        tells={
            "submit": _("We will look again whether the promise is kept. If it is not, write to us here."),
            "complete": _("We have looked again: the promise is kept."),
        },
        panel=panel_of,
        searched=("look_back__text",),
        card=company_card,
    )
)
