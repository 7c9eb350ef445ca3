"""Values of the catalogue as they stand in the cells of a workbook, and back. What cannot be understood stays
as it is typed, so that `shape` says what is wrong with it."""

from __future__ import annotations

import re
from typing import Any

from django.conf import settings

from approvals.catalogue.facts import MODELS
from enterprises.columns import DateCell
from enterprises.spreadsheets import plain
from servicedesk.desk.wording import in_every_language

LANGUAGES = [code for code, _name in settings.LANGUAGES]
YES = {"是": True, "yes": True, "true": True, "1": True, "否": False, "no": False, "false": False, "0": False}
NOTHING: Any = object()
# code: 中文 | English | Русский
LINE = re.compile(r"([^:：]+)[:：](.*)")
# code (sort, optional, check=identity, mask=number)
COLUMN = re.compile(r"([a-z0-9_]+)\s*(?:[(（](.*)[)）])?")


def written(sort: str, part: str, name: str, value: Any) -> Any:
    """The value as a cell."""
    match sort:
        case "choice":
            return _choices(part, name).get(str(value), {}).get(settings.LANGUAGE_CODE, value)
        case "yes":
            return "是" if value else "否"
        case "names":
            return ", ".join(value)
        case "labelled":
            return "\n".join(f"{each['code']}: {_joined(each['label'])}" for each in value)
        case "columns":
            return "\n".join(f"{_column(each)}: {_joined(each['label'])}" for each in value)
        case "bounds":
            return "; ".join(f"{key} = {bound}" for key, bound in value.items())
        case "condition":
            return f"{value['field']} = {', '.join(value['is'])}" if value else ""
    return value


def read(sort: str, part: str, name: str, cell: Any) -> Any:
    """The value meant by a cell; NOTHING where the cell is empty and says nothing."""
    text = plain(cell)
    match sort:
        case "choice":
            return _choice(part, name, text) if text or name in {"check_as"} else NOTHING
        case "yes":
            return YES.get(text.casefold(), text) if text else NOTHING
        case "number" | "count":
            return _number(text) if text else NOTHING
        case "number or nothing":
            return _number(text) if text else None
        case "day":
            return _day(cell) if text else NOTHING
        case "names":
            return [each.strip() for each in re.split(r"[,，、]", text) if each.strip()]
        case "labelled":
            return _lines(text, lambda code, label: {"code": code, "label": label})
        case "columns":
            return _lines(text, _column_of)
        case "bounds":
            return _bounds(text)
        case "condition":
            return _condition(text)
    return text


def _choices(part: str, name: str) -> dict[str, dict[str, str]]:
    """Codes of a choice with their labels in every language."""
    known = MODELS[part]._meta.get_field(name).flatchoices
    return {str(code): in_every_language(label) for code, label in known}


def _choice(part: str, name: str, text: str) -> str:
    for code, labels in _choices(part, name).items():
        if text == code or text.casefold() in {label.casefold() for label in labels.values()}:
            return code
    return text


def _day(cell: Any) -> Any:
    try:
        return DateCell().clean(cell)
    except ValueError:
        return plain(cell)


def _number(text: str) -> Any:
    return int(text) if re.fullmatch(r"\d{1,9}", text) else text


def _joined(label: dict[str, str]) -> str:
    return " | ".join(label.get(code, "") for code in LANGUAGES)


def _label(text: str) -> dict[str, str]:
    return dict(zip(LANGUAGES, (each.strip() for each in text.split("|")), strict=False))


def _lines(text: str, made: Any) -> Any:
    rows = []
    for line in filter(None, (each.strip() for each in text.splitlines())):
        found = LINE.fullmatch(line)
        row = made(found[1].strip(), _label(found[2])) if found else None
        if row is None:
            return text
        rows.append(row)
    return rows


def _column(column: dict[str, Any]) -> str:
    said = [column.get("sort", "text")]
    said += [] if column.get("is_required", True) else ["optional"]
    said += [f"{name}={column[name]}" for name in ("check_as", "mask") if column.get(name)]
    return f"{column['code']} ({', '.join(said)})"


def _column_of(head: str, label: dict[str, str]) -> dict[str, Any] | None:
    found = COLUMN.fullmatch(head)
    if found is None:
        return None
    said = [each.strip() for each in (found[2] or "text").split(",")]
    column: dict[str, Any] = {"code": found[1], "label": label, "sort": said[0]}
    column["is_required"] = "optional" not in said
    pairs = (each.partition("=") for each in said[1:])
    column.update({name: value for name, sign, value in pairs if sign})
    return column


def _bounds(text: str) -> Any:
    found = {}
    for each in filter(None, (part.strip() for part in re.split(r"[;；]", text))):
        key, _sign, bound = (part.strip() for part in each.partition("="))
        if not re.fullmatch(r"-?\d+(\.\d+)?", bound):
            return text
        found[key] = float(bound) if "." in bound else int(bound)
    return found


def _condition(text: str) -> Any:
    if not text:
        return {}
    of, _sign, answers = text.partition("=")
    return {"field": of.strip(), "is": [each.strip() for each in re.split(r"[,，]", answers) if each.strip()]}
