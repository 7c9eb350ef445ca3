from django.contrib import admin
from django.urls import path

from servicedesk.reports import views

app_name = "reports"
view = admin.site.admin_view

urlpatterns = [
    # /desk/reports/  the SLA overview, its files, and the cases behind each number
    path("", view(views.sla), name="sla"),
    path("cases/", view(views.cases), name="cases"),
    path("sla.<str:form>", view(views.file), name="file"),
]
