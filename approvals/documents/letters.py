"""What each sort of paper says, made from its kept facts alone: the same facts, the same bytes."""

from __future__ import annotations

from collections.abc import Callable

from approvals.documents import chinese, decisions, regimes
from approvals.documents.issue import Facts
from approvals.documents.regimes import LICENCE, LICENCE_LAW, PLAIN, REGISTRATION, REGISTRATION_LAW
from approvals.documents.speech import applicant, asked, we
from approvals.models import Document
from servicedesk.desk.pdf import Paper

Sort = Document.Sort
FORMS = {"original": "原件", "copy": "复印件", "electronic": "电子件"}
UNSEALED = "本文书由平台按办件记录生成。未加盖电子印章的，以加盖本机关印章的文本为准。"
WORKING_DAYS = "上述期限以工作日计算，不含法定节假日。"


def paper_of(document: Document) -> Paper:
    """The paper laid out, from its facts."""
    facts = document.facts
    paper = Paper(chinese.title(document), number=chinese.number(document), office=facts["office"])
    LETTERS[document.sort](paper, facts)
    if document.sort != Sort.DELIVERY:
        paper.signature(facts["office"], chinese.day(facts["date"]))
    if facts["regime"] != PLAIN:
        paper.remark(UNSEALED)
    return paper


def _receipt(paper: Paper, facts: Facts) -> None:
    paper.addressee(f"{facts['applicant']}：")
    paper.paragraph(f"{asked(facts)}已收到。{RECEIVED[facts['regime']]}")
    rows = [*applicant(facts), ("收件时间", chinese.moment(facts["received"]))]
    if facts["parts"]:
        rows.append(("包含事项", "、".join(facts["parts"])))
    paper.facts(rows)
    _handed_in(paper, facts)
    _limits(paper, facts)
    paper.note(
        ONLY_RECEIVED if facts["regime"] in {LICENCE, REGISTRATION} else "本凭证证明已收到上述申请和材料。"
    )


def _handed_in(paper: Paper, facts: Facts) -> None:
    rows = [[name, FORMS.get(form, ""), f"{files}件"] for name, form, files in facts["papers"]]
    if facts["others"]:
        rows.append(["其他附件", "电子件", f"{facts['others']}件"])
    if rows:
        paper.heading("收到的材料")
        paper.table(
            ["序号", "材料名称", "要求形式", "文件数"], [[str(n), *row] for n, row in enumerate(rows, 1)]
        )


def _limits(paper: Paper, facts: Facts) -> None:
    if facts["limits"]:
        paper.heading("办理时限")
        paper.table(["时限", "期限", "截至", "依据"], facts["limits"])
        if any("工作日" in term for _label, term, _due, _basis in facts["limits"]):
            paper.note(WORKING_DAYS)


RECEIVED = {
    LICENCE: f"根据{LICENCE_LAW}第三十二条的规定，申请材料不齐全或者不符合法定形式的，"
    "本机关将当场或者在五日内一次告知需要补正的全部内容；逾期不告知的，自收到申请材料之日起即为受理。",
    REGISTRATION: f"根据{REGISTRATION_LAW}第十九条的规定，申请材料齐全、符合法定形式的，"
    "予以确认并当场登记；不能当场登记的，在3个工作日内予以登记；情形复杂的，经登记机关负责人批准，"
    "可以再延长3个工作日。申请材料不齐全或者不符合法定形式的，将一次性告知需要补正的材料。",
    regimes.SERVICE: "本机关将在承诺的时限内办理并告知结果；材料不齐全的，将一次性告知需要补正的全部内容。",
    PLAIN: "本单位将在承诺的时限内办理并告知结果；材料不齐全的，将一次性告知需要补正的全部内容。",
}
ONLY_RECEIVED = "本凭证证明已收到上述申请和材料，不代表申请已经受理。"


def _acceptance(paper: Paper, facts: Facts) -> None:
    paper.addressee(f"{facts['applicant']}：")
    paper.paragraph(f"{asked(facts)}，{_accepted(facts)}")
    if facts["laws"]:
        paper.paragraph(f"事项依据：{'、'.join(facts['laws'])}。")
    _limits(paper, facts)
    if facts["regime"] == LICENCE:
        paper.paragraph(
            f"依法需要听证、招标、拍卖、检验、检测、检疫、鉴定和专家评审的，所需时间不计算在期限内，本机关将书面告知所需"
            f"时间（{LICENCE_LAW}第四十五条）。"
        )


def _accepted(facts: Facts) -> str:
    day = chinese.day(facts["accepted"])
    if facts["by_law"]:
        return (
            f"本机关自收到申请材料之日起五日内未告知需要补正的内容。根据{LICENCE_LAW}第三十二条第一款第（四）项的规定，"
            f"自收到申请材料之日（{day}）起即为受理。特此确认。"
        )
    if facts["regime"] == LICENCE:
        return (
            "经审查，申请事项属于本机关职权范围，申请材料齐全、符合法定形式。"
            f"根据{LICENCE_LAW}第三十二条第一款第（五）项的规定，本机关于{day}决定予以受理。"
        )
    if facts["regime"] == REGISTRATION:
        by = f"根据{REGISTRATION_LAW}第十九条的规定，"
        return f"经形式审查，申请材料齐全、符合法定形式。{by}本机关于{day}予以受理。"
    return f"材料齐全，{we(facts)}已于{day}受理。"


def _supplement(paper: Paper, facts: Facts) -> None:
    paper.addressee(f"{facts['applicant']}：")
    basis = {
        LICENCE: f"根据{LICENCE_LAW}第三十二条第一款第（四）项的规定，",
        REGISTRATION: f"根据{REGISTRATION_LAW}第十九条的规定，",
    }
    paper.paragraph(
        f"{asked(facts)}，经审查，申请材料不齐全或者不符合规定的形式。"
        f"{basis.get(facts['regime'], '')}现将需要补正的全部内容一次性告知如下："
    )
    paper.numbered(facts["missing"])
    paper.paragraph(f"请按照上述要求补正，在平台的本办件中提交。{we(facts)}收到全部补正材料后依法办理。")
    if facts["phone"]:
        paper.paragraph(f"咨询电话：{facts['phone']}")


def _special(paper: Paper, facts: Facts) -> None:
    paper.addressee(f"{facts['applicant']}：")
    name = facts["procedure"]
    by_law = facts["regime"] == LICENCE and facts["category"] in regimes.SPECIAL_PROCEDURES
    counted = (
        f"依法需要进行{name}。根据{LICENCE_LAW}第四十五条的规定，{name}所需时间不计算在规定的期限内，现将所需时间告知如下："
        if by_law
        else f"因{name}，办理时限自下列时间起暂停计算："
    )
    paper.paragraph(f"{asked(facts)}，{counted}")
    paper.facts(
        [
            ("特别程序" if by_law else "暂停事由", name),
            ("依据", facts["basis"]),
            ("原因说明", facts["reason"]),
            ("起始时间", chinese.moment(facts["since"])),
            ("所需时间", _needed(facts)),
            *([("相关文号", facts["document"])] if facts["document"] else []),
        ]
    )
    paper.paragraph("所需时间届满或者程序提前结束的，办理期限随即继续计算。")


def _needed(facts: Facts) -> str:
    if not facts["planned_until"]:
        return "以程序实际结束时间为准，结束后书面告知"
    return f"{facts['planned_days']}个工作日，预计至{chinese.moment(facts['planned_until'])}"


def _extension(paper: Paper, facts: Facts) -> None:
    paper.addressee(f"{facts['applicant']}：")
    basis = {
        LICENCE: f"根据{LICENCE_LAW}第四十二条第一款的规定，经本机关负责人批准，",
        REGISTRATION: f"根据{REGISTRATION_LAW}第十九条的规定，经登记机关负责人批准，",
    }
    paper.paragraph(
        f"{asked(facts)}，不能在原定期限内办结。{basis.get(facts['regime'], '')}办理期限延长如下："
    )
    paper.table(["时限", "延长", "延长后截至"], facts["extended"])
    paper.paragraph(f"延长理由：{facts['reason']}")


LETTERS: dict[str, Callable[[Paper, Facts], None]] = {
    Sort.RECEIPT: _receipt,
    Sort.ACCEPTANCE: _acceptance,
    Sort.SUPPLEMENT: _supplement,
    Sort.REFUSAL: decisions.refusal,
    Sort.SPECIAL: _special,
    Sort.EXTENSION: _extension,
    Sort.DECISION: decisions.decision,
    Sort.DELIVERY: decisions.delivery,
}
