"""Start → form, for any kind that may be started here. `check` sends what was written."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from servicedesk.desk import drafting
from servicedesk.desk.errors import DeskError, WrongState
from servicedesk.desk.forms import FilesField, ManyFiles, WhomForm
from servicedesk.desk.mine import cases_of, drafts_of, parties_on
from servicedesk.desk.models import Case, Party
from servicedesk.desk.registry import CaseKind, kind_of
from servicedesk.desk.uploading import accepted, add_files, limits
from servicedesk.desk.views.door import PersonalRequest, personal, typed

FILES = "files"


def startable(code: str) -> CaseKind:
    try:
        kind = kind_of(code)
    except KeyError:
        raise Http404 from None
    if not kind.startable or kind.form is None or kind.detail is None:
        raise Http404
    return kind


def own_case(request: PersonalRequest, kind: str, pk: int, at: datetime) -> Case:
    """The user's draft, or what became of it; 404 for anybody else's."""
    startable(kind)
    mine = drafts_of(request.user, at) | cases_of(request.user, at)
    return get_object_or_404(mine.select_related("applicant", "office"), pk=pk, kind=kind)


@require_http_methods(["GET", "HEAD", "POST"])
@personal
def start(request: PersonalRequest, kind: str) -> HttpResponse:
    """Ask for whom, then what is wrong; the first sending of the form opens the draft."""
    at, declared = timezone.now(), startable(kind)
    parties = parties_on(request.user, at)
    if not parties:
        return render(request, "portal/start_none.html", {"kind": declared})
    if request.method == "POST":
        return first_sending(request, declared, parties, at)
    kept = typed(request)
    whom = applicant_of(kept if kept is not None else request.GET, parties)
    if whom is None:
        form = WhomForm(parties, request.GET if "whom" in request.GET else None)
        return render(request, "portal/start_whom.html", {"kind": declared, "form": form})
    form_type = declared.form_of({})
    initial = drafting.prefilled(request.user) | (kept.dict() if kept is not None else {})
    form_key = (kept.get("form_key") if kept is not None else "") or uuid.uuid4()
    shown = {"applicant": whom, "form_key": form_key, "restored": kept}
    drafts = drafts_of(request.user, at).filter(kind=kind)
    return show_form(request, declared, form_type(initial=initial), shown | {"drafts": drafts.exists()})


def applicant_of(posted: Mapping[str, Any], parties: list[Party]) -> Party | None:
    if len(parties) == 1:
        return parties[0]
    return next((party for party in parties if str(party.pk) == posted.get("whom")), None)


def opened(request: PersonalRequest, kind: CaseKind, parties: list[Party], at: datetime) -> Case:
    """The draft this copy of the form belongs to."""
    whom = applicant_of(request.POST, parties)
    if whom is None:
        raise Http404
    return drafting.find_or_open(kind, whom, by=request.user, at=at, form_key=key_in(request, "form_key"))


def key_in(request: HttpRequest, name: str) -> uuid.UUID:
    """The hidden key of a form; a new one where it is missing or mangled."""
    try:
        return uuid.UUID(request.POST.get(name, ""))
    except ValueError:
        return uuid.uuid4()


def first_sending(
    request: PersonalRequest, kind: CaseKind, parties: list[Party], at: datetime
) -> HttpResponse:
    return take(request, kind, opened(request, kind, parties, at), at)


@require_http_methods(["GET", "HEAD", "POST"])
@personal
def draft(request: PersonalRequest, kind: str, pk: int) -> HttpResponse:
    """Go on with a draft. `?check` shows what is still missing."""
    at, declared = timezone.now(), startable(kind)
    case = own_case(request, kind, pk, at)
    if request.method == "POST":
        return take(request, declared, case, at)
    kept = typed(request)
    if kept is not None:
        return restored(request, declared, case, drafting.without_nulls(kept), at)
    if case.state != Case.State.DRAFT:
        return redirect("desk:matter", case.number)
    form = drafting.kept_form(case)
    if "check" not in request.GET:
        form = drafting.form_class(case)(instance=drafting.detail_of(case))
    return show_form(request, declared, form, {"case": case})


def restored(
    request: PersonalRequest, kind: CaseKind, case: Case, posted: QueryDict, at: datetime
) -> HttpResponse:
    """What was typed before the log-in goes into the draft, and is shown as it was typed."""
    try:
        drafting.keep(case, posted, by=request.user, at=at)
    except WrongState as error:
        return too_late(request, case, posted, error)
    case.refresh_from_db()
    form = drafting.form_class(case)(initial=posted.dict(), instance=drafting.detail_of(case))
    return show_form(request, kind, form, {"case": case, "restored": True})


def take(request: PersonalRequest, kind: CaseKind, case: Case, at: datetime) -> HttpResponse:
    """Keep what was sent, files and all, and go where the pressed button leads: nothing typed is lost."""
    posted = drafting.without_nulls(request.POST)
    try:
        drafting.keep(case, posted, by=request.user, at=at)
    except WrongState as error:
        return too_late(request, case, posted, error)
    case.refresh_from_db()
    problems = add_files(case, request.FILES.getlist(FILES), by=request.user, at=at)
    if "remove" in posted:
        drafting.remove_file(case, str(posted["remove"]), by=request.user, at=at)
    if not problems and "save" in posted:
        return redirect("desk:matters")
    if not problems and "remove" in posted:
        return redirect(f"{reverse('desk:draft', args=[kind.code, case.pk])}#id_{FILES}")
    form = drafting.form_class(case)(posted, instance=drafting.detail_of(case))
    if form.is_valid() and not problems:
        return redirect("desk:check", kind.code, case.pk)
    return show_form(request, kind, form, {"case": case}, problems)


def too_late(request: HttpRequest, case: Case, posted: QueryDict, error: DeskError) -> HttpResponse:
    """The draft was submitted meanwhile: say so, and give back what was typed."""
    case.refresh_from_db()
    fields = drafting.form_class(case).base_fields
    texts = [posted[name] for name in fields if posted.get(name, "").strip()]
    shown = {"case": case, "problem": error, "texts": texts}
    return render(request, "portal/too_late.html", shown, status=error.status)


def show_form(
    request: HttpRequest,
    kind: CaseKind,
    form: forms.BaseForm,
    shown: dict[str, Any],
    problems: list[str] | None = None,
) -> HttpResponse:
    form.fields[FILES] = FilesField(
        label=_("Photos or papers"), required=False, widget=ManyFiles({"accept": accepted()})
    )
    if problems:
        form.is_valid()
        form.add_error(FILES, ValidationError(problems))
    case = shown.get("case")
    context = {
        "kind": kind,
        "form": form,
        "applicant": case.applicant if case else shown.get("applicant"),
        "attachments": drafting.files_of(case) if case else [],
        "limits": limits(),
        **shown,
    }
    return render(request, "portal/start.html", context, status=422 if form.errors and form.is_bound else 200)
