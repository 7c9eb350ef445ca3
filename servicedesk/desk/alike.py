"""Words that are the same for many cases but for number and link: rendered once, and filled in for each."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping, Sequence
from typing import Any

from servicedesk.accounts.models import User
from servicedesk.desk.models import Case, Event
from servicedesk.desk.outgoing import Telling, link_to, rendered

# Stands for a case's number while a text is rendered for many; no text holds this character.
MARK = "\ue000"


class Alike:
    """The words of one template, kept by what they differ in. The template knows nothing of a case but its
    number and its link."""

    def __init__(self, template: str) -> None:
        self.template = template
        self._kept: dict[Hashable, tuple[str, str]] = {}

    def words(
        self, event: Event, alike: Hashable, context: Mapping[str, Any]
    ) -> Callable[[str, bool], tuple[str, str]]:
        """Subject and body by language and whether for staff, for an event whose `context` says the same as
        any other of the same `alike`."""

        def said(language: str, is_staff: bool) -> tuple[str, str]:
            key, anybody, case = (language, is_staff, alike), Case(pk=0, number=MARK), event.case
            if key not in self._kept:
                asked = Telling(event, [], self.template, {**context, "case": anybody})
                self._kept[key] = rendered(asked, language, is_staff)
            subject, body = self._kept[key]
            number = case.number or "" if case else ""
            body = body.replace(link_to(anybody, is_staff), link_to(case, is_staff))
            return subject.replace(MARK, number)[:200], body.replace(MARK, number)

        return said


def dates_of(clocks: Sequence[Any]) -> Hashable:
    """What a text says of clocks: their labels, offices, due moments and bases."""
    return tuple((*clock.label.items(), clock.office_id, clock.due_at, clock.basis) for clock in clocks)


def telling(
    words: Alike,
    event: Event,
    people: Sequence[User],
    clocks: Sequence[Any],
    context: Mapping[str, Any],
    **how: Any,
) -> Telling:
    """News of an event in such words; `context` names the clocks and what else the template asks."""
    alike = (dates_of(clocks), how.pop("alike", None))
    said = words.words(event, alike, context)
    return Telling(event, people, words.template, context, words=said, **how)
