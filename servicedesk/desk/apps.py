from importlib import import_module

from django.apps import AppConfig
from django.contrib.admin import apps as stock
from django.utils.module_loading import autodiscover_modules
from django.utils.translation import gettext_lazy as _

from servicedesk.accounts.happenings import listen


class DeskConfig(AppConfig):
    default = True
    name = "servicedesk.desk"
    verbose_name = _("Service desk")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        import_module("servicedesk.desk.checks")
        listen(import_module("servicedesk.desk.account_trail").heard)
        import_module("servicedesk.desk.reminders")  # people want theirs with every sweep
        import_module("servicedesk.desk.tokens")  # it warns of its tokens with every sweep
        import_module("servicedesk.desk.history.uploads")  # a sweep goes on with what is being imported
        import_module("servicedesk.desk.actions.erasing")  # a sweep goes on with what was confirmed
        autodiscover_modules("kinds")
        autodiscover_modules("privacy")  # what every field holds


class DeskAdminConfig(stock.AdminConfig):
    """The stock admin on the desk's own site."""

    default = False
    default_site = "servicedesk.desk.site.DeskSite"
