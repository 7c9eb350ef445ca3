"""Everything that can be wrong with a file of the catalogue: each fault its sentence, never a traceback."""

from __future__ import annotations

import io
import json
from copy import deepcopy
from datetime import date, datetime
from typing import Any

import openpyxl
import pytest
from django.utils import timezone
from django.utils.translation import override
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from approvals.catalogue import shape, xlsx_out
from approvals.catalogue.exporting import catalogue_now
from approvals.catalogue.reading import UnreadableFile, catalogue_in
from approvals.catalogue.wording import outward
from approvals.catalogue.writing import bring
from approvals.models import ServiceItem
from servicedesk.desk.models import Limit

pytestmark = [pytest.mark.once, pytest.mark.django_db]
AT = timezone.make_aware(datetime(2026, 11, 22, 10, 0))
WORDS = {"zh": "甲", "en": "A", "ru": "А"}

# A small sound item, broken in one place by each row of the table.
SOUND: dict[str, Any] = {
    "items": [
        {
            "code": "tea-house",
            "name": WORDS,
            "office": "xzspj",
            "extension": 10,
            "laws": [{"title": "行政许可法", "number": "主席令第七号", "article": "第十二条"}],
            "limits": [
                {"clock": "check", "term": 5, "unit": "working_days", "basis": "32"},
                {"clock": "statutory", "term": 20, "unit": "working_days", "basis": "42"},
                {"clock": "promised", "term": 5, "unit": "working_days", "basis": "承诺"},
                {"clock": "deliver", "term": 10, "unit": "working_days", "basis": "44"},
            ],
            "sections": [{"code": "house", "label": WORDS}, {"code": "staff", "label": WORDS}],
            "fields": [
                {
                    "code": "held",
                    "section": "house",
                    "label": WORDS,
                    "sort": "choice",
                    "choices": [{"code": "rented", "label": WORDS}, {"code": "owned", "label": WORDS}],
                },
                {
                    "code": "owner",
                    "section": "house",
                    "label": WORDS,
                    "condition": {"field": "held", "is": ["rented"]},
                },
                {
                    "code": "people",
                    "section": "staff",
                    "label": WORDS,
                    "sort": "table",
                    "columns": [{"code": "name", "label": WORDS, "sort": "text"}],
                },
            ],
            "papers": [{"code": "lease", "name": WORDS, "condition": {"field": "held", "is": ["rented"]}}],
        }
    ],
    "bundles": [
        {
            "code": "tea-set",
            "name": WORDS,
            "office": "xzspj",
            "sections": [{"code": "house", "label": WORDS}, {"code": "staff", "label": WORDS}],
            "limits": [{"clock": "promised", "term": 6, "unit": "working_days", "basis": "承诺"}],
            "items": [{"item_code": "tea-house"}],
        }
    ],
}
ITEM = ("items", 0)
FIELDS, LIMITS, BUNDLE = (*ITEM, "fields"), (*ITEM, "limits"), ("bundles", 0)


@pytest.fixture(autouse=True)
def english() -> Any:
    with override("en"):
        yield


def written(document: Any) -> bytes:
    """JSON is YAML too."""
    return json.dumps(document, ensure_ascii=False, default=str).encode()


def broken(path: tuple[Any, ...], value: Any) -> bytes:
    document = deepcopy(SOUND)
    place: Any = document
    for step in path[:-1]:
        place = place[step]
    if value is KeyError:
        del place[path[-1]]
    else:
        place[path[-1]] = value
    return written(document)


def faults(data: bytes) -> list[str]:
    return bring(catalogue_in(data), at=AT, dry_run=True).faults


def test_the_item_the_table_breaks_is_sound() -> None:
    assert faults(written(SOUND)) == []


@pytest.mark.parametrize(
    ("path", "value", "said"),
    [
        (
            (*ITEM, "code"),
            "Tea House",
            "Tea House, code: “Tea House” is no code: lower-case words and hyphens.",
        ),
        ((*ITEM, "code"), "", "row 1, code: This must not be empty."),
        ((*ITEM, "code"), ["x"], "row 1, code: “['x']” is no code: lower-case words and hyphens."),
        ((*ITEM, "colour"), "red", "tea-house, colour: This is no column of the catalogue."),
        ((*ITEM, "name"), {"zh": "甲"}, "tea-house, name: The wording is missing in: en, ru."),
        ((*ITEM, "name"), "甲", "tea-house, name: Words are written in each language: zh, en and ru."),
        ((*ITEM, "office"), "nowhere", "tea-house, office: There is no office “nowhere”."),
        ((*ITEM, "sort"), "99", "tea-house, sort: “99” is not one of 01, 07, 10, 20."),
        ((*ITEM, "sort"), ["01"], "tea-house, sort: “['01']” is not one of 01, 07, 10, 20."),
        ((*ITEM, "extension"), "ten", "tea-house, extension: “ten” is not a whole number."),
        ((*ITEM, "extension"), -1, "tea-house, extension: “-1” is not a whole number."),
        ((*ITEM, "visits"), True, "tea-house, visits: “True” is not a whole number."),
        ((*ITEM, "is_online"), "perhaps", "tea-house, is_online: “perhaps” is neither yes nor no."),
        (
            (*ITEM, "valid_from"),
            "soon",
            "tea-house, valid_from: “soon” is not a day; write it as 2027-01-31.",
        ),
        ((*ITEM, "valid_from"), "0001-01-01", "tea-house, valid_from: “0001-01-01” is not a day"),
        ((*ITEM, "special"), "hearing", "tea-house, special: This must be a list of codes."),
        ((*ITEM, "special"), ["dance"], "tea-house, special: There is no special procedure “dance”."),
        ((*ITEM, "licence_months"), 12, "Only an item that brings a licence has a validity."),
        ((*ITEM, "laws"), [], "tea-house, laws: An item states the law it rests on."),
        ((*ITEM, "laws"), "行政许可法", "tea-house, laws must be a list of rows."),
        ((*ITEM, "laws"), ["行政许可法"], "tea-house, laws, row 1 is not a row."),
        ((*ITEM, "laws", 0, "title"), "法" * 200, "title: This is longer than 120 characters."),
        ((*ITEM, "task_code"), "123", "task_code: A basic code has 12 digits and begins with 00 or 37."),
        (
            (*ITEM, "task_code"),
            "370700000000",
            "Digits 3 and 4 of the basic code are not the type of the item.",
        ),
        ((*ITEM, "implementation_code"), "x" * 31, "implementation_code: An implementation code is"),
        (
            (*ITEM, "sections"),
            [{"code": "house"}],
            "sections: This must be a list of codes with their words.",
        ),
        ((*ITEM, "procedure"), "registration", None),
        # limits
        ((*LIMITS, 0), {"clock": "check"}, "tea-house.check, term: This must not be empty."),
        ((*LIMITS, 0, "term"), 0, "tea-house.check, term: “0” is not a whole number from 1 on."),
        ((*LIMITS, 0, "unit"), "moons", "tea-house.check, unit: “moons” is not one of"),
        ((*LIMITS, 0, "clock"), "promised", "tea-house.promised stands there twice."),
        (
            (*LIMITS, 2, "term"),
            21,
            "tea-house, promised: What is promised is longer than the statutory limit.",
        ),
        ((*LIMITS, 3), KeyError, "tea-house, deliver: There is no limit in force on 2026-11-22."),
        (
            (*LIMITS, 1),
            KeyError,
            "tea-house, extension: Without a statutory limit there is nothing to extend.",
        ),
        (
            (*ITEM, "handling"),
            "1",
            "promised: What is handled at once is promised within one working day at most.",
        ),
        # form
        ((*FIELDS, 0, "code"), "Held!", "“Held!” is no code: lower-case words and underscores."),
        ((*FIELDS, 0, "sort"), "colour", "tea-house, fields, held, sort: “colour” is not one of"),
        ((*FIELDS, 0, "choices"), [], "tea-house, held, choices: A choice needs something to choose from."),
        (
            (*FIELDS, 0, "choices", 1, "code"),
            "rented",
            "tea-house, held, choices: Two choices have one code.",
        ),
        ((*FIELDS, 1, "choices"), [{"code": "a", "label": WORDS}], "Only a choice has choices."),
        ((*FIELDS, 1, "code"), "held", "tea-house, fields: “held” stands there twice."),
        ((*FIELDS, 1, "section"), "roof", "tea-house, owner, section: There is no section “roof”."),
        (
            (*FIELDS, 1, "condition", "field"),
            "people",
            "tea-house, owner, condition: “people” is asked later.",
        ),
        ((*FIELDS, 1, "condition", "field"), "owner", "tea-house, owner, condition: “owner” is asked later."),
        ((*FIELDS, 1, "condition", "field"), "roof", "owner, condition: There is no question “roof”."),
        ((*FIELDS, 1, "condition", "is"), ["lent"], "owner, condition: “held” has no answer “lent”."),
        ((*FIELDS, 1, "condition", "is"), [], "owner, condition: A condition names at least one answer."),
        ((*FIELDS, 1, "condition"), "held", "A condition names a question and its answers"),
        ((*FIELDS, 0, "section"), "staff", "owner, condition: “held” is asked in a later section."),
        ((*FIELDS, 1, "mask"), "paint", "tea-house, owner, mask: “paint” is no way of masking."),
        ((*FIELDS, 1, "bounds"), {"min": 5, "max": 1}, "owner, bounds: The least is more than the most."),
        ((*FIELDS, 1, "bounds"), {"length": 0}, "owner, bounds: “length” must be one at least."),
        ((*FIELDS, 1, "bounds"), {"min": "few"}, "bounds: Bounds are numbers under these names"),
        ((*FIELDS, 2, "columns"), [], "tea-house, people, columns: A table needs columns."),
        ((*FIELDS, 2, "columns", 0, "sort"), "table", "A column cannot be of the type “table”."),
        ((*FIELDS, 2, "columns", 0, "mask"), "paint", "Its check or its mask is not known."),
        ((*FIELDS, 2, "columns"), [{"code": "name"}], "columns: A column has a code, a label and a type."),
        ((*FIELDS, 2, "sort"), "text", "tea-house, people, columns: Only a table has columns."),
        # papers
        (
            (*ITEM, "papers", 0, "condition", "field"),
            "roof",
            "lease, condition: There is no question “roof”.",
        ),
        ((*ITEM, "papers", 0, "condition", "field"), "owner", "lease, condition: “owner” is no choice."),
        ((*ITEM, "papers", 0, "need"), "maybe", "lease, need: “maybe” is not one of"),
        # bundles
        ((*BUNDLE, "items"), [], "tea-set, items: A bundle needs items."),
        (
            (*BUNDLE, "items", 0, "item_code"),
            "no-item",
            "tea-set, items: There is no item “no-item” in force",
        ),
        ((*BUNDLE, "items", 0, "after"), ["no-item"], "after: “no-item” is no item of this bundle."),
        ((*BUNDLE, "items", 0, "after"), ["tea-house"], "These items wait for each other: tea-house."),
        ((*BUNDLE, "limits", 0, "term"), 4, "tea-set, promised: The items take 1950 working minutes"),
        ((*BUNDLE, "limits", 0, "unit"), "months", "tea-set, promised: The items take 1950 working minutes"),
        ((*BUNDLE, "limits"), [], "tea-set, promised: There is no limit in force on 2026-11-22."),
        ((*BUNDLE, "sections"), [], "tea-set, tea-house, held, section: The bundle has no section “house”."),
        ((*BUNDLE, "office"), "nowhere", "tea-set, office: There is no office “nowhere”."),
        ((*BUNDLE, "code"), "drug-retail", "drug-retail, code: An item and a bundle cannot have one code."),
        (
            ("limits",),
            [{"subject": "x", "clock": "check", "term": 1, "basis": "x"}],
            "There is no item or bundle “x”.",
        ),
        (
            ("limits",),
            [{"subject": "tea-set/x", "clock": "promised", "term": 1, "basis": "x"}],
            "no item or bundle",
        ),
    ],
)
def test_each_fault_has_its_sentence(path: tuple[Any, ...], value: Any, said: str | None) -> None:
    found = faults(broken(path, value))
    if said is None:
        assert found == []
    else:
        assert any(said in sentence for sentence in found), found
    assert not ServiceItem.objects.filter(code="tea-house").exists()


def test_one_question_is_the_same_in_all_items_of_a_bundle() -> None:
    document = deepcopy(SOUND)
    document["bundles"][0]["items"].append({"item_code": "housing-fund"})
    document["items"][0]["fields"][1] |= {"code": "company_name", "sort": "number", "condition": {}}
    assert "tea-set, housing-fund, company_name, sort: In tea-house this question is another." in faults(
        written(document)
    )


def test_the_longest_way_through_a_bundle_must_fit_its_promise() -> None:
    Limit.objects.filter(subject="company-opening/bank-account").update(term=120)
    found = faults(b"items: [{code: food-licence, visits: 1, valid_from: 2026-12-01}]")
    assert found == []  # it was wrong before, and this file does not touch it
    Limit.objects.filter(subject="company-opening/bank-account").update(term=90)
    found = faults(
        b"limits: [{subject: company-opening/bank-account, clock: promised, term: 120,"
        b" valid_from: 2026-12-01, unit: working_minutes, basis: x}]"
    )
    assert found == [
        "company-opening, promised: The items take 225 working minutes one after another, "
        "which is more than is promised."
    ]


def test_a_day_in_the_past_is_no_day_for_a_change() -> None:
    report = bring({"items": [], "bundles": [], "limits": []}, at=AT, on=date(2026, 11, 21))
    assert report.faults == ["The day from which the changes hold cannot lie in the past."]


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"", "holds no items"),
        (b"\xff\xfe\x00\x00", "UTF-8"),
        (b"items: [", "is not YAML"),
        (b"items: 5", "holds no items"),
        (b"items: [5]", "must be a list of rows"),
        (b"items: []\nmenu: []", "“menu” is not a part of a catalogue"),
        (b"items: &a []\nbundles: *a", "aliases"),
        (b"items: []\nitems: []", "stands twice"),
        (b"items: !!python/object:os.system {}", "is not YAML"),
        (b"items: [" + b"[" * 5000, "YAML"),
        (b"items: []\nlimits: [{term: 9" + b"9" * 5000 + b"}]", "YAML"),
        (b"PK\x03\x04 not really", "not an xlsx file"),
        ("项目：[".encode("gb18030"), "holds no items"),
    ],
)
def test_a_file_that_is_none_is_refused_in_a_sentence(data: bytes, said: str) -> None:
    with pytest.raises(UnreadableFile) as refused:
        catalogue_in(data)
    assert said in str(refused.value)


def book(**sheets: list[list[Any]]) -> bytes:
    found = openpyxl.Workbook()
    found.remove(found.active)
    for title, rows in sheets.items():
        page = found.create_sheet(title)
        for row in rows:
            page.append(row)
    kept = io.BytesIO()
    found.save(kept)
    return kept.getvalue()


@pytest.mark.parametrize(
    ("sheets", "said"),
    [
        ({"公司": [["名称"], ["甲"]]}, "none of the sheets"),
        ({"事项": [["编码", "颜色"], ["a", "红"]]}, "Sheet 事项: the column “颜色” is not known."),
        ({"事项": [["编码", "编码"], ["a", "b"]]}, "Sheet 事项: a column stands there twice."),
        ({"事项": [["编码"], ["a", "b"]]}, "more cells than there are columns"),
    ],
)
def test_a_workbook_that_is_none_is_refused_in_a_sentence(sheets: Any, said: str) -> None:
    with pytest.raises(UnreadableFile) as refused:
        catalogue_in(book(**sheets))
    assert said in str(refused.value)


def test_a_workbook_with_one_row_changes_one_limit_from_next_month() -> None:
    head = ["事项或套餐编码", "时限种类", "期限", "单位", "依据", "生效日期"]
    data = book(时限=[head, ["food-licence", "promised", 3, "工作日", "局务会决定", datetime(2026, 12, 1)]])
    report = bring(catalogue_in(data), at=AT)
    assert report.faults == [] and len(report.changes) == 1
    assert Limit.objects.get(subject="food-licence", clock="promised", term=3).valid_from == date(2026, 12, 1)


def test_a_sheet_of_papers_alone_changes_the_papers_of_the_items_it_names() -> None:
    head = ["事项编码", "编码", "名称", "名称（英文）", "名称（俄文）", "必要性", "适用条件"]
    data = book(
        材料=[
            head,
            ["food-licence", "lease", "合同", "Lease", "Договор", "necessary", "food_sort = sale, canteen"],
        ]
    )
    report = bring(catalogue_in(data), at=AT)
    assert report.faults == [] and [change.fields for change in report.changes] == [["papers"]]
    item = ServiceItem.objects.get(code="food-licence", edition=2)
    assert item.papers.get().condition == {"field": "food_sort", "is": ["sale", "canteen"]}
    assert item.fields.count() == ServiceItem.objects.get(code="food-licence", edition=1).fields.count()


def test_cells_that_cannot_be_understood_are_named() -> None:
    head = ["事项编码", "编码", "问题", "问题（英文）", "问题（俄文）", "类型", "选项", "取值范围"]
    row = ["food-licence", "held", "甲", "A", "А", "选一个", "没有冒号", "min = few"]
    found = faults(book(表单=[head, row]))
    assert len(found) == 3 and all(sentence.startswith("food-licence, fields, held") for sentence in found)


leaves = st.one_of(
    st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=8), st.just("\x00"), st.dates()
)
values = st.recursive(
    leaves,
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["zh-hans", "code", "label", "field", "is", "min"]) | st.text(max_size=3), inner
        )
    ),
    max_leaves=6,
)


@settings(max_examples=120, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_whatever_stands_in_a_column_is_a_sentence_and_never_a_traceback(data: Any) -> None:
    document = deepcopy(SOUND)
    place: Any = document["items"][0] if data.draw(st.booleans()) else document["bundles"][0]
    while True:
        key = data.draw(st.sampled_from(sorted(place) if isinstance(place, dict) else range(len(place))))
        below = place[key]
        if not (isinstance(below, dict | list) and below and data.draw(st.booleans())):
            break
        place = below
    place[key] = data.draw(values)
    text = written(document)
    try:
        catalogue = catalogue_in(text)
    except UnreadableFile as refused:
        assert str(refused)
        return
    assert all(isinstance(sentence, str) for sentence in bring(catalogue, at=AT, dry_run=True).faults)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.one_of(st.binary(max_size=80), st.text(max_size=80).map(str.encode)))
def test_whatever_bytes_are_sent_are_a_catalogue_or_a_sentence(data: bytes) -> None:
    try:
        shape.faults(catalogue_in(data))
    except UnreadableFile as refused:
        assert str(refused)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(at=st.integers(min_value=0), byte=st.integers(0, 255))
def test_a_damaged_workbook_is_a_sentence(at: int, byte: int) -> None:
    global SENT
    SENT = SENT or bytearray(xlsx_out.workbook_of(catalogue_now(AT.date(), {"food-licence"})))
    damaged = bytearray(SENT)
    damaged[at % len(damaged)] = byte
    try:
        shape.faults(catalogue_in(bytes(damaged)))
    except UnreadableFile as refused:
        assert str(refused)


SENT: bytearray = bytearray()


def test_words_go_out_and_come_in_by_their_short_names() -> None:
    assert outward({"name": {"zh-hans": "甲", "en": "A"}}) == {"name": {"zh": "甲", "en": "A"}}
