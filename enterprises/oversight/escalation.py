"""Putting a matter up the ladder 顶格协调: who may raise it how high, whom it reaches, the brief."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.text import Truncator
from django.utils.translation import gettext as _
from django.utils.translation import override

from enterprises.direct_line.short_lists import short_lists
from enterprises.models import EscalationBrief, EscalationLevel
from servicedesk.accounts.models import Office, User
from servicedesk.desk.errors import BadInput, NotAllowed
from servicedesk.desk.models import Case, Event
from servicedesk.desk.notices import tell
from servicedesk.desk.pdf import Paper
from servicedesk.desk.permissions import DISPATCHER, HEAD, SUPERVISOR, capacities, today, visible_to
from servicedesk.desk.registry import Words
from servicedesk.desk.verb_duty_forms import EscalateForm

if TYPE_CHECKING:
    from servicedesk.desk.actions.frame import Work

Raiser = EscalationLevel.Raiser
RAISERS = {
    Raiser.ANY: frozenset({HEAD, DISPATCHER, SUPERVISOR}),
    Raiser.CENTRE: frozenset({DISPATCHER, SUPERVISOR}),
    Raiser.SUPERVISOR: frozenset({SUPERVISOR}),
}
# What a brief must say; what is disputed may be nothing.
MOST = EscalateForm.BRIEF
NEEDED = ("title", "background", "done", "asked")


def levels(case: Case) -> list[tuple[str, Words]]:
    """Codes and titles of the levels, the lowest first."""
    return [(level.code, level.title) for level in short_lists(case)["escalationlevel"] if level.is_valid]


def asked(keys: list[int]) -> dict[int, str]:
    """What the latest brief about each of these cases asks."""
    rows = EscalationBrief.objects.filter(case__in=keys).order_by("at", "pk").values_list("case", "asked")
    return dict(rows)


def put_up(work: Work, event: Event) -> None:
    """Check what the level asks for, keep the brief, tell those it reaches. Without a level the matter went
    to the leader in charge, as the engine has it.

    Raises BadInput for what is missing and NotAllowed for whoever may not raise it so high."""
    code = event.params.get("level")
    if not code:
        return
    level = EscalationLevel.objects.filter(code=code, is_valid=True).select_related("office").first()
    if level is None:
        raise BadInput("no-level", _("There is no such level."), "level")
    _may_raise(level, work)
    if level.needs_brief:
        _complete(work.brief)
    people = reached(level, work.case, work.at)
    if not people:
        raise BadInput("nobody", _("Nobody serves there who may see the matter."), "level")
    if work.brief and work.by is not None:
        EscalationBrief.objects.create(
            case=work.case, level=level, by=work.by, at=work.at, **_cut(work.brief)
        )
    told = [user for user in people if user.pk != event.by_id]
    tell(event, told, "escalated", {"level": level, "office": work.case.office}, work.at)


def _may_raise(level: EscalationLevel, work: Work) -> None:
    """主要领导 and 推进委员会 are never called by an alarm or a rule: a named person answers for it."""
    if work.by is None:
        if level.named_only:
            raise NotAllowed("named-only", _("Only a named person puts a matter on this level."))
        return
    if not capacities(work.by, work.case, work.at) & RAISERS[Raiser(level.raised_by)]:
        words = _("This level may be called by: %(who)s.")
        raise BadInput("not-yours", words % {"who": level.get_raised_by_display()}, "level")


def _complete(brief: dict[str, str]) -> None:
    for name in NEEDED:
        if not brief.get(name, "").strip():
            raise BadInput("brief", _("This level needs a brief of one page."), name)


def _cut(brief: dict[str, str]) -> dict[str, str]:
    """Never longer than a page, whoever sends it."""
    return {name: brief.get(name, "").strip()[:most] for name, most in MOST.items()}


def reached(level: EscalationLevel, case: Case, at: datetime) -> list[User]:
    """Who holds the level's role at its office, and may see the matter."""
    office: Office = level.office or case.office
    found = User.objects.serving(office, level.role, today(at))
    return [user for user in found if visible_to(user, at).filter(pk=case.pk).exists()]


def paper(brief: EscalationBrief) -> bytes:
    """The brief as a PDF of one page, in Chinese whoever prints it."""
    with override(settings.LANGUAGE_CODE):
        found = Paper(brief.title, number=str(brief.case.number))
        found.facts(_facts(brief))
        parts = (
            (_("Background"), brief.background),
            (_("What was done"), brief.done),
            (_("What is disputed"), brief.disputed),
            (_("What is asked"), brief.asked),
        )
        rows = [(label, " ".join(text.split())) for label, text in parts if text]
        found.table([_("Item"), _("Content")], rows)
        return found.bytes()


def _facts(brief: EscalationBrief) -> list[tuple[Any, str]]:
    case = brief.case
    return [
        (_("Put before"), brief.level.title()),
        (_("Put up by"), f"{brief.by} · {date_format(timezone.localtime(brief.at), 'DATETIME_FORMAT')}"),
        (_("Matter"), Truncator(case.title).chars(40)),
        (_("Handling office"), case.office.title()),
    ]
