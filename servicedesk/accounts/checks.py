"""What can only be known late: who is in the database, and what production stands on."""

from collections.abc import Sequence
from typing import Any

from django.apps import AppConfig
from django.conf import settings
from django.core import checks
from django.db import connections

from servicedesk.accounts.models import SmsTemplate, User


@checks.register(checks.Tags.database)
def no_demo_users_in_production(
    app_configs: Sequence[AppConfig] | None, databases: Sequence[str] | None = None, **rest: Any
) -> list[checks.CheckMessage]:
    if not settings.PRODUCTION:
        return []
    return [
        checks.Error(
            "Demo users are in the database of a production desk.",
            hint="Their passwords are public: start with an empty database, or delete these users.",
            id="accounts.E001",
        )
        for alias in databases or []
        if User._meta.db_table in connections[alias].introspection.table_names()
        and User.objects.using(alias).filter(is_demo=True).exists()
    ]


@checks.register(checks.Tags.database)
def short_texts_fit(
    app_configs: Sequence[AppConfig] | None, databases: Sequence[str] | None = None, **rest: Any
) -> list[checks.CheckMessage]:
    """Address and signature are settings, so a text that fitted yesterday may be two parts today."""
    return [
        checks.Warning(
            f"The short message “{row.code}” cannot go out: {row.fault()}",
            hint="Shorten its text in the admin, or SITE_URL or SMS_SIGNATURE in the settings.",
            id="accounts.W001",
        )
        for alias in databases or []
        if SmsTemplate._meta.db_table in connections[alias].introspection.table_names()
        for row in SmsTemplate.objects.using(alias).filter(is_on=True)
        if row.fault()
    ]


@checks.register(checks.Tags.database, deploy=True)
def small_house(app_configs: Sequence[AppConfig] | None, **rest: Any) -> list[checks.CheckMessage]:
    """Tell, without forbidding, what suits one small machine only."""
    if not settings.PRODUCTION or not settings.DATABASES["default"]["ENGINE"].endswith("sqlite3"):
        return []
    hint = "Set DATABASE_URL to a PostgreSQL where more than one machine or a few dozen officers work."
    return [checks.Info("The desk stands on SQLite.", hint=hint, id="accounts.I001")]
