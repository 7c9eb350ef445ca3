"""Doing a verb from the board: by the short form of a row, or by the page of its own, where nothing typed is
lost."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from enterprises.direct_line.board.suggesting import suggestion_for
from enterprises.direct_line.board.views import StaffRequest, back_to, page
from enterprises.direct_line.board.waiting import KIND, waiting, with_facts
from servicedesk.desk import workbench
from servicedesk.desk.chronicle import Chronicle
from servicedesk.desk.errors import DeskError, WrongState
from servicedesk.desk.models import Case
from servicedesk.desk.permissions import actions_for
from servicedesk.desk.verb_fields import VerbForm
from servicedesk.desk.verb_forms import form_for, perform
from servicedesk.desk.verbs import button_words, said_words

# What is done from the board; everything else is done on the workbench.
VERBS = frozenset({"dispatch", "recall", "rule", "split", "merge", "link"})


@require_http_methods(["GET", "HEAD", "POST"])
def act(request: StaffRequest, number: str, verb: str) -> HttpResponse:
    """The page of a verb, and doing it."""
    at = timezone.now()
    if verb not in VERBS:
        raise Http404
    case = get_object_or_404(workbench.of_desk(request.user, at), number=number, kind=KIND)
    if request.method != "POST":
        form = form_for(verb, case, request.user, at)
        _prefill(form, verb, request, case, at)
        return shown(request, case, verb, form)
    form = form_for(verb, case, request.user, at, request.POST)
    version = _version(request)
    if version != case.version or verb not in actions_for(request.user, case, at):
        return _overtaken(request, case, verb, form, version)
    if not form.is_valid():
        return shown(request, case, verb, form, 422)
    try:
        perform(form, verb, version=version)
    except WrongState:
        again = workbench.of_desk(request.user, at).filter(pk=case.pk).first()
        return _overtaken(request, again, verb, form, version) if again else redirect("board:dispatch")
    except DeskError as error:
        form.refuse(error)
        return shown(request, case, verb, form, error.status)
    messages.success(request, f"{case.number} · {said_words(verb)}")
    return back_to(request, number)


def _prefill(form: VerbForm, verb: str, request: HttpRequest, case: Case, at: datetime) -> None:
    """What the board suggests, with its reason; and the other matter where one was named."""
    if verb in {"dispatch", "rule"}:
        row = with_facts(waiting(form.user, at).filter(pk=case.pk)).first()
        told = suggestion_for(row, form.user, at) if row is not None else None
        if told is not None and told.office is not None:
            form.suggest(({"office": told.office.pk}, told.why))
        if told is not None and form.detail is not None:
            form.detail.initial["topic"] = told.topic.pk if told.topic else None
            form.detail.initial["town"] = told.town.pk if told.town else None
    other = request.GET.get("other", "")[:32]
    field = {"merge": "into", "link": "to"}.get(verb, "")
    if field and other:
        form.fields[field].initial = other


def shown(
    request: StaffRequest, case: Case, verb: str, form: VerbForm, status: int = 200, **more: Any
) -> HttpResponse:
    context = {
        "title": button_words(verb),
        "subtitle": case.number,
        "case": case,
        "verb": verb,
        "form": form,
        "failed": status != 200,
        "details": list(workbench.detail_rows(case)),
        "possible": verb in actions_for(request.user, case, form.at),
        "back": request.POST.get("tab") or request.GET.get("tab", ""),
        "back_page": request.POST.get("page", ""),
        "now": form.at,
        **more,
    }
    return page(request, "act", context, status)


def _version(request: HttpRequest) -> int | None:
    sent = request.POST.get("version", "")
    return int(sent) if sent.isdecimal() and len(sent) < 10 else None


def _overtaken(
    request: StaffRequest, case: Case, verb: str, form: VerbForm, version: int | None
) -> HttpResponse:
    """409: who did what since the row was made; what was typed stands in the form, to send again."""
    since = Chronicle(case).since(version) if version is not None else []
    told = {"since": since, "overtaken": _("Somebody else has changed this matter in the meantime.")}
    return shown(request, case, verb, form, WrongState.status, **told)
