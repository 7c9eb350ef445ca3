"""What is refused as an application for a stage is submitted, each with its sentence."""

from __future__ import annotations

from datetime import datetime

from django.utils.translation import gettext as _

from approvals.construction.conditions import unanswered
from approvals.construction.stages import Standing, licence_of, life_of, standings_of
from approvals.forms.papers import handed_in
from approvals.models import StageApplication
from servicedesk.desk.errors import BadInput, NotAllowed
from servicedesk.desk.wording import spoken


def check(application: StageApplication, at: datetime) -> None:
    """Raise NotAllowed or BadInput where this application may not be made now. The project is locked."""
    case, project = application.case, application.project
    if case.applicant_id != project.owner_id:
        raise NotAllowed(
            "not-owner", _("Only the owner of the project may apply for its construction permit.")
        )
    every = standings_of(project, at, besides=application)
    place = next((n for n, each in enumerate(every) if each.rule.code == application.stage_code), None)
    if place is None:
        raise BadInput("no-such-stage", _("This project has no such stage."))
    check_itself(application, every[place])
    for earlier in every[:place]:
        check_earlier(application, earlier)
    check_conditions(application)


def check_itself(application: StageApplication, standing: Standing) -> None:
    """One application at a time; a permit that stands is applied for anew only for another contractor."""
    other = standing.in_hand
    if other is not None:
        said = _("An application for this stage is under way already: %(number)s.")
        raise BadInput("open-already", said % {"number": other.case.number})
    if not standing.holds or standing.granted is None:
        return
    if same_contractor(application, standing.granted):
        said = _("The permit for this stage has been granted already: %(number)s.")
        raise BadInput("granted-already", said % {"number": licence_of(standing.granted).number})
    if life_of(standing.granted) is None:
        said = _(
            "The permit for this stage has been granted but not delivered; it can be replaced afterwards."
        )
        raise BadInput("not-delivered", said)


def check_earlier(application: StageApplication, earlier: Standing) -> None:
    """A later stage needs the earlier one granted (not finished), still standing, for the same contractor."""
    stage = {"stage": str(earlier.rule)}
    if earlier.has_lapsed:
        said = _(
            "The permit for “%(stage)s” has lapsed by law, because works did not begin in time"
            " (Construction Law, art. 9). Apply for that stage anew first."
        )
        raise BadInput("lapsed", said % stage)
    if earlier.granted is None:
        said = _("The permit for “%(stage)s” must be granted before this stage can be applied for.")
        raise BadInput("not-granted", said % stage)
    if not same_contractor(application, earlier.granted):
        said = _(
            "The permit for “%(stage)s” was granted for another general contractor, %(name)s. Where the"
            " contractor changes, the permit is applied for anew (Measures on Construction Permits, art. 5):"
            " begin with that stage."
        )
        raise BadInput("other-contractor", said % (stage | {"name": earlier.granted.contractor}))


def same_contractor(one: StageApplication, other: StageApplication) -> bool:
    return one.contractor_number == other.contractor_number


def check_conditions(application: StageApplication) -> None:
    item = application.case.opening["item"]
    found = unanswered(item, application.answers, handed_in(application.case))
    if found is not None:
        said = _(
            "“%(condition)s”: this must hold, and its paper be handed in, before the stage is applied for."
        )
        raise BadInput("condition", said % {"condition": spoken(found)})
