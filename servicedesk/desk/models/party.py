from __future__ import annotations

from datetime import date
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class Party(models.Model):
    """Whoever a matter is for: a company or a person, whatever register describes it further."""

    class Sort(models.TextChoices):
        COMPANY = "company", _("company")
        PERSON = "person", _("natural person")

    name = models.CharField(_("name"), max_length=120, db_index=True)
    sort = models.CharField(_("sort"), max_length=10, choices=Sort.choices, default=Sort.COMPANY)
    # A company's USCC; of a person only a keyed hash stands here and the value itself is sealed below.
    number = models.CharField(_("number"), max_length=64, null=True, blank=True, unique=True)
    sealed_number = models.BinaryField(null=True, blank=True, editable=False)
    email = models.EmailField(_("e-mail"), blank=True)
    phone = models.CharField(_("telephone"), max_length=32, blank=True)
    language = models.CharField(_("language"), max_length=10, choices=settings.LANGUAGES, default="zh-hans")

    class Meta:
        verbose_name = _("party")
        verbose_name_plural = _("parties")

    def __str__(self) -> str:
        return self.name


class MembershipQuerySet(models.QuerySet["Membership"]):
    def current(self, on: date) -> MembershipQuerySet:
        """Those that stand on that day. What was ended in its course (`until` that day, no longer confirmed)
        is over at once, not at midnight."""
        standing = self.filter(Q(until=None) | Q(until__gte=on), since__lte=on)
        return standing.exclude(is_confirmed=False, until=on)


class Membership(models.Model):
    """Who may act for whom, from a day to a day (both included)."""

    class Role(models.TextChoices):
        OWNER = "owner", _("owner")
        AGENT = "agent", _("agent")

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="memberships", verbose_name=_("user")
    )
    party = models.ForeignKey(Party, models.CASCADE, related_name="memberships", verbose_name=_("party"))
    role = models.CharField(_("role"), max_length=10, choices=Role.choices, default=Role.OWNER)
    since = models.DateField(_("since"))
    until = models.DateField(_("until"), null=True, blank=True)
    # Who claims a company sees and does only what they filed themselves, until the claim is approved.
    is_confirmed = models.BooleanField(_("confirmed"), default=True)

    objects = MembershipQuerySet.as_manager()

    class Meta:
        verbose_name = _("membership")
        verbose_name_plural = _("memberships")
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["user", "party", "since"], name="one_membership_once"),
        ]

    def __str__(self) -> str:
        return f"{self.user} · {self.party}"
