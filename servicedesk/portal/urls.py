from collections.abc import Callable

from django.http.response import HttpResponseBase
from django.urls import path
from django.views.generic import TemplateView

from servicedesk.portal import keeping, open_views, views

app_name = "portal"


def page(template: str) -> Callable[..., HttpResponseBase]:
    return TemplateView.as_view(template_name=template)


urlpatterns = [
    # /
    path("", views.home, name="home"),
    # /search/?q=…
    path("search/", views.find, name="search"),
    # /figures/  the open figures, what they count, and the same for programs
    path("figures/", open_views.figures, name="figures"),
    path("figures/months.json", open_views.as_json, name="figures-json"),
    path("figures/months.csv", open_views.as_csv, name="figures-csv"),
    path("figures/columns.csv", open_views.columns, name="figures-columns"),
    # /help/, /accessibility/, /privacy/
    path("help/", page("portal/help.html"), name="help"),
    path("accessibility/", page("portal/accessibility.html"), name="accessibility"),
    path("privacy/", keeping.privacy, name="privacy"),
    # /language/, /large-text/  the two switches
    path("language/", views.language, name="language"),
    path("large-text/", views.large_text, name="large-text"),
]
