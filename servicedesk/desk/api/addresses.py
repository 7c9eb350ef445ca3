"""Where what stands below /api/v1/."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, path

from servicedesk.desk.api.cases import CaseList, OneCase
from servicedesk.desk.api.clock import ClockView
from servicedesk.desk.api.files import Attachments, OneAttachment
from servicedesk.desk.api.house import Calendar, Days, Me, Offices, OneDay, OneOffice
from servicedesk.desk.api.kinds import Kinds, OneKind
from servicedesk.desk.api.verbs import DoVerb

urlpatterns: list[URLPattern | URLResolver] = [
    # /api/v1/me/
    path("me/", Me.as_view(), name="api-me"),
    # /api/v1/kinds/…  what may be handed in
    path("kinds/", Kinds.as_view(), name="api-kinds"),
    path("kinds/<slug:code>/", OneKind.as_view(), name="api-kind"),
    # /api/v1/cases/…  matters, their files and verbs
    path("cases/", CaseList.as_view(), name="api-cases"),
    path("cases/<slug:number>/", OneCase.as_view(), name="api-case"),
    path("cases/<slug:number>/attachments/", Attachments.as_view(), name="api-attachments"),
    path("cases/<slug:number>/attachments/<int:pk>/", OneAttachment.as_view(), name="api-attachment"),
    path("cases/<slug:number>/<slug:verb>/", DoVerb.as_view(), name="api-case-verb"),
    # /api/v1/offices/, /api/v1/calendar/…  who works here, and when
    path("offices/", Offices.as_view(), name="api-offices"),
    path("offices/<slug:code>/", OneOffice.as_view(), name="api-office"),
    path("calendar/", Calendar.as_view(), name="api-calendar"),
    path("calendar/days/", Days.as_view(), name="api-days"),
    path("calendar/days/<slug:day>/", OneDay.as_view(), name="api-day"),
    # /api/v1/clock/
    path("clock/", ClockView.as_view(), name="api-clock"),
]
