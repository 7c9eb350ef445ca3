from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class AccountsConfig(AppConfig):
    name = "servicedesk.accounts"
    verbose_name = _("People and offices")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from allauth.account import signals as account
        from allauth.mfa.signals import authenticator_added, authenticator_removed
        from axes.signals import user_locked_out
        from django.contrib.auth.signals import user_logged_in, user_logged_out

        from servicedesk.accounts import checks, watching  # noqa: F401
        from servicedesk.accounts.middleware import keep_language
        from servicedesk.accounts.sittings import began, finished
        from servicedesk.accounts.staff_door import remember_enrolment

        authenticator_added.connect(remember_enrolment)
        authenticator_added.connect(watching.factor_added)
        authenticator_removed.connect(watching.factor_removed)
        account.password_set.connect(watching.password_changed)
        account.password_changed.connect(watching.password_changed)
        account.password_reset.connect(watching.password_changed)
        user_locked_out.connect(watching.locked_out)
        user_logged_in.connect(keep_language)
        user_logged_in.connect(began)
        user_logged_out.connect(finished)
