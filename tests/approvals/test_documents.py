"""Which paper a verb owes, what it says, and that its number and its facts stay."""

from __future__ import annotations

import re
import uuid
from collections.abc import Iterator
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils.translation import override

from approvals.documents import chinese, regimes
from approvals.documents.facts import NUMBERED, papers_of
from approvals.documents.issue import digest_of, issue
from approvals.documents.letters import paper_of
from approvals.models import Document, DocumentSeries, HandedIn, ItemLaw
from servicedesk.accounts.models import Office
from servicedesk.desk import actions
from servicedesk.desk.actions.frame import Work
from servicedesk.desk.models import Attachment, Case, Event, Party
from tests.approvals import issuing, make
from tests.approvals.issuing import TUESDAY, WEDNESDAY, document
from tests.make import MONDAY, again, moment
from tests.pdf_reading import page_count, text
from tests.people import HOUSING, WATER, Cast, cast

pytestmark = pytest.mark.django_db


@pytest.fixture
def people() -> Iterator[Cast]:
    found = cast()
    with issuing.issuing():
        yield found


def said(paper: Document) -> str:
    return re.sub(r"\s", "", text(paper_of(paper).bytes()))


def sorts(case: Case) -> list[str]:
    return list(Document.objects.filter(case=case).order_by("pk").values_list("sort", flat=True))


# Which verb owes which paper


def test_the_usual_way_leaves_four_papers(people: Cast) -> None:
    make.item()
    case = issuing.delivered(people)
    assert sorts(case) == ["receipt", "acceptance", "decision", "delivery"]


def test_verbs_that_owe_nothing_issue_nothing(people: Cast) -> None:
    make.item()
    case = make.accepted(people)
    before = sorts(case)
    actions.nudge(case, by=people.wang, at=TUESDAY, text="请快些。")
    actions.message(case, by=people.wang, at=TUESDAY, text="好的。")
    actions.withdraw(case, by=people.wang, at=TUESDAY, reason="不再需要。")
    assert sorts(case) == before == ["receipt", "acceptance"]


def test_a_part_of_a_bundle_has_no_receipt_of_its_own(people: Cast) -> None:
    make.item()
    whole = make.submitted(people)
    part = make.submitted(people)
    Document.objects.filter(case=part).delete()
    event = Event.objects.get(case=part, verb="submit")
    Case.objects.filter(pk=part.pk).update(parent=whole)
    work = Work(again(part), "submit", people.wang, MONDAY)
    assert papers_of(work, event) == []


def test_a_bundle_owes_only_its_receipt(people: Cast) -> None:
    make.item()
    case = issuing.paused(people)
    event = Event.objects.get(case=case, verb="pause")
    Document.objects.all().delete()
    case.opening = {"bundle": {"name": make.words("企业开办")}, "items": {}}
    assert papers_of(Work(case, "pause", None, TUESDAY), event) == []


def test_a_part_waits_for_the_series_of_cases_before_that_of_papers(people: Cast) -> None:
    """As every submission does; the other way round the two would wait for each other."""
    make.item()
    whole, part = make.submitted(people), issuing.refused(people)
    event = Event.objects.get(case=part, verb="decide")
    Document.objects.filter(event=event).delete()
    Case.objects.filter(pk=part.pk).update(parent=whole)
    with transaction.atomic(), CaptureQueriesContext(connection) as queries:
        (paper,) = papers_of(Work(again(part), "decide", people.alice, WEDNESDAY), event)
    said = [row["sql"] for row in queries]
    cases = next(place for place, sql in enumerate(said) if "desk_numberseries" in sql)
    papers = next(place for place, sql in enumerate(said) if "approvals_documentseries" in sql)
    assert paper.sort == "decision"
    assert cases < papers


def test_asking_twice_for_the_papers_of_an_event_issues_them_once(people: Cast) -> None:
    make.item()
    case = make.submitted(people)
    event = Event.objects.get(case=case, verb="submit")
    first = document(case, "receipt")
    assert papers_of(Work(case, "submit", people.wang, MONDAY), event) == [first]
    assert DocumentSeries.objects.get().last == 1


def test_the_database_refuses_a_second_paper_of_an_event(people: Cast) -> None:
    make.item()
    paper = document(make.submitted(people), "receipt")
    paper.pk, paper.number = None, 99
    with pytest.raises(IntegrityError), transaction.atomic():
        paper.save(force_insert=True)


def test_a_bundle_is_received_once_with_all_its_parts(people: Cast) -> None:
    make.item()
    case = make.submitted(people)
    event = Event.objects.get(case=case, verb="submit")
    Document.objects.all().delete()
    item = case.opening["item"]
    case.opening = {
        "bundle": {"code": "opening", "name": make.words("企业开办一件事")},
        "items": {code: item | {"name": make.words(code)} for code in ("营业执照", "公章刻制")},
    }
    (paper,) = papers_of(Work(case, "submit", people.wang, MONDAY), event)
    words = said(paper)
    assert "企业开办一件事" in words
    assert "包含事项营业执照、公章刻制" in words


def test_a_paper_names_whom_the_matter_concerns_besides_the_applicant(people: Cast) -> None:
    make.item()
    case = make.draft(people)
    Case.objects.filter(pk=case.pk).update(about=people.other)
    actions.submit(again(case), by=people.wang, at=MONDAY, key=uuid.uuid4(), facts={})
    words = said(document(case, "receipt"))
    assert "所涉主体青岛大沽河食品有限公司" in words
    assert "所涉主体代码91370281MA3AB9CX27" in words


# Numbers


def test_an_office_counts_all_its_papers_in_one_series_a_year(people: Cast) -> None:
    make.item()
    issuing.delivered(people)
    found = Document.objects.order_by("pk")
    assert [(paper.year, paper.number) for paper in found] == [(2026, n) for n in range(1, 5)]
    assert chinese.number(found[0]) == "胶州市住建局〔2026〕1号"


def test_offices_count_apart(people: Cast) -> None:
    make.item()
    make.item("test-water", office=WATER)
    here, there = make.submitted(people), make.submitted(people, "test-water")
    assert [document(each, "receipt").number for each in (here, there)] == [1, 1]
    assert {row.office.code: row.last for row in DocumentSeries.objects.all()} == {HOUSING: 1, WATER: 1}


def test_the_new_year_begins_at_one_in_local_time(people: Cast) -> None:
    make.item()
    make.submitted(people, at=moment("2026-12-31 23:59"))
    make.submitted(people, at=moment("2026-12-31 23:59"))
    make.submitted(people, at=moment("2027-01-01 00:01"))
    assert [(paper.year, paper.number) for paper in Document.objects.order_by("pk")] == [
        (2026, 1),
        (2026, 2),
        (2027, 1),
    ]


def test_a_rolled_back_verb_gives_its_number_back(people: Cast) -> None:
    make.item()
    case = make.draft(people)

    class Stop(Exception):
        pass

    with pytest.raises(Stop), transaction.atomic():
        actions.submit(case, by=people.wang, at=MONDAY, key=uuid.uuid4(), facts={})
        assert Document.objects.get().number == 1
        raise Stop
    assert not Document.objects.exists()
    assert document(make.submitted(people), "receipt").number == 1


# Facts


def test_facts_are_fixed_with_their_digest(people: Cast) -> None:
    make.item()
    case = make.submitted(people)
    paper = document(case, "receipt")
    Party.objects.filter(pk=people.company.pk).update(name="改名后的公司")
    Office.objects.filter(code=HOUSING).update(name="改名后的局")
    kept = document(case, "receipt")
    assert kept.digest == digest_of(kept.facts) == digest_of(paper.facts)
    assert (kept.facts["applicant"], kept.facts["office"]) == ("青岛长江钢构有限公司", "胶州市住建局")


def test_the_digest_does_not_depend_on_the_order_of_facts() -> None:
    assert digest_of({"a": 1, "b": [2, "三"]}) == digest_of({"b": [2, "三"], "a": 1})
    assert digest_of({"a": 1}) != digest_of({"a": "1"})


def test_a_receipt_names_what_was_handed_in_and_the_limits(people: Cast) -> None:
    row = make.item(papers=({"code": "lease", "name": make.words("租赁合同"), "form": "copy"},))
    ItemLaw.objects.create(item=row, title="示例条例", number="国务院令第1号", article="第九条")
    case = make.draft(people)
    for code, name in (("lease", "合同.pdf"), ("lease", "合同2.pdf"), ("", "照片.jpg")):
        file = Attachment.objects.create(
            case=case,
            by=people.wang,
            sha256="0" * 64,
            size=1,
            name=name,
            mime="image/jpeg",
            path=name,
            at=MONDAY,
        )
        if code:
            HandedIn.objects.create(attachment=file, case=case, code=code)
    actions.submit(case, by=people.wang, at=MONDAY, key=uuid.uuid4(), facts={})
    words = said(document(case, "receipt"))
    for each in (
        "收件凭证",
        "1租赁合同复印件2件",
        "2其他附件电子件1件",
        "5个工作日2026年3月9日",
        "2026年3月2日9时00分",
    ):
        assert each in words
    assert "不代表申请已经受理" in words


def test_an_acceptance_names_the_article_and_both_limits(people: Cast) -> None:
    make.item()
    words = said(document(make.accepted(people), "acceptance"))
    assert "第三十二条第一款第（五）项" in words
    assert "7个工作日2026年3月11日" in words
    assert "20个工作日2026年3月30日" in words
    assert "第四十五条" in words


def test_an_acceptance_by_silence_says_so_and_counts_from_receipt(people: Cast) -> None:
    make.item()
    case = make.submitted(people)
    actions.take_effect(case, at=moment("2026-03-10 10:00"))
    paper = document(case, "acceptance")
    words = said(paper)
    assert "第三十二条第一款第（四）项" in words
    assert "自收到申请材料之日（2026年3月2日）起即为受理" in words
    assert "2026年3月10日" in words


@pytest.mark.parametrize(
    "line", ["1. 合同", "2、合同", "（3）合同", "(4)合同", "一、合同", "（十二）合同", "  5．合同", "6) 合同"]
)
def test_numbers_people_wrote_before_a_line_are_not_doubled(line: str) -> None:
    assert NUMBERED.sub("", line).strip() == "合同"


@pytest.mark.parametrize("line", ["2026年的合同", "1.5米以上", "一次性补正", "30份合同"])
def test_a_line_that_begins_with_a_figure_keeps_it(line: str) -> None:
    assert NUMBERED.sub("", line) == line


def test_the_list_of_missing_papers_is_one_and_complete(people: Cast) -> None:
    make.item()
    words = said(document(issuing.told_what_is_missing(people), "supplement"))
    assert "1.补交租赁合同；2.补充法定代表人签字。" in words
    assert "全部内容一次性告知" in words
    assert "第三十二条第一款第（四）项" in words


def test_a_refusal_to_accept_names_the_rightful_body(people: Cast) -> None:
    make.item()
    words = said(document(issuing.not_accepted(people), "refusal"))
    assert "第三十二条第一款第（二）项" in words
    assert "请向有权办理的单位提出申请：青岛市某局。" in words
    other = said(document(issuing.not_accepted(people, rightful=""), "refusal"))
    assert "请向有权办理" not in other
    assert "第（二）项" not in other


def test_a_special_procedure_tells_its_basis_and_the_working_days_it_needs(people: Cast) -> None:
    make.item()
    words = said(document(issuing.paused(people), "special"))
    for each in ("专家评审", "第四十五条", "《示例条例》第十条", "10个工作日", "2026年3月17日17时00分"):
        assert each in words


def test_a_special_procedure_without_a_planned_end_says_that(people: Cast) -> None:
    make.item()
    assert "以程序实际结束时间为准" in said(document(issuing.paused(people, planned_until=None), "special"))


def test_a_stop_the_law_does_not_name_is_no_special_procedure(people: Cast) -> None:
    make.item(special=["consult"])
    words = said(document(issuing.paused(people, category="consult"), "special"))
    assert "办理时限暂停计算告知书" in words
    assert "第四十五条" not in words


def test_an_extension_tells_the_reason_and_the_new_day(people: Cast) -> None:
    make.item()
    words = said(document(issuing.extended(people), "extension"))
    for each in ("第四十二条第一款", "10个工作日", "2026年4月14日", "延长理由：案情复杂。"):
        assert each in words


# Decisions and remedies

REMEDIES = ("六十日内", "胶州市人民政府申请行政复议", "六个月内", "人民法院提起行政诉讼")


def test_a_grant_names_no_remedies(people: Cast) -> None:
    make.item(result=make.words("食品经营许可证"))
    case = make.accepted(people)
    case.application.result_number = "JY13702810000001"  # type: ignore[attr-defined]
    case.application.save()  # type: ignore[attr-defined]
    actions.decide(case, by=people.alice, at=WEDNESDAY, outcome="granted", text="准予经营。")
    words = said(document(case, "decision"))
    for each in (
        "准予行政许可决定书",
        "第三十八条第一款",
        "食品经营许可证",
        "JY13702810000001",
        "第四十四条",
    ):
        assert each in words
    assert not [each for each in REMEDIES if each in words]


def test_a_refusal_gives_its_reasons_and_both_remedies(people: Cast) -> None:
    make.item()
    words = said(document(issuing.refused(people), "decision"))
    for each in (
        "不予行政许可决定书",
        "第三十八条第二款",
        "场地不符合防火要求。",
        "第二十条",
        "第四十六条",
        *REMEDIES,
    ):
        assert each in words


def test_only_refusals_name_remedies(people: Cast) -> None:
    make.item()
    for walk in (issuing.delivered, issuing.refused, issuing.paused, issuing.extended, issuing.not_accepted):
        walk(people)
    issuing.told_what_is_missing(people)
    with_remedies = {
        (paper.sort, paper.facts.get("is_granted"))
        for paper in Document.objects.all()
        if "行政复议" in said(paper)
    }
    assert with_remedies == {("decision", False), ("refusal", None)}


def test_a_body_led_from_above_is_reviewed_by_whoever_the_law_names(people: Cast) -> None:
    make.item()
    Office.objects.filter(code=HOUSING).update(is_vertical=True)
    words = said(document(issuing.refused(people), "decision"))
    assert "向有管辖权的行政复议机关申请行政复议" in words
    assert "胶州市人民政府" not in words


def test_a_registration_rests_on_its_own_regulation(people: Cast) -> None:
    make.item(procedure="registration", is_delivered=False, terms=make.REGISTRATION)
    case = make.submitted(people)
    actions.claim(case, by=people.alice, at=MONDAY)
    actions.decide(case, by=people.alice, at=TUESDAY, outcome="refused", text="住所信息不一致。")
    receipt, decision = said(document(case, "receipt")), said(document(case, "decision"))
    assert "行政许可法》" not in receipt + decision
    assert "市场主体登记管理条例》第十九条" in receipt
    assert "0.5个工作日" in receipt
    assert "不予登记通知书" in decision
    assert "市场主体登记管理条例》第二十条" in decision
    assert "行政复议" in decision


def test_a_public_service_speaks_of_no_licence_and_of_no_suit(people: Cast) -> None:
    make.item(procedure="service", sort="20", is_delivered=False, terms=make.REGISTRATION)
    case = make.submitted(people)
    actions.claim(case, by=people.alice, at=MONDAY)
    actions.decide(case, by=people.alice, at=TUESDAY, outcome="refused", text="账户已经存在。")
    words = said(document(case, "decision"))
    assert "办理结果告知书" in words
    assert not [each for each in ("许可", "行政复议", "诉讼") if each in words.replace("测试许可", "")]


def test_a_body_that_is_no_authority_confirms_plainly(people: Cast) -> None:
    make.item(procedure="service", sort="20", is_delivered=False, terms=make.REGISTRATION)
    Office.objects.filter(code=HOUSING).update(sort="utility")
    case = make.submitted(people)
    actions.claim(case, by=people.alice, at=MONDAY)
    actions.decide(case, by=people.alice, at=TUESDAY, outcome="granted", text="已经预约。")
    words = said(document(case, "decision"))
    assert "办理结果确认单" in words
    assert "本机关" not in words
    assert "电子印章" not in words


def test_a_proof_of_delivery_names_what_was_delivered(people: Cast) -> None:
    make.item()
    words = said(document(issuing.delivered(people), "delivery"))
    for each in (
        "准予行政许可决定书胶州市住建局〔2026〕3号",
        "窗口领取",
        "2026年3月5日10时00分",
        "受送达人签收",
    ):
        assert each in words


# What people wrote


def test_nothing_typed_is_read_as_markup_or_breaks_a_paper(people: Cast) -> None:
    make.item()
    evil = "<b>粗</b>&amp;\x07\x1b</para>{we}%(x)s\u202e"
    Party.objects.filter(pk=people.company.pk).update(name="<i>甲</i>&公司")
    people.company.refresh_from_db()
    words = said(document(issuing.refused(people, text=evil), "decision"))
    assert "<b>粗</b>&amp;</para>{we}%(x)s" in words
    assert "<i>甲</i>&公司" in words


def test_a_very_long_reason_goes_on_on_the_next_sheet(people: Cast) -> None:
    make.item()
    paper = document(issuing.refused(people, text="理由很长。" * 800), "decision")
    content = paper_of(paper).bytes()
    assert page_count(content) > 2
    assert text(content).count("理由很长。") >= 790


def test_a_person_is_spoken_to_as_a_person_and_no_number_of_theirs_is_printed(people: Cast) -> None:
    make.item()
    Party.objects.filter(pk=people.company.pk).update(sort="person", name="王某", number="a" * 64)
    people.company.refresh_from_db()
    paper = document(make.submitted(people), "receipt")
    words = said(paper)
    assert "你于2026年3月2日" in words
    assert "aaaa" not in words
    assert paper.facts["applicant_number"] == ""


def test_every_regime_has_a_title_for_every_paper() -> None:
    for regime in (regimes.LICENCE, regimes.REGISTRATION, regimes.SERVICE, regimes.PLAIN):
        assert set(regimes.TITLES[regime]) == set(Document.Sort.values)


def test_the_same_facts_give_the_same_bytes_in_every_language(people: Cast) -> None:
    make.item()
    paper = document(issuing.refused(people), "decision")
    found = set()
    for language in ("zh-hans", "en", "ru"):
        with override(language):
            found.add(paper_of(Document.objects.get(pk=paper.pk)).bytes())
    assert len(found) == 1


def test_issuing_keeps_only_what_json_can_say(people: Cast) -> None:
    make.item()
    case = make.submitted(people)
    event = Event.objects.get(case=case, verb="submit")
    facts: dict[str, Any] = {"regime": "licence", "pair": ("a", 1)}
    paper = issue(case, "decision", event=event, at=MONDAY, facts=facts)
    assert paper.facts == Document.objects.get(pk=paper.pk).facts == {"regime": "licence", "pair": ["a", 1]}
    assert paper.digest == digest_of(facts)


@pytest.mark.parametrize(
    ("amount", "unit", "words"),
    [
        (5, "working_days", "5个工作日"),
        (195, "working_minutes", "0.5个工作日"),
        (390, "working_minutes", "1个工作日"),
        (120, "working_minutes", "2小时（工作时间）"),
        (90, "working_minutes", "1小时30分钟（工作时间）"),
        (3, "months", "3个月"),
    ],
)
def test_terms_are_written_as_one_promises_them(amount: int, unit: str, words: str) -> None:
    assert chinese.term(amount, unit) == words


@pytest.mark.parametrize(
    ("code", "name", "reviewer"),
    [
        ("xzspj", "胶州市行政审批服务局", "胶州市人民政府"),
        ("ligezhuang", "胶州市李哥庄镇人民政府", "胶州市人民政府"),
        ("kfq", "胶州经济技术开发区管委会", ""),
        ("swj", "税务局", ""),
        ("city", "胶州市人民政府", ""),
    ],
)
def test_offices_sign_with_the_name_of_their_city(people: Cast, code: str, name: str, reviewer: str) -> None:
    office = Office.objects.select_related("parent").get(code=code)
    assert (regimes.full_name(office), regimes.reviewer_of(office)) == (name, reviewer)
