"""What came in from an older system, row by row, and the uploads it comes from."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from servicedesk.desk.models.case import Case


class PastRow(models.Model):
    """The row of a file a case was made of: one row is one case, however often the file comes."""

    case = models.OneToOneField(Case, models.PROTECT, related_name="past", verbose_name=_("case"))
    kind = models.CharField(_("kind"), max_length=40)
    number = models.CharField(_("number in the older system"), max_length=80, blank=True, db_index=True)
    # A hash of when it was received, its subject and its words.
    fingerprint = models.CharField(_("fingerprint"), max_length=64, db_index=True)
    file = models.CharField(_("file"), max_length=200)
    row = models.PositiveIntegerField(_("row"))
    at = models.DateTimeField(_("imported"))

    class Meta:
        verbose_name = _("row of an older system")
        verbose_name_plural = _("rows of an older system")
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["kind", "number"], condition=~Q(number=""), name="one_case_a_past_number"
            ),
            models.UniqueConstraint(
                fields=["kind", "fingerprint"], condition=Q(number=""), name="one_case_a_past_print"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.file}:{self.row}"


class HistoryImport(models.Model):
    """A file somebody put up for import: looked at first, then taken in piece by piece until it is done."""

    class Stage(models.TextChoices):
        WAITING = "waiting", _("waits for your word")
        RUNNING = "running", _("is being imported")
        DONE = "done", _("imported")
        FAILED = "failed", _("stopped by a fault")

    kind = models.CharField(_("kind"), max_length=40)
    name = models.CharField(_("file"), max_length=200)
    # Generated path below the storage root; empty once the file is gone again.
    path = models.CharField(max_length=120, blank=True, editable=False)
    sheet = models.CharField(_("sheet"), max_length=200, blank=True)
    mapping = models.JSONField(_("columns"), default=dict, blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("by"))
    at = models.DateTimeField(_("uploaded"))
    stage = models.CharField(_("stage"), max_length=10, choices=Stage.choices, default=Stage.WAITING)
    # Whoever works on it holds it until then; a worker that dies loses it to the next one.
    held_until = models.DateTimeField(null=True, blank=True, editable=False)
    ended_at = models.DateTimeField(_("ended"), null=True, blank=True)
    report = models.JSONField(_("report"), default=dict, blank=True)

    class Meta:
        verbose_name = _("import of an older system")
        verbose_name_plural = _("imports of an older system")
        ordering: ClassVar[list[str]] = ["-pk"]

    def __str__(self) -> str:
        return self.name
