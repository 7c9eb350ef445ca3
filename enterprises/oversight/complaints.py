"""Complaints about an office: to whom they go, and direct-line matters that turn out to be one."""

from __future__ import annotations

from datetime import datetime

from django.conf import settings
from django.core.files.base import File
from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import override

from enterprises.models import ComplaintMatter, DirectLineMatter
from enterprises.models.complaint import handler_of
from servicedesk.accounts.models import Office, User
from servicedesk.desk import actions
from servicedesk.desk.actions.locking import lock
from servicedesk.desk.errors import BadInput, NotAllowed
from servicedesk.desk.files import Checked, open_stored, store
from servicedesk.desk.models import Attachment, Case, Link
from servicedesk.desk.permissions import DISPATCHER, SUPERVISOR, capacities, subject_to, today

KIND, OF = "complaint", "direct-line"
# Such a matter may be taken for a complaint as long as it is not answered.
EARLY = frozenset({Case.State.SUBMITTED, Case.State.ACCEPTED})


def send_on(case: Case) -> None:
    """As it is submitted: hide it from the office it is about, and give it to whom the rows name.

    Raises BadInput where no row names an office that may have it."""
    complaint = ComplaintMatter.objects.select_related("office").get(case=case)
    office = complaint.office
    if office is None:
        raise BadInput("required", _("Say which office it is about."), "office")
    case.against = office
    case.office = receiver_of(office, case.opened_at)


def receiver_of(office: Office, at: datetime) -> Office:
    """Who handles a complaint about the office. Raises BadInput where no row names one that may."""
    found = handler_of(office, today(at))
    if found is None:
        raise BadInput("no-route", _("No office is set that may handle complaints about this one."), "office")
    return found


def may_recognise(user: User, matter: Case, at: datetime) -> bool:
    """Whether the user may treat the matter as a complaint about some office."""
    if matter.kind != OF or matter.state not in EARLY:
        return False
    return bool(capacities(user, matter, at) & {DISPATCHER, SUPERVISOR})


@transaction.atomic
def recognise(matter: Case, *, by: User, at: datetime, office: Office) -> Case:
    """Treat a direct-line matter as a complaint about the office: a complaint with the same words and files
    goes to whom the rows name, and the matter ends in it, hidden from the office from here on. Returns the
    complaint.

    Nobody does this for an office of their own: a complaint about the centre is not the centre's to judge."""
    matter = lock(matter)
    if not may_recognise(by, matter, at):
        raise NotAllowed("not-allowed", _("This is not yours to do on this matter."))
    if office.pk in subject_to(by, today(at)):
        raise BadInput(
            "own-office", _("You serve at this office: let the supervision office do it."), "office"
        )
    said = DirectLineMatter.objects.get(case=matter)
    receiver = receiver_of(office, at)

    def detail(case: Case) -> ComplaintMatter:
        return ComplaintMatter.objects.create(
            case=case,
            office=office,
            text=said.text,
            contact_name=said.contact_name,
            contact_phone=said.contact_phone,
        )

    complaint = actions.institute(
        KIND,
        applicant=matter.applicant,
        about=matter.about,
        office=receiver,
        at=at,
        by=by,
        title=matter.title,
        detail=detail,
        accepted=False,
    )
    _copy_files(matter, complaint)
    with override(settings.LANGUAGE_CODE):
        words = _("It is handled as a complaint about an office, under the number %(number)s.")
        reason = words % {"number": complaint.number}
    actions.link(complaint, by=None, at=at, to=matter, sort=Link.Sort.RELATED)  # type: ignore[arg-type]
    actions.close(matter, by=None, at=at, outcome=Case.Outcome.MERGED, reason=reason, against=office)
    return complaint


def _copy_files(matter: Case, complaint: Case) -> None:
    """The complaint has the same files, each with bytes of its own: one may be erased before the other."""
    rows = list(Attachment.objects.filter(case=matter, public=True, state=Attachment.State.STORED))
    for row in rows:
        with open_stored(row) as stream:
            row.path = store(Checked(row.name, row.mime, row.sha256, row.size, File(stream)))
        row.pk, row.case, row.message = None, complaint, None
        row._state.adding = True
    Attachment.objects.bulk_create(rows)
