"""Two entries of one company become one, and for thirty days two again. Every row that hangs on the duplicate
moves, or stays where it would stand there twice; which moved is written down, so that nothing is lost."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import models, transaction
from django.utils.translation import gettext as _

from enterprises.claims.owners import lock, note
from enterprises.models import Company, CompanyMerge
from servicedesk.accounts.models import User
from servicedesk.desk import actions
from servicedesk.desk.actions.intake import need
from servicedesk.desk.errors import BadInput, NotAllowed, WrongState
from servicedesk.desk.models import Case, Membership, Party
from servicedesk.desk.permissions import may_register

WAY_BACK = timedelta(days=30)
# Matters are moved by the engine; merges stay with the entries they were made of.
NOT_ROWS: tuple[type[models.Model], ...] = (Case, CompanyMerge)
PLACES = ("applicant", "about")
Row = dict[str, Any]


@dataclass(frozen=True)
class Moving:
    """What happens to the rows of one table: keys of those that move, and of those that stay."""

    model: type[models.Model]
    field: str
    moved: list[int]
    stays: list[int]

    @property
    def label(self) -> str:
        return str(self.model._meta.verbose_name_plural)

    def kept(self) -> Row:
        return {
            "model": self.model._meta.label,
            "field": self.field,
            "moved": self.moved,
            "stays": self.stays,
        }


def tables() -> Iterator[tuple[type[models.Model], str, bool]]:
    """(model, field, whether it points at the party) of every table whose rows hang on a company."""
    for target in (Company, Party):
        for relation in target._meta.related_objects:
            model = relation.related_model
            if isinstance(model, str) or relation.one_to_one or issubclass(model, NOT_ROWS):
                continue
            yield model, relation.field.name, target is Party


def preview(survivor: Company, duplicate: Company) -> list[Moving]:
    """What a merge would move now, table by table; tables without rows are left out."""
    found = []
    for model, field, is_of_party in tables():
        here, there = (duplicate.party, survivor.party) if is_of_party else (duplicate, survivor)
        rows = list(model._default_manager.filter(**{field: here}).order_by("pk"))
        stays = [row.pk for row in rows if _collides(row, field, there)]
        if rows:
            found.append(Moving(model, field, [row.pk for row in rows if row.pk not in stays], stays))
    return found


def _collides(row: models.Model, field: str, there: models.Model) -> bool:
    """Whether the other entry has a row that this one would repeat."""
    for constraint in row._meta.constraints:
        names = getattr(constraint, "fields", ())
        if field in names:
            same = {name: getattr(row, row._meta.get_field(name).attname) for name in names if name != field}  # type: ignore[union-attr]
            if type(row)._default_manager.filter(**same, **{field: there}).exists():
                return True
    return False


def matters_of(party: Party) -> list[Case]:
    return list(Case.objects.filter(models.Q(applicant=party) | models.Q(about=party)).order_by("pk"))


def require(by: User, at: datetime) -> None:
    if not may_register(by, "change", at):
        raise NotAllowed("not-allowed", _("Only the centre merges companies."))


@transaction.atomic
def merge(survivor: Company, duplicate: Company, *, by: User, at: datetime, reason: str) -> CompanyMerge:
    """Move everything of the duplicate to the survivor and write down what was moved.

    Raises NotAllowed, BadInput without a reason or for one and the same entry, WrongState where one of them
    was merged away already."""
    require(by, at)
    reason = need(reason, "reason")
    if survivor.pk == duplicate.pk:
        raise BadInput("itself", _("These are one and the same entry."), "duplicate")
    cases = [
        _moved_case(case, duplicate.party, survivor.party, by, at, reason)
        for case in matters_of(duplicate.party)
    ]
    _lock_both(survivor, duplicate)
    if CompanyMerge.objects.filter(duplicate__in=[survivor, duplicate], undone_at=None).exists():
        raise WrongState("merged", _("One of these entries has been merged away already."))
    moving = preview(survivor, duplicate)
    for each in moving:
        to_party = _points_at_party(each.model, each.field)
        _update(each.model, each.field, each.moved, survivor.party if to_party else survivor)
    row = CompanyMerge.objects.create(
        survivor=survivor,
        duplicate=duplicate,
        reason=reason,
        by=by,
        at=at,
        moved={"rows": [each.kept() for each in moving], "cases": cases},
    )
    for party in (survivor.party, duplicate.party):
        note(party, "company_merge", by=by, at=at, body=reason, **_facts(row))
    return row


def _facts(row: CompanyMerge) -> Row:
    return {"merge": row.pk, "survivor": row.survivor_id, "duplicate": row.duplicate_id}


def _lock_both(survivor: Company, duplicate: Company) -> None:
    for key in sorted((survivor.party_id, duplicate.party_id)):
        lock(key)


def _moved_case(case: Case, before: Party, party: Party, by: User, at: datetime, reason: str) -> Row:
    places = [name for name in PLACES if getattr(case, f"{name}_id") == before.pk]
    actions.repoint(case, party, places=places, by=by, at=at, reason=reason)
    return {"case": case.pk, "places": places}


def _points_at_party(model: type[models.Model], field: str) -> bool:
    return model._meta.get_field(field).related_model is Party


def _update(model: type[models.Model], field: str, keys: list[int], target: models.Model) -> None:
    model._default_manager.filter(pk__in=keys).update(**{field: target})


# --- the way back --------------------------------------------------------------------------------------


def may_undo(row: CompanyMerge, at: datetime) -> bool:
    return row.undone_at is None and at <= row.at + WAY_BACK


@transaction.atomic
def undo(row: CompanyMerge, *, by: User, at: datetime, reason: str) -> None:
    """Put everything back where it was. Raises NotAllowed, BadInput without a reason, WrongState after thirty
    days and where something newer stands in the way."""
    require(by, at)
    reason = need(reason, "reason")
    locked = CompanyMerge.objects.select_for_update(of=("self",)).get(pk=row.pk)
    if not may_undo(locked, at):
        raise WrongState("too-late", _("This merge can no longer be undone."))
    obstacle = in_the_way(locked)
    if obstacle:
        raise WrongState("newer", obstacle)
    home = locked.duplicate.party
    for each in locked.moved["cases"]:
        case = Case.objects.filter(pk=each["case"]).first()
        if case is not None:
            actions.repoint(case, home, places=each["places"], by=by, at=at, reason=reason)
    _lock_both(locked.survivor, locked.duplicate)
    for model, kept in _kept(locked):
        to_party = _points_at_party(model, kept["field"])
        _update(model, kept["field"], kept["moved"], home if to_party else locked.duplicate)
    locked.undone_at, locked.undone_by, locked.undone_reason = at, by, reason
    locked.save(update_fields=["undone_at", "undone_by", "undone_reason"])
    for party in (locked.survivor.party, home):
        note(party, "company_unmerge", by=by, at=at, body=reason, **_facts(locked))


def _kept(row: CompanyMerge) -> Iterator[tuple[type[models.Model], Row]]:
    known = {model._meta.label: model for model, _field, _party in tables()}
    for kept in row.moved["rows"]:
        yield known[kept["model"]], kept


def in_the_way(row: CompanyMerge) -> str:
    """What happened since that undoing would tear apart, as a sentence; empty where nothing did."""
    if CompanyMerge.objects.filter(duplicate=row.survivor, undone_at=None).exists():
        return _("The entry that stayed has itself been merged away since. Undo that first.")
    survivor, home = row.survivor.party, row.duplicate.party
    for each in row.moved["cases"]:
        case = Case.objects.filter(pk=each["case"]).first()
        if case and any(getattr(case, f"{name}_id") != survivor.pk for name in each["places"]):
            return _("The matter %(case)s stands for somebody else since.") % {"case": case}
    for model, kept in _kept(row):
        target = survivor if _points_at_party(model, kept["field"]) else row.survivor
        back = home if target is survivor else row.duplicate
        for found in model._default_manager.filter(pk__in=kept["moved"]):
            if getattr(found, f"{kept['field']}_id") != target.pk:
                return _("“%(row)s” has moved on since.") % {"row": found}
            if _collides(found, kept["field"], back):
                return _("“%(row)s” has been entered anew since.") % {"row": found}
    return _filed_since(row)


def _filed_since(row: CompanyMerge) -> str:
    """A matter filed since by somebody who acts only for the entry merged away would be lost to them."""
    moved = [key for model, kept in _kept(row) if model is Membership for key in kept["moved"]]
    theirs = Membership.objects.filter(pk__in=moved).values("user")
    own = Membership.objects.filter(party=row.survivor.party).exclude(pk__in=moved).values("user")
    cases = Case.objects.submitted().filter(applicant=row.survivor.party, submitted_at__gt=row.at)
    case = cases.filter(opened_by__in=theirs).exclude(opened_by__in=own).order_by("pk").first()
    if case is None:
        return ""
    return _("%(case)s was filed since by somebody of the entry merged away.") % {"case": case}
