"""What the code asks to be translated, and what a page says, for the tests of each language."""

import ast
import re
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path

from django.utils.translation.template import templatize

ROOT = Path(__file__).resolve().parent.parent
GETTEXT = {"_"} | {f"{sort}gettext{lazy}" for sort in ("", "n", "p", "np") for lazy in ("", "_lazy")}
LITERAL = re.compile(r"u?'(?:[^'\\]|\\.)*'|u?\"(?:[^\"\\]|\\.)*\"")
CALL = re.compile(rf"\b(?:(n?p?)gettext|_)\(((?:\s*(?:{LITERAL.pattern})\s*,?)+)")

# Names of formats and of the key, in Latin letters in every language.
LATIN = {"WCAG", "Excel", "PowerPoint", "Word", "WebP", "HEIC", "xlsx"}
WORD = re.compile(r"[A-Za-z]{4,}")
SAID = ("title", "placeholder", "aria-label", "alt")

Asked = tuple[str, str]  # its context, and the message


def asked_by_template(path: Path) -> Iterator[Asked]:
    """The messages of a template, read as makemessages reads them."""
    code = templatize(path.read_text(encoding="utf-8"), origin=str(path))
    for call in CALL.finditer(code):
        words = [ast.literal_eval(literal) for literal in LITERAL.findall(call[2])]
        yield (words[0], words[1]) if "p" in (call[1] or "") else ("", words[0])


def asked_by_module(path: Path) -> Iterator[Asked]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in GETTEXT:
            values = [each.value for each in node.args if isinstance(each, ast.Constant)]
            words = [value for value in values if isinstance(value, str)]
            if words:
                yield (words[0], words[1]) if "pgettext" in node.func.id else ("", words[0])


def asked_in(templates: tuple[str, ...], modules: tuple[str, ...]) -> dict[Asked, str]:
    """Every message the files of those patterns ask for, each with a file that does."""
    found: dict[Asked, str] = {}
    for patterns, asked in ((templates, asked_by_template), (modules, asked_by_module)):
        for path in (path for pattern in patterns for path in ROOT.glob(pattern) if path.is_file()):
            found |= dict.fromkeys(asked(path), str(path.relative_to(ROOT)))
    return found


class Visible(HTMLParser):
    """What a page in a language says, without what it marks as said in another one."""

    MUTE = {"script", "style"}
    VOID = {"area", "br", "col", "hr", "img", "input", "link", "meta", "path", "wbr"}

    def __init__(self, language: str) -> None:
        super().__init__()
        self.language = language
        self.open: list[tuple[str, bool]] = []
        self.said: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        told = dict(attrs)
        foreign = tag != "html" and told.get("lang", self.language) != self.language
        if not (foreign or self.muted):
            self.said += [text for name in SAID if (text := told.get(name))]
            kept = [text or "" for name, text in attrs if name.startswith("data-")]
            self.said += [text for text in kept if " " in text and not text.startswith("{")]
        if tag not in self.VOID:
            self.open.append((tag, foreign or tag in self.MUTE))

    def handle_endtag(self, tag: str) -> None:
        while self.open and self.open.pop()[0] != tag:
            pass

    def handle_data(self, data: str) -> None:
        if not self.muted:
            self.said.append(data)

    @property
    def muted(self) -> bool:
        return any(mute for _tag, mute in self.open)


def said_by(page: str, language: str, *data: str) -> str:
    """The words of a page in a language, without addresses, placeholders and the words of the data."""
    reader = Visible(language)
    reader.feed(page)
    text = " ".join(reader.said)
    text = re.sub(r"\{\w*\}|https?://\S+|[\w.]+\.(?:cn|com)\b\S*|[\w.]+@[\w.]+", " ", text)
    for known in sorted(data, key=len, reverse=True):
        text = text.replace(known, " ")
    return text


def latin_words(text: str) -> set[str]:
    return set(WORD.findall(text)) - LATIN
