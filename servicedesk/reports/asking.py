"""From an address to a report: who reads, what is asked for, what comes. Pages, files and API begin here."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404

from servicedesk.accounts.models import User
from servicedesk.reports.forms import ScopeForm
from servicedesk.reports.load import OFFICER
from servicedesk.reports.people import reader_of_people
from servicedesk.reports.readers import Reader, reader_of
from servicedesk.reports.report import Asked, Report
from servicedesk.reports.sections import BY_NAME, SECTIONS, Section


def section_of(name: str) -> Section:
    """Raises Http404."""
    if name not in BY_NAME:
        raise Http404
    return BY_NAME[name]


def reader_for(section: Section, user: User, at: datetime) -> Reader:
    """Who reads that section, and about which offices. Raises PermissionDenied."""
    return _allowed(reader_of_people(user, at) if section.of_people else reader_of(user, at))


def reader_of_list(asked: Mapping[str, Any], user: User, at: datetime) -> Reader:
    """Who reads the cases behind a number: about officers whoever leads them. Raises PermissionDenied."""
    of_people = asked.get("group") == OFFICER
    return _allowed(reader_of_people(user, at) if of_people else reader_of(user, at))


def _allowed(reader: Reader) -> Reader:
    if not reader.may_read:
        raise PermissionDenied
    return reader


def sections_of(user: User, at: datetime) -> list[Section]:
    """The sections this person may read."""
    plain, people = reader_of(user, at).may_read, reader_of_people(user, at).may_read
    return [section for section in SECTIONS if (people if section.of_people else plain)]


def report_of(section: Section, form: ScopeForm) -> Report:
    """The report a valid form asks for."""
    return section.build(Asked(form.scope(), form.group_label(), form.reader))


def choices_of(form: ScopeForm) -> Iterator[tuple[str, str]]:
    """The choices made beside the period, in words."""
    for bound in form:
        widget: Any = bound.field.widget
        if bound.name not in {"period", "since", "until"} and hasattr(widget, "choices") and bound.value():
            words = {str(key): str(said) for key, said in widget.choices}
            yield str(bound.label), words.get(str(bound.value()), str(bound.value()))


def plain_query(form: ScopeForm) -> str:
    """The part of an address that asks for the same of another section."""
    return form.scope().query(
        group="" if form.cleaned_data["group"] == OFFICER else form.cleaned_data["group"]
    )
