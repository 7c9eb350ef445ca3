"""Watching a case 关注: who does hears in the app of what is told to the applicant and of every change of its
state. It is nobody's duty and gives no right: whoever loses sight of the case watches it no more."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from servicedesk.accounts.models import User
from servicedesk.desk.colleagues import sees
from servicedesk.desk.errors import NotAllowed
from servicedesk.desk.models import Case, Event, Notice, Watch
from servicedesk.desk.notices import tell

if TYPE_CHECKING:
    from servicedesk.desk.actions.frame import Work

SHOWN = 8


def watch(case: Case, *, by: User, at: datetime) -> None:
    """Let the user watch the case; nothing where they do. Raises NotAllowed for whoever may not see it."""
    if not sees(by, case, at):
        raise NotAllowed("not-allowed", _("This is not yours to do on this matter."))
    Watch.objects.get_or_create(case=case, user=by, defaults={"since": at})


def unwatch(case: Case, *, by: User) -> None:
    Watch.objects.filter(case=case, user=by).delete()


def spread(work: Work, event: Event) -> None:
    """Tell those who watch the case of what just happened to it, last of all: nobody hears of it twice."""
    if work.verb == "submit" or not (event.public or "state" in event.params or "office" in event.params):
        return
    rows = list(Watch.objects.filter(case=work.case).select_related("user").order_by("pk"))
    lost = [row for row in rows if not sees(row.user, work.case, work.at)]
    if lost:
        Watch.objects.filter(pk__in=[row.pk for row in lost]).delete()
    if not rows:
        return
    heard = set(Notice.objects.filter(event=event).values_list("recipient", flat=True)) | {event.by_id}
    told = [row.user for row in rows if row not in lost and row.user_id not in heard]
    if told:
        tell(event, told, "watched", {"office": work.case.office}, work.at)


def watched_by(user: User, cases: list[int]) -> set[int]:
    """Which of these cases the user watches."""
    return set(Watch.objects.filter(user=user, case__in=cases).values_list("case", flat=True))
