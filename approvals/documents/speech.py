"""How papers speak of who wrote, who answers, and what was asked for."""

from __future__ import annotations

from approvals.documents import chinese
from approvals.documents.issue import Facts
from approvals.documents.regimes import PLAIN


def you(facts: Facts) -> str:
    return "你单位" if facts["is_company"] else "你"


def we(facts: Facts) -> str:
    return "本单位" if facts["regime"] == PLAIN else "本机关"


def asked(facts: Facts) -> str:
    """The application, as every letter first names it."""
    day = chinese.day(facts["received"])
    return f"{you(facts)}于{day}提出的“{facts['item']}”申请（办件编号：{facts['case']}）"


def applicant(facts: Facts) -> list[tuple[str, str]]:
    rows = [("申请人", facts["applicant"])]
    if facts["applicant_number"]:
        rows.append(("统一社会信用代码", facts["applicant_number"]))
    if facts["about"]:
        rows.append(("所涉主体", facts["about"]))
    if facts["about_number"]:
        rows.append(("所涉主体代码", facts["about_number"]))
    return [*rows, ("申请事项", facts["item"]), ("办件编号", facts["case"])]
