"""Every field of ours says what it holds, before anybody can store a word in it."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import models

from enterprises.models import Contact, DirectLineMatter
from servicedesk.accounts.models import User
from servicedesk.desk.models import Case
from servicedesk.desk.privacy import classes
from servicedesk.desk.privacy.classes import Held, Level, class_of, classify, erasable, needs_saying
from servicedesk.desk.registry import kinds


def held(model: Any, name: str) -> Held:
    return class_of(model._meta.get_field(name))


def test_every_field_that_may_hold_words_is_classed() -> None:
    assert classes.unsaid() == [], "say in the module `privacy` of its room what it holds"
    assert classes.stale() == []


def test_a_new_text_field_is_nothing_by_default() -> None:
    field = models.TextField()
    field.set_attributes_from_name("diary")
    field.model = Case
    assert needs_saying(field)
    with pytest.raises(LookupError, match=r"desk\.Case\.diary"):
        class_of(field)


def test_keys_dates_and_switches_are_of_the_house() -> None:
    for name in ("id", "applicant", "closed_at", "version"):
        assert held(Case, name).level is Level.INTERNAL


def test_a_field_is_classed_once_and_in_a_known_class() -> None:
    with pytest.raises(ValueError, match="twice"):
        classify("accounts.User", phone="public")
    with pytest.raises(ValueError, match="rumour"):
        classify("accounts.User", phone="rumour")


@pytest.mark.parametrize("field", ["name", "phone"])
def test_what_reaches_a_person_is_masked(field: str) -> None:
    for model in (User, Contact):
        found = held(model, field)
        assert (found.level, found.mask) == (Level.PERSONAL, field)


def test_what_a_kind_masks_is_classed_with_the_same_mask() -> None:
    """Two lists of the same thing would drift apart: the page that masks and the erasure that empties."""
    for kind in kinds():
        detail = getattr(Case, kind.accessor or "", None)
        model: Any = detail.related.related_model if detail is not None else None
        for name, mask in kind.masks.items():
            assert held(model, name).mask == mask


def test_contact_data_is_told_apart_from_the_words_of_a_matter() -> None:
    assert {field.name for field in erasable(DirectLineMatter, contact=True)} == {
        "contact_name",
        "contact_phone",
    }
    assert {field.name for field in erasable(DirectLineMatter, contact=False)} == {
        "text",
        "place",
        "rating_text",
    }
