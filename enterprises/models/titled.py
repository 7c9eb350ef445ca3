from __future__ import annotations

from django.db import models
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _


class Titled(models.Model):
    """A row with a Chinese name that may also be known in English and Russian."""

    name = models.CharField(_("name"), max_length=120)
    name_en = models.CharField(_("name in English"), max_length=160, blank=True)
    name_ru = models.CharField(_("name in Russian"), max_length=160, blank=True)

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return self.title()

    def title(self, language: str | None = None) -> str:
        """Name in `language` (the active one by default), Chinese where no other is known."""
        names = {"en": self.name_en, "ru": self.name_ru}
        return names.get((language or get_language() or "")[:2]) or self.name
