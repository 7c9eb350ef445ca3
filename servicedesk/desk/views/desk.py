"""Pages of one case on the staff side, and where its verbs are posted. Routed by `desk/site.py`, which lets
in staff only; a case that is not this person's to see does not exist."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.signing import BadSignature, Signer
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from servicedesk.accounts.models import User
from servicedesk.desk import canned, moves, watching, words, workbench
from servicedesk.desk.chronicle import Chronicle
from servicedesk.desk.errors import BadInput, NotAllowed, WrongState
from servicedesk.desk.models import Case, Notice
from servicedesk.desk.permissions import actions_for, ready
from servicedesk.desk.queue import cases_of_desk, tabs_of
from servicedesk.desk.reckon import account_of, statement
from servicedesk.desk.registry import kind_of
from servicedesk.desk.tour import later_in, tab_in, tour
from servicedesk.desk.verb_fields import VerbForm
from servicedesk.desk.verb_forms import FORMS, form_for, perform
from servicedesk.desk.verbs import button_words, said_words
from servicedesk.desk.views.door import typed as typed_before

SEEN = Signer(salt="servicedesk.desk.seen")

# Pages from which a verb may be done, and where its sender goes on.
BACK = {"sign": "admin:sign", "decide": "admin:decide"}


class StaffRequest(HttpRequest):
    user: User


def page_of_desk(
    request: HttpRequest, template: str, context: dict[str, Any], status: int = 200
) -> TemplateResponse:
    frame = admin.site.each_context(request)
    return TemplateResponse(request, template, {**frame, **context}, status=status)


def _case(request: StaffRequest, at: datetime, **which: Any) -> Case:
    return get_object_or_404(workbench.of_desk(request.user, at), **which)


@require_safe
def case(request: StaffRequest, number: str) -> HttpResponse:
    """Where letters point: to the workbench."""
    found = get_object_or_404(cases_of_desk(request.user, timezone.now()), number=number)
    return redirect("admin:desk_case_change", found.pk)


def show_workbench(
    request: StaffRequest, case: Case, at: datetime, status: int = 200, *, shown: bool = False, **more: Any
) -> HttpResponse:
    """The page of a case. `tried` and `verb` in `more` are a form that was refused."""
    given = {"tried": more.get("tried"), "verb": more.get("verb", "")}
    asked = request.POST or request.GET
    chosen = canned.chosen_in(request.GET)
    context = workbench.context_of(case, request.user, at, **given, chosen=chosen)
    context |= {
        "title": case.title or _("Without a title"),
        "subtitle": case.number,
        "details": list(workbench.detail_rows(case, shown)),
        "may_show": not shown and workbench.has_masked(case, request.user, at),
        "shown": shown,
        "unreasoned": more.get("unreasoned", False),
        "tour": tour(request.user, case, tab_in(asked), at, later_in(asked)),
        "seen": SEEN.sign(f"{request.user.pk}:{case.number}"),
    }
    return page_of_desk(request, "desk/workbench.html", context, status)


@require_http_methods(["GET", "POST"])
def show(request: StaffRequest, number: str) -> HttpResponse:
    """Show masked data once, for a reason that is logged; the next page masks them again."""
    if request.method == "GET":
        return case(request, number)
    at = timezone.now()
    found = _case(request, at, number=number)
    if not workbench.has_masked(found, request.user, at):
        raise Http404
    reason = request.POST.get("reason", "").strip()[:500]
    if not reason:
        return show_workbench(request, found, at, 422, unreasoned=True)
    workbench.unmask(found, by=request.user, at=at, reason=reason)
    return show_workbench(request, found, at, shown=True)


@require_POST
def watch(request: StaffRequest, number: str) -> HttpResponse:
    """Watch a case, or watch it no more."""
    at = timezone.now()
    found = get_object_or_404(cases_of_desk(request.user, at), number=number)
    if "stop" in request.POST:
        watching.unwatch(found, by=request.user)
        messages.success(request, _("You watch it no more."))
    else:
        watching.watch(found, by=request.user, at=at)
        messages.success(request, _("You watch this matter: you hear in the app what becomes of it."))
    return _on_tour(request, "admin:desk_case_change", found.pk)


@require_safe
def clock(request: StaffRequest, number: str, pk: int) -> HttpResponse:
    """The statement of one clock: why it is due when it is due."""
    at = timezone.now()
    found = _case(request, at, number=number)
    which = next((each for each in found.clocks.all() if each.pk == pk), None)
    if which is None:
        raise Http404
    running = which.stopped_at is None
    context = {
        "title": _("Clock statement"),
        "subtitle": found.number,
        "case": found,
        "clock": which,
        "term": words.term_words(which.term, which.unit),
        "now": at,
        "rows": statement(which, at),
        "remaining": account_of(which).remaining(at) if running else None,
        "promises": which.promises.all(),
    }
    return page_of_desk(request, "desk/statement.html", context)


@require_http_methods(["GET", "POST"])
def verb(request: StaffRequest, number: str, verb: str) -> HttpResponse:
    """Do a verb. Whatever stands against it, nothing that was typed is lost."""
    at = timezone.now()
    if request.method == "GET":
        return _after_log_in(request, number, verb, at)
    found = workbench.of_desk(request.user, at).filter(number=number).first()
    if verb not in FORMS or (found is not None and verb not in kind_of(found.kind).verbs):
        raise Http404
    if found is None:
        return _taken_away(request, number, verb)
    form = form_for(verb, found, request.user, at, request.POST, request.FILES)
    version = _version(request)
    stale = version != found.version and verb not in moves.QUIET
    if stale or not ready(found, verb, kind_of(found.kind)):
        return _conflict(request, found, form, verb, version)
    if verb not in actions_for(request.user, found, at):
        return _refused(request, found, form, _("This is not yours to do on this matter."))
    if not form.is_valid():
        return show_workbench(request, found, at, 422, tried=form, verb=verb)
    return _done(request, found, form, verb, version)


def _after_log_in(request: StaffRequest, number: str, verb: str, at: datetime) -> HttpResponse:
    """Whose session ended while they were writing finds the words in their form again, unsent."""
    kept = typed_before(request) if verb in FORMS else None
    if kept is None:
        return case(request, number)
    found = _case(request, at, number=number)
    messages.warning(request, _("You had been logged out. Nothing was sent yet; here is what you typed."))
    form = form_for(verb, found, request.user, at, kept)
    return show_workbench(request, found, at, tried=form, verb=verb)


def _done(request: StaffRequest, case: Case, form: VerbForm, verb: str, version: int | None) -> HttpResponse:
    try:
        perform(form, verb, version=version)
    except BadInput as error:
        form.refuse(error)
        return show_workbench(request, case, form.at, error.status, tried=form, verb=verb)
    except NotAllowed as error:
        return _refused(request, case, form, str(error))
    except WrongState:
        again = workbench.of_desk(request.user, form.at).filter(pk=case.pk).first()
        return (
            _conflict(request, again, form, verb, version) if again else _taken_away(request, str(case), verb)
        )
    messages.success(request, f"{case.number} · {said_words(verb)}")
    if back := BACK.get(request.POST.get("back", "")):
        return redirect(back)
    if cases_of_desk(request.user, form.at).filter(pk=case.pk).exists():
        return _on_tour(request, "admin:desk_case_change", case.pk)
    return _on_tour(request, "admin:desk_case_changelist")


def _on_tour(request: StaffRequest, name: str, *args: int) -> HttpResponse:
    """Where to go on, still in the tab of the queue one came from."""
    code = tab_in(request.POST)
    known = any(tab.code == code for tab in tabs_of(request.user, timezone.now())) if code else False
    later = later_in(request.POST)
    words = f"?tab={code}" + (f"&later={later}" if later and args else "") if known else ""
    return redirect(reverse(name, args=args) + words)


def _version(request: HttpRequest) -> int | None:
    try:
        return int(request.POST.get("version", ""))
    except ValueError:
        return None


def _conflict(
    request: StaffRequest, case: Case, form: VerbForm, verb: str, version: int | None
) -> HttpResponse:
    """409: who did what since the page was made, and what this person typed, to send again or to copy."""
    at = timezone.now()
    since = Chronicle(case).since(version) if version is not None else []
    again = (
        form_for(verb, case, request.user, at, request.POST) if _possible(request, case, verb, at) else None
    )
    context = {
        "title": _("Somebody was quicker"),
        "subtitle": case.number,
        "case": case,
        "verb": verb,
        "label": button_words(verb),
        "since": since,
        "again": again,
        "typed": typed(form, request),
        "seen": SEEN.sign(f"{request.user.pk}:{case.number}"),
        "had_files": bool(request.FILES),
    }
    return page_of_desk(request, "desk/conflict.html", context, WrongState.status)


def _possible(request: StaffRequest, case: Case, verb: str, at: datetime) -> bool:
    return verb in actions_for(request.user, case, at)


def _taken_away(request: StaffRequest, number: str, verb: str) -> HttpResponse:
    """The case went elsewhere while this person was writing: their words come back, and nothing of the case.
    Whoever never saw the page finds nothing."""
    try:
        saw = SEEN.unsign(request.POST.get("seen", ""))
    except BadSignature:
        saw = ""
    if saw != f"{request.user.pk}:{number}":
        raise Http404
    context = {
        "title": _("This matter is no longer with you"),
        "subtitle": number,
        "label": button_words(verb),
        "typed": typed(FORMS[verb].base_fields, request),
    }
    return page_of_desk(request, "desk/conflict.html", context, WrongState.status)


def _refused(request: StaffRequest, case: Case, form: VerbForm, sentence: str) -> HttpResponse:
    context = {
        "title": _("You may not do this"),
        "subtitle": case.number,
        "case": case,
        "sentence": sentence,
        "typed": typed(form, request),
    }
    return page_of_desk(request, "desk/refused.html", context, NotAllowed.status)


def typed(form: VerbForm | dict[str, forms.Field], request: HttpRequest) -> list[tuple[str, str]]:
    """Label and words of every text field somebody filled in."""
    fields = form.fields if isinstance(form, VerbForm) else form
    texts = {name: each for name, each in fields.items() if isinstance(each, forms.CharField)}
    said = {name: request.POST.get(name, "").strip() for name in texts}
    return [(str(texts[name].label or name), words) for name, words in said.items() if words]


@require_POST
def notices_read(request: StaffRequest) -> HttpResponse:
    """Mark notices of one's own as read: the one named, or all that were shown."""
    named = request.POST.getlist("shown" if "all" in request.POST else "notice")
    keys = [key for key in named if key.isdecimal()]
    Notice.objects.unread(request.user).filter(pk__in=keys).mark_read(timezone.now())
    return redirect("admin:index")
