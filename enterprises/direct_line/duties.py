"""Whose duty a matter is: how often and how long an office may return it, when the centre rules, what a part
that was split off keeps of the whole, and which limits a topic or an urgency brings."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime

from django.utils.translation import gettext as _

from enterprises.direct_line.short_lists import short_lists
from enterprises.models import DirectLineMatter
from servicedesk.clock import Reckoning, Term
from servicedesk.desk.actions.sharing import helping
from servicedesk.desk.calendars import calendar_of, current_version
from servicedesk.desk.dossier import last_of
from servicedesk.desk.models import Case, Step
from servicedesk.desk.undoing import RECALLED
from servicedesk.desk.words import term_words

# Returned this often, a matter is dispatched no more: the centre rules (首接负责, default of the city).
RETURNS = 2


def returns(case: Case) -> int:
    """How often offices have returned the matter: each return opens the centre's step anew, and so does a
    dispatch that was undone, which is nobody's return."""
    steps = case.steps.all()
    opened = max((step.round for step in steps if step.code == "dispatch"), default=1) - 1
    return opened - sum(step.code == "contact" and step.outcome == RECALLED for step in steps)


def last_receipt(case: Case) -> Step | None:
    """The step with which the present office received the matter."""
    found = [step for step in case.steps.all() if step.code == "contact" and step.started_at is not None]
    return max(found, key=lambda step: step.round, default=None)


def may_not_dispatch(case: Case, at: datetime) -> str | None:
    """Returned twice, the matter needs the centre's ruling."""
    if returns(case) >= RETURNS:
        return _("It was returned %(n)d times. Rule whose duty it is.") % {"n": returns(case)}
    return None


def may_not_return(case: Case, at: datetime) -> str | None:
    """What the centre has ruled stays; otherwise a return has two working days from the receipt
    (山东省政务服务热线管理办法: 退单 within 2 working days, with a reason)."""
    receipt = last_receipt(case)
    if receipt is None or receipt.started_at is None:
        return None
    last = last_of(case, "dispatch", "rule", "transfer")
    if last is not None and last.verb == "rule":
        return _("The centre has ruled that this is your duty; it cannot be returned.")
    limit = case.opening.get("limits", {}).get("return")
    if limit is None:
        return None
    calendar = calendar_of(case.office_id, current_version())
    term = Term(limit["term"], limit["unit"], limit["rolls"], limit["ends"])
    due = Reckoning(calendar, receipt.started_at, term, (), ()).due()
    if due is not None and at > due:
        allowed = term_words(limit["term"], limit["unit"])
        return _("A matter can be returned within %(term)s of its receipt; that is over.") % {"term": allowed}
    return None


def may_not_answer(case: Case, at: datetime) -> str | None:
    """The handling office 主办 answers for all: not before its co-handlers have done their parts."""
    waiting = "、".join(str(step.office) for step in helping(case))
    return _("Still waiting for the part of: %(offices)s.") % {"offices": waiting} if waiting else None


def may_not_rate(case: Case, at: datetime) -> str | None:
    """Merged into an older one, it is that one's handling which is rated."""
    if case.outcome == Case.Outcome.MERGED:
        return _("This matter goes on in another one. Please rate that one.")
    return None


REFUSES: dict[str, Callable[[Case, datetime], str | None]] = {
    "dispatch": may_not_dispatch,
    "return_to_centre": may_not_return,
    "draft_answer": may_not_answer,
    "sign_off": may_not_answer,
    "rate": may_not_rate,
}


def return_reasons(case: Case) -> list[tuple[str, str]]:
    """Codes and titles of the reasons for a return, as rows have them."""
    return [(reason.code, reason.title) for reason in short_lists(case)["returnreason"] if reason.is_valid]


def overlays(case: Case) -> Iterator[str]:
    """Subjects whose limits go before the usual ones: first the topic's, then the urgency's."""
    matter = DirectLineMatter.objects.select_related("topic", "urgency").get(case=case)
    if matter.topic is not None:
        yield f"direct-line/topic/{matter.topic.code}"
    if matter.urgency is not None:
        yield f"direct-line/urgency/{matter.urgency.code}"


def copy_part(whole: Case, part: Case, text: str) -> None:
    """What a part keeps of the whole it was split from: who and where, and its own text."""
    matter = DirectLineMatter.objects.get(case=whole)
    matter.pk, matter.case, matter.text, matter.topic = None, part, text[:5000], None
    matter.rating, matter.rating_text, matter.rated_at = None, "", None
    matter._state.adding = True
    DirectLineMatter.objects.bulk_create([matter])
