"""The catalogue the desk starts with, from the YAML files in `approvals/data`. Loaded by a migration; from
then on it is the city's to change, and what is there already is left as officials have edited it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

from approvals.catalogue import rows, yaml_in
from approvals.catalogue.facts import BUNDLE, ITEM, LIMIT, Catalogue, Facts, completed
from approvals.catalogue.wording import inward
from servicedesk.accounts import offices

FOLDER = Path(__file__).resolve().parent.parent / "data"
# Before any notice of the calendar we ship, so that an imported history finds an edition and its limits.
SINCE = date(2018, 1, 1)


def shipped() -> Catalogue:
    """Everything the catalogue files say, as one catalogue, every row with the day it holds from."""
    whole: Catalogue = {"items": [], "bundles": [], "limits": []}
    for path in sorted(FOLDER.glob("catalogue*.yaml")):
        for name, found in yaml_in.catalogue_of(path.read_text(encoding="utf-8")).items():
            whole[name] += found
    for name, table in (("items", ITEM), ("bundles", BUNDLE)):
        for place, row in enumerate(whole[name], start=1):
            row.update(completed({"position": place * 10, **row}, table))
    for found in whole.values():
        for row in found:
            row.setdefault("valid_from", SINCE)
    return whole


def stage_rules() -> list[Facts]:
    return list(inward(yaml_in.parsed((FOLDER / "stages.yaml").read_text(encoding="utf-8"))))


def load_all(apps: Any) -> int:
    """Write what is not there yet, with the models of `apps`; return how many items, bundles, limits and
    stages were added. Executing offices that are missing come from the table of offices we ship."""
    found = shipped()
    needed = {row["office"] for row in found["items"] + found["bundles"]}
    known = _offices(apps.get_model("accounts", "Office"), needed)
    added = _load_editions(apps, found, known)
    return added + _load_limits(apps.get_model("desk", "Limit"), found["limits"]) + _load_stages(apps)


def _offices(model: Any, needed: set[str]) -> dict[str, Any]:
    """Those offices and all above them, by code."""
    shipped_rows = {row["code"]: row for row in offices.rows()}
    for code in list(needed):
        needed |= set(_above(code, shipped_rows))
    known = {office.code: office for office in model.objects.filter(code__in=needed)}
    for row in shipped_rows.values():
        if row["code"] in needed - known.keys():
            known[row["code"]] = model.objects.create(**_office(row), parent=known.get(row["parent"]))
    return known


def _above(code: str, table: dict[str, dict[str, str]]) -> Iterator[str]:
    while code := table[code]["parent"]:
        yield code


def _office(row: dict[str, str]) -> Facts:
    same = {name: row[name] for name in ("code", "name", "name_en", "name_ru", "sort", "duties", "phone")}
    return {**same, "is_vertical": row["vertical"] == "1"}


def _load_editions(apps: Any, found: Catalogue, known: dict[str, Any]) -> int:
    def model_of(name: str) -> Any:
        return apps.get_model("approvals", name)

    added = 0
    for name, model, write in (
        ("items", model_of("ServiceItem"), rows.add_item),
        ("bundles", model_of("Bundle"), rows.add_bundle),
    ):
        there = set(model.objects.values_list("code", flat=True))
        for row in (row for row in found[name] if row["code"] not in there):
            write(model_of, row, known[row["office"]], stage="published", valid_from=row["valid_from"])
            added += 1
    return added


def _load_limits(model: Any, limits: list[Facts]) -> int:
    there = set(model.objects.values_list("subject", "clock"))
    missing = [row for row in limits if (row["subject"], row["clock"]) not in there]
    model.objects.bulk_create(model(**completed(row, LIMIT)) for row in missing)
    return len(missing)


def _load_stages(apps: Any) -> int:
    """Stages of a construction permit and what must hold for each (建筑法 8)."""
    rule_model = apps.get_model("approvals", "StageRule")
    condition_model = apps.get_model("approvals", "StageCondition")
    there = set(rule_model.objects.values_list("staging", "code"))
    missing = [row for row in stage_rules() if (row["staging"], row["code"]) not in there]
    for place, row in enumerate(missing, start=1):
        conditions = row.pop("conditions")
        rule = rule_model.objects.create(**row, position=place, valid_from=SINCE)
        condition_model.objects.bulk_create(
            condition_model(rule=rule, position=number, **condition)
            for number, condition in enumerate(conditions)
        )
    return len(missing)
