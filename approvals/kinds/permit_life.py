"""The life of a construction permit from its delivery: the owner begins works within three months, or asks
for more time before they run out, twice at most and three months at a time; else the permit lapses by law
自行废止 (建筑法 9, 建筑工程施工许可管理办法 8)."""

from __future__ import annotations

from datetime import datetime

from django import forms
from django.utils.translation import gettext_lazy as _

from approvals.construction.lives import KIND, START, keep_start
from approvals.models import PermitLife
from enterprises.card import company_card
from servicedesk.accounts.models import User
from servicedesk.desk.actions.frame import Work
from servicedesk.desk.actions.law import LAPSE
from servicedesk.desk.models import Case, Event
from servicedesk.desk.permissions import HEAD
from servicedesk.desk.registry import CaseKind, ClockDef, Panel, StepDef, register

# Three months, and two extensions of up to three: nine at most without works (建筑法 9).
LONGEST, MOST_TIMES, AT_A_TIME = 9, 2, 3


class PermitForm(forms.ModelForm):
    """What the pages show of a permit; nobody fills it in."""

    class Meta:
        model = PermitLife
        fields = ("number", "project", "works_began_on")


def done(work: Work, event: Event) -> None:
    if work.verb == "report":
        keep_start(work, event)


def panel(case: Case, reader: User | None, at: datetime) -> Panel | None:
    permit = getattr(case, "permit", None)
    if reader is None or permit is None:
        return None
    context = {
        "project": permit.project,
        "licence": getattr(permit.application, "licence", None),
        "has_lapsed": case.outcome == Case.Outcome.LAPSED,
    }
    return Panel("approvals/projects/panel.html", context)


PERMIT_LIFE = register(
    CaseKind(
        code=KIND,
        label=_("Life of a construction permit"),
        prefix="XK",
        form=PermitForm,
        detail="approvals.PermitLife",
        accessor="permit",
        receives="xzspj",
        verbs=frozenset(
            {
                "submit",
                "accept",
                "claim",
                "assign",
                "report",
                "ask_extension",
                "extend",
                "refuse_extension",
                "redo",
                "close",
                "message",
                "note",
                "attach",
                "link",
            }
        ),
        steps=(StepDef(START, _("Works begin"), holder="applicant"),),
        clocks=(
            # A term within which something is to be done: its last day rolls to a working day (民法典 203),
            # unlike a licence's validity; and it is the owner's until midnight, whenever the office closes.
            ClockDef(
                START,
                _("Works begin, or more time is asked for"),
                starts=frozenset({"submit"}),
                stops=frozenset({f"{START}:done"}),
                step=START,
                extendable_to=LONGEST,
                most_extensions=MOST_TIMES,
                longest_extension=AT_A_TIME,
                holder="applicant",
            ),
        ),
        by_law={START: LAPSE},
        ends_with_steps=True,
        # Works may have begun in time and nobody have reported it: then the head takes the lapse back.
        reopens=frozenset({Case.Outcome.LAPSED}),
        redo_steps={"": (START,)},
        states={"redo": frozenset({Case.State.CLOSED})},
        rights={
            "extend": frozenset({HEAD}),
            "refuse_extension": frozenset({HEAD}),
            "redo": frozenset({HEAD}),
            # Only a permit that takes its place closes it.
            "close": frozenset(),
        },
        startable=False,
        on_done=done,
        panel=panel,
        card=company_card,
        searched=("permit__number", "permit__project__code", "permit__project__name"),
        tells={
            "submit": _(
                "Your construction permit has been delivered. Works must begin within its term, or more time"
                " be asked for before the term ends; else it lapses by law:"
            ),
            "extend": _("The time you asked for has been granted. The reason:"),
            "redo": _(
                "The lapse has been taken back. Please report the day on which works began. The reason:"
            ),
        },
    )
)
