"""Form classes from the catalogue: one item, or the items of a bundle merged so that each fact is asked once
and each paper handed in once."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.utils.functional import lazy
from django.utils.translation import gettext_lazy as _

from approvals.forms.answers import AnswersForm, PapersForm
from approvals.forms.conditions import Rule, read
from approvals.forms.papers import PaperQuestion, field_name
from approvals.forms.sorts import Built, built
from approvals.models import ItemPaper
from servicedesk.desk.asking import Section
from servicedesk.desk.wording import spoken

Row = Mapping[str, Any]
PAPERS = "papers"
# In the reader's language, whenever it is read.
said = lazy(spoken, str)


def form_for(
    items: Sequence[Row], sections: Sequence[Row] = (), *, title: Mapping[str, str] | None = None
) -> type[AnswersForm]:
    """The form that asks for everything `items` need, snapshots as `catalogue.snapshot` makes them.

    Questions stand in the order of `sections` [{"code", "label"}], those of no known section in the first;
    papers come last. With less than two sections it is a form of one page. `title` is what is applied for, of
    a single item its name."""
    parts = [built(question) for question in merged(row for item in items for row in item.get("fields", ()))]
    papers = paper_parts([row for item in items for row in item.get("papers", ())], parts)
    order = placed(parts, papers, sections)
    whole = [part for _code, _label, found in order for part in found]
    fields = {name: field for part in whole for name, field in part.fields.items()}
    has_papers = any(isinstance(field, PaperQuestion) for field in fields.values())
    in_sections = len(order) > 1 and len(sections) > 1
    return type(
        "ItemForm",
        (PapersForm if has_papers or in_sections else AnswersForm,),
        {
            **fields,
            "rules": {name: rules for part in whole for name, rules in part.rules.items() if rules},
            "boxes": {name: box for part in whole for name, box in part.boxes.items()},
            "masks": {name: mask for part in whole for name, mask in part.masks.items()},
            "sources": {name: source for part in whole for name, source in part.sources.items()},
            "every": tuple(fields),
            "sections": tuple(section_of(*each) for each in order) if in_sections else (),
            "title": said(title or (items[0].get("name") if len(items) == 1 else None) or {}),
        },
    )


def section_of(code: str, label: Any, parts: Iterable[Built]) -> Section:
    return Section(code, label, tuple(name for part in parts for name in part.fields))


def placed(
    parts: list[Built], papers: list[Built], sections: Sequence[Row]
) -> list[tuple[str, Any, list[Built]]]:
    """(code, label, questions) of each section that asks for anything, the papers last."""
    codes = [str(section["code"]) for section in sections] or [""]
    homes = [part.section if part.section in codes else codes[0] for part in parts]
    labels = {str(section["code"]): said(section.get("label") or {}) for section in sections}
    found: list[tuple[str, Any, list[Built]]] = [
        (code, labels.get(code, ""), [part for part, home in zip(parts, homes, strict=True) if home == code])
        for code in codes
    ]
    if papers and PAPERS in codes:
        found[codes.index(PAPERS)][2].extend(papers)
    elif papers:
        found.append((PAPERS, _("Papers"), papers))
    return [each for each in found if each[2]]


def merged(rows: Iterable[Row]) -> list[dict[str, Any]]:
    """Each question once, as its first item words it: required where any item requires it, asked where any
    item asks for it."""
    found: dict[str, dict[str, Any]] = {}
    for row in rows:
        code = str(row["code"])
        rule = read(row.get("condition"))
        if code not in found:
            found[code] = {**row, "conditions": [rule]}
            continue
        found[code]["is_required"] = found[code].get("is_required") or row.get("is_required")
        found[code]["conditions"].append(rule)
    for each in found.values():
        each["rules"] = together(each["conditions"])
    return list(found.values())


def together(rules: Iterable[Rule | None]) -> tuple[Rule, ...]:
    """Rules of which one must hold; none where somebody asks in any case."""
    found = list(dict.fromkeys(rules))
    return () if None in found else tuple(rule for rule in found if rule is not None)


def paper_parts(rows: Sequence[Row], parts: list[Built]) -> list[Built]:
    """The papers, each once; one that is a question of the form already is not asked for again."""
    there = {name for part in parts for name in part.fields}
    codes = dict.fromkeys(str(row["code"]) for row in rows)
    found = [paper_part([row for row in rows if row["code"] == code]) for code in codes]
    return [part for part in found if not there & set(part.fields)]


def paper_part(rows: Sequence[Row]) -> Built:
    first = rows[0]
    needs = [str(row.get("need") or ItemPaper.Need.NECESSARY) for row in rows]
    need = min(needs, key=[*ORDER, *needs].index)
    name = field_name(str(first["code"]))
    field = PaperQuestion(
        code=str(first["code"]),
        need=need,
        form=str(first.get("form") or ""),
        source=str(first.get("source") or ""),
        label=said(first.get("name") or {}),
        help_text=said(first.get("note") or {}),
    )
    return Built(
        fields={name: field},
        rules={name: together([read(row.get("condition")) for row in rows])},
        section=PAPERS,
    )


# The most pressing need of several comes first.
ORDER = (ItemPaper.Need.NECESSARY, ItemPaper.Need.LATER, ItemPaper.Need.OPTIONAL)
