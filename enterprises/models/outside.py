"""Bodies outside the desk whose matter something is: a court, an arbitration, 信访, 12315 and others."""

from __future__ import annotations

from datetime import date
from typing import ClassVar

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from enterprises.models.titled import Titled
from servicedesk.desk.models.clock import DatedQuerySet


class OutsideBody(Titled):
    """Where to go with what this desk has no power in, and how to get there."""

    code = models.SlugField(_("code"), max_length=40, unique=True)
    what_for = models.CharField(_("what it is for"), max_length=300)
    what_for_en = models.CharField(_("what it is for, in English"), max_length=400, blank=True)
    what_for_ru = models.CharField(_("what it is for, in Russian"), max_length=400, blank=True)
    phone = models.CharField(_("telephone"), max_length=40, blank=True)
    url = models.URLField(_("website"), blank=True)
    address = models.CharField(_("address"), max_length=200, blank=True)
    basis = models.CharField(_("basis"), max_length=200, blank=True)
    position = models.PositiveSmallIntegerField(_("position"), default=0)
    valid_from = models.DateField(_("valid from"))
    valid_until = models.DateField(_("valid until"), null=True, blank=True)

    objects = DatedQuerySet.as_manager()

    class Meta:
        verbose_name = _("outside body")
        verbose_name_plural = _("outside bodies")
        ordering: ClassVar[list[str]] = ["position", "code"]

    def clean(self) -> None:
        if self.valid_until and self.valid_from and self.valid_until < self.valid_from:
            raise ValidationError({"valid_until": _("It cannot end before it begins.")})

    @property
    def purpose(self) -> str:
        """What it is for in the active language, Chinese where no other is known."""
        said = {"en": self.what_for_en, "ru": self.what_for_ru}
        return said.get((get_language() or "")[:2]) or self.what_for


def body_called(said: str) -> OutsideBody | None:
    """The body of that code, whether it is still offered or not: an old refusal stays readable."""
    return OutsideBody.objects.filter(code=said).first() if said else None


def bodies_on(on: date) -> list[OutsideBody]:
    return list(OutsideBody.objects.valid(on))
