"""Every kind that is registered, and the kinds of the tests, through the suite they all inherit."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest

from servicedesk.desk import registry
from servicedesk.desk.checks import problems
from servicedesk.desk.registry import CaseKind
from tests import kinds
from tests.kind_suite import KindSuite

pytestmark = [pytest.mark.django_db, pytest.mark.once]

EVERY = [kind.code for kind in registry.kinds()]


class TestEveryKind(KindSuite):
    @pytest.fixture(params=EVERY)
    def kind(self, request: pytest.FixtureRequest) -> CaseKind:
        return registry.kind_of(request.param)

    def test_its_declaration_is_sound(self, kind: CaseKind) -> None:
        assert list(problems(kind)) == []


def test_a_dimension_that_leads_to_no_row_is_an_error() -> None:
    for path in ("direct_line__text", "direct_line__nothing", "title"):
        wrong = replace(registry.kind_of("direct-line"), dimensions=(("wrong", path, "…"),))
        assert [message.id for message in problems(wrong)] == ["desk.E009"], path


class TestTheKindsOfTheTests(KindSuite):
    """A graph, children, clocks with pauses: what the direct line has not."""

    @pytest.fixture(params=[kinds.PERMIT, kinds.ITEM], ids=lambda kind: kind.code)
    def kind(self, request: pytest.FixtureRequest) -> Iterator[CaseKind]:
        for each in (kinds.PERMIT, kinds.ITEM):
            registry.register(each)
        kinds.write_limits()
        yield request.param
        for each in (kinds.PERMIT, kinds.ITEM):
            registry.unregister(each.code)
