"""Compiled translations are kept in the repository: a fresh machine has no gettext to make them."""

from pathlib import Path

import polib
import pytest

ROOT = Path(__file__).resolve().parent.parent.parent
SOURCES = sorted((ROOT / "locale").glob("*/LC_MESSAGES/*.po"))


@pytest.mark.parametrize("source", SOURCES, ids=lambda path: f"{path.parent.parent.name}/{path.name}")
def test_what_is_compiled_is_what_was_written(source: Path) -> None:
    written, compiled = polib.pofile(str(source)), polib.mofile(str(source.with_suffix(".mo")))
    assert entries(written.translated_entries()) == entries(compiled)


def entries(file: list[polib.POEntry] | polib.MOFile) -> dict[tuple[str, str], object]:
    return {(entry.msgctxt or "", entry.msgid): entry.msgstr_plural or entry.msgstr for entry in file}


@pytest.mark.parametrize("source", SOURCES, ids=lambda path: f"{path.parent.parent.name}/{path.name}")
def test_no_translation_is_fuzzy_or_loses_a_placeholder(source: Path) -> None:
    file = polib.pofile(str(source))
    assert [entry.msgid for entry in file.fuzzy_entries()] == []
    wrong = [
        entry.msgid
        for entry in file.translated_entries()
        for said in ([entry.msgstr] if entry.msgstr else list(entry.msgstr_plural.values()))
        if placeholders(entry.msgid) - placeholders(said) and not entry.msgid_plural
    ]
    assert wrong == []


def placeholders(text: str) -> set[str]:
    found, rest = set(), text
    while "%(" in rest:
        name, _, rest = rest.partition("%(")[2].partition(")")
        found.add(name)
    return found
