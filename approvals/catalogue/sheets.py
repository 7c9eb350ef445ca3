"""The sheets of a workbook of the catalogue: what each holds, and what its columns are called."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from approvals.catalogue.facts import BUNDLE, EDITION, FIELD, ITEM, LAW, LIMIT, PAPER, PART, TABLES

Table = dict[str, tuple[str, Any]]
# What words in each language are called behind the column's name.
TONGUES = {"zh-hans": "", "en": "（英文）", "ru": "（俄文）"}


@dataclass(frozen=True, eq=False)
class Sheet:
    """`part` names the columns' model; `below` the list of the row above that these rows make up."""

    title: str
    part: str
    table: Table
    below: str = ""
    # The part that the code in the first column belongs to.
    of: str = ""

    def headers(self) -> list[tuple[str, str, str]]:
        """(heading, column, language) in the order of the sheet; a language only of words."""
        found = [(OWNER[self.of], "owner", ""), (LABELS["stage"], "stage", "")] if self.of else []
        for name, (sort, _default) in self.table.items():
            label = self.label(name)
            if sort == "words":
                found += [(f"{label}{mark}", name, language) for language, mark in TONGUES.items()]
            else:
                found.append((label, name, ""))
        return found

    def label(self, name: str) -> str:
        return LABELS.get(f"{self.part}.{name}") or LABELS[name]


def _own(table: Table) -> Table:
    return {name: column for name, column in table.items() if column[0] not in TABLES}


OWNER = {"items": "事项编码", "bundles": "套餐编码"}
LABELS = {
    "code": "编码",
    "name": "名称",
    "summary": "一句话说明",
    "conditions": "受理条件",
    "fee": "收费",
    "result": "办理结果",
    "task_code": "基本编码",
    "implementation_code": "实施编码",
    "office": "实施机关",
    "sort": "类型",
    "handling": "办件类型",
    "procedure": "办理程序",
    "life": "生命周期",
    "applicants": "服务对象",
    "extension": "可延长（工作日）",
    "special": "特别程序",
    "is_licensed": "核发证照",
    "licence_months": "证照有效期（月）",
    "is_delivered": "送达结果",
    "is_online": "可网上办理",
    "is_part_only": "仅随套餐办理",
    "visits": "到现场次数",
    "position": "排序",
    "sections": "表单分节",
    "valid_from": "生效日期",
    "valid_until": "截止日期",
    "stage": "状态",
    "title": "法规名称",
    "number": "文号",
    "article": "条款",
    "note": "填报须知",
    "need": "必要性",
    "form": "形式",
    "source": "来源",
    "condition": "适用条件",
    "sample": "样本",
    "section": "分节",
    "label": "问题",
    "hint": "提示",
    "is_required": "必填",
    "check_as": "校验",
    "choices": "选项",
    "columns": "表格列",
    "bounds": "取值范围",
    "known_as": "自动带出",
    "mask": "脱敏方式",
    "subject": "事项或套餐编码",
    "clock": "时限种类",
    "term": "期限",
    "unit": "单位",
    "rolls": "遇休息日顺延",
    "ends": "截止时刻",
    "basis": "依据",
    "item_code": "事项编码",
    "after": "前置事项",
    "is_optional": "可不选",
}
ITEMS = Sheet("事项", "items", {**_own(ITEM), **EDITION})
BUNDLES = Sheet("套餐", "bundles", {**_own(BUNDLE), **EDITION})
LIMITS = Sheet("时限", "limits", LIMIT)
SHEETS = (
    ITEMS,
    Sheet("依据", "laws", LAW, "laws", "items"),
    Sheet("材料", "papers", PAPER, "papers", "items"),
    Sheet("表单", "fields", FIELD, "fields", "items"),
    LIMITS,
    BUNDLES,
    Sheet("套餐事项", "parts", PART, "items", "bundles"),
)
