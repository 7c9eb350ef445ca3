"""The promise over the whole stands still while a part waits for papers from the applicant, and no longer."""

from __future__ import annotations

from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import override

from approvals.bundles.offered import LICENCE
from servicedesk.desk import actions
from servicedesk.desk.actions.frame import Work
from servicedesk.desk.models import Case, Event
from servicedesk.desk.wording import spoken

BUNDLE = "bundle"
# Category of the pause: waiting for papers.
PAPERS = "supplement"
REGISTRATION_LAW = "《中华人民共和国市场主体登记管理条例》第十九条"


def keep_time(work: Work, event: Event) -> None:
    """Stop or restart the promise over the whole after what befell a part of it."""
    part = work.case
    if part.parent_id is None or "state" not in event.params:
        return
    whole = Case.objects.get(pk=part.parent_id)
    if whole.kind != BUNDLE or whole.state == Case.State.CLOSED:
        return
    waits = Case.objects.filter(parent=whole, state=Case.State.SUPPLEMENTING).exists()
    stands = whole.pauses.filter(category=PAPERS, until=None).exists()
    if waits and not stands:
        reason, basis = _reason(part), _basis(part, whole)
        actions.pause(whole, by=None, at=work.at, category=PAPERS, reason=reason, basis=basis)
    elif stands and not waits:
        actions.resume(whole, by=None, at=work.at, category=PAPERS)


def _reason(part: Case) -> str:
    # As the record is kept.
    with override(settings.LANGUAGE_CODE):
        name = spoken(part.opening["item"]["name"])
        return _("%(item)s: papers are missing") % {"item": name}


def _basis(part: Case, whole: Case) -> str:
    """Of the registration the regulation itself (incomplete papers are told at once, and handed in anew); of
    any other part what the promise rests on."""
    if part.opening["item_code"] == LICENCE:
        return REGISTRATION_LAW
    kept = whole.opening.get("limits", {}).get("promised", {})
    return str(kept.get("basis") or spoken(whole.opening["bundle"]["name"], settings.LANGUAGE_CODE))
