"""The privacy page says what is true today, and leads to one's rights."""

from __future__ import annotations

from datetime import date

import pytest
from django.test import Client

from servicedesk.desk.models import RetentionRule
from servicedesk.portal.keeping import terms

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("language", ["zh-hans", "en", "ru"])
def test_the_terms_on_the_page_are_the_rows_of_the_desk(client: Client, language: str) -> None:
    client.cookies["django_language"] = language
    RetentionRule.objects.create(
        subject="direct-line", what="texts", months=37, basis="市局 2026 年文件", valid_from=date(2026, 6, 1)
    )
    page = client.get("/privacy/").content.decode()
    assert "市局 2026 年文件" in page
    assert ">37<" in page
    for link in ("/account/data/", "/account/close/", "/account/"):
        assert f'href="{link}"' in page


def test_of_two_rows_the_page_shows_the_newer_one() -> None:
    RetentionRule.objects.create(
        subject="*", what="files", months=12, basis="新规定", valid_from=date(2026, 6, 1)
    )
    rows = {(str(row["of"]), row["months"]) for row in terms(date(2026, 7, 1)) if row["basis"] == "新规定"}
    assert len(rows) == 1
    assert sum(row["months"] == 60 for row in terms(date(2026, 5, 1))) > sum(
        row["months"] == 60 for row in terms(date(2026, 7, 1))
    )


def test_audit_is_kept_at_least_half_a_year() -> None:
    audit = RetentionRule.objects.get(subject="audit")
    assert audit.months >= 6
