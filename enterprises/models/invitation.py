from __future__ import annotations

from datetime import datetime
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from servicedesk.desk.masks import masked
from servicedesk.desk.models import Membership, Party


class InvitationQuerySet(models.QuerySet["Invitation"]):
    def open(self, at: datetime) -> InvitationQuerySet:
        """Neither taken up nor taken back, and not run out."""
        return self.filter(accepted_at=None, revoked_at=None, expires_at__gt=at)


class Invitation(models.Model):
    """An owner asks somebody, known by mobile number, to act for the company. The link goes to that number
    alone; of it only a hash is kept."""

    party = models.ForeignKey(Party, models.PROTECT, related_name="invitations", verbose_name=_("company"))
    role = models.CharField(_("role"), max_length=10, choices=Membership.Role.choices)
    phone = models.CharField(_("mobile number"), max_length=32)
    token_hash = models.CharField(max_length=64, unique=True)
    # The authorisation it offers, both days included; without a first day from the acceptance on.
    since = models.DateField(_("since"), null=True, blank=True)
    until = models.DateField(_("until"), null=True, blank=True)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("invited by")
    )
    at = models.DateTimeField(_("at"))
    expires_at = models.DateTimeField(_("valid until"))
    revoked_at = models.DateTimeField(_("taken back"), null=True, blank=True)
    accepted_at = models.DateTimeField(_("accepted at"), null=True, blank=True)
    membership = models.OneToOneField(
        Membership,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="invitation",
        verbose_name=_("membership"),
    )

    objects = InvitationQuerySet.as_manager()

    class Meta:
        verbose_name = _("invitation")
        verbose_name_plural = _("invitations")
        ordering: ClassVar[list[str]] = ["-at", "-pk"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                condition=Q(until=None) | Q(since=None) | Q(until__gte=F("since")),
                name="an_authorisation_ends_after_it_begins",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.party} · {self.masked_phone}"

    @property
    def masked_phone(self) -> str:
        return masked(self.phone, "phone")
