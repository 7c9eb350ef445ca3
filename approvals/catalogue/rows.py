"""Plain rows out of facts. A migration hands in its historical models, everybody else those of today."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from approvals.catalogue.facts import BUNDLE, ITEM, Facts, own

ModelOf = Callable[[str], Any]


def columns(model: Any, facts: Facts) -> Facts:
    """Of `facts` what the model has a column for: a historical one may lack some."""
    names = {field.name for field in model._meta.concrete_fields}
    return {name: value for name, value in facts.items() if name in names}


def add_item(model_of: ModelOf, facts: Facts, office: Any, **edition: Any) -> Any:
    """Write the edition of an item with all that hangs on it."""
    model = model_of("ServiceItem")
    said = {name: facts[name] for name in own(ITEM)}
    item = model.objects.create(**columns(model, said), office=office, **edition)
    fill_item(model_of, item, facts)
    return item


def fill_item(model_of: ModelOf, item: Any, facts: Facts) -> None:
    _hang(model_of("ItemLaw"), facts["laws"], item=item)
    _hang(model_of("ItemPaper"), facts["papers"], item=item)
    _hang(model_of("ItemField"), facts["fields"], item=item)


def add_bundle(model_of: ModelOf, facts: Facts, office: Any, **edition: Any) -> Any:
    model = model_of("Bundle")
    said = {name: facts[name] for name in own(BUNDLE)}
    bundle = model.objects.create(**columns(model, said), office=office, **edition)
    _hang(model_of("BundleItem"), facts["items"], bundle=bundle)
    return bundle


def _hang(model: Any, rows: Iterable[Facts], **on: Any) -> None:
    model.objects.bulk_create(
        model(**columns(model, row), **on, position=place) for place, row in enumerate(rows)
    )
