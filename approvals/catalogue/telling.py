"""What an import does, in sentences."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from approvals.catalogue.editions import Change
from approvals.catalogue.facts import MODELS
from approvals.catalogue.shape import short
from servicedesk.desk.words import term_words

# Columns shown one by one; of the longer ones only that they change.
SHORT = (str, int, bool, date, type(None))


def told_change(change: Change) -> str:
    """What happens to a code, and from when."""
    what = {
        "code": change.code,
        "edition": change.edition,
        "day": date_format(change.day, "DATE_FORMAT") if change.day else "",
    }
    if change.shelf == "limit":
        return _limit(change, what)
    match change.did:
        case "add":
            return _("%(code)s: new, from %(day)s") % what
        case "edition":
            return _("%(code)s: edition %(edition)s from %(day)s") % what
        case "correct":
            return _("%(code)s: edition %(edition)s, which begins on %(day)s, is corrected") % what
        case "draft":
            return _("%(code)s: edition %(edition)s is kept as a draft") % what
    return _end(change, what)


def _limit(change: Change, what: dict[str, Any]) -> str:
    if change.did == "end":
        return _end(change, what)
    what["term"] = term_words(change.after["term"], change.after["unit"])
    if change.did == "edition":
        what["before"] = term_words(change.before["term"], change.before["unit"])
        return _("%(code)s: %(term)s from %(day)s, until then %(before)s") % what
    return _("%(code)s: %(term)s from %(day)s") % what


def _end(change: Change, what: dict[str, Any]) -> str:
    if change.day is None:
        return _("%(code)s: holds without end again") % what
    return _("%(code)s: holds until %(day)s") % what


def told_fields(change: Change) -> list[tuple[str, str, str]]:
    """(column, before, after) of what changes; long values are only named."""
    if change.did == "add":
        return []
    return [
        (_label(change.shelf, name), _value(change.before.get(name)), _value(change.after.get(name)))
        for name in change.fields
    ]


def _label(shelf: str, name: str) -> str:
    """What a column is called; of rows below, what they are called together."""
    field = MODELS[f"{shelf}s"]._meta.get_field(name)
    if field.one_to_many:
        return str(field.related_model._meta.verbose_name_plural)
    return str(field.verbose_name)


def _value(value: Any) -> str:
    if isinstance(value, dict) and "zh-hans" in value:
        return short(value["zh-hans"])
    return short("" if value is None else value) if isinstance(value, SHORT) else "…"
