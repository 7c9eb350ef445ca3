"""Compiled translations are kept in the repository: a fresh machine has no gettext to make them."""

import re
from pathlib import Path

import polib
import pytest

LOCALE = Path(__file__).resolve().parent.parent.parent / "locale"
SOURCES = sorted(LOCALE.rglob("*.po"))
PLACEHOLDER = re.compile(r"%\(\w+\)[a-z]|%[a-z]|\{\w*\}")


def name_of(path: Path) -> str:
    return str(path.relative_to(LOCALE).parent.parent)


@pytest.mark.parametrize("source", SOURCES, ids=name_of)
def test_what_is_compiled_is_what_was_written(source: Path) -> None:
    written, compiled = polib.pofile(str(source)), polib.mofile(str(source.with_suffix(".mo")))
    assert entries(written.translated_entries()) == entries(compiled)


def entries(file: list[polib.POEntry] | polib.MOFile) -> dict[tuple[str, str], object]:
    return {(entry.msgctxt or "", entry.msgid): entry.msgstr_plural or entry.msgstr for entry in file}


@pytest.mark.parametrize("source", SOURCES, ids=name_of)
def test_no_translation_is_fuzzy_or_loses_or_invents_a_placeholder(source: Path) -> None:
    file = polib.pofile(str(source))
    assert [entry.msgid for entry in file.fuzzy_entries()] == []
    wrong = [
        entry.msgid
        for entry in file.translated_entries()
        for said in ([entry.msgstr] if entry.msgstr else list(entry.msgstr_plural.values()))
        if placeholders(said) not in (placeholders(entry.msgid), placeholders(entry.msgid_plural))
    ]
    assert wrong == []


def placeholders(text: str) -> set[str]:
    return set(PLACEHOLDER.findall(text.replace("%%", "")))
