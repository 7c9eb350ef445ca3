"""A draft of any kind: what was typed is kept as far as it can be, checked as a whole, submitted once."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, cast

from django import forms
from django.apps import apps
from django.conf import settings
from django.db import models, transaction
from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import override

from servicedesk.accounts.models import User
from servicedesk.desk import actions, asking, kept
from servicedesk.desk.actions.frame import lock
from servicedesk.desk.actions.opening import fingerprint
from servicedesk.desk.dossier import files_of as files_of_case
from servicedesk.desk.errors import BadInput
from servicedesk.desk.models import Attachment, Case, Party
from servicedesk.desk.registry import CaseKind, Opening, kind_of

TITLE = 60
MADE = "_form_made"


def without_nulls(posted: QueryDict) -> QueryDict:
    """The same values without NUL characters, which no database column takes and nobody types on purpose."""
    clean = posted.copy()
    for name, values in clean.lists():
        clean.setlist(name, [value.replace("\0", "") for value in values])
    return clean


def opening_for(kind: CaseKind, asked: Mapping[str, list[str]]) -> Opening:
    """What a case of the kind opens with, as the parameters of its start page say. Raises LookupError for
    what is not offered."""
    opening = kind.opens(dict(asked)) if kind.opens is not None else {}
    kind.form_of(opening)
    return opening


def detail_model(kind: CaseKind) -> type[models.Model]:
    if kind.detail is None:
        raise LookupError(f"The kind {kind.code} has no detail.")
    return apps.get_model(kind.detail)


def detail_of(case: Case) -> models.Model:
    """The case's detail row, a new unsaved one where nothing was kept yet."""
    kind = kind_of(case.kind)
    found: models.Model | None = getattr(case, kind.accessor or "", None)
    return found if found is not None else detail_model(kind)(case=case)


def form_class(case: Case, section: str = "") -> type[forms.ModelForm[models.Model]]:
    """The form of the draft, or of one section of it. Raises LookupError where there is no such section, or
    where what was applied for is no longer offered.

    Making it may read a whole catalogue entry, so the case remembers it as long as it opens with the same."""
    made = vars(case).get(MADE)
    if made is None or made[0] != case.opening:
        made = vars(case)[MADE] = dict(case.opening), kind_of(case.kind).form_of(case.opening)
    return cast("type[forms.ModelForm[models.Model]]", asking.part(made[1], section))


def kept_form(case: Case, section: str = "") -> forms.ModelForm[models.Model]:
    """The form bound to what the draft holds, so that it can be judged as a whole."""
    form, detail = form_class(case, section), detail_of(case)
    return form({name: kept.value(detail, name) for name in form.base_fields}, instance=detail)


def shown_form(case: Case, by: User, section: str = "") -> forms.ModelForm[models.Model]:
    """The form as it is shown before anything is judged: what was kept, else what the desk knows already."""
    form, detail = form_class(case, section), detail_of(case)
    known = asking.known(form, case.applicant, by)
    return form(instance=detail, initial={name: known[name] for name in known if _is_new(detail, name)})


def _is_new(detail: models.Model, name: str) -> bool:
    return kept.column(detail, name) is None and not kept.touched(detail, name)


@transaction.atomic
def find_or_open(
    kind: CaseKind,
    applicant: Party,
    *,
    by: User,
    at: datetime,
    form_key: uuid.UUID,
    opening: Opening | None = None,
) -> Case:
    """The draft begun with this copy of the form, however often it is sent: twice is one draft."""
    User.objects.select_for_update().get(pk=by.pk)
    mine = Case.objects.filter(kind=kind.code, opened_by=by, applicant=applicant, opening__form=str(form_key))
    found = mine.first()
    if found is not None:
        return found
    opening = (opening or {}) | {"form": str(form_key)}
    with override(settings.LANGUAGE_CODE):
        title = str(asking.title_of(kind.form_of(opening)))[:200]
    return actions.open_case(kind.code, applicant=applicant, by=by, at=at, opening=opening, title=title)


@transaction.atomic
def keep(case: Case, posted: QueryDict, *, by: User, at: datetime, section: str = "") -> models.Model:
    """Keep what was typed, valid or not, as far as its place holds it; what was not sent stays as it is.

    Raises WrongState once the draft was submitted."""
    detail = detail_of(actions.lock_draft(case, by=by, at=at))
    form = form_class(case, section)(instance=detail)
    for name, raw in kept.sent(form, posted).items():
        kept.keep(detail, name, form.fields[name], raw)
    detail.save()
    return detail


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
    title = title_of(locked)
    # What a verb reads of the detail it reads anew, for a hook may have written it past this object.
    locked._state.fields_cache.pop(kind_of(locked.kind).accessor or "", None)
    return actions.hand_in(locked, by=by, at=at, key=key, facts=told, title=title)


def title_of(case: Case) -> str:
    """The case's title with what it is about in the reader's language; before it has one the beginning of
    what was written, and last the kind's name."""
    kind = kind_of(case.kind)
    if case.title:
        return case.title if kind.heading is None else _spoken(case, kind.heading)
    words = "" if kind.detail is None else " ".join(str(detail_of(case)).split())
    return words[:TITLE] or str(kind.label)


def _spoken(case: Case, heading: Callable[[Case], str]) -> str:
    """A title is kept in Chinese; what it says of the kind of thing is known in every language."""
    with override(settings.LANGUAGE_CODE):
        kept_as = heading(case)
    return case.title.replace(kept_as, heading(case), 1) if kept_as else case.title


def answers(case: Case, *, mask: bool) -> list[dict[str, Any]]:
    """Rows (name, label, value, and files where it asked for some) of what the applicant filled in, personal
    data masked where asked."""
    kind = kind_of(case.kind)
    if kind.detail is None:
        return []
    form, detail = form_class(case), detail_of(case)
    masks = asking.masks(kind, form) if mask else {}
    papers = asking.papers(form, case) or {}
    rows = []
    for name in asking.asked(form, detail):
        field, files = form.base_fields[name], list(papers.get(name, ()))
        value = ", ".join(file.name for file in files) or kept.words(detail, name, field, masks.get(name, ""))
        label = kept.label(detail, name, field) if mask else str(field.label)
        rows.append({"name": name, "label": label, "value": value, "files": files})
    return rows


def files_of(case: Case) -> list[Attachment]:
    return [file for file in files_of_case(case) if file.public and file.state == Attachment.State.STORED]
