"""Log lines without what people typed or carry as a key: numbers, addresses of mail, keys in addresses of
pages. Whatever a library or a traceback quotes passes here before it is written."""

from __future__ import annotations

import logging
import re
from typing import Any

from servicedesk.desk.masks import NUMBERS

MAIL = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+")
# A part of an address that is long and holds a figure: a signed link, a calendar's key, a token.
KEY = re.compile(r"(?<=/)(?=[\w=:.-]*\d)[\w=:.-]{20,}")
BEARER = re.compile(r"\bsd_[\w-]{8,}")
HIDDEN = "[…]"
LINE = "{asctime} {levelname} {name}: {message}"


def discreet(text: str) -> str:
    """The text without telephone and identity numbers, mail addresses and keys."""
    for pattern in (BEARER, MAIL, NUMBERS, KEY):
        text = pattern.sub(HIDDEN, text)
    return text


class Discreet(logging.Formatter):
    """Formats a line, its traceback included, and hides what nobody should read in a log."""

    def __init__(self, fmt: str = LINE, *, around: logging.Formatter | None = None) -> None:
        super().__init__(fmt, style="{")
        self.around = around

    def format(self, record: logging.LogRecord) -> str:
        return discreet(self.around.format(record) if self.around else super().format(record))


def quieten(logger: logging.Logger, **more: Any) -> None:
    """Have handlers somebody else set up write discreetly. Receives the worker's `after_setup_logger`."""
    for handler in logger.handlers:
        if not isinstance(handler.formatter, Discreet):
            handler.setFormatter(Discreet(around=handler.formatter or logging.Formatter()))
