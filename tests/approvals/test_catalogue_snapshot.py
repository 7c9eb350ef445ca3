"""What a case keeps of an item."""

from __future__ import annotations

import json
from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from approvals.catalogue.snapshot import FIELD, PAPER, current, current_all, snapshot, whole
from approvals.models import ServiceItem

pytestmark = pytest.mark.django_db
TODAY = date(2026, 11, 22)


def test_a_snapshot_is_plain_json_with_everything_a_case_needs() -> None:
    found = current("company-setup", TODAY)
    assert found is not None and json.loads(json.dumps(found)) == found
    assert (found["code"], found["edition"], found["office"]) == ("company-setup", 1, "xzspj")
    assert (found["procedure"], found["extension"], found["is_licensed"]) == ("registration", 3, True)
    assert found["name"].keys() == {"zh-hans", "en", "ru"}
    assert ["中华人民共和国市场主体登记管理条例", "国务院令第746号", "第十九条"] in found["laws"]
    fields = {field["code"]: field for field in found["fields"]}
    assert tuple(fields["premises"]) == FIELD and tuple(found["papers"][0]) == PAPER
    lease = next(paper for paper in found["papers"] if paper["code"] == "lease")
    assert lease["condition"] == {"field": "premises", "is": ["rented"]}


def test_fields_and_papers_keep_the_order_of_the_form() -> None:
    found = current("company-setup", TODAY)
    assert found is not None
    assert [field["code"] for field in found["fields"]][:2] == ["company_name", "company_type"]
    sections = [section["code"] for section in found["sections"]]
    asked = [sections.index(field["section"]) for field in found["fields"]]
    assert asked == sorted(asked)


def test_an_unknown_code_and_a_day_before_every_edition_have_no_snapshot() -> None:
    assert current("no-such-item", TODAY) is None
    assert current("company-setup", date(2017, 12, 31)) is None


def test_a_draft_has_no_snapshot_and_the_newest_edition_in_force_wins() -> None:
    item = ServiceItem.objects.get(code="housing-fund")
    ServiceItem.objects.filter(pk=item.pk).update(valid_until=date(2026, 11, 30), stage="superseded")
    for number, stage, day in ((2, "published", date(2026, 12, 1)), (3, "draft", date(2026, 12, 1))):
        ServiceItem.objects.create(
            code=item.code, edition=number, stage=stage, valid_from=day, office=item.office
        )
    before, after = current("housing-fund", date(2026, 11, 30)), current("housing-fund", date(2026, 12, 1))
    assert before is not None and after is not None
    assert (before["edition"], after["edition"]) == (1, 2)


def test_one_or_many_snapshots_take_four_queries() -> None:
    with CaptureQueriesContext(
        connection,
    ) as one:
        current("company-setup", TODAY)
    with CaptureQueriesContext(connection) as many:
        found = current_all(["housing-fund", "no-such-item", "company-setup"], TODAY)
    assert list(found) == ["housing-fund", "company-setup"]
    assert len(one) == len(many) == 4


def test_a_loaded_item_and_a_whole_one_give_the_same_snapshot() -> None:
    item = ServiceItem.objects.get(code="bank-account")
    assert snapshot(item) == snapshot(whole(ServiceItem.objects.filter(pk=item.pk)).get())
