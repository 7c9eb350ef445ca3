from importlib import import_module

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class EnterprisesConfig(AppConfig):
    name = "enterprises"
    verbose_name = _("Enterprises")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        import_module("enterprises.breakfasts.reminders")
        import_module("enterprises.history")
        import_module("enterprises.claims.provider")
