"""Every verb with words that would do, so that only the state and the person can be in its way."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from servicedesk.accounts.models import Office, User
from servicedesk.desk import actions, moves
from servicedesk.desk.models import Case, Step
from tests.people import WATER

Do = Callable[[Case, User | None, datetime], Any]
REASON = "有理由。"


def _other(case: Case) -> Case:
    return Case.objects.exclude(pk=case.pk).exclude(number=None).latest("pk")


def _step(case: Case) -> Step:
    return case.steps.exclude(code__in=moves.BESIDE).order_by("position", "-round")[0]


def _beside(case: Case) -> Step:
    return case.steps.filter(code__in=moves.BESIDE).first() or _step(case)


def _plain(verb: str, **words: Any) -> Do:
    act = getattr(actions, verb)
    return lambda case, by, at: act(case, by=by, at=at, **words)


def _stepwise(verb: str, **words: Any) -> Do:
    act = getattr(actions, verb)
    return lambda case, by, at: act(_step(case), by=by, at=at, **words)


def _submit(case: Case, by: User | None, at: datetime) -> Any:
    # A submission is somebody's: its key belongs to them.
    by = by or User.objects.get(username="wang")
    return actions.submit(case, by=by, at=at, key=uuid.uuid4(), facts={})


def _reply(case: Case, by: User | None, at: datetime) -> Any:
    return actions.reply_consult(_beside(case), by=by, at=at, text=REASON)


DOING: dict[str, Do] = {
    "submit": _submit,
    "accept": _plain("accept"),
    "ask_supplement": _plain("ask_supplement", text="缺营业执照。"),
    "supplement": _plain("supplement", text="已补。"),
    "refuse_acceptance": _plain("refuse_acceptance", reason=REASON),
    "dispatch": lambda case, by, at: actions.dispatch(
        case, by=by, at=at, office=Office.objects.get(code="zjj")
    ),
    "rule": lambda case, by, at: actions.rule(
        case, by=by, at=at, office=Office.objects.get(code="zjj"), reason=REASON
    ),
    "recall": _plain("recall"),
    "claim": _plain("claim"),
    "assign": lambda case, by, at: actions.assign(
        case, by=by, at=at, officer=User.objects.get(username="alice")
    ),
    "transfer": lambda case, by, at: actions.transfer(
        case, by=by, at=at, office=Office.objects.get(code=WATER), reason=REASON
    ),
    "return_to_centre": _plain("return_to_centre", reason=REASON),
    "start": _stepwise("start"),
    "contact": _plain("contact", result="reached"),
    "pause": _plain("pause", category="parked", reason=REASON, basis="规定"),
    "resume": _plain("resume", category="parked"),
    "extend": lambda case, by, at: actions.extend(
        case, by=by, at=at, clocks=("resolve",), term=1, reason=REASON, told_at=at
    ),
    "ask_extension": _plain("ask_extension", term=1, reason=REASON),
    "refuse_extension": _plain("refuse_extension", reason=REASON),
    "report": _plain("report"),
    "complete": _stepwise("complete"),
    "skip": _stepwise("skip", reason=REASON),
    "give_opinion": _plain("give_opinion", text="先抽排。"),
    "consult": lambda case, by, at: actions.consult(
        case, by=by, at=at, office=Office.objects.get(code=WATER), text="请协助。"
    ),
    "reply_consult": _reply,
    "join": lambda case, by, at: actions.join(
        case, by=by, at=at, office=Office.objects.get(code=WATER), text="请协办。"
    ),
    "release": lambda case, by, at: actions.release(_beside(case), by=by, at=at, reason=REASON),
    "draft_answer": _plain("draft_answer", text="已清淤。"),
    "sign_off": _plain("sign_off", text="已清淤。"),
    "send_back": _plain("send_back", reason=REASON),
    "decide": _plain("decide", outcome="granted", text="准予。"),
    "confirm": _plain("confirm"),
    "redo": _plain("redo", reason="又积水了。"),
    "revisit": _plain("revisit", result="solved"),
    "rate": _plain("rate", level=5),
    "appeal": _plain("appeal", reason=REASON),
    "grant_appeal": _plain("grant_appeal", reason=REASON),
    "refuse_appeal": _plain("refuse_appeal", reason=REASON),
    "ask_park": lambda case, by, at: actions.ask_park(
        case, by=by, at=at, reason=REASON, basis="规定", until=at + timedelta(days=30)
    ),
    "refuse_park": _plain("refuse_park", reason=REASON),
    "review_parked": _plain("review_parked", text="仍在等待。"),
    "park": lambda case, by, at: actions.park(
        case, by=by, at=at, reason=REASON, basis="规定", until=at + timedelta(days=30)
    ),
    "unpark": _plain("unpark"),
    "withdraw": _plain("withdraw", reason=REASON),
    "nudge": _plain("nudge"),
    "escalate": _plain("escalate", reason=REASON),
    "note": _plain("note", text="内部。"),
    "message": _plain("message", text="你好。"),
    "attach": lambda case, by, at: actions.attach(case, by=by, at=at, file=None),  # type: ignore[arg-type]
    "split": _plain("split", parts=["另一件事。"], reason=REASON),
    "link": lambda case, by, at: actions.link(case, by=by, at=at, to=_other(case), sort="related"),
    "merge": lambda case, by, at: actions.merge(case, by=by, at=at, into=_other(case), reason=REASON),
    "close": _plain("close", outcome="lapsed", reason=REASON),
}
