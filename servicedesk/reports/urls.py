from django.contrib import admin
from django.urls import include, path

from servicedesk.reports import views
from servicedesk.reports.sections import OVERVIEW, SECTIONS

app_name = "reports"
view = admin.site.admin_view

urlpatterns = [
    path("paths/", include("servicedesk.reports.paths.urls")),
    path("", include("servicedesk.reports.monthly.urls")),
    # /desk/reports/  the overview, the other sections, their files, and the cases behind each number
    path("", view(views.sla), name="sla"),
    path("cases/", view(views.cases), name="cases"),
    path("<slug:name>.<str:form>", view(views.file), name="file"),
    *(
        path(f"{section.name}/", view(views.section), {"name": section.name}, name=section.name)
        for section in SECTIONS
        if section is not OVERVIEW
    ),
]
