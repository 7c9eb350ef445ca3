"""What happened to a matter as its applicant reads it: public events, offices by name, never an officer's."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django.db import models
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from servicedesk.accounts.models import Office, User
from servicedesk.desk.dossier import dossier_of, last_of
from servicedesk.desk.masks import masked_text
from servicedesk.desk.models import Attachment, Case, Event, Membership
from servicedesk.desk.registry import kind_of
from servicedesk.desk.verbs import said_words

# What an office says officially; a stranger with number and secret may read these words and no others.
OFFICIAL = frozenset(
    {"give_opinion", "sign_off", "decide", "extend", "close", "transfer", "refuse_acceptance", "park"}
)
HANDED_OVER = frozenset({"dispatch", "transfer", "return_to_centre", "recall"})
STEP_VERBS = frozenset({"start", "complete", "skip"})
CALLS = {
    "reached": gettext_lazy("Spoke with the company by telephone"),
    "no_answer": gettext_lazy("Call without an answer"),
    "wrong_number": gettext_lazy("Call to a wrong number"),
    "refused": gettext_lazy("Call: the company did not wish to talk"),
}


@dataclass
class Entry:
    """One line of the timeline, in the shape `pieces.told` takes."""

    at: datetime
    office: Office | str
    title: str
    body: str = ""
    erased_at: datetime | None = None
    files: Sequence[Attachment] = field(default_factory=tuple)
    public: bool = True


def story(case: Case, reader: User | None) -> list[Entry]:
    """The public timeline, the newest first. Without a reader (number and secret only) it holds no personal
    data: no words or files of the applicant's, and the office's words with telephone and identity numbers
    masked."""
    return list(reversed(list(_Teller(case, reader).entries())))


def answer_of(case: Case) -> Event | None:
    """The answer that was sent last."""
    last = last_of(case, "sign_off")
    return last if last is not None and last.public else None


class _Teller:
    """Reads a case's events once, with who spoke for which office when."""

    def __init__(self, case: Case, reader: User | None) -> None:
        self.case = case
        self.reader = reader
        read = dossier_of(case)
        self.events: list[Any] = read.events
        self.members = self._members()
        self.offices = read.by_code
        files = [file for file in read.own_files if file.public and file.state != Attachment.State.ERASED]
        self.files = {file.pk: file for file in files} if reader else {}

    def _members(self) -> set[int]:
        parties = [key for key in (self.case.applicant_id, self.case.about_id) if key is not None]
        return set(Membership.objects.filter(party__in=parties).values_list("user", flat=True))

    def entries(self) -> Iterator[Entry]:
        holder = self.offices.get(kind_of(self.case.kind).receives_of(self.case.opening))
        for event in self.events:
            if event.public:
                yield self._entry(event, holder)
            if event.verb in HANDED_OVER:
                holder = self.offices.get(event.params.get("office", ""), holder)

    def _entry(self, event: Event, holder: Office | None) -> Entry:
        return Entry(
            at=event.effective_at,
            office=self._who(event, holder),
            title=self._title(event),
            body=self._body(event),
            erased_at=event.erased_at,
            files=self._files(event),
        )

    def _who(self, event: Event, holder: Office | None) -> Office | str:
        if event.by_id in self.members:
            if self.reader is None:
                return _("The applicant")
            if event.params.get("agent"):
                day = date_format(date.fromisoformat(event.params["agent"]), "DATE_FORMAT")
                return _("The agent, under the authorisation of %(day)s") % {"day": day}
            return _("You") if event.by_id == self.reader.pk else _("Your company")
        if event.step is not None:
            return event.step.office
        return holder or ""

    def _title(self, event: Event) -> str:
        done = said_words(event.verb)
        if event.verb == "contact":
            return str(CALLS.get(event.params.get("result", ""), done))
        what = self._what(event)
        return _("%(done)s: %(what)s") % {"done": done, "what": what} if what else done

    def _what(self, event: Event) -> str:
        """Where it went, which step, which level: what the verb alone does not say."""
        if event.verb in {"dispatch", "transfer"}:
            office = self.offices.get(event.params.get("office", ""))
            return office.title() if office else ""
        if event.verb in STEP_VERBS:
            return str(event.step) if event.step else ""
        return level_words(self.case, event.params["level"]) if event.verb == "rate" else ""

    def _body(self, event: Any) -> str:
        if self.reader is None:
            return masked_text(event.body) if event.verb in OFFICIAL else ""
        if event.verb == "contact":
            return ""  # it holds the number that was called, and the caller's own words
        if event.verb == "message":
            return event.said or ""
        return event.body

    def _files(self, event: Event) -> Sequence[Attachment]:
        found = self.files.get(event.params.get("attachment", 0))
        return (found,) if found else ()


def levels(case: Case) -> Iterable[tuple[Any, Any]]:
    """The levels a matter of this kind is rated on, best first; none where it is not rated."""
    detail = getattr(case, kind_of(case.kind).accessor or "", None)
    if not isinstance(detail, models.Model) or not hasattr(detail, "rating"):
        return ()
    return getattr(detail._meta.get_field("rating"), "choices", None) or ()


def level_words(case: Case, level: int) -> str:
    return str(dict(levels(case)).get(level, level))
