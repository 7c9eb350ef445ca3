"""What a file does to the limits: a new row from its day, the former one ended the day before. A limit that
is in force, or was, is never edited: running cases and their statements rest on it."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from approvals.catalogue.editions import Change, Refused
from approvals.catalogue.facts import LIMIT, Facts, completed, day_before, differing, limit_facts
from approvals.catalogue.shape import said
from servicedesk.desk.models import Limit

# What a limit says, apart from when.
SAYS = [name for name in LIMIT if name not in {"valid_from", "valid_until"}]


def write(row: Facts, on: date, today: date) -> Change | None:
    """Write the limit; return what changed, or None. Raises Refused."""
    known = list(
        Limit.objects.select_for_update()
        .filter(subject=row["subject"], clock=row["clock"])
        .order_by("valid_from")
    )
    stated = row.get("valid_from")
    standing = _standing(known, stated or on)
    full = completed(row, LIMIT, limit_facts(standing) if standing else None)
    if standing and not _differs(full, standing) and (stated is None or stated == standing.valid_from):
        return _ended(row, standing, known, today)
    day = stated or on
    same = next((each for each in known if each.valid_from == day), None)
    if same is not None:
        return _corrected(full, same, known, today)
    if day < today and known:
        words = _("A limit cannot be changed back to %(day)s; give the new one a day from today on.")
        raise Refused(said(_called(row), "valid_from", words % {"day": day.isoformat()}))
    return _added(full, day, known)


def _called(row: Facts) -> str:
    return f"{row['subject']}.{row['clock']}"


def _standing(known: list[Limit], day: date) -> Limit | None:
    """The row in force on that day."""
    return next(
        (
            each
            for each in reversed(known)
            if each.valid_from <= day and (each.valid_until is None or each.valid_until >= day)
        ),
        None,
    )


def _differs(full: Facts, standing: Limit) -> list[str]:
    return [name for name in differing(full, limit_facts(standing)) if name in SAYS]


def _change(row: Facts, did: str, day: date | None, before: Facts, after: Facts) -> Change:
    shown = [name for name in LIMIT if before.get(name) != after.get(name)]
    return Change("limit", _called(row), did, day, shown, before, after)


def _corrected(full: Facts, same: Limit, known: list[Limit], today: date) -> Change | None:
    """A row of the same day: what has not begun may still be corrected."""
    changed = _differs(full, same)
    if not changed:
        return _ended(full, same, known, today)
    if same.valid_from <= today:
        words = _("The limit in force since %(day)s is not rewritten; give the new one a later day.")
        raise Refused(said(_called(full), "valid_from", words % {"day": same.valid_from.isoformat()}))
    before = limit_facts(same)
    Limit.objects.filter(pk=same.pk).update(**{name: full[name] for name in SAYS})
    return _change(full, "correct", same.valid_from, before, {**before, **{n: full[n] for n in SAYS}})


def _ended(row: Facts, standing: Limit, known: list[Limit], today: date) -> Change | None:
    if "valid_until" not in row:
        return None
    until = _not_beyond_the_next(row["valid_until"], standing, known)
    if until == standing.valid_until:
        return None
    if until is not None and until < max(day_before(today), standing.valid_from):
        raise Refused(said(_called(row), "valid_until", _("A limit cannot end in the past.")))
    before = limit_facts(standing)
    Limit.objects.filter(pk=standing.pk).update(valid_until=until)
    return _change(row, "end", until, before, {**before, "valid_until": until})


def _not_beyond_the_next(until: date | None, standing: Limit, known: list[Limit]) -> date | None:
    later = [day_before(each.valid_from) for each in known if each.valid_from > standing.valid_from]
    return min([*([until] if until else []), *later], default=None)


def _added(full: Facts, day: date, known: list[Limit]) -> Change:
    """A row from `day`, between the one before it and the one after it."""
    former = next((each for each in reversed(known) if each.valid_from < day), None)
    later = next((each for each in known if each.valid_from > day), None)
    until = min(filter(None, [full["valid_until"], later and day_before(later.valid_from)]), default=None)
    before: dict[str, Any] = limit_facts(former) if former else {}
    if former and (former.valid_until is None or former.valid_until >= day):
        Limit.objects.filter(pk=former.pk).update(valid_until=day_before(day))
    after = {**full, "valid_from": day, "valid_until": until}
    Limit.objects.create(**after)
    return _change(full, "edition" if former else "add", day, before, after)
