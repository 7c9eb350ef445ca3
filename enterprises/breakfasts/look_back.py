"""What follows a promise that was struck off: two looks back, and their end when it is taken up again."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import override

from enterprises.models import LookBackMatter
from servicedesk.accounts.models import Office
from servicedesk.desk import actions
from servicedesk.desk.models import Case, Event, Link
from servicedesk.desk.registry import CENTRE

if TYPE_CHECKING:
    from servicedesk.desk.actions.frame import Work

KIND = "look-back"


def look_after(work: Work, event: Event) -> None:
    """Called at the end of every verb on a promise, in its transaction."""
    case = work.case
    if work.verb == "redo":
        end_looks(case, work)
    elif event.params.get("state") == Case.State.CLOSED and case.outcome == Case.Outcome.SOLVED:
        for turn in LookBackMatter.Turn:
            open_look(case, turn, work)


def open_look(promise: Case, turn: LookBackMatter.Turn, work: Work) -> Case:
    """A look-back of its own, with the centre, due when the row of its turn says."""
    matter = getattr(promise, "promise_matter", None)
    rounds = 1 + promise.events.filter(verb="redo").count()

    def detail(case: Case) -> LookBackMatter:
        text = matter.text if matter is not None else promise.title
        return LookBackMatter.objects.create(case=case, promise=promise, round=rounds, turn=turn, text=text)

    with override(settings.LANGUAGE_CODE):
        title = _("Look back at %(number)s: %(title)s") % {"number": promise.number, "title": promise.title}
    case = actions.institute(
        KIND,
        applicant=promise.applicant,
        about=promise.about,
        office=Office.objects.get(code=CENTRE),
        at=work.at,
        title=title,
        opening={"turn": turn.value},
        detail=detail,
    )
    # Whoever opens one of the two on the desk finds the other beside it.
    actions.link(case, by=None, at=work.at, to=promise, sort=Link.Sort.RELATED)  # type: ignore[arg-type]
    return case


def end_looks(promise: Case, work: Work) -> None:
    """What is being worked on again needs no look back; it is looked at anew after the next strike-off."""
    open_ = Case.objects.open().filter(look_back__promise=promise).order_by("pk")
    with override(settings.LANGUAGE_CODE):
        reason = _("The promise was taken up again: %(number)s.") % {"number": promise.number}
    for case in open_:
        actions.close(case, by=None, at=work.at, outcome=Case.Outcome.COMPLETED, reason=reason)
