"""The staff side: the stock admin with My day in front and the verbs of a case beside it."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any, cast

from django.contrib import admin
from django.db.models.base import ModelBase
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import URLPattern, URLResolver, path
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from servicedesk.accounts.models import User
from servicedesk.desk.day import day_of
from servicedesk.desk.health import late_work
from servicedesk.desk.queue import serves_cases
from servicedesk.desk.registry import Words
from servicedesk.desk.views import brake, call, deciding, desk
from servicedesk.desk.views.door import stash

# Pages of other packages ask Django's permission rows, which nobody holds here: they are left out.
OURS = frozenset({"desk", "accounts", "enterprises", "approvals", "reports"})

# How the sidebar is laid out; what is named nowhere stays with its app.
SECTIONS: tuple[tuple[Words, tuple[str, ...]], ...] = (
    (gettext_lazy("Work"), ("Case", "HistoryImport", "Deputy")),
    (
        gettext_lazy("People and offices"),
        (
            "Office",
            "User",
            "Post",
            "Recovery",
            "Sitting",
            "BrokenGlass",
            "ApiToken",
            "Party",
            "Membership",
            "AccountClosing",
        ),
    ),
    (
        gettext_lazy("Rules"),
        (
            "Limit",
            "AlarmRule",
            "SignOffRule",
            "CalendarNotice",
            "OfficeHours",
            "SmsTemplate",
            "WebhookEndpoint",
            "RetentionRule",
            "CannedText",
        ),
    ),
    (gettext_lazy("Watch"), ("Notice", "SmsMessage", "Alarm", "Event", "ChainRoot", "Erasure")),
)
SECTIONED = frozenset({"desk", "accounts"})


class DeskSite(admin.AdminSite):
    site_header = site_title = gettext_lazy("Service desk")
    index_title = gettext_lazy("My day")
    index_template = "admin/index.html"
    enable_nav_sidebar = True

    def register(self, model_or_iterable: Any, admin_class: Any = None, **options: Any) -> None:
        """Register the models of this house; those of other packages are passed over."""
        alone = isinstance(model_or_iterable, ModelBase)
        given: list[Any] = [model_or_iterable] if alone else list(model_or_iterable)
        ours = [model for model in given if model._meta.app_label in OURS]
        if ours:
            super().register(ours, admin_class, **options)

    def get_urls(self) -> list[URLPattern | URLResolver]:
        # Before the stock ones, whose last pattern takes everything.
        return [*self._case_urls(), *super().get_urls()]

    def _case_urls(self) -> list[URLPattern]:
        view = self.admin_view
        return [
            # /desk/cases/<number>/  the workbench, its verbs, the statements of its clocks
            path("cases/<str:number>/", view(desk.case), name="case"),
            path("cases/<str:number>/show/", view(desk.show), name="case-show"),
            path("cases/<str:number>/clocks/<int:pk>/", view(desk.clock), name="case-clock"),
            path("cases/<str:number>/watch/", view(desk.watch), name="case-watch"),
            path("cases/<str:number>/<slug:verb>/", keeping(view(desk.verb)), name="case-verb"),
            # /desk/call/  a matter taken down at the telephone
            path("call/", view(call.call), name="call"),
            # /desk/sign/, /desk/decide/  drafts and escalations, answered where they are read
            path("sign/", view(deciding.sign), name="sign"),
            path("decide/", view(deciding.decide), name="decide"),
            # /desk/brake/  why nothing is closed for want of a word, and letting go
            path("brake/", view(brake.brake), name="brake"),
            # /desk/notices/read/  what was told to me, read
            path("notices/read/", view(desk.notices_read), name="notices-read"),
        ]

    def each_context(self, request: HttpRequest) -> dict[str, Any]:
        person = cast(User, request.user)
        return super().each_context(request) | {"has_queue": serves_cases(person, timezone.now())}

    def get_app_list(self, request: HttpRequest, app_label: str | None = None) -> list[Any]:
        """The desk's own models by what they are for, then the other apps as they are."""
        apps: list[Any] = super().get_app_list(request, app_label)
        if app_label is not None:
            return apps
        own = {
            row["object_name"]: row for app in apps if app["app_label"] in SECTIONED for row in app["models"]
        }
        sections = [(label, [own[name] for name in names if name in own]) for label, names in SECTIONS]
        return [_section(label, rows) for label, rows in sections if rows] + [
            app for app in apps if app["app_label"] not in SECTIONED
        ]

    def index(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> TemplateResponse:
        """My day: what is mine and due next, what waits, what came back."""
        now = timezone.now()
        context = {
            **self.each_context(request),
            "title": _("My day"),
            "subtitle": None,
            "app_list": self.get_app_list(request),
            "late_work": late_work(now),
            **day_of(cast(User, request.user), now),
            **(extra_context or {}),
        }
        request.current_app = self.name
        return TemplateResponse(request, self.index_template or "admin/index.html", context)


def keeping(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Keep what was typed into `view` by somebody whose session has ended, until they are back."""

    @functools.wraps(view)
    def kept(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if request.method == "POST" and not request.user.is_authenticated:
            stash(request)
        return view(request, *args, **kwargs)

    return kept


def _section(label: Words, rows: list[Any]) -> dict[str, Any]:
    url = rows[0]["admin_url"]
    return {
        "name": label,
        "app_label": str(rows[0]["object_name"]).lower(),
        "app_url": url,
        "has_module_perms": True,
        "models": rows,
    }
