from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from enterprises.models.titled import Titled


class Town(Titled):
    """A subdistrict, town or zone of the city. Its code is also the code of the office that runs it."""

    class Sort(models.TextChoices):
        SUBDISTRICT = "subdistrict", _("subdistrict")
        TOWN = "town", pgettext_lazy("sort of town", "town")
        ZONE = "zone", _("zone")

    code = models.SlugField(_("code"), max_length=40, unique=True)
    region = models.CharField(_("region code"), max_length=12, null=True, blank=True, unique=True)
    sort = models.CharField(_("sort"), max_length=12, choices=Sort.choices)
    position = models.PositiveSmallIntegerField(_("position"), default=0)

    class Meta:
        verbose_name = _("town")
        verbose_name_plural = _("towns")
        ordering: ClassVar[list[str]] = ["position", "code"]
