from django.contrib import admin
from django.urls import path

from servicedesk.reports.paths import views

view = admin.site.admin_view

urlpatterns = [
    # /desk/reports/paths/  the map of real ways, the cases behind each number, the log of events
    path("", view(views.paths), name="paths"),
    path("cases/", view(views.cases), name="path-cases"),
    path("log.<str:form>", view(views.log), name="path-log"),
]
