"""What the form class of a kind may offer beside being a form, and what holds where it does not.

sections   parts of the form (`Section`): each becomes a page, and the draft a list of tasks
of_section the form class of one of them: `of_section(code)`
masks      personal data among its fields: {name: kind of `masks.masked`}
title      what is applied for, where the kind's own name is too general
asks       names of the fields that apply, given what the detail holds: `asks(detail)`
known      what the desk knows already, by field: `known(applicant, user)`
papers     files handed in, by the field that asks for each: `papers(case)`; a form that has this takes
           its files at these fields, and the general "Photos or papers" is left out
take_files of an instance: keeps what was uploaded, sentences by field of what may not be kept
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django import forms
from django.db import models

from servicedesk.accounts.models import User
from servicedesk.desk.models import Attachment, Case, Party
from servicedesk.desk.registry import CaseKind, Words

Form = type[forms.BaseForm]
# Code of an error of the whole form that is mended where files are added: the summary leads there.
AT_FILES = "at-files"


@dataclass(frozen=True)
class Section:
    """A part of a form that has a page of its own, with the names of its fields in order."""

    code: str
    label: Words
    names: tuple[str, ...]


def fields(form: Form) -> dict[str, forms.Field]:
    """Its fields by name, as they are declared."""
    found: dict[str, forms.Field] = form.base_fields  # type: ignore[attr-defined]
    return found


def sections(form: Form) -> tuple[Section, ...]:
    found: tuple[Section, ...] = getattr(form, "sections", ())
    return found


def part(form: Form, section: str) -> Form:
    """The form of one section, the whole where none is named. Raises LookupError for an unknown one."""
    if not section:
        return form
    if section not in [each.code for each in sections(form)]:
        raise LookupError(section)
    found: Form = form.of_section(section)  # type: ignore[attr-defined]
    return found


def masks(kind: CaseKind, form: Form | None) -> dict[str, str]:
    """Kind of mask by field, of the kind and of its form."""
    return dict(kind.masks) | dict(getattr(form, "masks", {}))


def title(kind: CaseKind, form: Form) -> Words:
    return title_of(form) or kind.label


def title_of(form: Form) -> Words:
    """What is applied for; "" where the kind's name says enough."""
    found: Words = getattr(form, "title", "")
    return found


def asked(form: Form, detail: models.Model) -> list[str]:
    """Names of the questions that apply, given what was answered."""
    asks = getattr(form, "asks", None)
    return list(fields(form) if asks is None else asks(detail))


def known(form: Form, applicant: Party, user: User) -> dict[str, Any]:
    """What the desk can fill in of the form, by field."""
    find = getattr(form, "known", None)
    if find is not None:
        return dict(find(applicant, user))
    return {"contact_name": user.name, "contact_phone": user.phone or ""}


def papers(form: Form, case: Case) -> Mapping[str, Iterable[Attachment]] | None:
    """Files by the field that asked for them; None where the form asks for none in particular."""
    find = getattr(form, "papers", None)
    return None if find is None else find(case)
