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

from servicedesk.desk import asking, drafting, kept
from servicedesk.desk.errors import DeskError, WrongState
from servicedesk.desk.forms import FilesField, ManyFiles, WhomForm
from servicedesk.desk.mine import acting, cases_of, drafts_of, parties_on
from servicedesk.desk.models import Case, Party
from servicedesk.desk.registry import CaseKind, Opening, kind_of
from servicedesk.desk.uploading import FILES, accepted, limits, take_files
from servicedesk.desk.views import sections
from servicedesk.desk.views.door import PersonalRequest, personal, typed

# Of somebody's drafts of a kind so many are looked at to find one of the same.
DRAFTS_LOOKED_AT = 50


def startable(code: str) -> CaseKind:
    try:
        kind = kind_of(code)
    except KeyError:
        raise Http404 from None
    if not kind.startable or kind.form is None or kind.detail is None:
        raise Http404
    return kind


def opening_of(request: HttpRequest, kind: CaseKind) -> Opening:
    """What a case of the kind opens with, as the start page's address says; 404 for what is not offered."""
    try:
        return drafting.opening_for(kind, dict(request.GET.lists()))
    except LookupError:
        raise Http404 from None


def own_case(request: PersonalRequest, kind: str, pk: int, at: datetime) -> Case:
    """The user's draft, or what became of it; 404 for anybody else's."""
    startable(kind)
    mine = drafts_of(request.user, at) | cases_of(request.user, at)
    return get_object_or_404(mine.select_related("applicant", "office"), pk=pk, kind=kind)


def section_in(request: HttpRequest, case: Case) -> str:
    """Code of the section whose page this is, "" for a form without sections; 404 for an unknown one."""
    code = request.GET.get("section", "")
    known = [section.code for section in asking.sections(drafting.form_class(case))]
    if code and code not in known:
        raise Http404
    return code


@require_http_methods(["GET", "HEAD", "POST"])
@personal
def start(request: PersonalRequest, kind: str) -> HttpResponse:
    """Ask for whom, then what is wrong; the first sending of the form opens the draft."""
    at, declared = timezone.now(), startable(kind)
    opening, mine = opening_of(request, declared), parties_on(request.user, at)
    parties = [party for party in mine if declared.is_for(opening, party.sort)]
    if not parties:
        return render(request, "portal/start_none.html", {"kind": declared, "is_for_others": bool(mine)})
    if request.method == "POST":
        return take(request, declared, opened(request, declared, parties, at), at)
    lost = typed(request)
    whom = applicant_of(lost if lost is not None else request.GET, parties)
    if whom is None and "whom" not in request.GET:
        whom = acting(request.session, parties)
    if whom is None:
        return ask_whom(request, declared, parties)
    form_type = declared.form_of(opening)
    initial = asking.known(form_type, whom, request.user)
    initial |= kept.sent(form_type, lost) if lost is not None else {}
    shown = {
        "applicant": whom,
        "may_choose": len(parties) > 1,
        "form_key": (lost.get("form_key") if lost is not None else "") or uuid.uuid4(),
        "restored": lost,
        "drafts": begun_before(request, declared, opening, at),
    }
    return show_form(request, declared, form_type(initial=initial), shown)


def ask_whom(request: HttpRequest, kind: CaseKind, parties: list[Party]) -> HttpResponse:
    form = WhomForm(parties, request.GET if "whom" in request.GET else None)
    named = [(name, value) for name, values in request.GET.lists() for value in values if name != "whom"]
    return render(request, "portal/start_whom.html", {"kind": kind, "form": form, "named": named})


def begun_before(request: PersonalRequest, kind: CaseKind, opening: Opening, at: datetime) -> bool:
    """Whether there is a draft of the same already."""
    drafts = drafts_of(request.user, at).filter(kind=kind.code)
    found = drafts.values_list("opening", flat=True)[:DRAFTS_LOOKED_AT]
    return any({name: value for name, value in each.items() if name != "form"} == opening for each in found)


def applicant_of(posted: Mapping[str, Any], parties: list[Party]) -> Party | None:
    if len(parties) == 1:
        return parties[0]
    return next((party for party in parties if str(party.pk) == posted.get("whom")), None)


def opened(request: PersonalRequest, kind: CaseKind, parties: list[Party], at: datetime) -> Case:
    """The draft this copy of the form belongs to."""
    whom = applicant_of(request.POST, parties)
    if whom is None:
        raise Http404
    key, opening = key_in(request, "form_key"), opening_of(request, kind)
    return drafting.find_or_open(kind, whom, by=request.user, at=at, form_key=key, opening=opening)


def key_in(request: HttpRequest, name: str) -> uuid.UUID:
    """The hidden key of a form; a new one where it is missing or mangled."""
    try:
        return uuid.UUID(request.POST.get(name, ""))
    except ValueError:
        return uuid.uuid4()


@require_http_methods(["GET", "HEAD", "POST"])
@personal
def draft(request: PersonalRequest, kind: str, pk: int) -> HttpResponse:
    """Go on with a draft: its form or, of a form in sections, the list of tasks and a page of each. `?check`
    shows what is still missing."""
    at, declared = timezone.now(), startable(kind)
    case = own_case(request, kind, pk, at)
    try:
        section = section_in(request, case)
    except LookupError:
        return gone(request, declared, case)
    if request.method == "POST":
        return take(request, declared, case, at)
    lost = typed(request)
    if lost is not None:
        return restored(request, declared, case, drafting.without_nulls(lost), at)
    if case.state != Case.State.DRAFT:
        return redirect("desk:matter", case.number)
    if not section and asking.sections(drafting.form_class(case)):
        return sections.show_tasks(request, declared, case)
    judged = "check" in request.GET
    form = drafting.kept_form(case, section) if judged else drafting.shown_form(case, request.user, section)
    return show_form(request, declared, form, {"case": case, "more": "more" in request.GET})


def gone(request: HttpRequest, kind: CaseKind, case: Case) -> HttpResponse:
    """What the draft applies for is not offered any more."""
    return render(request, "portal/start_gone.html", {"kind": kind, "case": case}, status=410)


def restored(
    request: PersonalRequest, kind: CaseKind, case: Case, posted: QueryDict, at: datetime
) -> HttpResponse:
    """What was typed before the log-in goes into the draft, and is shown as it was typed."""
    section = section_in(request, case)
    try:
        drafting.keep(case, posted, by=request.user, at=at, section=section)
    except WrongState as error:
        return too_late(request, case, posted, error)
    case.refresh_from_db()
    form_type = drafting.form_class(case, section)
    form = form_type(initial=kept.sent(form_type, posted), instance=drafting.detail_of(case))
    return show_form(request, kind, form, {"case": case, "restored": True})


def take(request: PersonalRequest, kind: CaseKind, case: Case, at: datetime) -> HttpResponse:
    """Keep what was sent, files and all, and go where the pressed button leads: nothing typed is lost."""
    posted, section = drafting.without_nulls(request.POST), section_in(request, case)
    form_type = drafting.form_class(case, section)
    if asking.sections(form_type) and not section:
        return redirect(sections.next_url(sections.tasks_of(case)) or sections.url_of(case))
    asked = set(asking.asked(form_type, drafting.detail_of(case)))
    try:
        drafting.keep(case, posted, by=request.user, at=at, section=section)
    except WrongState as error:
        return too_late(request, case, posted, error)
    case.refresh_from_db()
    problems = take_files(form_type, case, request.FILES, by=request.user, at=at)
    if "remove" in posted:
        drafting.remove_file(case, str(posted["remove"]).split(" ")[0], by=request.user, at=at)
    if not problems and "save" in posted:
        return redirect("desk:matters")
    if not problems and ("remove" in posted or "again" in posted):
        return redirect(f"{here(request, case)}#id_{place_of(case, form_type, posted)}")
    detail = drafting.detail_of(case)
    form = form_type(posted, instance=detail)
    if form.is_valid() and not problems:
        return redirect(sections.onward(case, section, request.GET.get("then", "")))
    fresh = [name for name in asking.asked(form_type, detail) if name not in asked]
    unseen = {name for name in fresh if not kept.value(detail, name)}
    if not problems and set(form.errors) <= unseen:
        return redirect(f"{here(request, case, more='1')}#id_{fresh[0]}")
    return show_form(request, kind, form, {"case": case}, problems)


def here(request: HttpRequest, case: Case, **more: str) -> str:
    """The page of the draft, or of the section of it, that this form was sent from."""
    then = sections.THEN_CHECK if request.GET.get("then") == sections.THEN_CHECK else ""
    return sections.url_of(case, section_in(request, case), then=then, **more)


def place_of(case: Case, form_type: asking.Form, posted: QueryDict) -> str:
    """Where on the page somebody goes on who took away a file, or asked for a row more or less."""
    again = "again" in posted
    name = str(posted["again"]).split(" ")[0] if again else str(posted["remove"]).split(" ")[-1]
    if name not in asking.fields(form_type):
        return FILES
    rows = kept.value(drafting.detail_of(case), name)
    return f"{name}_{len(rows) - 1}" if isinstance(rows, list) and rows else name


def too_late(request: HttpRequest, case: Case, posted: QueryDict, error: DeskError) -> HttpResponse:
    """The draft was submitted meanwhile: say so, and give back what was typed."""
    case.refresh_from_db()
    names = [name for name in posted if name.partition("-")[0] in drafting.form_class(case).base_fields]
    texts = [text for name in names for text in posted.getlist(name) if text.strip()]
    shown = {"case": case, "problem": error, "texts": texts}
    return render(request, "portal/too_late.html", shown, status=error.status)


def show_form(
    request: HttpRequest,
    kind: CaseKind,
    form: forms.BaseForm,
    shown: dict[str, Any],
    problems: dict[str, list[str]] | None = None,
) -> HttpResponse:
    """The form on one page, a section of it, or the door to a form in sections that was not begun yet."""
    case, by_field = shown.get("case"), getattr(type(form), "papers", None) is not None
    if not by_field:
        form.fields[FILES] = FilesField(
            label=_("Photos or papers"), required=False, widget=ManyFiles({"accept": accepted()})
        )
    for name, sentences in (problems or {}).items():
        form.is_valid()
        form.add_error(name, ValidationError(sentences))
    code = section_in(request, case) if case else ""
    whole = drafting.form_class(case) if case else type(form)
    section = next((each for each in asking.sections(whole) if each.code == code), None)
    context = {
        "kind": kind,
        "form": form,
        "heading": asking.title(kind, whole),
        "section": section,
        "sections": asking.sections(whole),
        "applicant": case.applicant if case else shown.get("applicant"),
        "attachments": drafting.files_of(case) if case and not by_field else [],
        "limits": limits(by_field=by_field),
        **addresses(request, kind, case),
        **shown,
    }
    page = "portal/start_sections.html" if asking.sections(whole) and not section else "portal/start.html"
    return render(request, page, context, status=422 if form.errors and form.is_bound else 200)


def addresses(request: HttpRequest, kind: CaseKind, case: Case | None) -> dict[str, str]:
    """Where the form and its autosave go; both keep what the page's address said."""
    if case is None:
        asked = f"?{request.GET.urlencode()}" if request.GET else ""
        pages = reverse("desk:start", args=[kind.code]), reverse("desk:autosave_new", args=[kind.code])
        return {"target": pages[0] + asked, "autosave": pages[1] + asked}
    target, autosave = here(request, case), reverse("desk:autosave", args=[kind.code, case.pk])
    _page, asks, asked = target.partition("?")
    return {"target": target, "autosave": f"{autosave}{asks}{asked}"}
