"""Parts of the direct line's panel for the desk: whose duty it is, who helps, what waits, what was said."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from enterprises.direct_line import rulings
from enterprises.direct_line.dispatching import suggested
from enterprises.direct_line.duties import RETURNS
from enterprises.direct_line.reading import reading
from enterprises.direct_line.short_lists import short_lists
from enterprises.models import Revisit, RevisitLink
from servicedesk.accounts.models import User
from servicedesk.desk.actions.parking import asked_for
from servicedesk.desk.actions.working import ATTEMPTS
from servicedesk.desk.dossier import dossier_of
from servicedesk.desk.models import Attachment, Case, Link


def suggestion(case: Case, reader: User | None, at: datetime) -> dict[str, Any] | None:
    """Whom the rules name while the matter waits to be dispatched."""
    if not reading(case).waits_for("dispatch"):
        return None
    found = suggested(case, at)
    if found is None:
        return {"office": None}
    return {"office": dossier_of(case).offices[found[0]["office"]], "why": found[1]}


def returns(case: Case, reader: User | None, at: datetime) -> dict[str, Any] | None:
    """Every return with its reason; twice returned, the arguments stand side by side and a ruling is due."""
    seen = reading(case)
    found = seen.returned()
    if not found:
        return None
    titles = {reason.code: reason.title for reason in short_lists(case)["returnreason"]}
    ruled = seen.last("rule")
    return {
        "rows": [(said, titles.get(said.reason, "")) for said in found],
        "is_disputed": len(found) >= RETURNS,
        "needs_ruling": len(found) >= RETURNS and ruled is None,
        "ruled": ruled,
        "ruled_to": seen.offices.get(ruled.params["to"]) if ruled else None,
    }


def precedents(case: Case, reader: User | None, at: datetime) -> dict[str, Any] | None:
    """What was ruled on the same topic, while whose duty it is may be in question."""
    seen = reading(case)
    if not seen.waits_for("dispatch") and not seen.of("return_to_centre"):
        return None
    found = rulings.precedents(case)
    return {"rows": found} if found else None


def helpers(case: Case, reader: User | None, at: datetime) -> dict[str, Any] | None:
    found = list(reading(case).helpers())
    return {"rows": found, "office": case.office, "now": at} if found else None


def parked(case: Case, reader: User | None, at: datetime) -> dict[str, Any] | None:
    """Until when it waits and who let it; or that somebody has asked for it."""
    seen = reading(case)
    pause, wanted = seen.parked(at), asked_for(case)
    if pause is None and wanted is None:
        return None
    return {
        "pause": pause,
        "approved": seen.last("park") if pause else None,
        "wanted": wanted,
        "asked": seen.last("ask_park") if wanted else None,
        "review": seen.running("review") if pause else None,
        "reviewed": seen.last("review_parked") if pause else None,
        "now": at,
    }


def merged(case: Case, reader: User | None, at: datetime) -> dict[str, Any] | None:
    """What was said in matters merged into this one: it is answered here. Files are listed as links for who
    may have them. One that is against an office this one is not against stays closed."""
    read = dossier_of(case)
    into = next((each for each in read.near if each.from_it == Link.Sort.MERGED and each.seen), None)
    rows = sorted((each for each in read.merged if hasattr(each, "direct_line")), key=lambda each: each.pk)
    if not read.merged and into is None:
        return None
    files: dict[int, list[Attachment]] = {}
    for file in read.files:
        if file.state == Attachment.State.STORED:
            files.setdefault(file.case_id, []).append(file)
    return {"into": into, "rows": [(each.direct_line, files.get(each.pk, [])) for each in rows]}


def revisits(case: Case, reader: User | None, at: datetime) -> dict[str, Any] | None:
    """Every follow-up with what was said, how often nobody answered, and what became of the link."""
    if not any(step.code == "confirm" and step.started_at for step in reading(case).steps):
        return None
    rows = list(Revisit.objects.filter(case=case).select_related("by"))
    link = RevisitLink.objects.filter(case=case).order_by("-round").first()
    if not rows and link is None:
        return None
    latest = max((row.round for row in rows), default=0)
    tries = [row for row in rows if row.round == latest and row.result == Revisit.Result.UNREACHED]
    return {
        "rows": rows,
        "tries": len(tries),
        "attempts": ATTEMPTS,
        "link": link,
        "is_over": bool(link and link.used_at is None and link.expires_at and link.expires_at <= at),
    }
