"""Ready texts 常用语: which of them a form may be begun with, and what they say on this matter."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q

from servicedesk.accounts.models import User
from servicedesk.desk.models import CannedText, Case
from servicedesk.desk.permissions import posts_of, today
from servicedesk.desk.verb_fields import Text, VerbForm

# Forms whose text is a list of things, not a sentence somebody reads.
WITHOUT = frozenset({"split"})


@dataclass(frozen=True)
class Ready:
    """A text as it reads on one matter."""

    pk: int
    title: str
    text: str
    verb: str


@dataclass(frozen=True)
class Chosen:
    verb: str
    pk: str


def chosen_in(asked: Mapping[str, str]) -> Chosen | None:
    """The text somebody chose by a link, for the form of which verb."""
    verb, pk = asked.get("verb", ""), asked.get("canned", "")
    return Chosen(verb, pk) if verb and pk else None


def texts_for(case: Case, user: User, at: datetime) -> list[Ready]:
    """Texts in use for matters of this kind: those for all, and of the offices this user serves at."""
    offices = {post.office_id for post in posts_of(user, today(at))}
    rows = CannedText.objects.filter(
        Q(office=None) | Q(office__in=offices), kind__in=["", case.kind], is_valid=True
    )
    return [Ready(row.pk, row.title, filled(row.text, case), row.verb) for row in rows]


def filled(text: str, case: Case) -> str:
    """The text with its places filled, as plain words: nothing in it is read as anything else."""
    company = case.about.name if case.about is not None else case.applicant.name
    said = {"number": str(case.number or ""), "company": company, "office": case.office.name}
    for name, words in said.items():
        text = text.replace(f"{{{name}}}", words)
    return text


def place_of(form: VerbForm) -> str:
    """The field of several lines a text goes into; "" where the form has none."""
    return next((name for name, field in form.fields.items() if isinstance(field, Text)), "")


def for_verb(ready: Iterable[Ready], verb: str, form: VerbForm) -> tuple[Ready, ...]:
    if verb in WITHOUT or not place_of(form):
        return ()
    return tuple(text for text in ready if text.verb in {"", verb})


def begin(form: VerbForm, verb: str, texts: Iterable[Ready], chosen: Chosen | None) -> bool:
    """Put the chosen text behind what the form begins with; whether there was one for it."""
    if chosen is None or chosen.verb != verb:
        return False
    found = next((text for text in texts if str(text.pk) == chosen.pk), None)
    if found is None:
        return False
    field = form.fields[place_of(form)]
    before = str(field.initial or "").strip()
    field.initial = f"{before}\n{found.text}" if before else found.text
    return True
