"""What a company may do to its matter now: one page a verb, which keeps what was typed whatever happens."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from servicedesk.desk import drafting
from servicedesk.desk.applicant_verbs import APPLICANTS, act, form_for
from servicedesk.desk.errors import DeskError, NotAllowed, WrongState
from servicedesk.desk.forms import VerbForm
from servicedesk.desk.models import Case
from servicedesk.desk.permissions import may
from servicedesk.desk.story import answer_of, story
from servicedesk.desk.views.door import PersonalRequest, personal, typed
from servicedesk.desk.views.matters import own

NEWS = 3


@require_http_methods(["GET", "HEAD", "POST"])
@personal
def matter_verb(request: PersonalRequest, number: str, verb: str) -> HttpResponse:
    """Show the verb's form, or do it and go back to the matter."""
    at = timezone.now()
    case = own(request, number, at)
    if verb not in APPLICANTS:
        raise Http404
    if request.method == "POST":
        return acted(request, case, verb, at)
    if not may(request.user, verb, case, at):
        return refused(request, case, verb, at)
    kept = typed(request)
    form = form_for(verb, case, initial=drafting.without_nulls(kept).dict() if kept else None)
    return show(request, case, verb, form, {"restored": kept})


def acted(request: PersonalRequest, case: Case, verb: str, at: datetime) -> HttpResponse:
    form = form_for(verb, case, drafting.without_nulls(request.POST), request.FILES)
    if not form.is_valid():
        if "version" in form.errors:
            return conflict(request, case, verb, form, at)
        return show(request, case, verb, form)
    try:
        act(verb, case, form, by=request.user, at=at)
    except (WrongState, NotAllowed) as error:
        return conflict(request, case, verb, form, at, error)
    except DeskError as error:
        form.add_error(error.field if error.field in form.fields else None, str(error))
        return show(request, case, verb, form)
    messages.success(request, str(APPLICANTS[verb].done))
    return redirect("desk:matter", case.number)


def show(
    request: PersonalRequest, case: Case, verb: str, form: VerbForm, more: dict[str, Any] | None = None
) -> HttpResponse:
    context = {
        "case": case,
        "title": drafting.title_of(case),
        "verb": verb,
        "asked": APPLICANTS[verb],
        "form": form,
        "answer": answer_of(case) if verb in {"confirm", "redo"} else None,
        **(more or {}),
    }
    return render(request, "portal/verb.html", context, status=422 if form.is_bound else 200)


def refused(request: PersonalRequest, case: Case, verb: str, at: datetime) -> HttpResponse:
    """The verb is not possible now, and nothing was typed yet."""
    return conflict(request, case, verb, None, at)


def conflict(
    request: PersonalRequest,
    case: Case,
    verb: str,
    form: VerbForm | None,
    at: datetime,
    error: DeskError | None = None,
) -> HttpResponse:
    """The matter has moved on: show what happened, keep what was typed, offer it anew where possible."""
    fresh = own(request, str(case.number), at)
    texts = typed_texts(form)
    again = None
    if form is not None and may(request.user, verb, fresh, at):
        again = form_for(verb, fresh, initial=texts | {"version": fresh.version})
    context = {
        "case": fresh,
        "title": drafting.title_of(fresh),
        "verb": verb,
        "asked": APPLICANTS[verb],
        "problem": error,
        "form": again,
        "texts": [] if again else list(texts.values()),
        "news": story(fresh, request.user)[:NEWS],
    }
    return render(request, "portal/conflict.html", context, status=error.status if error else 409)


def typed_texts(form: VerbForm | None) -> dict[str, str]:
    """Every text that was typed into the form."""
    if form is None:
        return {}
    names = [name for name in form.fields if name not in {"version", "files"}]
    return {name: text for name in names if (text := form.data.get(name, "").strip())}
