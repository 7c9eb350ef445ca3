"""The aggregate by hand that the benchmark measures the page against counts what the page counts."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection

from servicedesk.reports import counting
from servicedesk.reports.trend import trend
from tests.benchmarks import raw_sla
from tests.reports.month import Month, scope_of
from tests.reports.test_facts import rarer

pytestmark = [pytest.mark.postgres, pytest.mark.django_db]


def test_the_aggregate_by_hand_says_what_the_page_says(march: Month) -> None:
    questions: tuple[dict[str, Any], ...] = (
        {},
        {"kind": ""},
        {"kind": "test-permit"},
        {"kind": "", "period": "month"},
        {"kind": "", "since": "2026-03-05", "until": "2026-03-25"},
        {"kind": "", "since": "2026-01-01", "until": "2026-12-31"},
    )
    with rarer(march):
        for asked in questions:
            scope = scope_of(march.people.grace, **asked)
            months = trend(scope)
            page = raw_sla.of_page(counting.counted(scope), months)
            with connection.cursor() as cursor:
                assert raw_sla.run(cursor, scope, months[0].scope.since) == page, asked
