from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ReportsConfig(AppConfig):
    name = "servicedesk.reports"
    verbose_name = _("Figures")
    default_auto_field = "django.db.models.BigAutoField"
