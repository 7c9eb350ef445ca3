"""Views of the queue that people keep under a name: kept, called otherwise, shared with an office, opened
first, dropped. Everything is a plain form; a shared one is its owner's to change."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from urllib.parse import parse_qsl, urlencode

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from servicedesk.accounts.models import Office, User
from servicedesk.desk.admin.register import who
from servicedesk.desk.models import SavedFilter
from servicedesk.desk.permissions import Role, posts_of, reach, today
from servicedesk.desk.queue import serves_cases
from servicedesk.desk.sieve import dimensions

MOST = 20
QUEUE = "admin:desk_case_changelist"
PAGE = "admin:desk_case_filters"
PLAIN = ("tab", "q", "officer", "overdue", "kind", "state__exact", "office", "o")


def filters_of(user: User, at: datetime) -> QuerySet[SavedFilter]:
    """The person's own, and those shared with an office they serve at."""
    offices = {post.office_id for post in posts_of(user, today(at)) if post.role not in post.WITHOUT_CASES}
    return SavedFilter.objects.filter(Q(owner=user) | Q(office__in=offices)).select_related("owner", "office")


def cleaned(query: str) -> str:
    """What of an address is a filter, in one order: two ways to the same view are the same."""
    known = {*PLAIN, *dimensions()}
    pairs = [(name, value) for name, value in parse_qsl(query.lstrip("?")) if name in known and value]
    return urlencode(sorted(dict(pairs).items()))


def may_share(user: User, at: datetime) -> QuerySet[Office]:
    """Offices the person heads or leads."""
    headed = reach(user, frozenset({Role.HEAD, Role.LEADER}), today(at))
    return Office.objects.filter(pk__in=headed).order_by("sort", "code")


class NameForm(forms.ModelForm):
    """A name, and for heads with whom it is shared."""

    office = forms.ModelChoiceField(
        Office.objects.none(),
        label=gettext_lazy("Share with"),
        required=False,
        empty_label=gettext_lazy("nobody: mine alone"),
    )

    class Meta:
        model = SavedFilter
        fields = ("name", "office")
        labels = {"name": gettext_lazy("Name of this view")}

    def __init__(self, *args: Any, offices: QuerySet[Office], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not offices:
            del self.fields["office"]
            return
        self.fields["office"].queryset = offices  # type: ignore[attr-defined]

    def clean_name(self) -> str:
        name = str(self.cleaned_data["name"]).strip()
        same = SavedFilter.objects.filter(owner=self.instance.owner, name=name)
        if same.exclude(pk=self.instance.pk).exists():
            raise forms.ValidationError(_("You have a view of this name already."))
        return name


def _form(row: SavedFilter, user: User, at: datetime, data: Any = None) -> NameForm:
    return NameForm(data, instance=row, offices=may_share(user, at), auto_id=f"filter_{row.pk or 0}_%s")


def _page(request: HttpRequest, tried: NameForm | None = None, query: str = "") -> HttpResponse:
    user, at = who(request), timezone.now()
    rows = list(filters_of(user, at))
    context = {
        **admin.site.each_context(request),
        "title": _("Kept views"),
        "tried": tried,
        "query": query,
        "own": [(row, _form(row, user, at)) for row in rows if row.owner_id == user.pk],
        "shared": [row for row in rows if row.owner_id != user.pk],
    }
    return TemplateResponse(request, "admin/desk/case/filters.html", context, status=422 if tried else 200)


def _asked(request: HttpRequest) -> User:
    if not serves_cases(who(request), timezone.now()):
        raise PermissionDenied
    return who(request)


@require_http_methods(["GET", "POST"])
def filters(request: HttpRequest) -> HttpResponse:
    """The views somebody has; a POST keeps the one they are looking at."""
    user, at = _asked(request), timezone.now()
    if request.method == "GET":
        return _page(request)
    query = cleaned(request.POST.get("query", ""))
    if not query:
        # The whole queue is no view of it, and nothing to open it with.
        return redirect(_queue())
    return _kept(request, user, query, at)


@transaction.atomic
def _kept(request: HttpRequest, user: User, query: str, at: datetime) -> HttpResponse:
    _alone(user)
    form = _form(SavedFilter(owner=user, query=query), user, at, request.POST)
    if len(query) > SavedFilter._meta.get_field("query").max_length:  # type: ignore[operator]
        form.add_error("name", _("These filters are too many to keep."))
    if SavedFilter.objects.filter(owner=user).count() >= MOST:
        form.add_error("name", _("You keep %(n)d views; drop one first.") % {"n": MOST})
    if not form.is_valid():
        return _page(request, form, query)
    form.save()
    messages.success(request, _("The view is kept."))
    return redirect(f"{_queue()}?{query}")


@require_POST
def one_filter(request: HttpRequest, pk: int) -> HttpResponse:
    """Change or drop a view of one's own: what is pressed is named `do`."""
    user, at = _asked(request), timezone.now()
    row = get_object_or_404(SavedFilter, pk=pk, owner=user)
    match request.POST.get("do"):
        case "drop":
            row.delete()
            messages.success(request, _("The view is dropped."))
        case "start" | "no-start" as asked:
            _set_start(user, row if asked == "start" else None)
        case _:
            form = _form(row, user, at, request.POST)
            if not form.is_valid():
                return _page(request, form, row.query)
            form.save()
    return redirect(PAGE)


@transaction.atomic
def _set_start(user: User, row: SavedFilter | None) -> None:
    _alone(user)
    SavedFilter.objects.filter(owner=user, is_start=True).update(is_start=False)
    if row is not None:
        SavedFilter.objects.filter(pk=row.pk).update(is_start=True)


def _alone(user: User) -> None:
    """Until the commit: of a double press the second one sees what the first one did."""
    User.objects.select_for_update().get(pk=user.pk)


def _queue() -> str:
    return reverse(QUEUE)
