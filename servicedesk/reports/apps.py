from importlib import import_module

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ReportsConfig(AppConfig):
    name = "servicedesk.reports"
    verbose_name = _("Figures")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        import_module("servicedesk.reports.facts_watch")  # a sweep leaves little to derive before a report
        import_module("servicedesk.reports.monthly.rounds")
