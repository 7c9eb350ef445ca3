"""Who stands in for whom while they are away 代理: dated rows, so that nobody lends a password."""

from __future__ import annotations

from datetime import date
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _


class DeputyQuerySet(models.QuerySet["Deputy"]):
    def current(self, on: date) -> DeputyQuerySet:
        return self.filter(since__lte=on, until__gte=on, ended_at=None)


class Deputy(models.Model):
    """From a day to a day (both included) the deputy holds the posts of the absent person, but none that
    keeps the machine, its security or its audit, and none the absent person only stands in for."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="deputies", verbose_name=_("who is away")
    )
    deputy = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="deputising", verbose_name=_("deputy")
    )
    since = models.DateField(_("since"))
    until = models.DateField(_("until"))
    reason = models.CharField(_("reason"), max_length=300)
    granted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("granted by")
    )
    granted_at = models.DateTimeField(_("granted"))
    # Back earlier than planned.
    ended_at = models.DateTimeField(_("ended early"), null=True, blank=True)

    objects = DeputyQuerySet.as_manager()

    class Meta:
        verbose_name = _("deputy")
        verbose_name_plural = _("deputies")
        ordering: ClassVar[list[str]] = ["-since", "-pk"]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["deputy", "until"], name="deputy_by_day"),
        ]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                condition=~Q(deputy=F("user")),
                name="nobody_deputises_for_themselves",
                violation_error_message=_("Nobody stands in for themselves."),
            ),
            models.CheckConstraint(
                condition=Q(until__gte=F("since")),
                name="a_deputy_ends_after_beginning",
                violation_error_message=_("It cannot end before it begins."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user} → {self.deputy}"
