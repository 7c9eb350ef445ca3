"""A notice from a file in the admin: choose it, see what it moves, enter it, see what it moved."""

from __future__ import annotations

import hashlib
from typing import Any

from django import forms
from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from servicedesk.accounts.models import User
from servicedesk.desk.actions.redating import behind, entry_of, redate_open
from servicedesk.desk.admin.register import who
from servicedesk.desk.errors import Conflict
from servicedesk.desk.models import CalendarNotice
from servicedesk.desk.notice_files.announcing import announced
from servicedesk.desk.notice_files.carrying import Carried, unpacked
from servicedesk.desk.notice_files.entering import Preview, enter, foreseen, moved_since, preview
from servicedesk.desk.notice_files.reading import MOST_BYTES, read
from servicedesk.desk.notice_files.refusals import NoticeRefused
from servicedesk.desk.notice_files.telling import by_kind, by_office, told_known, turned_words
from servicedesk.desk.permissions import may_register, visible_to
from servicedesk.desk.shifts import Shift

# Cases dated before the page answers; the sweep dates the others within half a minute.
AT_ONCE = 500
FROM_FILE = gettext_lazy("from the file, where it says so")


class NoticeFileForm(forms.Form):
    """A file, or the rows of one that was read already, and what was typed of the notice itself."""

    file = forms.FileField(
        label=gettext_lazy("File (csv or xlsx)"),
        required=False,
        help_text=gettext_lazy("Columns 日期, 班休 (休 or 班) and 名称; one row a day."),
        widget=forms.ClearableFileInput(attrs={"accept": ".csv,.xlsx"}),
    )
    title = forms.CharField(label=gettext_lazy("Title of the notice"), required=False, help_text=FROM_FILE)
    number = forms.CharField(label=gettext_lazy("Document number"), required=False, help_text=FROM_FILE)
    source = forms.CharField(
        label=gettext_lazy("Where it was published"), required=False, help_text=FROM_FILE
    )
    published = forms.CharField(
        label=gettext_lazy("Day of publication"),
        required=False,
        help_text=gettext_lazy("2026-11-04; today where neither you nor the file says it"),
    )
    year = forms.CharField(
        label=gettext_lazy("For the year"),
        required=False,
        help_text=gettext_lazy("the one most of its days lie in, if empty"),
    )
    kept = forms.CharField(required=False, widget=forms.HiddenInput)

    def carried(self) -> Carried:
        """The file that was sent, else the one kept. Raises NoticeRefused."""
        sent = self.files.get("file")
        if sent is None:
            if self.data.get("kept"):
                return unpacked(self.data["kept"])
            raise NoticeRefused([_("Choose a file.")])
        if (sent.size or 0) > MOST_BYTES:
            raise NoticeRefused([_("The file is larger than a calendar notice can be.")])
        data = sent.read()
        return Carried(read(data), sent.name or "", hashlib.sha256(data).hexdigest())

    def keep(self, carried: Carried, after: int | None) -> None:
        """Let the page carry what was read."""
        typed: Any = self.data.copy()  # type: ignore[attr-defined]
        typed["kept"] = carried.packed(after)
        self.data = typed


def _keeper(request: HttpRequest) -> None:
    if not may_register(who(request), "change", timezone.now()):
        raise PermissionDenied


@require_http_methods(["GET", "POST"])
def load(request: HttpRequest) -> HttpResponse:
    """The form; with a file, what it would move; with the second button, its entry."""
    _keeper(request)
    if request.method == "GET":
        return _page(request, NoticeFileForm())
    form = NoticeFileForm(request.POST, request.FILES)
    carried: Carried | None = None
    try:
        carried = form.carried()
        form.keep(carried, None)
        form.is_valid()
        today = timezone.localdate()
        new = announced(carried.file, form.cleaned_data, name=carried.name, today=today)
        seen = preview(new, timezone.now())
    except NoticeRefused as error:
        for sentence in error.sentences:
            form.add_error("file" if carried is None else None, sentence)
        return _page(request, form, carried, status=422)
    if "enter" in request.POST and carried.after is not None:
        return _enter(request, form, carried, seen)
    form.keep(carried, seen.after)
    return _page(request, form, carried, seen)


def _enter(request: HttpRequest, form: NoticeFileForm, carried: Carried, seen: Preview) -> HttpResponse:
    """Enter what was seen, and nothing else: a calendar that changed since is shown anew first."""
    form.keep(carried, seen.after)
    try:
        if carried.after != seen.after and seen.known is None:
            raise Conflict("calendar-changed", _("Another notice was entered meanwhile; please look again."))
        notice = enter(seen, at=timezone.now(), by=who(request), sha256=carried.sha256)
    except Conflict as error:
        form.add_error(None, str(error))
        return _page(request, form, carried, seen, status=409)
    redate_open(notice.version, at=timezone.now(), by=who(request), most=AT_ONCE)
    return HttpResponseRedirect(reverse("admin:calendar-moved", args=[notice.pk]))


def _page(
    request: HttpRequest,
    form: NoticeFileForm,
    carried: Carried | None = None,
    seen: Preview | None = None,
    status: int = 200,
) -> HttpResponse:
    context: dict[str, Any] = {
        "title": _("A calendar notice from a file"),
        "form": form,
        "carried": carried,
        "seen": seen,
    }
    if seen is not None and seen.known is not None:
        context["known"] = told_known(seen.known)
    elif seen is not None:
        found = seen.redated
        context |= {
            "turned": [turned_words(each) for each in seen.turned],
            "sums": found.sentences(),
            "counts": [*by_kind(found), *by_office(found)],
            "shifts": _visible(found.first, who(request)),
        }
    return _framed(request, "admin/desk/calendarnotice/load.html", context, status)


def _visible(shifts: list[Shift], user: User) -> list[Shift]:
    """Those of cases the user may know of: a complaint about the centre is none of them."""
    numbers = [each.number for each in shifts]
    known = visible_to(user).filter(number__in=numbers).values_list("number", flat=True)
    mine = set(known)
    return [each for each in shifts if each.number in mine]


@require_safe
def moved(request: HttpRequest, pk: int) -> HttpResponse:
    """What the notice was to move, what it has moved, and how many open clocks still follow an older one."""
    if not may_register(who(request), "view", timezone.now()):
        raise PermissionDenied
    notice = get_object_or_404(CalendarNotice, pk=pk)
    entry = entry_of(notice)
    context = {
        "title": _("What the notice moved"),
        "notice": notice,
        "days": notice.days.all(),
        "entry": entry,
        "foreseen": foreseen(entry),
        "moved": moved_since(entry, notice.version) if entry else None,
        "left": behind(notice.version).values("case").distinct().count(),
    }
    return _framed(request, "admin/desk/calendarnotice/moved.html", context)


def _framed(request: HttpRequest, template: str, context: dict[str, Any], status: int = 200) -> HttpResponse:
    frame = admin.site.each_context(request)
    return TemplateResponse(request, template, {**frame, **context}, status=status)
