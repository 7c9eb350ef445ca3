"""What is wrong with a catalogue, fault by fault."""

from __future__ import annotations

from datetime import date, timedelta
from io import StringIO
from typing import Any

import pytest
from django.core.checks import run_checks
from django.core.management import call_command
from django.utils import timezone
from django.utils.translation import override

from approvals.catalogue.checking import catalogue_faults
from approvals.catalogue.measure import exceeds
from approvals.catalogue.world import world_on
from approvals.models import BundleItem, ItemField, ServiceItem, StageCondition, StageRule
from servicedesk.desk.models import Limit

pytestmark = [pytest.mark.once, pytest.mark.django_db]
TODAY = date(2026, 11, 22)


def test_the_catalogue_we_ship_has_no_fault() -> None:
    assert catalogue_faults(TODAY) == []


def test_the_items_of_company_opening_and_a_dozen_and_more_others_are_shipped() -> None:
    world = world_on(TODAY)
    opening = [part["item_code"] for part in world.bundles["company-opening"]["items"]]
    assert len(opening) == 8 and len(world.items) - len(opening) >= 15
    assert {item["life"] for item in world.items.values()} == {
        "enterprise",
        "person",
        "project",
        "innovation",
    }


def broken_on_purpose(name: str) -> None:
    item = ServiceItem.objects.get(code="food-licence")
    limits = Limit.objects.filter(subject="food-licence")
    field = item.fields.get(code="food_sort")
    match name:
        case "limit":
            limits.filter(clock="promised").update(term=11)
        case "missing":
            limits.filter(clock="check").update(valid_until=date(2026, 1, 1))
        case "later":
            limits.filter(clock="check").update(valid_until=timezone.localdate())
            Limit.objects.create(
                subject="food-licence", clock="other", term=1, unit="months", basis="x",
                valid_from=timezone.localdate() + timedelta(days=40),
            )  # fmt: skip
        case "instant":
            ServiceItem.objects.filter(pk=item.pk).update(handling="1")
        case "code":
            ServiceItem.objects.filter(pk=item.pk).update(task_code="370123456789", implementation_code="x")
        case "choice":
            ItemField.objects.filter(pk=field.pk).update(choices=[])
        case "condition":
            ItemField.objects.filter(pk=field.pk).update(condition={"field": "food_area", "is": ["1"]})
        case "twice":
            ServiceItem.objects.create(
                code=item.code, edition=2, stage="published", valid_from=date(2020, 1, 1), office=item.office
            )
        case "overlap":
            Limit.objects.create(
                subject="food-licence", clock="check", term=4, unit="working_days", basis="x",
                valid_from=date(2020, 1, 1),
            )  # fmt: skip
        case "circle":
            BundleItem.objects.filter(item_code="company-setup").update(after=["bank-account"])
        case "path":
            BundleItem.objects.filter(item_code="bank-account").update(after=["seal-engraving"])
        case "sort":
            ItemField.objects.filter(item__code="housing-fund", code="staff").update(sort="text", columns=[])


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("limit", "food-licence, promised: What is promised is longer than the statutory limit."),
        ("missing", "food-licence, check: There is no limit in force on"),
        ("later", "food-licence, check: There is no limit in force on"),
        ("instant", "What is handled at once is promised within one working day at most."),
        ("code", "Digits 3 and 4 of the basic code are not the type of the item."),
        ("choice", "food-licence, food_sort, choices: A choice needs something to choose from."),
        ("condition", "food-licence, food_sort, condition: “food_area” is asked later."),
        ("twice", "food-licence: two editions hold at once."),
        ("overlap", "food-licence.check: two limits hold at once."),
        ("circle", "company-opening, items: These items wait for each other: bank-account"),
        ("path", "company-opening, promised: The items take 285 working minutes"),
        ("sort", "company-opening, housing-fund, staff, sort: In employment-registration this question is"),
    ],
)
def test_what_is_broken_on_purpose_is_found(name: str, said: str) -> None:
    broken_on_purpose(name)
    out, err = StringIO(), StringIO()
    with override("en"), pytest.raises(SystemExit) as ended:
        call_command("check_catalogue", stdout=out, stderr=err)
    assert ended.value.code == 1 and said in out.getvalue() and "faults" in err.getvalue()
    with override("en"):
        messages = [
            message for message in run_checks(databases=["default"]) if message.id == "approvals.W001"
        ]
    assert any(said in message.msg for message in messages)


def test_the_command_says_that_a_sound_catalogue_is_sound() -> None:
    out = StringIO()
    call_command("check_catalogue", stdout=out)
    assert out.getvalue() == "The catalogue is sound.\n"


@pytest.mark.parametrize(
    ("one", "other", "is_longer"),
    [
        ((195, "working_minutes"), (1, "working_days"), False),
        ((391, "working_minutes"), (1, "working_days"), True),
        ((5, "working_days"), (5, "working_days"), False),
        ((1, "working_days"), (15, "calendar_days"), False),
        ((5, "working_days"), (7, "calendar_days"), True),  # five working days may fall into a long holiday
        ((20, "working_days"), (3, "months"), False),
        ((1, "months"), (20, "working_days"), True),
        ((2, "years"), (23, "months"), True),
    ],
)
def test_terms_of_unlike_units_are_compared_by_the_longest_they_can_take(
    one: tuple[int, str], other: tuple[int, str], is_longer: bool
) -> None:
    mine, theirs = ({"term": term, "unit": unit} for term, unit in (one, other))
    assert exceeds(mine, theirs) is is_longer


def test_words_are_in_every_language_wherever_words_stand() -> None:
    def missing(value: Any, where: str) -> list[str]:
        if isinstance(value, list):
            return [each for n, row in enumerate(value) for each in missing(row, f"{where}.{n}")]
        if not isinstance(value, dict):
            return []
        if "zh-hans" in value:
            return [where] if {"zh-hans", "en", "ru"} - {code for code, text in value.items() if text} else []
        return [each for key, row in value.items() for each in missing(row, f"{where}.{key}")]

    world = world_on(TODAY)
    rows = {**world.items, **world.bundles}
    assert [each for code, row in rows.items() for each in missing(row, code)] == []
    for item in world.items.values():
        assert all(item[name] for name in ("name", "summary", "conditions", "fee", "result")), item["code"]


def test_no_stage_of_a_permit_lets_the_planning_permit_or_the_fire_review_be_promised() -> None:
    assert [rule.code for rule in StageRule.objects.filter(staging="three")] == [
        "pit",
        "basement",
        "superstructure",
    ]
    promisable = StageCondition.objects.filter(may_be_promised=True)
    assert set(promisable.values_list("rule__code", "code")) == {
        ("pit", "drawings"), ("basement", "drawings-above"), ("below-ground", "drawings-above"),
    }  # fmt: skip
    never = StageCondition.objects.filter(code__in=["works-planning", "fire-design"])
    assert never.count() >= 6 and not never.filter(may_be_promised=True).exists()
    assert not StageCondition.objects.filter(basis="").exists()
