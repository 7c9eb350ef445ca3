"""Doing a verb from data, for whoever asks: which form it has for this person, and what the form does. The
applicant's forms speak to an applicant, the desk's to the desk; both call the same verbs."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django import forms
from django.db import transaction

from servicedesk.accounts.models import User
from servicedesk.desk import applicant_verbs, moves, verb_forms
from servicedesk.desk.errors import DeskError
from servicedesk.desk.models import Case
from servicedesk.desk.permissions import APPLICANT, actions_for, capacities
from servicedesk.desk.verb_fields import VerbForm
from servicedesk.desk.verbs import button_words


def is_applicant(user: User, case: Case, at: datetime) -> bool:
    """Whether the user meets the case as its applicant, and so as nothing else."""
    return APPLICANT in capacities(user, case, at)


def verbs_for(case: Case, user: User, at: datetime) -> list[str]:
    """Verbs the user may use now and that have a form for them."""
    known = applicant_verbs.APPLICANTS if is_applicant(user, case, at) else verb_forms.FORMS
    return [verb for verb in actions_for(user, case, at) if verb in known]


def has_form(verb: str, case: Case, user: User, at: datetime) -> bool:
    return verb in (applicant_verbs.APPLICANTS if is_applicant(user, case, at) else verb_forms.FORMS)


def form_for(
    verb: str, case: Case, user: User, at: datetime, data: Any = None, files: Any = None
) -> forms.Form:
    """The verb's form for this person. Of the applicant's, `data` holds the version too."""
    if is_applicant(user, case, at):
        return applicant_verbs.form_for(verb, case, data, files)
    return verb_forms.form_for(verb, case, user, at, data, files)


@transaction.atomic
def perform(form: forms.Form, verb: str, case: Case, *, by: User, at: datetime, version: int | None) -> None:
    """Do what the valid form says, or nothing of it. Raises DeskError."""
    if isinstance(form, VerbForm):
        verb_forms.perform(form, verb, version=version)
    else:
        applicant_verbs.act(verb, case, form, by=by, at=at)


def refuse(form: forms.Form, error: DeskError) -> None:
    """Put what the verb refused to the field it names."""
    if isinstance(form, VerbForm):
        form.refuse(error)
    else:
        form.add_error(error.field if error.field in form.fields else None, str(error))


def label_of(verb: str, form: forms.Form) -> str:
    """What the verb is called for whom the form is."""
    if isinstance(form, VerbForm):
        return button_words(verb)
    return str(applicant_verbs.APPLICANTS[verb].heading)


def needs_version(verb: str) -> bool:
    """Whether the verb rests on what the case was: all but those that leave its version."""
    return verb not in moves.QUIET
