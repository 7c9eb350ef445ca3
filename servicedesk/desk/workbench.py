"""What the page of a case shows a member of staff: what it is about, what happened, what they may do now."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import models
from django.forms import Field
from django.utils.module_loading import import_string
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from servicedesk.accounts.models import User
from servicedesk.desk import asking, canned, kept
from servicedesk.desk.chronicle import Chronicle
from servicedesk.desk.dossier import Dossier, opened, with_extensions
from servicedesk.desk.models import Attachment, Case, Link, Watch
from servicedesk.desk.models.case import CaseQuerySet
from servicedesk.desk.permissions import actions_for, may_unmask, step_for, today
from servicedesk.desk.privacy import unmasking
from servicedesk.desk.queue import cases_of_desk, serves_cases
from servicedesk.desk.registry import Words, joins, kind_of
from servicedesk.desk.verb_fields import VerbForm
from servicedesk.desk.verb_forms import FORMS, NothingForm, form_for
from servicedesk.desk.verbs import button_words
from servicedesk.desk.verdicts import with_first_dates

# The first of these that is possible now is most likely what comes next, and stands open.
LIKELY = (
    "sign_off", "reply_consult", "dispatch", "rule", "revisit", "claim", "contact", "give_opinion",
    "draft_answer", "accept", "decide", "complete", "unpark", "resume",
)  # fmt: skip
# How the other verbs are grouped, in the order of the page; what is named nowhere comes first.
GROUPS: tuple[tuple[Words, tuple[str, ...]], ...] = (
    (_("Say"), ("message", "note", "attach", "nudge", "escalate", "appeal", "refuse_appeal", "grant_appeal")),
    (
        _("Who has it"),
        ("recall", "assign", "transfer", "return_to_centre", "rule", "consult", "join", "release"),
    ),
    (
        _("Clock"),
        (
            "extend",
            "refuse_extension",
            "pause",
            "resume",
            "ask_park",
            "park",
            "refuse_park",
            "review_parked",
            "unpark",
        ),
    ),
    (_("Other matters"), ("split", "link", "merge")),
    (_("End"), ("refuse_acceptance", "close", "redo", "withdraw")),
)
GRAVE = frozenset({"refuse_acceptance", "close", "merge", "withdraw", "return_to_centre"})
# Whose words the applicant reads as they are written.
PUBLIC = frozenset({"message", "give_opinion", "sign_off", "ask_supplement"})
OTHERS_SHOWN = 5
# A value longer than this stands under its label, not beside it.
LONG = 24


@dataclass(frozen=True)
class Offer:
    """One verb this user may use now, with its form. `bare` ones are a button; `grave` ones end something."""

    verb: str
    form: VerbForm
    likely: bool = False
    failed: bool = False
    # Ready texts 常用语 this form may be begun with; `begun` once one stands in it.
    texts: tuple[canned.Ready, ...] = ()
    begun: bool = False

    @property
    def place(self) -> str:
        """Id of the control a ready text goes into."""
        name = canned.place_of(self.form)
        return str(self.form[name].auto_id) if name else ""

    @property
    def label(self) -> str:
        return button_words(self.verb)

    @property
    def bare(self) -> bool:
        return isinstance(self.form, NothingForm)

    @property
    def is_public(self) -> bool:
        """Whether what is written here is for the applicant to read."""
        return self.verb in PUBLIC

    @property
    def grave(self) -> bool:
        return self.verb in GRAVE


@dataclass(frozen=True)
class Row:
    label: Words
    value: str
    long: bool = False


def of_desk(user: User, at: datetime) -> CaseQuerySet:
    """Cases with everything the page shows of them, in a fixed number of queries."""
    cases = cases_of_desk(user, at) if serves_cases(user, at) else Case.objects.none()
    return cases.select_related(
        "applicant", "about", "office", "officer", "parent", *joins()
    ).prefetch_related("steps", "pauses", with_first_dates())


def context_of(
    case: Case,
    user: User,
    at: datetime,
    *,
    tried: VerbForm | None = None,
    verb: str = "",
    chosen: canned.Chosen | None = None,
) -> dict[str, Any]:
    """Everything the template needs. `tried` is the form that was refused, which keeps what was typed;
    `chosen` says with which ready text a form is begun."""
    read = opened(case, user, today(at), cases_of_desk(user, at))
    clocks = with_extensions(read.clocks)
    offers = list(offers_for(case, user, at, tried, verb, chosen))
    return {
        "case": case,
        "now": at,
        "kind": kind_of(case.kind),
        "likely": [offer for offer in offers if offer.likely],
        "groups": grouped([offer for offer in offers if not offer.likely]),
        "offers": offers,
        "running": [clock for clock in clocks if clock.stopped_at is None],
        "stopped": [clock for clock in clocks if clock.stopped_at is not None],
        "steps": read.steps,
        "clocks": clocks,
        "files": [file for file in read.own_files if file.state == Attachment.State.STORED],
        "entries": Chronicle(case).entries(),
        "others": others_of(read),
        "watchers": [each for each in read.colleagues if each.is_watching],
        "is_watching": is_watching(read, user),
        "related": list(related_to(read)),
        "card": _card(case),
        "panel": kind_of(case.kind).panel_of(case, user, at),
    }


def offers_for(
    case: Case,
    user: User,
    at: datetime,
    tried: VerbForm | None = None,
    verb: str = "",
    chosen: canned.Chosen | None = None,
) -> Iterator[Offer]:
    possible = [each for each in actions_for(user, case, at) if each in FORMS]
    if tried is not None and verb not in possible:
        possible.append(verb)
    likely = likely_of(case, possible)
    ready = canned.texts_for(case, user, at) if possible else []
    for each in possible:
        failed = tried is not None and each == verb
        form = tried if failed and tried is not None else form_for(each, case, user, at)
        texts = canned.for_verb(ready, each, form)
        begun = not failed and canned.begin(form, each, texts, chosen)
        yield Offer(each, form, likely=each == likely, failed=failed, texts=texts, begun=begun)


def likely_of(case: Case, possible: list[str]) -> str:
    """The verb that most likely comes next; a draft that waits for its signature is not drafted again."""
    step = step_for(case, "draft_answer", kind_of(case.kind))
    waits = {"draft_answer"} if step is not None and step.outcome == "drafted" else set()
    return next((verb for verb in LIKELY if verb in possible and verb not in waits), "")


def grouped(offers: list[Offer]) -> list[tuple[Words, list[Offer]]]:
    named = {verb for _label, verbs in GROUPS for verb in verbs}
    rest = [offer for offer in offers if offer.verb not in named]
    found: list[tuple[Words, list[Offer]]] = [(_("On the way"), rest)]
    for label, verbs in GROUPS:
        found.append((label, [offer for verb in verbs for offer in offers if offer.verb == verb]))
    return [(label, rows) for label, rows in found if rows]


def others_of(read: Dossier) -> list[Case]:
    """Other open matters of the same applicant that the reader may see, the youngest first."""
    seen = [each for each in read.beside if each.seen and each.from_it != Link.Sort.MERGED]
    return seen[:OTHERS_SHOWN]


def is_watching(read: Dossier, user: User) -> bool:
    own = next((each for each in read.colleagues if each.pk == user.pk), None)
    return own.is_watching if own else Watch.objects.filter(case=read.case, user=user).exists()


def related_to(read: Dossier) -> Iterator[tuple[Words, Case]]:
    """Matters linked to this one, its parts and what it is part of, as far as the reader may see them; but
    for what the panel of the kind names in words of its own."""
    for each in sorted(read.tied, key=lambda each: each.pk):
        if each.seen and not _is_named_by_panel(read.case, each):
            yield _tie(each), each


def _is_named_by_panel(case: Case, other: Any) -> bool:
    """What a matter was merged into stands on the page already, and so does what an order is about."""
    is_linked = bool(other.from_it or other.to_it)
    return other.from_it == Link.Sort.MERGED or (is_linked and kind_of(case.kind).names_links)


def _tie(other: Any) -> Words:
    if other.from_it:
        return Link.Sort(other.from_it).label
    return _("named by") if other.to_it else _("belongs to the same whole")


def _card(case: Case) -> list[tuple[Words, str]]:
    card = kind_of(case.kind).card
    return [(label, value) for label, value in card(case) if value] if card else []


def detail_rows(case: Case, shown: bool = False) -> Iterator[Row]:
    """What the applicant filled in and the centre added; personal data masked unless `shown`."""
    kind = kind_of(case.kind)
    detail = getattr(case, kind.accessor or "", None)
    if not isinstance(detail, models.Model):
        return
    masks = {} if shown else _masks(case)
    papers = asking.papers(kind.form_of(case.opening), case) or {}
    for name, field in _asked(case, detail):
        files = ", ".join(file.name for file in papers.get(name, ()))
        value = files or kept.words(detail, name, field, masks.get(name, ""))
        if value:
            label = capfirst(kept.label(detail, name, field))
            yield Row(label, value, len(value) > LONG or "\n" in value)


def _asked(case: Case, detail: models.Model) -> Iterator[tuple[str, Field | None]]:
    """Fields of the detail that the applicant's form asks for, then those the desk's own forms add."""
    kind = kind_of(case.kind)
    form = kind.form_of(case.opening)
    names = asking.asked(form, detail)
    yield from ((name, asking.fields(form)[name]) for name in names)
    added = [name for other in map(import_string, kind.detail_forms.values()) for name in other.base_fields]
    yield from ((name, None) for name in dict.fromkeys(added) if name not in names)


def _masks(case: Case) -> dict[str, str]:
    kind = kind_of(case.kind)
    return asking.masks(kind, kind.form_of(case.opening) if kind.form is not None else None)


def has_masked(case: Case, user: User, at: datetime) -> bool:
    return bool(_masks(case)) and may_unmask(user, case, at)


def unmask(case: Case, *, by: User, at: datetime, reason: str) -> None:
    """Log on the user's own chain that they looked at personal data of this case, and why."""
    unmasking.unmask(case.number or "", _masks(case), by=by, at=at, reason=reason)
