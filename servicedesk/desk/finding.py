"""The words a matter is found by: folded text, and its grams, by which an index finds words of any length.

A Chinese word has two characters as a rule, so two characters make a gram; runs of ASCII have three, for two
Latin letters tell nothing. A word without blanks stands in a text only if all its grams do."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any

from django.db.models import Q

from servicedesk.desk.models import Case, CaseWords, Party
from servicedesk.desk.registry import kind_of
from servicedesk.desk.rounds import register_night

# Nobody searches for the end of a letter that long; the beginning tells what it is about.
LONGEST = 4000
ASCII = re.compile(r"[\x21-\x7e]{3,}")
OWN = ("number", "title", "about__name", "past__number", "applicant__name")
BATCH = 500


def folded(text: str) -> str:
    """The text as it is compared: one form of each character, no capitals, one blank for any gap."""
    return " ".join(unicodedata.normalize("NFKC", text).casefold().split())


def grams(text: str) -> set[str]:
    """Every gram of a folded text: single characters, pairs, and threes of ASCII."""
    found: set[str] = set()
    for chunk in text.split():
        found.update(chunk)
        found.update(map("".join, zip(chunk, chunk[1:], strict=False)))
        for run in ASCII.findall(chunk):
            found.update(map("".join, zip(run, run[1:], run[2:], strict=False)))
    return found


def grams_of_word(word: str) -> list[str]:
    """The fewest grams that a text with this folded word must have."""
    if len(word) < 2:
        return [word]
    found = {word[at : at + 2] for at in range(len(word) - 1)}
    for run in ASCII.findall(word):
        found -= {run[at : at + 2] for at in range(len(run) - 1)}
        found |= {run[at : at + 3] for at in range(len(run) - 2)}
    return sorted(found)


def value_of(*parts: str | None) -> dict[str, str]:
    """The columns `text` and `grams` of a case that is found by these words. Whoever fills the table in bulk
    gives number, title, names and texts of each case, in any order."""
    text = "\n".join(dict.fromkeys(folded(part) for part in parts if part))[:LONGEST]
    return {"text": text, "grams": " ".join(sorted(grams(text)))}


def having(word: str, *, indexed: bool) -> Q:
    """Cases that have the word; with an index, by its grams first."""
    plain = folded(word)
    found = Q(sought__text__contains=plain)
    if not indexed:
        return found
    asked = grams_of_word(plain)
    by_grams = Q(sought__grams__holds=asked)
    return by_grams if asked == [plain] else by_grams & found


def keep(case: Case) -> None:
    """Write the words of a case anew where they have changed."""
    keep_all([case])


def keep_all(cases: Iterable[Case]) -> int:
    """Write the words of these cases, of any kinds, anew; return how many had changed."""
    kinds: dict[str, list[int]] = {}
    for case in cases:
        kinds.setdefault(case.kind, []).append(case.pk)
    fresh = [row for kind, keys in kinds.items() for row in _changed(kind, keys)]
    CaseWords.objects.bulk_create(
        fresh, update_conflicts=True, unique_fields=["case"], update_fields=["text", "grams"]
    )
    return len(fresh)


def keep_party(party: Party) -> int:
    """The same for all matters of a party whose name or number is another now."""
    theirs = Case.objects.filter(Q(applicant=party) | Q(about=party)).submitted()
    return keep_all(theirs.only("pk", "kind"))


def keep_missing(batch: int = BATCH) -> int:
    """Write the words of cases that have none yet; return how many. May be broken off at any time."""
    done, last = 0, 0
    while True:
        bare = Case.objects.submitted().filter(sought=None, pk__gt=last).order_by("pk")
        cases = list(bare.only("pk", "kind")[:batch])
        if not cases:
            return done
        done, last = done + keep_all(cases), cases[-1].pk


@register_night
def keep_what_has_none(at: datetime) -> int:
    """What came in past the verbs, or before there was an index, is found from the next day on."""
    return keep_missing()


def _changed(kind: str, keys: list[int]) -> Iterator[CaseWords]:
    paths = [*OWN, *kind_of(kind).searched]
    names = ["pk", "sought__text", "applicant__sort", "applicant__number", *paths]
    found: dict[int, list[dict[str, Any]]] = {}
    for row in Case.objects.filter(pk__in=keys).exclude(number=None).values(*names):
        found.setdefault(row["pk"], []).append(row)
    for pk, rows in found.items():
        value = value_of(*(text for row in rows for text in _texts(row, paths)))
        if rows[0]["sought__text"] != value["text"]:
            yield CaseWords(case_id=pk, **value)


def _texts(row: dict[str, Any], paths: list[str]) -> Iterator[str]:
    """What a row of values holds. A person's number is a hash, and nothing to search by."""
    yield from (str(row[path]) for path in paths if row[path])
    if row["applicant__sort"] == Party.Sort.COMPANY and row["applicant__number"]:
        yield row["applicant__number"]
