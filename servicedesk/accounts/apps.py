from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class AccountsConfig(AppConfig):
    name = "servicedesk.accounts"
    verbose_name = _("People and offices")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from allauth.mfa.signals import authenticator_added
        from django.contrib.auth.signals import user_logged_in

        from servicedesk.accounts import checks  # noqa: F401
        from servicedesk.accounts.middleware import keep_language
        from servicedesk.accounts.staff_door import remember_enrolment

        authenticator_added.connect(remember_enrolment)
        user_logged_in.connect(keep_language)
