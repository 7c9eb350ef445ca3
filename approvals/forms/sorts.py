"""What each sort of question becomes: one control, or several where the question is composite."""

from __future__ import annotations

import functools
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from typing import Any

from django import forms
from django.utils.functional import lazy
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from approvals.forms.checked import CHECKED, DocumentQuestion, PhoneQuestion, UsccQuestion
from approvals.forms.choices import MOST_RADIOS, BoxQuestion, ChoiceQuestion, ChoicesQuestion, YesQuestion
from approvals.forms.conditions import DigitFails, Rule
from approvals.forms.fields import DayQuestion, NumberQuestion, TextQuestion, grouped
from approvals.forms.papers import PaperQuestion, field_name
from approvals.forms.questions import QuestionsForm
from approvals.forms.tables import TableQuestion, most_rows
from approvals.models import ItemPaper
from enterprises.models import Town
from servicedesk.desk.wording import spoken

Row = Mapping[str, Any]
said = lazy(spoken, str)
amount = lazy(grouped, str)

SHORT, LONG = 200, 5000
ROWS = 5
ELSEWHERE = "elsewhere"
# What is personal even where the catalogue does not say so (个人信息保护法 28: an identity is sensitive).
MASKS = {"identity": "number", "phone": "phone", "email": "email"}


@dataclass
class Built:
    """What a question became: its fields by name, and what is to be known of each."""

    fields: dict[str, forms.Field]
    rules: dict[str, tuple[Rule, ...]] = field(default_factory=dict)
    boxes: dict[str, str] = field(default_factory=dict)
    masks: dict[str, str] = field(default_factory=dict)
    sources: dict[str, str] = field(default_factory=dict)
    section: str = ""


def built(question: Row) -> Built:
    """The fields of one question. A sort nobody knows is asked for as a text."""
    made = SORTS.get(str(question.get("sort") or "text"), text)(question)
    rules: tuple[Rule, ...] = tuple(question.get("rules") or ())
    # What has a rule of its own (a box below a code) is tied to a field that has the question's.
    made.rules = {name: made.rules.get(name) or rules for name in made.fields}
    made.section = str(question.get("section") or "")
    return made


def common(question: Row) -> dict[str, Any]:
    return {
        "label": said(question.get("label") or {}),
        "help_text": said(question.get("hint") or {}),
        "required": bool(question.get("is_required", True)),
    }


def single(question: Row, made: forms.Field) -> Built:
    code, mask = str(question["code"]), question.get("mask") or MASKS.get(str(question.get("check_as")), "")
    source = question.get("known_as")
    return Built(
        {code: made}, masks={code: mask} if mask else {}, sources={code: str(source)} if source else {}
    )


def text(question: Row) -> Built:
    check = str(question.get("check_as") or "")
    if check == "uscc":
        return with_box(single(question, UsccQuestion(**common(question))), str(question["code"]))
    if check in CHECKED:
        return single(question, CHECKED[check](**common(question)))
    return single(question, TextQuestion(longest=bound(question, "length", SHORT), **common(question)))


def long(question: Row) -> Built:
    longest = bound(question, "length", LONG)
    return single(question, TextQuestion(longest=longest, rows=ROWS, **common(question)))


def number(question: Row) -> Built:
    return figure(question, places=None, least=None)


def money(question: Row) -> Built:
    return figure(question, places=2, least=Decimal(0))


def figure(question: Row, *, places: int | None, least: Decimal | None) -> Built:
    bounds = question.get("bounds") or {}
    limits = {"least": decimal(bounds.get("min")), "most": decimal(bounds.get("max"))}
    limits["least"] = least if limits["least"] is None else limits["least"]
    given = bounds.get("places")
    shown = common(question) | {"help_text": with_limits(question, **limits)}
    places = given if isinstance(given, int) and 0 <= given <= 6 else places
    return single(question, NumberQuestion(places=places, **limits, **shown))


def with_limits(question: Row, least: Decimal | None, most: Decimal | None) -> Any:
    hint = said(question.get("hint") or {})
    if least is None or most is None:
        return hint
    span = format_lazy(_("From {least} to {most}."), least=amount(least), most=amount(most))
    return format_lazy("{}\n{}", hint, span) if question.get("hint") else span


def day(question: Row) -> Built:
    bounds = question.get("bounds") or {}
    made = DayQuestion(
        least=str(bounds.get("min") or ""), most=str(bounds.get("max") or ""), **common(question)
    )
    return single(question, made)


def options(question: Row) -> list[tuple[str, Any]]:
    return [(str(each["code"]), said(each.get("label") or {})) for each in question.get("choices") or ()]


def choice(question: Row) -> Built:
    given = options(question)
    few = len(given) <= MOST_RADIOS
    return single(question, ChoiceQuestion(choices=given, few=few, **common(question)))


def choices(question: Row) -> Built:
    return single(question, ChoicesQuestion(choices=options(question), **common(question)))


def yes(question: Row) -> Built:
    return single(question, YesQuestion(**common(question)))


def file(question: Row) -> Built:
    shown, code = common(question), str(question["code"])
    need = ItemPaper.Need.NECESSARY if shown.pop("required") else ItemPaper.Need.OPTIONAL
    return Built({field_name(code): PaperQuestion(code=code, need=need, **shown)})


def table(question: Row) -> Built:
    parts = [built(column) for column in question.get("columns") or ()]
    cells = {name: each for part in parts for name, each in part.fields.items()}
    form = type(
        "RowForm",
        (QuestionsForm,),
        {
            **cells,
            "rules": {name: rules for part in parts for name, rules in part.rules.items() if rules},
            "boxes": {name: box for part in parts for name, box in part.boxes.items()},
            "every": tuple(cells),
        },
    )
    masks = {name: mask for part in parts for name, mask in part.masks.items()}
    most = most_rows((question.get("bounds") or {}).get("rows"), len(cells))
    made = single(question, TableQuestion(row=form, masks=masks, most=most, **common(question)))
    return Built(made.fields, masks={str(question["code"]): "rows"} if masks else {})


def person(question: Row) -> Built:
    code, shown = str(question["code"]), common(question)
    source = str(question.get("known_as") or "")
    fields: dict[str, forms.Field] = {
        f"{code}_name": TextQuestion(
            longest=80, attrs={"autocomplete": "off"}, **labelled(shown, pgettext_lazy("person", "name"))
        ),
        f"{code}_id": DocumentQuestion(
            **labelled(
                shown, _("identity number"), _("Of a foreigner without one, the number of the passport.")
            )
        ),
        f"{code}_phone": PhoneQuestion(**labelled(shown, _("telephone"), hint="")),
    }
    sources = {f"{code}_name": source}
    if source.partition(".")[0] == "user":
        sources = {f"{code}_name": "user.name", f"{code}_phone": "user.phone"}
    masks = {f"{code}_id": "number", f"{code}_phone": "phone"}
    if question.get("mask") == "name":
        masks[f"{code}_name"] = "name"
    return Built(fields, masks=masks, sources=sources if source else {})


def company(question: Row) -> Built:
    code, shown = str(question["code"]), common(question)
    fields: dict[str, forms.Field] = {
        f"{code}_name": TextQuestion(
            longest=120, attrs={"autocomplete": "organization"}, **labelled(shown, _("company name"))
        ),
        f"{code}_number": UsccQuestion(**labelled(shown, _("unified social credit code"), hint="")),
    }
    sources = {f"{code}_name": "company.name", f"{code}_number": "company.number"}
    made = Built(fields, sources=sources if question.get("known_as") else {})
    return with_box(made, f"{code}_number")


def address(question: Row) -> Built:
    code, shown = str(question["code"]), common(question)
    fields: dict[str, forms.Field] = {
        f"{code}_town": ChoiceQuestion(
            choices=functools.cache(towns), few=False, **labelled(shown, _("subdistrict or town"))
        ),
        f"{code}_street": TextQuestion(
            longest=200,
            attrs={"autocomplete": "street-address"},
            **labelled(shown, _("street and number"), hint=""),
        ),
    }
    sources = {f"{code}_town": "company.town", f"{code}_street": "company.address"}
    return Built(fields, sources=sources if question.get("known_as") else {})


def towns() -> list[tuple[str, Any]]:
    found = [(town.code, str(town)) for town in Town.objects.all()]
    return [("", "—"), *found, (ELSEWHERE, _("outside the city"))]


def labelled(shown: dict[str, Any], part: Any, hint: Any = None) -> dict[str, Any]:
    """Label of one part of a composite question; the question's own hint stands at its first part."""
    label = format_lazy(_("{question}: {part}"), question=shown["label"], part=part)
    return shown | {"label": label} | ({} if hint is None else {"help_text": hint})


def with_box(made: Built, name: str) -> Built:
    """The same with a box below the code `name`, for a real code whose check digit fails."""
    box = f"{name}_exact"
    made.fields[box] = BoxQuestion(label=_("The licence shows exactly this code."))
    made.rules[box] = (DigitFails(name),)
    made.boxes[name] = box
    return made


def bound(question: Row, name: str, default: int) -> int:
    given = (question.get("bounds") or {}).get(name)
    return given if isinstance(given, int) and given > 0 else default


def decimal(given: Any) -> Decimal | None:
    try:
        found = Decimal(str(given))
    except InvalidOperation:
        return None
    return found if found.is_finite() else None


SORTS: dict[str, Callable[[Row], Built]] = {
    "text": text,
    "long": long,
    "number": number,
    "money": money,
    "date": day,
    "choice": choice,
    "choices": choices,
    "yes": yes,
    "table": table,
    "person": person,
    "company": company,
    "address": address,
    "file": file,
}
