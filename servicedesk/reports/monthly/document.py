"""What a monthly report stores: its numbers, and in each language of the desk the whole document as shown.

Screen, docx and xlsx are made from the stored document alone, so a frozen report reads the same for ever."""

from __future__ import annotations

import hashlib
import json
from datetime import date, datetime
from typing import Any

from django.utils import timezone
from django.utils.translation import get_language, override
from django.utils.translation import gettext as _

from servicedesk.accounts.models import Office
from servicedesk.reports.figures import definitions
from servicedesk.reports.monthly.cells import Stored, cleaned
from servicedesk.reports.monthly.charts import charts
from servicedesk.reports.monthly.earlier import earlier_table
from servicedesk.reports.monthly.gathering import LANGUAGES, OF_THE_DAY, Gathered, Row, gathered
from servicedesk.reports.monthly.months import kind_called, month_words, scope_of
from servicedesk.reports.monthly.public import public_numbers
from servicedesk.reports.monthly.rankings import minimums
from servicedesk.reports.monthly.sheets import tables
from servicedesk.reports.monthly.wording import paragraphs

FORMAT = 1


def content_of(month: date, office: Office | None, kind: str, at: datetime) -> Stored:
    """Count the month and write it down in every language."""
    found = gathered(scope_of(month, office, kind, at), at)
    minimum = minimums(timezone.localdate(at))
    content: Stored = {
        "format": FORMAT,
        "month": f"{month:%Y-%m}",
        "office": office.code if office else "",
        "kind": kind,
        "counted_at": timezone.localtime(at).isoformat(),
        "minimums": minimum,
        "figures": figures(found),
        "names": {
            f"{block}/{row.key}": row.names
            for block, rows in _blocks(found).items()
            for row in rows
            if row.names
        },
    }
    if office is None and not kind:
        content["open"] = public_numbers(month, at)
    for language in LANGUAGES:
        with override(language):
            content[language] = _document(found, month, office, kind, minimum)
    told: Stored = cleaned(content)
    return told


def _document(
    found: Gathered, month: date, office: Office | None, kind: str, minimum: dict[str, int]
) -> Stored:
    who = scope_words(office, kind)
    return {
        "title": _("Monthly report of the enterprise service desk, %(month)s")
        % {"month": month_words(month)},
        "scope": who,
        "paragraphs": paragraphs(found, month, who, minimum),
        "tables": [*tables(found, minimum), earlier_table(month, office, kind)],
        "charts": charts(found, minimum),
        "definitions": [[str(each.label), str(each.meaning)] for each in definitions()],
    }


def scope_words(office: Office | None, kind: str) -> str:
    """Which office, and which kind where the report is of one alone."""
    where = office.title() if office else _("the whole city")
    found = kind_called(kind)
    return _("%(where)s, %(what)s") % {"where": where, "what": found.label} if found else where


def document_in(content: Stored, language: str | None = None) -> Stored:
    """The document in the language (the active one by default), English where it is none of the desk's."""
    asked = language or get_language() or LANGUAGES[0]
    found: Stored = content[asked if asked in LANGUAGES else "en"]
    return found


def _blocks(found: Gathered) -> dict[str, list[Row]]:
    return {
        "now": [found.now],
        "limits": found.limits,
        "kinds": found.kinds,
        "offices": found.offices,
        "towns": found.towns,
        "topics": found.topics,
    }


def figures(found: Gathered) -> dict[str, int | None]:
    """Every number of the month by its address, “offices/zjj/due”: what a later count is compared with.
    What was counted as of the day, and months other than this one, are no part of it."""
    return {
        f"{block}/{row.key}/{name}": number
        for block, rows in _blocks(found).items()
        for row in rows
        for name, number in row.numbers.items()
        if name not in OF_THE_DAY
    }


def digest_of(content: Any) -> str:
    """The hash of everything a report says."""
    packed = json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(packed.encode()).hexdigest()
