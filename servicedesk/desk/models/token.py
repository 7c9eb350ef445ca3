from __future__ import annotations

from datetime import datetime
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from servicedesk.accounts.models import Office
from servicedesk.desk.models.party import Party


class ApiTokenQuerySet(models.QuerySet["ApiToken"]):
    def usable(self, at: datetime) -> ApiTokenQuerySet:
        """Drawn, not revoked, not yet expired."""
        return self.filter(digest__isnull=False, revoked_at=None, expires_at__gt=at)


class ApiToken(models.Model):
    """What a machine shows at the API. It acts as its holder at one office, or for one party, and may never
    do more than the holder may there. Of the token itself only a hash is kept."""

    name = models.CharField(_("what it is for"), max_length=80)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="api_tokens", verbose_name=_("holder")
    )
    office = models.ForeignKey(
        Office,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="api_tokens",
        verbose_name=_("office"),
    )
    party = models.ForeignKey(
        Party, models.CASCADE, null=True, blank=True, related_name="api_tokens", verbose_name=_("party")
    )
    may_read = models.BooleanField(_("may read"), default=True)
    may_submit = models.BooleanField(_("may submit matters"), default=False)
    may_act = models.BooleanField(_("may act on matters"), default=False)
    # Beginning of the token, by which its holder knows it again; NULL until the holder has drawn it.
    hint = models.CharField(_("begins with"), max_length=16, blank=True, editable=False)
    digest = models.CharField(max_length=64, null=True, blank=True, unique=True, editable=False)
    granted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        related_name="+",
        verbose_name=_("granted by"),
        editable=False,
    )
    granted_at = models.DateTimeField(pgettext_lazy("token", "granted"), editable=False)
    drawn_at = models.DateTimeField(_("drawn"), null=True, blank=True, editable=False)
    expires_at = models.DateTimeField(_("expires"))
    last_used_at = models.DateTimeField(_("last used"), null=True, blank=True, editable=False)
    warned_at = models.DateTimeField(null=True, blank=True, editable=False)
    revoked_at = models.DateTimeField(_("revoked"), null=True, blank=True, editable=False)

    objects = ApiTokenQuerySet.as_manager()

    class Meta:
        verbose_name = _("API token")
        verbose_name_plural = _("API tokens")
        ordering: ClassVar[list[str]] = ["-pk"]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(
                fields=["expires_at"], condition=Q(revoked_at=None, warned_at=None), name="token_to_warn_of"
            ),
        ]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                condition=Q(office=None, party__isnull=False) | Q(office__isnull=False, party=None),
                name="a_token_is_of_an_office_or_a_party",
                violation_error_message=_("A token is of an office or of a company, not of both."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name} · {self.user}"

    @property
    def whose(self) -> Office | Party | None:
        return self.office or self.party

    def is_usable(self, at: datetime) -> bool:
        return self.digest is not None and self.revoked_at is None and self.expires_at > at
