"""What is wrong with a catalogue, fault by fault."""

from __future__ import annotations

from datetime import date

import pytest

from approvals.catalogue.checking import catalogue_faults
from approvals.catalogue.world import world_on

pytestmark = pytest.mark.django_db
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
