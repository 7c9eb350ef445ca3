from __future__ import annotations

from datetime import datetime
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from enterprises.models.direct_line import DirectLineMatter
from servicedesk.desk.models import Case


class Revisit(models.Model):
    """What a company said when asked whether its matter is solved 回访: one row a question, tries nobody
    answered included. The company's own confirmation counts as a revisit."""

    class Result(models.TextChoices):
        SOLVED = "solved", _("solved")
        PARTLY = "partly", _("partly solved")
        UNSOLVED = "unsolved", _("not solved")
        UNREACHED = "unreached", _("nobody answered")

    class How(models.TextChoices):
        PHONE = "phone", _("by telephone")
        LINK = "link", _("by its one-time link")
        PORTAL = "portal", _("on the portal")

    case = models.ForeignKey(Case, models.PROTECT, related_name="revisits", verbose_name=_("case"))
    round = models.PositiveSmallIntegerField(_("round"))
    result = models.CharField(_("result"), max_length=10, choices=Result.choices)
    # Never given by default: who did not say is not content.
    level = models.PositiveSmallIntegerField(
        _("how content"), choices=DirectLineMatter.Rating.choices, null=True, blank=True
    )
    how = models.CharField(_("how"), max_length=10, choices=How.choices)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("by"),
    )
    at = models.DateTimeField(_("at"))

    class Meta:
        verbose_name = _("revisit")
        verbose_name_plural = _("revisits")
        ordering: ClassVar[list[str]] = ["at", "pk"]
        indexes: ClassVar[list[models.Index]] = [models.Index(fields=["at"], name="revisit_by_moment")]

    def __str__(self) -> str:
        return f"{self.case} · {self.get_result_display()}"


class RevisitLinkQuerySet(models.QuerySet["RevisitLink"]):
    def open(self, at: datetime) -> RevisitLinkQuerySet:
        return self.filter(Q(expires_at=None) | Q(expires_at__gt=at), used_at=None)


class RevisitLink(models.Model):
    """A way to answer once, without an account: only the hash of its token is kept."""

    case = models.ForeignKey(Case, models.CASCADE, related_name="revisit_links", verbose_name=_("case"))
    round = models.PositiveSmallIntegerField(_("round"))
    digest = models.CharField(max_length=64, unique=True, editable=False)
    made_at = models.DateTimeField(_("made"))
    expires_at = models.DateTimeField(_("expires"), null=True, blank=True)
    used_at = models.DateTimeField(_("used"), null=True, blank=True)

    objects = RevisitLinkQuerySet.as_manager()

    class Meta:
        verbose_name = _("revisit link")
        verbose_name_plural = _("revisit links")
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["case", "round"], name="one_revisit_link_a_round"),
        ]

    def __str__(self) -> str:
        return str(self.case)
