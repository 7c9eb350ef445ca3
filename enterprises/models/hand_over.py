from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class HandOver(models.Model):
    """The sheet of a shift 交接班: what came in, where it went, what is left; the next one confirms it."""

    since = models.DateTimeField(_("from"))
    until = models.DateTimeField(_("to"))
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("handed over by")
    )
    made_at = models.DateTimeField(_("written"))
    # Numbers, offices and moments as they stood; titles and words are read from the matters themselves.
    snapshot = models.JSONField(_("sheet"), default=dict, editable=False)
    note = models.TextField(_("note of the dispatcher"), max_length=2000, blank=True)
    taken_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("taken over by"),
    )
    taken_at = models.DateTimeField(_("taken over"), null=True, blank=True)

    class Meta:
        verbose_name = _("hand-over of a shift")
        verbose_name_plural = _("hand-overs of shifts")
        ordering: ClassVar[list[str]] = ["-until", "-pk"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(condition=Q(until__gt=F("since")), name="a_shift_ends_after_it_begins"),
            models.CheckConstraint(
                condition=Q(taken_by=None, taken_at=None)
                | (Q(taken_by__isnull=False, taken_at__isnull=False) & ~Q(taken_by=F("by"))),
                name="a_shift_is_taken_over_by_another",
            ),
        ]

    def __str__(self) -> str:
        return f"{timezone.localtime(self.since):%Y-%m-%d %H:%M}–{timezone.localtime(self.until):%H:%M}"
