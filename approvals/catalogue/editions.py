"""What a row of a file does to the editions of its code: nothing, a new one, a correction of one that has not
begun, a draft. Editions in force are never rewritten; a case may rest on them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.apps import apps
from django.utils.translation import gettext as _

from approvals.catalogue import rows
from approvals.catalogue.facts import (
    BUNDLE,
    EDITION,
    ITEM,
    Facts,
    bundle_facts,
    completed,
    day_before,
    differing,
    item_facts,
)
from approvals.catalogue.shape import said
from approvals.models import Bundle, ServiceItem, Stage
from servicedesk.accounts.models import Office


@dataclass(frozen=True)
class Shelf:
    """One of the two tables with editions, and how its rows are read and written."""

    name: str
    model: Any
    table: dict[str, tuple[str, Any]]
    facts_of: Callable[[Any], Facts]
    add: Callable[..., Any]

    def editions(self, code: str) -> list[Any]:
        """Every edition of a code, the newest first, locked until the end of the transaction."""
        return list(self.model.objects.select_for_update().filter(code=code).order_by("-edition"))


ITEMS = Shelf("item", ServiceItem, ITEM, item_facts, rows.add_item)
BUNDLES = Shelf("bundle", Bundle, BUNDLE, bundle_facts, rows.add_bundle)


@dataclass
class Change:
    """What an import does to one code. `did` is add, edition, correct, draft, publish, end or limits."""

    shelf: str
    code: str
    did: str
    day: date | None = None
    fields: list[str] = field(default_factory=list)
    before: Facts = field(default_factory=dict)
    after: Facts = field(default_factory=dict)
    edition: int | None = None

    @property
    def owner(self) -> str:
        """Code of the item or bundle it is about; of a limit the one whose subject it has."""
        return self.code.partition(".")[0].partition("/")[0]


class Refused(ValueError):
    """A row that cannot be written as it stands; the message is a sentence."""


def model_of(name: str) -> Any:
    return apps.get_model("approvals", name)


def write(shelf: Shelf, row: Facts, on: date, today: date) -> Change | None:
    """Write what `row` says; return what changed, or None. Raises Refused."""
    editions = shelf.editions(row["code"])
    draft = next((each for each in editions if each.stage == Stage.DRAFT), None)
    latest = next((each for each in editions if each.stage != Stage.DRAFT), None)
    is_draft = row.get("stage") == Stage.DRAFT
    base = (draft if is_draft else None) or latest
    before = shelf.facts_of(base) if base else {}
    after = completed(row, shelf.table, before)
    after["position"] = after["position"] or 0
    fields = differing(after, before)
    number = max((each.edition for each in editions), default=0) + 1
    change = Change(shelf.name, row["code"], "", None, fields, before, after, number)
    if is_draft:
        return _draft(shelf, change, row, draft, on) if fields else None
    if latest is None:
        return _first(shelf, change, draft, row.get("valid_from") or on)
    if not fields:
        return _ended(change, latest, row, today)
    return _next(shelf, change, latest, draft, _day(row, latest, on, today), today)


def _office(after: Facts, code: str) -> Office:
    office = Office.objects.filter(code=after["office"]).first()
    if office is None:
        raise Refused(said(code, "office", _("There is no office “%(code)s”.") % {"code": after["office"]}))
    return office


def _written(shelf: Shelf, change: Change, draft: Any, **edition: Any) -> None:
    """The facts as an edition of their own; where a draft is waiting it becomes that edition."""
    number = draft.edition if draft else change.edition
    if draft:
        draft.delete()
    change.edition = number
    office = _office(change.after, change.code)
    shelf.add(model_of, change.after, office, edition=number, **edition)


def _draft(shelf: Shelf, change: Change, row: Facts, draft: Any, on: date) -> Change:
    change.did, change.day = "draft", row.get("valid_from") or (draft.valid_from if draft else on)
    _written(shelf, change, draft, stage=Stage.DRAFT, valid_from=change.day)
    return change


def _first(shelf: Shelf, change: Change, draft: Any, day: date) -> Change:
    change.did, change.day = "add", day
    _written(shelf, change, draft, stage=Stage.PUBLISHED, valid_from=day)
    return change


def _day(row: Facts, latest: Any, on: date, today: date) -> date:
    """From which day the row holds: the one it states where that is later than what stands, else `on`."""
    stated: date | None = row.get("valid_from")
    if stated and (stated > latest.valid_from or stated == latest.valid_from > today):
        return stated
    return on


def _next(shelf: Shelf, change: Change, latest: Any, draft: Any, day: date, today: date) -> Change:
    change.day = day
    if day < today:
        raise Refused(said(change.code, "valid_from", _("A change cannot begin in the past.")))
    if day == latest.valid_from and day > today:
        change.did, change.edition = "correct", latest.edition
        latest.delete()
        _written(shelf, change, draft, stage=Stage.PUBLISHED, valid_from=day)
        return change
    if day <= latest.valid_from:
        words = _("An edition from %(day)s is published already; name a later day.")
        raise Refused(said(change.code, "valid_from", words % {"day": latest.valid_from.isoformat()}))
    change.did = "edition"
    shelf.model.objects.filter(pk=latest.pk).update(stage=Stage.SUPERSEDED, valid_until=day_before(day))
    _written(shelf, change, draft, stage=Stage.PUBLISHED, valid_from=day)
    return change


def _ended(change: Change, latest: Any, row: Facts, today: date) -> Change | None:
    """Of a row that changes nothing else: the day it ends, where the file says another than stands."""
    if "valid_until" not in row or row["valid_until"] == latest.valid_until:
        return None
    until = row["valid_until"]
    if until is not None and until < max(day_before(today), day_before(latest.valid_from)):
        raise Refused(said(change.code, "valid_until", _("An edition cannot end in the past.")))
    change.did, change.day, change.edition = "end", until, latest.edition
    change.fields = ["valid_until"]
    change.before, change.after = {"valid_until": latest.valid_until}, {"valid_until": until}
    type(latest).objects.filter(pk=latest.pk).update(valid_until=until)
    return change


def only_edition(row: Facts) -> bool:
    """Whether a row names a code and nothing it says."""
    return not (row.keys() - EDITION.keys() - {"code"})
