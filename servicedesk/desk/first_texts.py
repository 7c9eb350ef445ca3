"""The ready texts the desk begins with, in the language of the house."""

from __future__ import annotations

from typing import Any

# (title, verb, kind, text)
TEXTS = (
    (
        "首次联系：已接通",
        "contact",
        "direct-line",
        "已与企业联系人通话，核实了诉求内容和现场情况，告知办理时限和经办人。",
    ),
    (
        "处理意见：现场核实",
        "give_opinion",
        "direct-line",
        "{company}：您反映的事项（{number}）已由{office}受理。我们将到现场核实，明确措施后按时限答复。",
    ),
    (
        "处理意见：多部门会商",
        "give_opinion",
        "direct-line",
        "您反映的事项涉及多个单位，{office}为主办单位，已启动会商，由我们统一答复。",
    ),
    (
        "答复：已办结",
        "draft_answer",
        "direct-line",
        "{company}：您反映的事项（{number}）办理情况如下。\n一、核实情况：\n二、采取措施：\n三、办理结果：\n"
        "如仍未解决，请在本平台选择“未解决”，我们将重新办理。{office}",
    ),
    (
        "答复：政策限制，说明理由",
        "draft_answer",
        "direct-line",
        "{company}：经核实，您反映的事项（{number}）因现行规定限制暂不能按您的要求办理。\n依据：\n理由：\n可选的其他途径：\n{office}",
    ),
    (
        "退回：非本单位职责",
        "return_to_centre",
        "",
        "经核对本单位职责，该事项不属本单位职责范围。依据：\n建议承办单位：\n请中心另行派单。",
    ),
    (
        "不予受理：已进入司法程序",
        "refuse_acceptance",
        "",
        "您反映的事项已进入诉讼或仲裁程序，不属本平台受理范围，请按司法程序主张权利。",
    ),
    ("留言：请补充材料", "message", "", "您好，{number} 的办理需要以下材料，请在本平台上传：\n1. \n2. "),
    (
        "征求意见",
        "consult",
        "",
        "请贵单位就 {number} 中涉及贵单位职责的部分提出意见：\n1. 是否属贵单位职责；\n2. 建议和所需时间。",
    ),
    (
        "挂账：条件暂不具备",
        "ask_park",
        "direct-line",
        "该事项解决所需条件目前尚不具备：\n计划：\n计划完成时间：\n期间的临时措施：",
    ),
)


def load_canned_texts(apps: Any) -> None:
    """Write them once, where there is no text yet."""
    rows = apps.get_model("desk", "CannedText").objects
    if rows.exists():
        return
    made = [
        rows.model(title=title, verb=verb, kind=kind, text=text, position=place * 10)
        for place, (title, verb, kind, text) in enumerate(TEXTS, 1)
    ]
    rows.bulk_create(made)
