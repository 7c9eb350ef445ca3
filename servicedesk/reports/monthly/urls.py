"""The addresses of monthly reports and of reports by mail, within those of the reports."""

from __future__ import annotations

from django.contrib import admin
from django.urls import path

from servicedesk.reports.monthly import schedule_views, views

view = admin.site.admin_view

urlpatterns = [
    # /desk/reports/monthly/  the list, one report, its files, its verbs
    path("monthly/", view(views.reports), name="monthly"),
    path("monthly/<int:pk>/", view(views.report), name="month"),
    path("monthly/<int:pk>/report.<str:form>", view(views.file), name="month-file"),
    path("monthly/<int:pk>/<slug:verb>/", view(views.verb), name="month-verb"),
    # /desk/reports/schedules/  figures by mail
    path("schedules/", view(schedule_views.schedules), name="schedules"),
    path("schedules/<int:pk>/<slug:verb>/", view(schedule_views.schedule_verb), name="schedule-verb"),
]
