from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from enterprises.models.company import Company


class CompanyMerge(models.Model):
    """Two entries of one company became one. `moved` keeps every row that was moved and where it came from,
    so that nothing is lost and all of it can be put back."""

    survivor = models.ForeignKey(
        Company, models.PROTECT, related_name="merged_here", verbose_name=_("entry that stays")
    )
    duplicate = models.ForeignKey(
        Company, models.PROTECT, related_name="merged_away", verbose_name=_("entry that is merged away")
    )
    reason = models.CharField(_("reason"), max_length=300)
    moved = models.JSONField(_("what was moved"), default=dict, editable=False)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("merged by")
    )
    at = models.DateTimeField(_("at"))
    undone_at = models.DateTimeField(_("undone at"), null=True, blank=True)
    undone_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("undone by"),
    )
    undone_reason = models.CharField(_("reason of the undoing"), max_length=300, blank=True)

    class Meta:
        verbose_name = _("merge of companies")
        verbose_name_plural = _("merges of companies")
        ordering: ClassVar[list[str]] = ["-at", "-pk"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(condition=~Q(survivor=F("duplicate")), name="no_merge_with_itself"),
            models.UniqueConstraint(
                fields=["duplicate"], condition=Q(undone_at=None), name="merged_away_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.duplicate} → {self.survivor}"
