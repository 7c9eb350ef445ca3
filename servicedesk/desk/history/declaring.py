"""What a kind declares so that requests of an older system can become its cases."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol

from django.db import models
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from servicedesk.accounts.models import Office
from servicedesk.desk.errors import BadInput
from servicedesk.desk.models import Case, Party

Words = str | Promise


@dataclass(frozen=True)
class Field:
    """Something a column may hold; `headings` are what older systems call it, the likeliest first."""

    name: str
    label: Words
    headings: tuple[str, ...] = ()
    required: bool = False


@dataclass(frozen=True)
class Fault:
    """What is to be said of a row; `column` is its heading, or empty where the row as a whole is meant."""

    row: int
    column: str
    text: str


@dataclass
class Past:
    """One row that has been read. `words` are its other mapped cells, `facts` what the kind made of them."""

    row: int
    subject: str
    text: str
    received: datetime
    answer: str = ""
    answered: datetime | None = None
    number: str = ""
    fingerprint: str = ""
    office: Office | None = None
    words: dict[str, str] = field(default_factory=dict)
    facts: dict[str, Any] = field(default_factory=dict)


# Says what is wrong with a cell: (name of the field, sentence).
Say = Callable[[str, str], None]


class Reader(Protocol):
    """What a kind adds to a run: made once, it may keep the registers it asks."""

    def look(self, past: Past, fault: Say, remark: Say) -> None:
        """Make facts of the words; a fault leaves the row out, a remark is only told."""

    def applicants(self, pasts: Sequence[Past], at: datetime) -> list[Party]:
        """For whom each of them was, found or made; inside the transaction of their cases."""

    def details(self, pairs: Sequence[tuple[Case, Past]]) -> Iterable[models.Model]:
        """The unsaved details of fresh cases."""


@dataclass(frozen=True)
class HistoryDef:
    """How a request becomes a case of `kind`: by `answer` it counts as answered, which ends the step
    `answered_in` and closes the matter."""

    kind: str
    reader: Callable[[], Reader]
    fields: tuple[Field, ...] = ()
    answer: str = "sign_off"
    answered_in: str = "solve"

    def every_field(self) -> dict[str, Field]:
        return {each.name: each for each in (*COMMON, *self.fields)}


COMMON = (
    Field("subject", _("Subject"), ("留言主题", "主题", "标题", "诉求标题", "subject", "title")),
    Field("text", _("Words"), ("留言详情", "留言内容", "诉求内容", "内容", "text", "content"), required=True),
    Field("received", _("Received"), ("留言时间", "诉求时间", "提交时间", "received"), required=True),
    Field("answer", _("Answer"), ("答复意见", "答复内容", "回复内容", "办理结果", "answer")),
    Field("answered", _("Answered"), ("答复时间", "回复时间", "办结时间", "answered")),
    Field("number", _("Number in the older system"), ("留言编号", "工单编号", "诉求编号", "编号", "number")),
    Field("office", _("Office"), ("承办单位", "答复单位", "办理单位", "office")),
)
_known: dict[str, HistoryDef] = {}


def register_history(declared: HistoryDef) -> HistoryDef:
    """Make it known that requests of the past may become cases of this kind; return the declaration."""
    _known[declared.kind] = declared
    return declared


def history_of(kind: str) -> HistoryDef:
    """Raises BadInput for a kind whose history is not taken in."""
    if kind not in _known:
        kinds = ", ".join(sorted(_known))
        raise BadInput(
            "no-history",
            _("No history can be imported for “%(kind)s”; possible: %(kinds)s.")
            % {"kind": kind, "kinds": kinds},
            "kind",
        )
    return _known[kind]


def histories() -> list[HistoryDef]:
    return [_known[kind] for kind in sorted(_known)]
