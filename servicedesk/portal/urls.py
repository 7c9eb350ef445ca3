from django.urls import path
from django.views.generic import TemplateView

from servicedesk.portal import views

app_name = "portal"
urlpatterns = [
    # /
    path("", views.home, name="home"),
    # /search/?q=…
    path("search/", views.find, name="search"),
    # /figures/  what the open figures count
    path("figures/", views.figures, name="figures"),
    # /help/, /accessibility/, /privacy/
    path("help/", TemplateView.as_view(template_name="portal/help.html"), name="help"),
    path(
        "accessibility/", TemplateView.as_view(template_name="portal/accessibility.html"), name="accessibility"
    ),
    path("privacy/", TemplateView.as_view(template_name="portal/privacy.html"), name="privacy"),
    # /language/, /large-text/  the two switches
    path("language/", views.language, name="language"),
    path("large-text/", views.large_text, name="large-text"),
]
