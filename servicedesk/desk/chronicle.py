"""What happened to a case as the desk reads it: everything, by whom, internal words marked as such."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any

from django.utils.translation import gettext as _

from servicedesk.accounts.models import Office, User
from servicedesk.desk import moves
from servicedesk.desk.dossier import dossier_of
from servicedesk.desk.masks import masked
from servicedesk.desk.models import Attachment, Case, Event
from servicedesk.desk.registry import kind_of
from servicedesk.desk.verb_forms import CONTACT_WORDS
from servicedesk.desk.verbs import WORDS, said_words

NUMBER = re.compile(r"^\+?[\d\s()-]{7,20}$")


@dataclass(frozen=True)
class Entry:
    """One line of the timeline, in the shape `pieces.told` takes."""

    at: datetime
    office: Office | str
    who: str
    title: str
    body: str
    public: bool
    erased_at: datetime | None
    files: Sequence[Attachment] = ()
    # Colleagues a note mentions.
    mentioned: str = ""


class Chronicle:
    """The events of a case read once, with the office that spoke at each."""

    def __init__(self, case: Case) -> None:
        self.case = case
        read = dossier_of(case)
        self.events: list[Any] = read.events
        kept = [file for file in read.own_files if file.state != Attachment.State.ERASED]
        self.files = {file.pk: file for file in kept}
        self.offices = read.by_code

    def entries(self) -> list[Entry]:
        """Every entry, the newest first."""
        return list(self._told())[::-1]

    def since(self, version: int) -> list[Entry]:
        """What was done after the case had that version, the newest first."""
        behind = self.case.version - version
        entries = list(zip(self.events, self._told(), strict=True))[::-1]
        found: list[Entry] = []
        for event, entry in entries:
            if behind < 1:
                break
            found.append(entry)
            behind -= event.verb not in moves.QUIET
        return found

    def _told(self) -> Iterator[Entry]:
        first = kind_of(self.case.kind).receives_of(self.case.opening)
        holder: Office | None = self.offices.get(first)
        for event in self.events:
            yield Entry(
                at=event.effective_at,
                office=self._office(event, holder),
                who=self._who(event),
                title=self._title(event),
                body=self._body(event),
                public=event.public,
                erased_at=event.erased_at,
                mentioned=self._mentioned(event),
                files=[file] if (file := self.files.get(event.params.get("attachment", 0))) else (),
            )
            holder = self.offices.get(event.params.get("office", ""), holder)

    def _mentioned(self, event: Event) -> str:
        keys = event.params.get("mentions") or []
        return "、".join(str(self._people[key]) for key in keys if key in self._people)

    @cached_property
    def _people(self) -> dict[int, User]:
        """Everybody a note mentions; no query where none does."""
        keys = {key for event in self.events for key in event.params.get("mentions") or []}
        return User.objects.in_bulk(keys) if keys else {}

    def _who(self, event: Any) -> str:
        """Who did it, and in whose stead while they were away."""
        if not event.stead:
            return _who(event.by)
        return _("%(deputy)s for %(absent)s") % {"deputy": _who(event.by), "absent": event.stead}

    def _office(self, event: Event, holder: Office | None) -> Office | str:
        if event.by is None:
            return ""
        if not event.by.is_staff:
            since = event.params.get("agent")
            if since:
                return _("Applicant's agent, authorised on %(day)s") % {"day": since}
            return _("Applicant")
        # A consultation is asked by whoever has the matter; its step is with whom it was asked of.
        speaks = (
            event.step.office if event.step and event.verb not in {"consult", "join", "release"} else holder
        )
        return speaks or ""

    def _title(self, event: Event) -> str:
        words = said_words(event.verb) if event.verb in WORDS and event.verb != "alarm" else event.title
        to = event.params.get("to") or event.params.get("into")
        if to:
            return f"{words} → {self.offices.get(to, to)}"
        if event.verb == "contact":
            result = CONTACT_WORDS.get(event.params.get("result", ""), "")
            return _("%(done)s: %(what)s") % {"done": words, "what": result} if result else words
        return words

    def _body(self, event: Any) -> str:
        words: str = event.body or event.said or ""
        # The number called is the first line of a contact; in full it is shown only for a reason.
        lines = words.split("\n")
        if event.verb == "contact" and NUMBER.match(lines[0]):
            lines[0] = masked(lines[0], "phone")
        return "\n".join(lines)


def _who(user: User | None) -> str:
    if user is None:
        return _("the desk itself")
    return str(user) if user.is_staff else ""
