from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from enterprises.models.titled import Titled


class IndustryQuerySet(models.QuerySet["Industry"]):
    def within(self, code: str) -> IndustryQuerySet:
        """The industry `code` and everything below it; a section is a letter, the rest are digits."""
        return self.filter(Q(section=code) if code.isalpha() else Q(code__startswith=code))


class Industry(Titled):
    """One line of GB/T 4754-2017: 20 sections, 97 divisions, 473 groups, 1,380 classes."""

    class Level(models.IntegerChoices):
        SECTION = 1, _("section")
        DIVISION = 2, _("division")
        GROUP = 3, _("group")
        CLASS = 4, _("class")

    code = models.CharField(_("code"), max_length=4, unique=True)
    level = models.PositiveSmallIntegerField(_("level"), choices=Level.choices)
    parent = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="children", verbose_name=_("part of")
    )
    section = models.CharField(_("section"), max_length=1, db_index=True)

    objects = IndustryQuerySet.as_manager()

    class Meta:
        verbose_name = _("industry")
        verbose_name_plural = _("industries")
        ordering: ClassVar[list[str]] = ["code"]

    def __str__(self) -> str:
        return f"{self.code} {self.title()}"

    def path(self) -> list[str]:
        """Codes from this line up to its section, the narrowest first: 3311, 331, 33, C."""
        digits = [self.code[:length] for length in range(len(self.code), 1, -1)]
        return [*digits, self.section]
