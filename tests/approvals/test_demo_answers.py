"""Answers the demo fills in are those its own forms would take, for every item of the catalogue."""

from __future__ import annotations

from datetime import date
from random import Random

import pytest

from approvals.catalogue.snapshot import snapshot, whole
from approvals.demo.answers import Answering, Known
from approvals.forms import form_for
from approvals.forms.papers import PaperQuestion
from approvals.models import Application, ServiceItem

pytestmark = pytest.mark.django_db
TODAY = date(2026, 11, 20)
WHO = Known(
    TODAY,
    "王立",
    "15400001111",
    "青岛汀砚食品有限公司",
    "91370281MA3C000016",
    "李明",
    "jiaobei",
    "北京路88号",
)


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_the_forms_take_every_answer_and_keep_it_as_it_was_filled_in(seed: int) -> None:
    for row in whole(ServiceItem.objects.order_by("code")):
        item = snapshot(row)
        given = Answering(Random(seed), WHO).of([item])
        form = form_for([item], item["sections"])(given, instance=Application())
        papers = {name for name, field in form.fields.items() if isinstance(field, PaperQuestion)}
        wrong = {name: list(errors) for name, errors in form.errors.items() if name not in papers}
        assert wrong == {}, item["code"]
        kept = {name: value for name, value in form.cleaned_data.items() if name in given}
        assert {name: str(value) for name, value in kept.items() if not isinstance(value, list)} == {
            name: value for name, value in given.items() if not isinstance(value, list)
        }


def test_identity_numbers_are_nobodys() -> None:
    answering = Answering(Random(1), WHO)
    assert all(answering.identity().startswith("370299") for _each in range(20))
