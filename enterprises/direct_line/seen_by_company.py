"""Parts of the direct line's panel for the company: who shares its matter, what it waits for, what belongs to
it, and that the centre will ask."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.utils.translation import gettext_lazy as _

from enterprises.direct_line.reading import reading
from enterprises.models import RevisitLink
from servicedesk.accounts.models import User
from servicedesk.desk.dossier import dossier_of
from servicedesk.desk.models import Case, Link, Promise
from servicedesk.desk.registry import Words

# What another matter is to this one: by the link from here, and by the link to here.
FROM_HERE: dict[str, Words] = {
    Link.Sort.MERGED: _("It goes on in"),
    Link.Sort.SPLIT: _("It was part of"),
    Link.Sort.DUPLICATE: _("The same as"),
    Link.Sort.RELATED: _("Belongs to"),
}
TO_HERE: dict[str, Words] = {
    Link.Sort.MERGED: _("Merged into this one"),
    Link.Sort.SPLIT: _("A part of it"),
    Link.Sort.DUPLICATE: _("The same as"),
    Link.Sort.RELATED: _("Belongs to"),
}


def shared(case: Case, reader: User | None, at: datetime) -> dict[str, Any] | None:
    """The offices that have the matter together: one answers, the others do their parts."""
    found = list(reading(case).helpers())
    return {"office": case.office, "rows": found} if found else None


def waits(case: Case, reader: User | None, at: datetime) -> dict[str, Any] | None:
    """Until when it is parked and why, beside what was promised first, which it does not keep."""
    pause = reading(case).parked(at)
    if pause is None:
        return None
    told = Promise.objects.filter(clock__case=case, clock__public=True, clock__code="company")
    first = told.exclude(due_at=None).order_by("pk").first()
    return {"pause": pause, "first": first, "reason": pause.reason if reader is not None else ""}


def asked(case: Case, reader: User | None, at: datetime) -> dict[str, Any] | None:
    """That the centre asks after the answer, and the one-time link that was sent."""
    seen = reading(case)
    if case.state != Case.State.DECIDED or not seen.waits_for("confirm"):
        return None
    link = RevisitLink.objects.filter(case=case).order_by("-round").first()
    return {
        "link": link,
        "is_open": bool(link and link.used_at is None and (link.expires_at is None or link.expires_at > at)),
        "word": seen.running("word"),
        "now": at,
    }


def related(case: Case, reader: User | None, at: datetime) -> dict[str, Any] | None:
    """Its parts after a split, the one it was merged into and the like: those that are the reader's own."""
    if reader is None:
        return None
    own = [each for each in dossier_of(case).tied if each.seen and (each.from_it or each.to_it)]
    rows = [(_tie(each), each) for each in sorted(own, key=lambda each: each.pk)]
    into = next((each for each in own if each.from_it == Link.Sort.MERGED), None)
    others = [(words, each) for words, each in rows if each != into]
    return {"rows": others, "into": into} if rows else None


def _tie(other: Any) -> Words:
    """The link that leads here says more than the one that leads away, where there are both."""
    return TO_HERE[other.to_it] if other.to_it else FROM_HERE[other.from_it]
