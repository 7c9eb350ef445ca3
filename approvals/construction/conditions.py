"""What must hold before the permit of a stage is granted, as questions: the snapshot of an item whose form
asks for each condition, with the paper that shows it."""

from __future__ import annotations

from collections.abc import Container, Iterator
from datetime import date
from typing import Any

from django.utils import timezone
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from approvals.catalogue.snapshot import Snapshot, current
from approvals.construction.stages import rules_of
from approvals.models import StageCondition, StageRule
from servicedesk.desk.registry import Opening
from servicedesk.desk.wording import in_every_language

ITEM = "construction-permit"
MET, PROMISED, DOES_NOT_APPLY = "met", "promised", "not-applicable"
BUILDER = "builder"
# So many conditions stand on one page of the form.
A_PAGE = 4

ANSWERS = {
    MET: _("It holds"),
    PROMISED: _("I promise it by a day"),
    DOES_NOT_APPLY: _("The law does not ask it of this project"),
}


def item_of_stage(opening: Opening) -> Snapshot:
    """What is applied for: kept with the case once it was submitted, of a draft as the rows are today.
    Raises LookupError where no such stage is offered."""
    if "item" in opening:
        return dict(opening["item"])
    on = timezone.localdate()
    rules = rules_of(str(opening.get("staging", "")), on)
    rule = next((each for each in rules if each.code == opening.get("stage")), None)
    item = current(ITEM, on)
    if rule is None or item is None:
        raise LookupError(opening.get("stage"))
    return snapshot_of(item, rule, is_last=rule == rules[-1], is_whole=len(rules) == 1)


def snapshot_of(item: Snapshot, rule: StageRule, *, is_last: bool, is_whole: bool) -> Snapshot:
    """The catalogue's item, made the item of one stage."""
    conditions = list(rule.conditions.all())
    pages = [conditions[place : place + A_PAGE] for place in range(0, len(conditions), A_PAGE)]
    return item | {
        "name": item["name"] if is_whole else named(item["name"], rule.label),
        "sections": [{"code": BUILDER, "label": in_every_language(_("General contractor"))}]
        + [
            {"code": f"conditions-{number}", "label": page_name(pages, number)}
            for number in range(len(pages))
        ],
        "fields": [
            builder(),
            *(
                field
                for number, page in enumerate(pages)
                for condition in page
                for field in questions(condition, f"conditions-{number}")
            ),
        ],
        "papers": [paper(condition) for condition in conditions if condition.needs_paper],
        "stage": facts_of(rule, conditions) | {"is_last": is_last},
    }


def facts_of(rule: StageRule, conditions: list[StageCondition]) -> dict[str, Any]:
    return {
        "staging": rule.staging,
        "code": rule.code,
        "label": rule.label,
        "suffix": rule.suffix,
        "conditions": [
            {
                "code": each.code,
                "label": each.label,
                "answers": list(answers(each)) if is_asked(each) else [],
                "needs_paper": each.needs_paper,
            }
            for each in conditions
        ],
    }


def named(item: dict[str, str], stage: dict[str, str]) -> dict[str, str]:
    """Name of an item and of its stage, in every language there is."""
    sign = {"zh-hans": "{}（{}）"}
    return {
        language: sign.get(language, "{} ({})").format(
            words, stage.get(language) or next(iter(stage.values()))
        )
        for language, words in item.items()
    }


def page_name(pages: list[list[StageCondition]], number: int) -> dict[str, str]:
    if len(pages) == 1:
        return in_every_language(_("What must hold"))
    first = number * A_PAGE + 1
    last = first + len(pages[number]) - 1
    return in_every_language(format_lazy(_("What must hold, {first}–{last}"), first=first, last=last))


def builder() -> dict[str, Any]:
    return {
        "code": BUILDER,
        "section": BUILDER,
        "sort": "company",
        "label": in_every_language(_("General contractor")),
        "hint": in_every_language(
            _(
                "The same as in the earlier stage. Where it changes, the permit is applied for anew, from the"
                " first stage on (Measures on Construction Permits, art. 5)."
            )
        ),
    }


def is_asked(condition: StageCondition) -> bool:
    """Whether there is anything to choose: not where the condition must hold and a paper shows it."""
    return condition.may_be_promised or condition.may_not_apply or not condition.needs_paper


def name_of(code: str) -> str:
    """Name of the question whether a condition holds; its paper goes by the code itself."""
    return f"{code.replace('-', '_')}_holds"


def questions(condition: StageCondition, section: str) -> Iterator[dict[str, Any]]:
    """The questions of one condition: whether it holds, the paper, and by when it is promised."""
    name, asked = name_of(condition.code), is_asked(condition)
    if asked:
        yield {
            "code": name,
            "section": section,
            "sort": "choice",
            "label": condition.label,
            "hint": {"zh-hans": condition.basis} if condition.basis else {},
            "choices": [
                {"code": code, "label": in_every_language(ANSWERS[code])} for code in answers(condition)
            ],
        }
    if condition.needs_paper:
        shown = each_language(condition.label, _("Paper: {condition}")) if asked else condition.label
        yield {
            "code": condition.code,
            "section": section,
            "sort": "file",
            "label": shown,
            "hint": {} if asked or not condition.basis else {"zh-hans": condition.basis},
            "condition": {"field": name, "is": [MET]} if asked else {},
        }
    if condition.may_be_promised:
        yield {
            "code": until_of(condition.code),
            "section": section,
            "sort": "date",
            "label": each_language(condition.label, _("By which day? {condition}")),
            "bounds": {"min": "today"},
            "condition": {"field": name, "is": [PROMISED]},
        }


def until_of(code: str) -> str:
    return f"{code.replace('-', '_')}_until"


def answers(condition: StageCondition) -> Iterator[str]:
    yield MET
    if condition.may_be_promised:
        yield PROMISED
    if condition.may_not_apply:
        yield DOES_NOT_APPLY


def each_language(label: dict[str, str], text: Any) -> dict[str, str]:
    """`text` around the label, in every language the label has."""
    around = in_every_language(text)
    return {
        language: around.get(language, "{condition}").format(condition=words)
        for language, words in label.items()
    }


def paper(condition: StageCondition) -> dict[str, Any]:
    """The paper as official papers list it; the form asks for it at its condition."""
    return {"code": condition.code, "name": condition.label, "need": "necessary", "form": "", "condition": {}}


def promises(opening: Opening, given: dict[str, Any]) -> list[tuple[dict[str, str], date]]:
    """(condition, day) of what was promised instead of shown, the nearest first."""
    asked = opening.get("item", {}).get("stage", {}).get("conditions", [])
    found = [
        (each["label"], date.fromisoformat(given[until_of(each["code"])]))
        for each in asked
        if given.get(name_of(each["code"])) == PROMISED and given.get(until_of(each["code"]))
    ]
    return sorted(found, key=lambda row: row[1])


def unanswered(item: Snapshot, given: dict[str, Any], papers: Container[str]) -> dict[str, str] | None:
    """Label of the first condition that is neither shown by its paper nor otherwise answered for; None where
    there is none. `papers` are the codes of those handed in."""
    for each in item["stage"]["conditions"]:
        answer = given.get(name_of(each["code"])) if each["answers"] else MET
        shown = answer != MET or not each["needs_paper"] or each["code"] in papers
        dated = answer != PROMISED or given.get(until_of(each["code"]))
        if answer not in (each["answers"] or [MET]) or not shown or not dated:
            return dict(each["label"])
    return None
