"""Papers that end a matter: refusal to accept, decision, proof of delivery; what may be done against them."""

from __future__ import annotations

from approvals.documents import chinese
from approvals.documents.issue import Facts
from approvals.documents.regimes import (
    LICENCE,
    LICENCE_LAW,
    LITIGATION_LAW,
    PLAIN,
    RECONSIDERATION_LAW,
    REGISTRATION,
    REGISTRATION_LAW,
)
from approvals.documents.speech import applicant, asked, we, you
from approvals.models import ServiceItem
from servicedesk.desk.pdf import Paper


def refusal(paper: Paper, facts: Facts) -> None:
    """不予受理: with the reason, and the body whose matter it is (行政许可法 32 (2))."""
    paper.addressee(f"{facts['applicant']}：")
    rightful = facts["rightful"].strip()
    article = "第三十二条第一款第（二）项" if rightful else "第三十二条"
    basis = f"根据{LICENCE_LAW}{article}的规定，" if facts["regime"] == LICENCE else ""
    paper.paragraph(f"{asked(facts)}，经审查，{basis}{we(facts)}决定不予受理。理由如下：")
    paper.paragraph(facts["reason"])
    if rightful:
        paper.paragraph(f"请向有权办理的单位提出申请：{rightful.rstrip('。')}。")
    remedies(paper, facts)


def decision(paper: Paper, facts: Facts) -> None:
    paper.addressee(f"{facts['applicant']}：")
    if facts["is_granted"]:
        _granted(paper, facts)
    else:
        paper.paragraph(f"{asked(facts)}，{REFUSED.get(facts['regime'], NOT_DONE).format(we=we(facts))}")
        paper.heading("理由")
        paper.paragraph(facts["text"])
        remedies(paper, facts)


# 行政许可法 38 (2); 市场主体登记管理条例 20.
REFUSED = {
    LICENCE: "经审查，不符合法定的条件、标准。"
    f"根据{LICENCE_LAW}第三十八条第二款的规定，{{we}}决定：不予行政许可。",
    REGISTRATION: f"经审查，根据{REGISTRATION_LAW}第二十条的规定，{{we}}决定：不予登记。",
}
NOT_DONE = "经审核，{we}不予办理。"


def _granted(paper: Paper, facts: Facts) -> None:
    paper.paragraph(f"{asked(facts)}，{GRANTED.get(facts['regime'], DONE).format(we=we(facts))}")
    paper.paragraph(facts["text"])
    rows = applicant(facts)
    if facts["result"]:
        rows.append(("办理结果", facts["result"]))
    if facts["result_number"]:
        rows.append(("证照或者登记编号", facts["result_number"]))
    paper.facts(rows)
    if facts["laws"]:
        paper.paragraph(f"事项依据：{'、'.join(facts['laws'])}。")
    if facts["regime"] == LICENCE and facts["is_delivered"]:
        paper.paragraph(
            f"本机关将自作出决定之日起十日内向{you(facts)}颁发、送达行政许可证件（{LICENCE_LAW}第四十四条）。"
        )


# 行政许可法 38 (1); 市场主体登记管理条例 19.
GRANTED = {
    LICENCE: "经审查，符合法定条件、标准。"
    f"根据{LICENCE_LAW}第三十八条第一款的规定，{{we}}决定：准予行政许可。",
    REGISTRATION: f"申请材料齐全、符合法定形式。根据{REGISTRATION_LAW}第十九条的规定，{{we}}决定：准予登记。",
}
DONE = "{we}已经办结，结果如下："


def remedies(paper: Paper, facts: Facts) -> None:
    """What may be done against a refusal (行政许可法 38): reconsideration within sixty days (行政复议法 20),
    a suit within six months (行政诉讼法 46). A body that is no authority can only be asked again."""
    paper.heading("救济途径")
    if facts["regime"] == PLAIN or facts["item_sort"] == ServiceItem.Sort.PUBLIC_SERVICE:
        paper.paragraph(f"对办理结果有异议的，可以向{we(facts)}提出，也可以通过平台反映诉求。")
        return
    reviewer = facts["reviewer"] or "有管辖权的行政复议机关"
    paper.paragraph(
        f"如不服本决定，可以依照{RECONSIDERATION_LAW}第二十条的规定，自知道或者应当知道本决定之日起六十日内"
        f"向{reviewer}申请行政复议；也可以依照{LITIGATION_LAW}第四十六条的规定，"
        "自知道或者应当知道本决定作出之日起六个月内直接向有管辖权的人民法院提起行政诉讼。"
    )


def delivery(paper: Paper, facts: Facts) -> None:
    """送达回证: what was delivered when and how; the receiver's signature is left free."""
    delivered = "\n".join(f"{title} {number}" for title, number in facts["delivered"]) or facts["item"]
    paper.facts(
        [
            ("受送达人", facts["applicant"]),
            ("案由", f"{facts['item']}（办件编号：{facts['case']}）"),
            ("送达的文书、证照", delivered),
            ("送达时间", chinese.moment(facts["delivered_at"])),
            ("送达方式", facts["how"] or "见办件记录"),
            ("送达单位", facts["office"]),
            ("受送达人签收", "\n\n　　　　　　　　　　　　　年　　月　　日"),
            ("备注", "电子送达的，以办件记录的送达时间为准，可以不签收本回证。"),
        ]
    )
