"""How matters go: the acts of each story, through the verbs. Names in `word(…)` stand for what every matter
has of its own."""

from __future__ import annotations

import uuid

from enterprises.models import DirectLineMatter, Topic, Town, Urgency
from servicedesk.desk import actions
from servicedesk.desk.bulk.declaring import Act, Gap, Story
from servicedesk.desk.bulk.rehearsal import Stage
from servicedesk.desk.models import Attachment

DAY = 390


def submit(stage: Stage) -> None:
    case = actions.open_case(
        "direct-line", applicant=stage.party, by=stage.applicant, at=stage.at, title=stage.word("title")
    )
    DirectLineMatter.objects.create(
        case=case,
        text=stage.word("text"),
        place=stage.word("place"),
        contact_name=stage.word("contact"),
        contact_phone=stage.word("phone"),
        urgency=Urgency.objects.filter(code=stage.sort).first(),
    )
    facts = {"text": stage.word("text")}
    stage.case = actions.submit(case, by=stage.applicant, at=stage.at, key=uuid.uuid4(), facts=facts)


def dispatch(stage: Stage) -> None:
    topic = Topic.objects.filter(code=stage.sort).first() or Topic.objects.exclude(code="arrears").earliest(
        "pk"
    )
    DirectLineMatter.objects.filter(case=stage.case).update(topic=topic, town=Town.objects.earliest("pk"))
    title = stage.word("sorted_title")
    actions.dispatch(stage.case, by=stage.dispatcher, at=stage.at, office=stage.handling, title=title)


def dispatch_wrong(stage: Stage) -> None:
    actions.dispatch(stage.case, by=stage.dispatcher, at=stage.at, office=stage.other)


def return_it(stage: Stage) -> None:
    reason = "经核对，该事项的主管职责不在我单位，请另行派单。"
    actions.return_to_centre(stage.case, by=stage.other_head, at=stage.at, reason=reason, code="not_ours")


def claim(stage: Stage) -> None:
    actions.claim(stage.case, by=stage.officer, at=stage.at)


def contact(stage: Stage) -> None:
    number, text = stage.word("phone"), "已与企业联系人通话，了解情况。"
    actions.contact(stage.case, by=stage.officer, at=stage.at, result="reached", number=number, text=text)


def call_in_vain(stage: Stage) -> None:
    number = stage.word("phone")
    actions.contact(stage.case, by=stage.officer, at=stage.at, result="no_answer", number=number)


def opinion(stage: Stage) -> None:
    actions.give_opinion(stage.case, by=stage.officer, at=stage.at, text=stage.word("opinion"))


def draft(stage: Stage) -> None:
    actions.draft_answer(stage.case, by=stage.officer, at=stage.at, text=stage.word("answer"))


def send_back(stage: Stage) -> None:
    reason = "请补充完成时间和责任人后再报。"
    actions.send_back(stage.case, by=stage.head, at=stage.at, reason=reason)


def sign(stage: Stage) -> None:
    actions.sign_off(stage.case, by=stage.head, at=stage.at)


def confirm(stage: Stage) -> None:
    actions.confirm(stage.case, by=stage.applicant, at=stage.at, text=stage.word("thanks"))


def redo(stage: Stage) -> None:
    actions.redo(stage.case, by=stage.applicant, at=stage.at, reason=stage.word("unsolved"))


def withdraw(stage: Stage) -> None:
    actions.withdraw(stage.case, by=stage.applicant, at=stage.at, reason="已与对方自行协商解决，撤回。")


def refuse(stage: Stage) -> None:
    reason = "双方合同纠纷正在法院审理，不属本平台受理范围。"
    actions.refuse_acceptance(stage.case, by=stage.dispatcher, at=stage.at, reason=reason, rightful="court")


def close(stage: Stage) -> None:
    reason = "答复后企业未反馈，按已答复归档，不计为已解决。"
    actions.close(stage.case, by=stage.dispatcher, at=stage.at, outcome="answered", reason=reason)


def extend(stage: Stage) -> None:
    # A paper whose term of retention is over: its file is gone, so there is none to store for each matter.
    proof = Attachment.objects.create(
        case=stage.case,
        by=stage.head,
        sha256="0" * 64,
        size=1,
        name="多层级协调说明.pdf",
        mime="application/pdf",
        path="",
        public=False,
        state=Attachment.State.ERASED,
        at=stage.at,
    )
    actions.extend(
        stage.case,
        by=stage.head,
        at=stage.at,
        clocks=("resolve", "company"),
        term=15,
        reason="涉及上级部门审批，属多层级事项，已提前告知企业。",
        told_at=stage.before,
        proof=proof,
    )


def ask_park(stage: Stage) -> None:
    until = stage.moments[stage.place + 2]
    reason, basis = "需等待上级规划调整后才能实施。", "胶州市企业服务台挂账办法"
    actions.ask_park(stage.case, by=stage.officer, at=stage.at, reason=reason, basis=basis, until=until)


def park(stage: Stage) -> None:
    actions.park(stage.case, by=stage.dispatcher, at=stage.at, until=stage.next)


def unpark(stage: Stage) -> None:
    actions.unpark(stage.case, by=stage.officer, at=stage.at)


def nudge(stage: Stage) -> None:
    actions.nudge(stage.case, by=stage.applicant, at=stage.at, text="时间快到了，请尽快给个说法。")


def message(stage: Stage) -> None:
    text = "补充一下：现场照片已发给经办人，麻烦看一下。"
    actions.message(stage.case, by=stage.applicant, at=stage.at, text=text)


def note(stage: Stage) -> None:
    actions.note(stage.case, by=stage.officer, at=stage.at, text="已约企业周内现场核实，需协调相关站所。")


def rate(level: int) -> Act:
    return Act(Gap(200), lambda stage: actions.rate(stage.case, by=stage.applicant, at=stage.at, level=level))


def revisit(result: str, level: int | None) -> Act:
    """The centre's call; what is not solved is taken up again by it."""

    def does(stage: Stage) -> None:
        text = stage.word("unsolved") if result == "unsolved" else stage.word("thanks")
        actions.revisit(stage.case, by=stage.dispatcher, at=stage.at, result=result, level=level, text=text)

    return Act(Gap(DAY, late=0.08, beyond=3 * DAY), does)


START = Act(Gap(1), submit)
DISPATCH = Act(Gap(11, late=0.04, beyond=30), dispatch)
CLAIM = Act(Gap(12), claim)
CONTACT = Act(Gap(35, late=0.05, beyond=120), contact)
OPINION = Act(Gap(150, late=0.05, beyond=500), opinion)
DRAFT = Act(Gap(5 * DAY, late=0.04, beyond=14 * DAY), draft)
AGAIN = Act(Gap(2 * DAY), draft)
SIGN = Act(Gap(90), sign)
CONFIRM = Act(Gap(450), confirm)
REDO = Act(Gap(400), redo)
HANDLED = (CLAIM, CONTACT, OPINION)
ANSWERED = (DRAFT, SIGN)
TALK = (Act(Gap(200), message), Act(Gap(200), note))
USUAL = (START, DISPATCH, *HANDLED, *ANSWERED)

STORIES = (
    Story("solved", 31, (*USUAL, CONFIRM), stops=True),
    Story(
        "talked",
        8,
        (START, DISPATCH, *HANDLED, *(Act(Gap(200), each) for each in (message, note)), *ANSWERED, CONFIRM),
    ),
    Story("nudged", 3, (START, DISPATCH, *HANDLED, Act(Gap(6 * DAY), nudge), *ANSWERED, CONFIRM), stops=True),
    Story("rated", 14, (*USUAL, CONFIRM, rate(5))),
    Story("rated less", 7, (*USUAL, CONFIRM, rate(4))),
    Story("rated fair", 3, (*USUAL, CONFIRM, rate(3))),
    Story("silent", 8, (*USUAL, Act(Gap(10 * DAY), close))),
    Story("revisited", 8, (*USUAL, revisit("solved", 5))),
    Story("partly", 2, (*USUAL, revisit("partly", 3))),
    Story("unsolved", 1.5, (*USUAL, revisit("unsolved", 2), AGAIN, SIGN, CONFIRM), stops=True),
    Story("redone", 3, (*USUAL, REDO, AGAIN, SIGN, CONFIRM), stops=True),
    Story(
        "returned",
        4,
        (
            START,
            Act(Gap(11, late=0.04, beyond=30), dispatch_wrong),
            Act(Gap(150, late=0.01, beyond=320), return_it),
            DISPATCH,
            *HANDLED,
            *ANSWERED,
            CONFIRM,
        ),
        stops=True,
    ),
    Story(
        "sent back",
        2,
        (START, DISPATCH, *HANDLED, DRAFT, Act(Gap(60), send_back), Act(Gap(120), draft), SIGN, CONFIRM),
    ),
    Story(
        "extended",
        2,
        (START, DISPATCH, *HANDLED, Act(Gap(2 * DAY), extend), Act(Gap(14 * DAY), draft), SIGN, CONFIRM),
        stops=True,
    ),
    Story(
        "parked",
        1,
        (
            START,
            DISPATCH,
            *HANDLED,
            Act(Gap(2 * DAY), ask_park),
            Act(Gap(100), park),
            Act(Gap(20 * DAY), unpark),
            *ANSWERED,
            CONFIRM,
        ),
        stops=True,
    ),
    Story("unreached", 1.5, (START, DISPATCH, CLAIM, *(Act(Gap(400), call_in_vain),) * 3)),
    Story("withdrawn", 2, (START, Act(Gap(120), withdraw))),
    Story("refused", 2, (START, Act(Gap(20), refuse))),
)
