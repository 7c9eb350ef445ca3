from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class AccountsConfig(AppConfig):
    name = "servicedesk.accounts"
    verbose_name = _("People and offices")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from servicedesk.accounts import checks  # noqa: F401
