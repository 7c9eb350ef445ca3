"""What a guide 办事指南 says of an item or a bundle, as words in the language of the page."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from approvals.catalogue.facts import PROMISED, part_subject
from approvals.models import Bundle, ItemField, ItemPaper, ServiceItem
from servicedesk.desk.models import Limit
from servicedesk.desk.wording import spoken
from servicedesk.desk.words import category_words, term_words

# Clocks in the order they run, and what they are called on a guide.
CLOCKS: dict[str, Promise] = {
    "check": gettext_lazy("Accepted, or told everything that is missing"),
    "statutory": gettext_lazy("Decided, as the law says"),
    PROMISED: gettext_lazy("Decided, as promised"),
    "deliver": gettext_lazy("Result handed over"),
}
Limits = dict[tuple[str, str], list[Limit]]


@dataclass(frozen=True)
class Term:
    """A limit in words; `later` is the one that follows it, if that is published."""

    code: str
    label: str
    within: str
    basis: str
    later: str = ""
    later_from: date | None = None


@dataclass(frozen=True)
class Asked:
    """A paper, or a question, and when it is asked for."""

    name: str
    note: str
    only_if: str
    row: ItemPaper | ItemField


def limits_of(subjects: Iterable[str], on: date) -> Limits:
    """Limits of these subjects that hold on the day or begin later, the earliest first. One query."""
    rows = Limit.objects.filter(subject__in=list(subjects)).exclude(valid_until__lt=on)
    found: Limits = {}
    for row in rows.order_by("valid_from"):
        found.setdefault((row.subject, row.clock), []).append(row)
    return found


def in_force(limits: Limits, subject: str, clock: str, on: date) -> Limit | None:
    """The limit that holds on the day."""
    rows = [row for row in limits.get((subject, clock), ()) if row.valid_from <= on]
    return rows[-1] if rows else None


def terms(limits: Limits, subject: str, on: date) -> list[Term]:
    found = []
    for clock, label in CLOCKS.items():
        now = in_force(limits, subject, clock, on)
        if now is None:
            continue
        later = next((row for row in limits[subject, clock] if row.valid_from > on), None)
        found.append(
            Term(
                clock,
                str(label),
                words(now),
                now.basis,
                words(later) if later else "",
                later.valid_from if later else None,
            )
        )
    return found


def words(limit: Limit) -> str:
    return term_words(limit.term, limit.unit)


def promise_words(limits: Limits, subject: str, on: date) -> str:
    """What is promised, in words; nothing where there is no promise."""
    limit = in_force(limits, subject, PROMISED, on)
    return words(limit) if limit else ""


def part_words(limits: Limits, bundle: str, item: str, on: date) -> str:
    """What is promised of an item within a bundle: its own promise there, else the one it has alone."""
    within = promise_words(limits, part_subject(bundle, item), on)
    return within or promise_words(limits, item, on)


def papers(items: Iterable[ServiceItem]) -> list[Asked]:
    """Every paper once, in the order of the items; the first that asks for it says how."""
    found: dict[str, Asked] = {}
    for item in items:
        fields = {field.code: field for field in item.fields.all()}
        for paper in item.papers.all():
            if paper.code not in found:
                only_if = condition_words(paper.condition, fields)
                found[paper.code] = Asked(str(paper), spoken(paper.note), only_if, paper)
    return list(found.values())


def questions(sections: list[Any], items: Iterable[ServiceItem]) -> list[tuple[str, list[Asked]]]:
    """Every question once, by the sections of the form."""
    found: dict[str, dict[str, Asked]] = {section["code"]: {} for section in sections}
    seen: set[str] = set()
    for item in items:
        fields = {field.code: field for field in item.fields.all()}
        for code, field in fields.items():
            if code not in seen and field.section in found:
                only_if = condition_words(field.condition, fields)
                found[field.section][code] = Asked(str(field), spoken(field.hint), only_if, field)
                seen.add(code)
    named = ((spoken(section["label"]), list(found[section["code"]].values())) for section in sections)
    return [(label, asked) for label, asked in named if asked]


def condition_words(condition: Any, fields: dict[str, ItemField]) -> str:
    """“How the premises are held: rented”."""
    field = fields.get(condition.get("field", "")) if condition else None
    if field is None:
        return ""
    labels = {choice["code"]: spoken(choice["label"]) for choice in field.choices}
    labels = labels or {"yes": _("yes"), "no": _("no")}
    answers = " / ".join(labels.get(each, each) for each in condition["is"])
    return _("%(question)s: %(answers)s") % {"question": str(field), "answers": answers}


def steps(item: ServiceItem) -> Iterator[tuple[str, list[str]]]:
    """What happens after the application, by the law the item is handled under."""
    yield _("You apply"), [_("Online or at the hall; you get a number and can follow it.")]
    match item.procedure:
        case ServiceItem.Procedure.LICENCE:
            said = _(
                "The office accepts, or tells you once everything that is missing. Silence is acceptance."
            )
            yield _("Papers are checked"), [said]
        case ServiceItem.Procedure.REGISTRATION:
            said = _("Complete and in form: registered at once. If not, you are told all that is missing.")
            yield _("Papers are checked"), [said]
    yield _("Review and decision"), list(_decision(item))
    if item.is_delivered:
        yield _("Result handed over"), [_("You are told as soon as it is ready.")]


def _decision(item: ServiceItem) -> Iterator[str]:
    yield _("A refusal is in writing, with its reasons and how to appeal.")
    if item.extension:
        told = ngettext(
            "The statutory limit may be extended by up to %(n)d working day; you are told why.",
            "The statutory limit may be extended by up to %(n)d working days; you are told why.",
            item.extension,
        )
        yield told % {"n": item.extension}
    if item.special:
        names = ", ".join(category_words(code) for code in item.special)
        yield _("Time for %(what)s is not counted; you are told how long it takes.") % {"what": names}


def bundle_steps(bundle: Bundle) -> Iterator[tuple[str, list[str]]]:
    yield (
        _("You fill in one form"),
        [_("Choose the items you need; what several of them ask is asked once.")],
    )
    yield (
        _("Every office works on its item"),
        [_("What waits for nothing runs side by side; you see each one.")],
    )
    yield (
        _("You get every result"),
        [_("An item that is refused or withdrawn does not hold up the others.")],
    )
