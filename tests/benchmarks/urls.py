"""The desk's addresses and, beside them, what it is compared with: the stock changelist of the same rows, and
a minimal view that inserts what a form says."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import include, path

from enterprises.models import DirectLineMatter
from servicedesk.desk.models import Case, Message

stock = admin.AdminSite("stock")


@admin.register(Case, site=stock)
class StockCaseAdmin(admin.ModelAdmin):
    """What Django gives for a few lines: the columns of the queue, by the day of submission."""

    list_display = ("number", "title", "kind", "applicant", "state", "office", "officer", "submitted_at")
    list_select_related = ("applicant", "office", "officer")
    list_filter = ("state", "kind")
    search_fields = ("number", "title")
    list_per_page = 50
    ordering = ("-submitted_at", "-id")

    def has_module_permission(self, request: HttpRequest) -> bool:
        return True

    has_view_permission = has_change_permission = lambda self, request, obj=None: True


class StockOpenAdmin(StockCaseAdmin):
    """The same of open cases."""

    def get_queryset(self, request: HttpRequest) -> Any:
        return Case.objects.open()


class OpenCase(Case):
    class Meta:
        proxy = True
        app_label = "desk"


stock.register(OpenCase, StockOpenAdmin)


class MinimalForm(forms.ModelForm):
    class Meta:
        model = Message
        fields = ("text",)


def minimal(request: HttpRequest) -> HttpResponse:
    """The least that takes a form of somebody logged in and keeps it: one look, one row."""
    form = MinimalForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        with transaction.atomic():
            case = DirectLineMatter.objects.select_related("case").earliest("pk").case
            form.instance.case, form.instance.author = case, request.user
            form.instance.public, form.instance.at = False, case.opened_at
            form.save()
        return redirect("/healthz")
    return render(request, "429.html", {"form": form})


urlpatterns = [
    path("stock/", stock.urls),
    path("minimal/", minimal),
    path("", include("servicedesk.urls")),
]
