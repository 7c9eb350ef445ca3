from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from servicedesk.desk.models import Attachment, Case
from servicedesk.desk.wording import spoken


class NamedItem(models.Model):
    """A service item across its editions: what figures and filters group applications by."""

    code = models.CharField(_("code"), max_length=40, unique=True)
    name = models.JSONField(_("name"), default=dict)

    class Meta:
        verbose_name = _("service item")
        verbose_name_plural = _("service items")
        ordering: ClassVar[list[str]] = ["code"]

    def __str__(self) -> str:
        return spoken(self.name) or self.code


class Application(models.Model):
    """What was filled in for one service item, by the codes of its questions."""

    case = models.OneToOneField(Case, models.CASCADE, related_name="application", verbose_name=_("case"))
    # Set when it is submitted.
    item = models.ForeignKey(
        NamedItem, models.PROTECT, null=True, related_name="applications", verbose_name=_("service item")
    )
    answers = models.JSONField(_("answers"), default=dict, blank=True)
    # What the office enters with a grant: a USCC, the number of a licence or a registration.
    result_number = models.CharField(_("number of the result"), max_length=64, blank=True)

    class Meta:
        verbose_name = _("application")
        verbose_name_plural = _("applications")

    def __str__(self) -> str:
        return ""


class HandedIn(models.Model):
    """Which of the papers asked for a file is."""

    attachment = models.OneToOneField(
        Attachment, models.CASCADE, related_name="paper", verbose_name=_("file")
    )
    case = models.ForeignKey(Case, models.CASCADE, related_name="papers", verbose_name=_("case"))
    code = models.CharField(_("paper"), max_length=40)

    class Meta:
        verbose_name = _("paper handed in")
        verbose_name_plural = _("papers handed in")
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["case", "code"], name="paper_by_case"),
        ]

    def __str__(self) -> str:
        return self.code
