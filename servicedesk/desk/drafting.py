"""A draft of any kind: what was typed is kept as far as it can be, checked as a whole, submitted once."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from datetime import datetime
from typing import Any, cast

from django import forms
from django.apps import apps
from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.forms.models import model_to_dict
from django.http import QueryDict
from django.utils.translation import gettext as _

from servicedesk.accounts.models import User
from servicedesk.desk import actions
from servicedesk.desk.actions.frame import lock
from servicedesk.desk.actions.opening import fingerprint
from servicedesk.desk.errors import BadInput
from servicedesk.desk.masks import masked
from servicedesk.desk.models import Attachment, Case, Party
from servicedesk.desk.registry import CaseKind, kind_of

# Of a text without a limit in the database this much is kept in a draft, whatever its form allows.
MOST_KEPT = 100_000
TITLE = 60


def without_nulls(posted: QueryDict) -> QueryDict:
    """The same values without NUL characters, which no database column takes and nobody types on purpose."""
    clean = posted.copy()
    for name, values in clean.lists():
        clean.setlist(name, [value.replace("\0", "") for value in values])
    return clean


def detail_model(kind: CaseKind) -> type[models.Model]:
    if kind.detail is None:
        raise LookupError(f"The kind {kind.code} has no detail.")
    return apps.get_model(kind.detail)


def detail_of(case: Case) -> models.Model:
    """The case's detail row, a new unsaved one where nothing was kept yet."""
    kind = kind_of(case.kind)
    found: models.Model | None = getattr(case, kind.accessor or "", None)
    return found if found is not None else detail_model(kind)(case=case)


def form_class(case: Case) -> type[forms.ModelForm[models.Model]]:
    return cast("type[forms.ModelForm[models.Model]]", kind_of(case.kind).form_of(case.opening))


def kept_form(case: Case) -> forms.ModelForm[models.Model]:
    """The form bound to what the draft holds, so that it can be judged as a whole."""
    kind, detail = form_class(case), detail_of(case)
    return kind(model_to_dict(detail, fields=list(kind.base_fields)), instance=detail)


@transaction.atomic
def find_or_open(kind: CaseKind, applicant: Party, *, by: User, at: datetime, form_key: uuid.UUID) -> Case:
    """The draft begun with this copy of the form, however often it is sent: twice is one draft."""
    User.objects.select_for_update().get(pk=by.pk)
    mine = Case.objects.filter(kind=kind.code, opened_by=by, applicant=applicant, opening__form=str(form_key))
    found = mine.first()
    if found is not None:
        return found
    return actions.open_case(kind.code, applicant=applicant, by=by, at=at, opening={"form": str(form_key)})


@transaction.atomic
def keep(case: Case, posted: QueryDict, *, by: User, at: datetime) -> models.Model:
    """Keep what was typed, valid or not, as far as the columns hold it; what was not sent stays as it is.

    Raises WrongState once the draft was submitted."""
    detail = detail_of(actions.lock_draft(case, by=by, at=at))
    form = form_class(case)(instance=detail)
    for name, field in form.fields.items():
        if not field.widget.value_omitted_from_data(posted, {}, name):
            _keep_one(detail, name, field, posted)
    detail.save()
    return detail


def _keep_one(detail: models.Model, name: str, field: forms.Field, posted: QueryDict) -> None:
    column = detail._meta.get_field(name)
    raw = field.widget.value_from_datadict(posted, {}, name)
    if isinstance(column, models.TextField):
        setattr(detail, name, str(raw)[:MOST_KEPT])
    elif isinstance(column, models.CharField):
        setattr(detail, name, str(raw)[: column.max_length])
    else:
        try:
            setattr(detail, name, field.clean(raw))
        except ValidationError:
            return  # it cannot stand in the column; the page still shows it as it was typed


def remove_file(case: Case, key: str, *, by: User, at: datetime) -> None:
    """Take the file of that key off the draft; nothing where it is not there any more."""
    known = {str(file.pk): file for file in case.attachments.all()}
    if key in known:
        actions.detach(known[key], by=by, at=at)


def facts(case: Case, form: forms.BaseForm) -> dict[str, Any]:
    """What is being submitted: the answers, and the files handed in with them (not those that came later)."""
    files = case.attachments.order_by("pk")
    if case.submitted_at is not None:
        files = files.filter(at__lte=case.submitted_at)
    answers: Mapping[str, Any] = form.cleaned_data
    return {
        "draft": case.pk,
        "answers": {name: str(value) for name, value in answers.items()},
        "files": list(files.values_list("sha256", flat=True)),
    }


def seal(case: Case, form: forms.BaseForm) -> str:
    """Fingerprint of what a check-your-answers page shows."""
    return fingerprint(facts(case, form))


@transaction.atomic
def submit(case: Case, *, by: User, at: datetime, key: uuid.UUID, seen: str) -> Case:
    """Submit the draft as it was last seen (`seen` is its seal), exactly once for `key`.

    Raises BadInput when the draft is incomplete or no longer what was seen, KeyReused as `actions.submit`."""
    locked = lock(case)
    form = kept_form(locked)
    if not form.is_valid():
        raise BadInput("incomplete", _("Something is still missing."))
    told = facts(locked, form)
    if locked.state == Case.State.DRAFT:
        if fingerprint(told) != seen:
            changed = _("Your answers have changed since you checked them. Please check them again.")
            raise BadInput("changed", changed)
        form.save()
    return actions.submit(locked, by=by, at=at, key=key, facts=told, title=title_of(locked))


def title_of(case: Case) -> str:
    """The case's title, before it has one the beginning of what was written, and last the kind's name."""
    if case.title:
        return case.title
    kind = kind_of(case.kind)
    words = "" if kind.detail is None else " ".join(str(detail_of(case)).split())
    return words[:TITLE] or str(kind.label)


def answers(case: Case, *, mask: bool) -> list[dict[str, str]]:
    """Rows (name, label, value) of what the applicant filled in, personal data masked where asked."""
    if kind_of(case.kind).detail is None:
        return []
    detail, masks = detail_of(case), kind_of(case.kind).masks if mask else {}
    labels = {column.name: column.verbose_name for column in detail._meta.concrete_fields}
    rows = []
    for name, field in form_class(case).base_fields.items():
        value = _shown(detail, name)
        rows.append(
            {
                "name": name,
                "label": str(labels[name]) if mask else str(field.label),
                "value": masked(value, masks[name]) if name in masks else value,
            }
        )
    return rows


def _shown(detail: models.Model, name: str) -> str:
    display = getattr(detail, f"get_{name}_display", None)
    value = display() if display else getattr(detail, name)
    return "" if value is None else str(value)


def prefilled(user: User) -> dict[str, str]:
    """What the desk knows already of whoever fills in a form, by the names such fields go by."""
    return {"contact_name": user.name, "contact_phone": user.phone or ""}


def files_of(case: Case) -> list[Attachment]:
    return list(case.attachments.filter(public=True, state=Attachment.State.STORED))
