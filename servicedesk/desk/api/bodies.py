"""What is sent to the API, read so that nothing comes through which no database could hold."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from io import BytesIO
from typing import Any

from django.conf import settings
from django.http import QueryDict
from rest_framework.exceptions import APIException, ParseError
from rest_framework.parsers import JSONParser, MultiPartParser

# Deeper than any answer to any form.
DEEPEST = 6


class TooLarge(APIException):
    status_code = 413
    default_detail = "The body is too large."
    default_code = "too-large"


class Text(JSONParser):
    """JSON without NUL characters, lone surrogates and bottomless nesting, and no larger than a form."""

    def parse(self, stream: Any, media_type: str | None = None, parser_context: Any = None) -> Any:
        most = settings.DATA_UPLOAD_MAX_MEMORY_SIZE or 0
        body = stream.read(most + 1)
        if len(body) > most:
            raise TooLarge
        try:
            found = super().parse(BytesIO(body), media_type, parser_context)
        except RecursionError as error:
            raise ParseError("The body is nested too deeply.") from error
        refuse_unkeepable(found)
        return found


class Parts(MultiPartParser):
    """A form with files beside its texts."""


def refuse_unkeepable(value: Any, depth: int = 0) -> None:
    """Raise ParseError for what cannot be kept as it was sent."""
    if depth > DEEPEST:
        raise ParseError("The body is nested too deeply.")
    for text in _texts(value):
        if "\0" in text or any("\ud800" <= sign <= "\udfff" for sign in text):
            raise ParseError("A text holds characters that are none.")
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    for each in inner:
        refuse_unkeepable(each, depth + 1)


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        yield from value


def as_posted(answers: Mapping[str, Any]) -> tuple[QueryDict, list[str]]:
    """Answers as a page would have posted them, and the names of those that no form could take.

    A list is several values of one field, a list of objects the rows of a table."""
    found, odd = QueryDict(mutable=True), []
    for name, value in answers.items():
        if isinstance(value, list) and value and all(isinstance(row, dict) for row in value):
            odd += [] if _rows(found, name, value) else [name]
        elif isinstance(value, list):
            odd += [] if all(map(_is_plain, value)) else [name]
            found.setlist(name, [_said(each) for each in value if _is_plain(each)])
        elif isinstance(value, dict):
            odd.append(name)
        elif value is not None:
            found[name] = _said(value)
    return found, odd


def _rows(found: QueryDict, name: str, rows: list[dict[str, Any]]) -> bool:
    cells = [(place, column, cell) for place, row in enumerate(rows) for column, cell in row.items()]
    for place, column, cell in cells:
        if _is_plain(cell):
            found[f"{name}-{place}-{column}"] = _said(cell)
    return all(_is_plain(cell) for _place, _column, cell in cells)


def _is_plain(value: Any) -> bool:
    return value is None or isinstance(value, str | int | float | bool)


def _said(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return "" if value is None else str(value)
