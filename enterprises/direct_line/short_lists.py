"""The short lists the forms of a direct-line matter choose from, read together: topics, towns, urgencies,
reasons for a return, levels of escalation."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import F, Value

from enterprises.models import EscalationLevel, ReturnReason, Topic, Town, Urgency
from enterprises.models.titled import Titled
from servicedesk.desk.dossier import open_on
from servicedesk.desk.models import Case

KEPT = "_short_lists"
# Each with the field that says whether a row is in use; towns always are.
LISTS: tuple[tuple[type[Titled], str], ...] = (
    (Topic, "is_valid"),
    (Town, ""),
    (Urgency, "is_valid"),
    (ReturnReason, "is_valid"),
    (EscalationLevel, "is_valid"),
)
COLUMNS = ("pk", "code", "name", "name_en", "name_ru", "position")


@dataclass(frozen=True)
class Listed:
    pk: int
    code: str
    title: str
    is_valid: bool


ShortLists = dict[str, list[Listed]]


def short_lists(case: Case) -> ShortLists:
    """Every list by its model's name, in the order of positions: one query for a page that has opened the
    dossier of the case, whichever of its parts asks."""
    if open_on(case) is None:
        return read()
    kept: ShortLists | None = vars(case).get(KEPT)
    if kept is None:
        kept = vars(case)[KEPT] = read()
    return kept


def read(lists: Sequence[tuple[type[Titled], str]] = LISTS) -> ShortLists:
    one, *others = [
        model._default_manager.order_by().values_list(
            *COLUMNS, F(valid) if valid else Value(True), Value(str(model._meta.model_name))
        )
        for model, valid in lists
    ]
    found: ShortLists = defaultdict(list)
    for pk, code, name, english, russian, _position, valid, model in sorted(
        one.union(*others, all=True), key=lambda row: (row[5], row[1])
    ):
        titled = Topic(name=name, name_en=english, name_ru=russian)
        found[model].append(Listed(pk, code, titled.title(), bool(valid)))
    return found
