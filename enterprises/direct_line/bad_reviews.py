"""From a bad rating to a matter of its own, and what an appeal does to the rating."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import override

from enterprises.models import BadReview
from servicedesk.desk import actions
from servicedesk.desk.actions.revisiting import CONTENT
from servicedesk.desk.models import Case, Event, Link

if TYPE_CHECKING:
    from servicedesk.desk.actions.frame import Work

KIND = "bad-review"


def follow_up(work: Work, event: Event) -> None:
    """Open a matter for a bad rating, one at a time for each matter rated."""
    level = event.params["level"]
    if level >= CONTENT or Case.objects.open().filter(kind=KIND, bad_review__of=work.case).exists():
        return
    with override(settings.LANGUAGE_CODE):
        title = _("Bad review of %(number)s") % {"number": work.case.number}

    def detail(case: Case) -> BadReview:
        return BadReview.objects.create(case=case, of=work.case, level=level, text=event.body)

    made = actions.institute(
        KIND,
        applicant=work.case.applicant,
        about=work.case.about,
        office=work.case.office,
        officer=work.case.officer,
        at=work.at,
        title=title,
        detail=detail,
    )
    Link.objects.create(case=made, to=work.case, sort=Link.Sort.RELATED)


def settle_appeal(work: Work, event: Event) -> None:
    """A review found mistaken counts no more."""
    if work.verb == "grant_appeal":
        BadReview.objects.filter(case=work.case).update(counts=False)
