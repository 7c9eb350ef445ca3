"""A kind whose form has every sort of question, in sections, with papers; and a short one of one page."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from approvals.forms import form_for
from servicedesk.desk import registry
from servicedesk.desk.registry import CaseKind, StepDef
from tests.people import HOUSING

IDENTITY = "11010519491231002X"
GOOD_CODE, EARLY_CODE = "91370281MA0000015W", "91350211M00013FA1N"
PROJECT = "2106-370281-04-01-123456"


def words(zh: str, en: str = "", ru: str = "") -> dict[str, str]:
    return {"zh-hans": zh, "en": en or zh, "ru": ru or en or zh}


def question(code: str, section: str, sort: str = "text", **more: Any) -> dict[str, Any]:
    label = words(more.pop("zh", code), code.replace("_", " ").title(), f"{code} (ру)")
    return {"code": code, "section": section, "label": label, "sort": sort, "is_required": True, **more}


def option(code: str, zh: str) -> dict[str, Any]:
    return {"code": code, "label": words(zh, code.title())}


SECTIONS = [
    {"code": "company", "label": words("企业信息", "The company", "О компании")},
    {"code": "premises", "label": words("经营场所", "Premises", "Помещение")},
    {"code": "people", "label": words("人员", "People", "Люди")},
]
FIELDS = [
    question("company_name", "company", zh="企业名称", known_as="company.name"),
    question("company_code", "company", zh="统一社会信用代码", check_as="uscc", known_as="company.number"),
    question("capital", "company", "money", zh="注册资本（万元）", bounds={"min": 1, "max": 100000}),
    question("staff", "company", "number", zh="职工人数", bounds={"places": 0, "min": 0}),
    question("founded", "company", "date", zh="成立日期", bounds={"max": "today"}),
    question("project", "company", zh="项目代码", check_as="project", is_required=False),
    question("note", "company", "long", zh="说明", is_required=False),
    question(
        "premises",
        "premises",
        "choice",
        zh="场所来源",
        choices=[option("owned", "自有"), option("rented", "租赁")],
    ),
    question("landlord", "premises", zh="出租方", condition={"field": "premises", "is": ["rented"]}),
    question("site", "premises", "address", zh="地址", known_as="company.address"),
    question(
        "trades",
        "premises",
        "choices",
        zh="经营项目",
        choices=[option("sale", "销售"), option("catering", "餐饮")],
    ),
    question("seats", "people", "number", zh="座位数", condition={"field": "trades", "is": ["catering"]}),
    question("head", "people", "person", zh="负责人", mask="number"),
    question("owner", "people", "company", zh="出资企业"),
    question("mail", "people", zh="电子邮箱", check_as="email", known_as="user.email"),
    question("smoke", "people", "yes", zh="是否有明火"),
    question(
        "staffed",
        "people",
        "table",
        zh="从业人员",
        columns=[
            {"code": "name", "label": words("姓名", "Name"), "sort": "text", "is_required": True},
            {
                "code": "identity",
                "label": words("证件号码", "Identity"),
                "sort": "text",
                "check_as": "identity",
                "is_required": True,
            },
            {"code": "since", "label": words("入职日期", "Since"), "sort": "date", "is_required": False},
        ],
        bounds={"rows": 4},
    ),
]
PAPERS = [
    {"code": "site-plan", "name": words("平面图", "Plan"), "note": words("标明面积", "With areas"),
     "need": "necessary", "form": "original", "source": "applicant", "condition": {}},
    {"code": "lease", "name": words("租赁合同", "Lease"), "note": {}, "need": "necessary", "form": "copy",
     "source": "other", "condition": {"field": "premises", "is": ["rented"]}},
    {"code": "fire-report", "name": words("消防报告", "Fire report"), "note": {}, "need": "later",
     "form": "copy", "source": "government", "condition": {}},
]  # fmt: skip
ITEM: dict[str, Any] = {
    "code": "test-shop",
    "name": words("小店登记", "Small shop", "Лавка"),
    "fields": FIELDS,
    "papers": PAPERS,
}
SHORT: dict[str, Any] = {
    "code": "test-short",
    "name": words("简易备案", "Short filing", "Краткий учёт"),
    "fields": [
        question("subject", "", zh="事由"),
        question("place", "", "choice", zh="地点", choices=[option("in", "市内"), option("out", "市外")]),
        question("city", "", zh="城市", condition={"field": "place", "is": ["out"]}),
    ],
    "papers": [{"code": "letter", "name": words("申请书", "Letter"), "need": "necessary"}],
}
# What a person would type, wide digits and all.
ANSWERS: dict[str, dict[str, Any]] = {
    "company": {
        "company_name": "青岛长江钢构有限公司",
        "company_code": " 91370281ma0000015w ",
        "capital": "１，０００．５",
        "staff": "12",
        "founded": "2020年3月5日",
        "project": PROJECT,
        "note": "",
    },
    "premises": {
        "premises": "owned",
        "landlord": "",
        "site_town": "elsewhere",
        "site_street": "长江路 18 号",
        "trades": ["sale", "catering"],
    },
    "people": {
        "seats": "40",
        "head_name": "甲某",
        "head_id": "11010519491231002x",
        "head_phone": "138 0000 0001",
        "owner_name": "青岛大沽河食品有限公司",
        "owner_number": "91370281MA3AB9CX27",
        "mail": "shop@example.cn",
        "smoke": "no",
        "staffed-0-name": "乙某",
        "staffed-0-identity": "370281199001010010",
        "staffed-0-since": "2026/3/5",
        "staffed-1-name": "",
        "staffed-1-identity": "",
        "staffed-1-since": "",
    },
}


def kind(code: str, item: dict[str, Any], sections: list[dict[str, Any]]) -> CaseKind:
    form = form_for([item], sections)
    return CaseKind(
        code=code,
        label="测试申请",
        prefix="CQ",
        form=lambda opening: form,
        detail="approvals.Application",
        accessor="application",
        receives=HOUSING,
        verbs=frozenset({"submit", "attach", "message", "claim"}),
        steps=(StepDef("review", "审查", office=HOUSING),),
        clocks=(),
    )


@contextmanager
def registered() -> Iterator[dict[str, CaseKind]]:
    """Both kinds, known while the test lasts."""
    kinds = {"long": kind("test-long", ITEM, SECTIONS), "short": kind("test-short", SHORT, [])}
    for each in kinds.values():
        registry.register(each)
    try:
        yield kinds
    finally:
        for each in kinds.values():
            registry.unregister(each.code)
