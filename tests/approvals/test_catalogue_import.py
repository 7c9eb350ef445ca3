"""Files coming into the catalogue: editions and limits by their days, all of a file or nothing."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone
from django.utils.translation import override

from approvals.catalogue import xlsx_out, yaml_out
from approvals.catalogue.exporting import catalogue_now
from approvals.catalogue.reading import UnreadableFile, catalogue_in
from approvals.catalogue.snapshot import current
from approvals.catalogue.writing import Report, bring, chain_of, publish
from approvals.models import Bundle, ItemField, ServiceItem
from servicedesk.desk.audit import findings
from servicedesk.desk.models import Event, Limit
from tests.people import person

pytestmark = pytest.mark.django_db
AT = timezone.make_aware(datetime(2026, 11, 22, 10, 0))
TODAY = AT.date()
NEXT_MONTH = date(2026, 12, 1)

NEW_ITEM = """
items:
  - code: tea-house
    name: {zh: 茶馆登记, en: Registration of a tea house, ru: Регистрация чайной}
    office: xzspj
    laws:
      - {title: 中华人民共和国行政许可法, number: 主席令第七号, article: 第十二条}
    limits:
      - {clock: check, term: 5, unit: working_days, basis: 行政许可法第三十二条}
      - {clock: statutory, term: 20, unit: working_days, basis: 行政许可法第四十二条}
      - {clock: promised, term: 5, unit: working_days, basis: 本市承诺}
      - {clock: deliver, term: 10, unit: working_days, basis: 行政许可法第四十四条}
    sections:
      - {code: house, label: {zh: 茶馆, en: The house, ru: Чайная}}
    fields:
      - {code: house_name, section: house, label: {zh: 名称, en: Name, ru: Название}}
"""


@pytest.fixture(autouse=True)
def english() -> Any:
    with override("en"):
        yield


def load(text: str, **more: Any) -> Report:
    return bring(catalogue_in(text.encode()), at=AT, **more)


def limits(subject: str, clock: str) -> list[tuple[int, date, date | None]]:
    rows = Limit.objects.filter(subject=subject, clock=clock).order_by("valid_from")
    return [(row.term, row.valid_from, row.valid_until) for row in rows]


def test_what_is_exported_comes_in_again_and_changes_nothing() -> None:
    before = list(Limit.objects.order_by("pk").values()), list(ItemField.objects.order_by("pk").values())
    report = load(yaml_out.text_of(catalogue_now(TODAY)))
    assert (report.faults, report.changes) == ([], [])
    assert report.unchanged > 100
    assert before == (
        list(Limit.objects.order_by("pk").values()),
        list(ItemField.objects.order_by("pk").values()),
    )
    assert not Event.objects.filter(chain__startswith="register:catalogue:").exists()


def test_the_files_we_ship_say_what_the_first_rows_hold() -> None:
    for path in sorted(Path("approvals/data").glob("catalogue*.yaml")):
        report = load(path.read_text(encoding="utf-8"))
        assert (report.faults, report.changes) == ([], []), path


def test_a_new_item_is_added_with_its_limits_from_today() -> None:
    report = load(NEW_ITEM, sha256="ab" * 32)
    assert report.faults == []
    found = current("tea-house", TODAY)
    assert found is not None and found["edition"] == 1 and found["fields"][0]["code"] == "house_name"
    assert limits("tea-house", "promised") == [(5, TODAY, None)]
    event = Event.objects.get(chain=chain_of("tea-house"))
    assert (event.verb, event.params["file"]) == ("register_add", "ab" * 32)
    assert {row["code"] for row in event.params["rows"]} >= {"tea-house", "tea-house.promised"}


def test_a_new_item_may_begin_next_month_and_its_limits_with_it() -> None:
    report = load(NEW_ITEM.replace("office: xzspj", "office: xzspj\n    valid_from: 2026-12-01"))
    assert report.faults == []
    assert current("tea-house", TODAY) is None and current("tea-house", NEXT_MONTH) is not None
    assert limits("tea-house", "check") == [(5, NEXT_MONTH, None)]


def test_a_limit_changed_from_next_month_leaves_the_one_in_force_as_it_was() -> None:
    report = load(
        "limits: [{subject: food-licence, clock: promised, term: 3, unit: working_days,"
        " basis: 本市承诺, valid_from: 2026-12-01}]"
    )
    assert report.faults == [] and len(report.changes) == 1
    assert limits("food-licence", "promised") == [
        (5, date(2018, 1, 1), date(2026, 11, 30)),
        (3, NEXT_MONTH, None),
    ]
    assert ServiceItem.objects.filter(code="food-licence").count() == 1


def test_a_limit_that_has_not_begun_may_be_corrected_and_one_in_between_ends_where_the_next_begins() -> None:
    row = "limits: [{{subject: food-licence, clock: promised, term: {}, basis: 本市承诺, valid_from: {}}}]"
    load(row.format(3, "2026-12-01"))
    assert load(row.format(2, "2026-12-01")).faults == []
    assert load(row.format(4, "2026-11-25")).faults == []
    assert limits("food-licence", "promised") == [
        (5, date(2018, 1, 1), date(2026, 11, 24)),
        (4, date(2026, 11, 25), date(2026, 11, 30)),
        (2, NEXT_MONTH, None),
    ]


@pytest.mark.parametrize(
    ("day", "said"),
    [
        ("2018-01-01", "food-licence.promised, valid_from: The limit in force since 2018-01-01"),
        ("2026-11-01", "food-licence.promised, valid_from: A limit cannot be changed back to 2026-11-01"),
    ],
)
def test_a_limit_in_force_is_never_changed_back_in_time(day: str, said: str) -> None:
    before = limits("food-licence", "promised")
    report = load(
        f"limits: [{{subject: food-licence, clock: promised, term: 3, basis: x, valid_from: {day}}}]"
    )
    assert [fault.startswith(said) for fault in report.faults] == [True], report.faults
    assert limits("food-licence", "promised") == before


def test_a_changed_item_is_a_new_edition_from_its_day_and_the_former_ends_the_day_before() -> None:
    report = load(
        "items: [{code: food-licence, valid_from: 2026-12-01, fee: {zh: 免费, en: Free, ru: Бесплатно}}]"
    )
    assert report.faults == []
    first, second = ServiceItem.objects.filter(code="food-licence").order_by("edition")
    assert (first.stage, first.valid_until) == ("superseded", date(2026, 11, 30))
    assert (second.stage, second.edition, second.valid_from) == ("published", 2, NEXT_MONTH)
    assert second.fee["en"] == "Free" and second.name == first.name
    assert second.fields.count() == first.fields.count() > 3
    today, later = current("food-licence", TODAY), current("food-licence", NEXT_MONTH)
    assert today and later and (today["edition"], later["edition"]) == (1, 2)
    event = Event.objects.get(chain=chain_of("food-licence"))
    assert list(event.params["rows"][0]["fields"]) == ["fee"]


def test_an_edition_that_has_not_begun_is_corrected_and_no_edition_comes_before_it() -> None:
    text = "items: [{{code: food-licence, valid_from: {}, visits: {}}}]"
    load(text.format("2026-12-01", 1))
    assert [change.did for change in load(text.format("2026-12-01", 2)).changes] == ["correct"]
    assert current("food-licence", NEXT_MONTH) == {**current("food-licence", NEXT_MONTH), "edition": 2}  # type: ignore[dict-item]
    refused = load("items: [{code: food-licence, visits: 3}]").faults
    assert refused == [
        "food-licence, valid_from: An edition from 2026-12-01 is published already; name a later day."
    ]
    assert ServiceItem.objects.filter(code="food-licence").count() == 2


def test_a_dry_run_says_what_would_change_and_changes_nothing() -> None:
    report = load(NEW_ITEM, dry_run=True)
    assert report.faults == [] and [change.did for change in report.changes] == ["add"] * 5
    assert current("tea-house", TODAY) is None and not limits("tea-house", "check")
    assert not Event.objects.filter(chain=chain_of("tea-house")).exists()


def test_one_fault_keeps_the_whole_file_out() -> None:
    report = load(NEW_ITEM + "  - {code: no-office, name: {zh: 甲, en: A, ru: А}, office: nowhere}\n")
    assert report.faults == ["no-office, office: There is no office “nowhere”."]
    assert current("tea-house", TODAY) is None


def test_what_would_make_the_catalogue_unsound_is_refused() -> None:
    report = load(
        "limits: [{subject: food-licence, clock: promised, term: 30, basis: x, valid_from: 2026-12-01}]"
    )
    assert report.faults == ["food-licence, promised: What is promised is longer than the statutory limit."]
    assert limits("food-licence", "promised") == [(5, date(2018, 1, 1), None)]


def test_an_old_fault_does_not_stop_a_file_that_does_not_touch_it() -> None:
    Limit.objects.filter(subject="drug-retail", clock="promised").delete()
    assert load(NEW_ITEM).faults == []


def test_a_draft_is_seen_by_nobody_until_it_is_published() -> None:
    load("items: [{code: food-licence, stage: draft, valid_from: 2026-12-01, visits: 1}]")
    assert current("food-licence", NEXT_MONTH) == {**current("food-licence", TODAY)}  # type: ignore[dict-item]
    draft = ServiceItem.objects.get(code="food-licence", stage="draft")
    report = publish(draft, at=AT, by=person("diana"))
    assert report.faults == []
    later = current("food-licence", NEXT_MONTH)
    assert later is not None and later["edition"] == 2
    assert not ServiceItem.objects.filter(stage="draft").exists()
    assert Event.objects.get(chain=chain_of("food-licence"), by__username="diana")


def test_a_draft_that_waited_too_long_is_published_from_today() -> None:
    load("items: [{code: food-licence, stage: draft, visits: 1}]")
    draft = ServiceItem.objects.get(stage="draft")
    assert publish(draft, at=AT + timedelta(days=9)).faults == []
    assert ServiceItem.objects.get(code="food-licence", edition=2).valid_from == NEXT_MONTH


def test_a_draft_cannot_carry_other_limits_into_force() -> None:
    report = load(
        "items: [{code: food-licence, stage: draft, visits: 1, limits: [{clock: promised, term: 3,"
        " basis: x, valid_from: 2026-12-01}]}]"
    )
    assert report.faults == [
        "food-licence, promised: A draft cannot change the limits of what is published; "
        "they come with its publication."
    ]


def test_an_item_ends_by_its_last_day() -> None:
    assert load("items: [{code: food-licence, valid_until: 2026-11-30}]").faults == []
    assert current("food-licence", TODAY) is not None and current("food-licence", NEXT_MONTH) is None


def test_a_bundle_is_changed_by_a_new_edition_too() -> None:
    report = load(
        "bundles: [{code: company-opening, valid_from: 2026-12-01, items: [{item_code: company-setup,"
        " is_optional: false}, {item_code: seal-engraving, after: [company-setup]}]}]"
    )
    assert report.faults == []
    assert [bundle.items.count() for bundle in Bundle.objects.order_by("edition")] == [8, 2]


def test_the_chains_of_the_catalogue_stay_whole() -> None:
    load(NEW_ITEM)
    load("items: [{code: tea-house, valid_from: 2026-12-01, visits: 1}]")
    assert list(findings([chain_of("tea-house")])) == []


def test_the_command_loads_a_file_and_says_what_it_did(tmp_path: Path) -> None:
    file, out = tmp_path / "tea.yaml", StringIO()
    file.write_text(NEW_ITEM, encoding="utf-8")
    call_command("load_catalogue", str(file), "--dry-run", stdout=out)
    assert "5 would change" in out.getvalue()
    assert not ServiceItem.objects.filter(code="tea-house").exists()
    call_command("load_catalogue", str(file), stdout=out)
    assert ServiceItem.objects.filter(code="tea-house").exists()
    file.write_text("[", encoding="utf-8")
    with pytest.raises(CommandError):
        call_command("load_catalogue", str(file))
    with pytest.raises(CommandError):
        call_command("load_catalogue", str(tmp_path / "nothing.yaml"))


def test_a_file_that_is_no_catalogue_is_refused_in_a_sentence() -> None:
    with pytest.raises(UnreadableFile, match="holds no items"):
        catalogue_in(b"hello")


def test_a_workbook_that_is_exported_comes_in_again_and_changes_nothing() -> None:
    data = xlsx_out.workbook_of(catalogue_now(TODAY))
    report = bring(catalogue_in(data), at=AT)
    assert (report.faults, report.changes) == ([], [])
    assert report.unchanged > 100
