"""Under which law a paper is written: the title it bears and the articles it rests on.

All of it is the Chinese of official papers and is never translated."""

from __future__ import annotations

from typing import Any

from approvals.models import Document, ServiceItem
from servicedesk.accounts.models import Office

Sort = Document.Sort
# A licence (行政许可法), a registration (市场主体登记管理条例), a filing or public service of an authority,
# and what a body that is no authority confirms (a bank, a seal maker, a utility).
LICENCE, REGISTRATION, SERVICE, PLAIN = "licence", "registration", "service", "plain"
PROCEDURES = {
    ServiceItem.Procedure.LICENCE: LICENCE,
    ServiceItem.Procedure.RECEIPT: LICENCE,
    ServiceItem.Procedure.REGISTRATION: REGISTRATION,
}
AUTHORITIES = frozenset({Office.Sort.BUREAU, Office.Sort.TOWN, Office.Sort.ZONE, Office.Sort.GOVERNMENT})
OF_THE_CITY = frozenset({Office.Sort.BUREAU, Office.Sort.CENTRE, Office.Sort.SUPERVISION, Office.Sort.TOWN})

LICENCE_LAW = "《中华人民共和国行政许可法》"
REGISTRATION_LAW = "《中华人民共和国市场主体登记管理条例》"
RECONSIDERATION_LAW = "《中华人民共和国行政复议法》"
LITIGATION_LAW = "《中华人民共和国行政诉讼法》"

# What 行政许可法 45 names; no other stop of the clocks is a special procedure of the law.
SPECIAL_PROCEDURES = {
    "hearing": "听证",
    "tender": "招标",
    "auction": "拍卖",
    "inspection": "检验",
    "testing": "检测",
    "quarantine": "检疫",
    "appraisal": "鉴定",
    "expert_review": "专家评审",
}

TITLES: dict[str, dict[str, str]] = {
    LICENCE: {
        Sort.RECEIPT: "收件凭证",
        Sort.ACCEPTANCE: "行政许可申请受理通知书",
        Sort.SUPPLEMENT: "行政许可申请材料一次性补正告知书",
        Sort.REFUSAL: "行政许可申请不予受理决定书",
        Sort.SPECIAL: "行政许可特别程序告知书",
        Sort.EXTENSION: "行政许可办理期限延期告知书",
        Sort.DECISION: "准予行政许可决定书",
        Sort.DELIVERY: "送达回证",
    },
    REGISTRATION: {
        Sort.RECEIPT: "收件凭证",
        Sort.ACCEPTANCE: "登记申请受理通知书",
        Sort.SUPPLEMENT: "登记申请材料一次性补正告知书",
        Sort.REFUSAL: "登记申请不予受理通知书",
        Sort.SPECIAL: "办理时限暂停计算告知书",
        Sort.EXTENSION: "登记期限延期告知书",
        Sort.DECISION: "准予登记通知书",
        Sort.DELIVERY: "送达回证",
    },
    SERVICE: {
        Sort.RECEIPT: "收件凭证",
        Sort.ACCEPTANCE: "受理告知书",
        Sort.SUPPLEMENT: "申请材料一次性补正告知书",
        Sort.REFUSAL: "不予受理告知书",
        Sort.SPECIAL: "办理时限暂停计算告知书",
        Sort.EXTENSION: "办理期限延期告知书",
        Sort.DECISION: "办理结果告知书",
        Sort.DELIVERY: "送达回证",
    },
}
TITLES[PLAIN] = TITLES[SERVICE] | {
    Sort.RECEIPT: "收件确认单",
    Sort.ACCEPTANCE: "受理确认单",
    Sort.REFUSAL: "不予受理确认单",
    Sort.DECISION: "办理结果确认单",
    Sort.DELIVERY: "办理结果领取确认单",
}
REFUSED_TITLES = {LICENCE: "不予行政许可决定书", REGISTRATION: "不予登记通知书"}


def regime_of(item: dict[str, Any], office: Office) -> str:
    """The regime of an item's snapshot at the office that handles it."""
    if office.sort not in AUTHORITIES:
        return PLAIN
    return PROCEDURES.get(item.get("procedure", ""), SERVICE)


def title_of(sort: str, facts: dict[str, Any]) -> str:
    regime = facts["regime"]
    if sort == Sort.SPECIAL and facts.get("category") not in SPECIAL_PROCEDURES:
        return TITLES[SERVICE][sort]
    if sort == Sort.DECISION and not facts["is_granted"]:
        return REFUSED_TITLES.get(regime, TITLES[regime][sort])
    return TITLES[regime][sort]


def full_name(office: Office) -> str:
    """How an office signs: a body of the city with the city's name before its own (规范化简称)."""
    if office.sort in OF_THE_CITY and _is_of_the_city(office):
        city = office.parent.name.removesuffix("人民政府") if office.parent else ""
        return office.name if office.name.startswith(city) else f"{city}{office.name}"
    return office.name


def reviewer_of(office: Office) -> str:
    """The government that reviews what this office does (行政复议法 24); "" where that is another's matter,
    as with bodies led from above (行政复议法 27)."""
    if office.sort in {Office.Sort.BUREAU, Office.Sort.TOWN} and _is_of_the_city(office):
        return office.parent.name if office.parent else ""
    return ""


def _is_of_the_city(office: Office) -> bool:
    above = office.parent
    return above is not None and above.sort == Office.Sort.GOVERNMENT and not office.is_vertical
