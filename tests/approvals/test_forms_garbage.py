"""Whatever is typed or was left behind: nothing breaks a form, and what was typed is shown again."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from approvals.forms import form_for
from tests.approvals.asking import FIELDS, ITEM, SECTIONS, question

pytestmark = pytest.mark.django_db
TABLE = next(row for row in FIELDS if row["sort"] == "table")
SORTS = [
    "text",
    "long",
    "number",
    "money",
    "date",
    "choice",
    "choices",
    "yes",
    "person",
    "company",
    "address",
]
TYPED = st.text(max_size=60)


@settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    sort=st.sampled_from(SORTS),
    check=st.sampled_from(["", "uscc", "identity", "phone", "project", "email"]),
    typed=TYPED,
)
def test_whatever_is_typed_is_answered_and_shown_again(sort: str, check: str, typed: str) -> None:
    row = question("q", "", sort, check_as=check, choices=[{"code": "a", "label": {"zh-hans": "甲"}}])
    form_type = form_for([{"code": "x", "name": {}, "fields": [row]}])
    form = form_type(dict.fromkeys(form_type.base_fields, typed))
    form.is_valid()
    for name, field in form_type.base_fields.items():
        assert form[name].value() in (typed, bool(typed), [typed])
        assert str(form[name]) is not None
        assert isinstance(field.words(typed), str)


CELL = st.one_of(
    st.text(max_size=20), st.none(), st.booleans(), st.integers(), st.lists(st.text(max_size=3), max_size=2)
)


@settings(max_examples=100, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    rows=st.lists(
        st.one_of(CELL, st.dictionaries(st.sampled_from(["name", "identity", "since", "x"]), CELL)),
        max_size=6,
    )
)
def test_whatever_was_kept_as_rows_is_read(rows: list[Any]) -> None:
    form = form_for([{"code": "x", "name": {}, "fields": [TABLE]}])({"staffed": rows})
    form.is_valid()
    assert [str(cell) for row in form["staffed"].rows for cell in row]
    assert isinstance(form.fields["staffed"].words(rows, "rows"), str)


KEPT = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=10)),
    lambda each: st.lists(each, max_size=3) | st.dictionaries(st.text(max_size=4), each, max_size=3),
    max_leaves=6,
)
WHOLE = form_for([ITEM], SECTIONS)


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(answers=st.dictionaries(st.sampled_from(sorted(WHOLE.base_fields)), KEPT))
def test_whatever_another_edition_left_behind_is_read(answers: dict[str, Any]) -> None:
    """A question may have been of another sort when the draft was begun."""
    detail = SimpleNamespace(answers=answers, case=None)
    names = WHOLE.asks(detail)
    for form in (WHOLE(instance=detail), WHOLE(answers, instance=detail)):
        form.is_valid()
        assert all(str(form[name]) is not None for name in names)
        assert [str(cell) for row in form["staffed"].rows for cell in row]
    for name, field in WHOLE.base_fields.items():
        for mask in ("", "number", "rows"):
            assert isinstance(field.words(answers.get(name), mask), str)
