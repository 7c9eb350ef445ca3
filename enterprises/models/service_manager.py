from __future__ import annotations

from datetime import date
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from enterprises.models.company import Company
from servicedesk.accounts.models import Office, Post


class ServiceManagerQuerySet(models.QuerySet["ServiceManager"]):
    def current(self, on: date) -> ServiceManagerQuerySet:
        return self.filter(Q(until=None) | Q(until__gte=on), since__lte=on, user__is_active=True)


class ServiceManager(models.Model):
    """Who looks after a company 服务企业经理人, from a day to a day (both included)."""

    company = models.ForeignKey(
        Company, models.CASCADE, related_name="service_managers", verbose_name=_("company")
    )
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        related_name="companies_served",
        verbose_name=_("service manager"),
    )
    since = models.DateField(_("since"))
    until = models.DateField(_("until"), null=True, blank=True)

    objects = ServiceManagerQuerySet.as_manager()

    class Meta:
        verbose_name = _("service manager")
        verbose_name_plural = _("service managers")
        ordering: ClassVar[list[str]] = ["-since", "-pk"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["company", "user", "since"],
                name="one_service_manager_once",
                violation_error_message=_("This service manager is entered from this day already."),
            ),
            models.CheckConstraint(
                condition=Q(until=None) | Q(until__gte=F("since")),
                name="service_ends_after_it_begins",
                violation_error_message=_("It cannot end before it begins."),
            ),
        ]

    def __str__(self) -> str:
        return str(self.user)

    def is_current(self, on: date) -> bool:
        return self.since <= on and (self.until is None or self.until >= on) and self.user.is_active

    def office(self, on: date) -> Office | None:
        """Where the manager serves on that day; None for somebody without a post. No query where
        `user__posts__office` was prefetched."""
        held = [post for post in self.user.posts.all() if _stands(post, on)]
        return min(held, key=lambda post: post.pk).office if held else None


def _stands(post: Post, on: date) -> bool:
    return post.since <= on and (post.until is None or post.until >= on)
