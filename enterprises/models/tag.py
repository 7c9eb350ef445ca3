from __future__ import annotations

from datetime import date
from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from enterprises.models.company import Company
from enterprises.models.titled import Titled


class TagSort(Titled):
    """What a company may be recognised as, e.g. 高新技术企业, and which document says so."""

    code = models.SlugField(_("code"), max_length=40, unique=True)
    basis = models.CharField(_("basis"), max_length=200, blank=True)
    term_years = models.PositiveSmallIntegerField(
        _("term in years"), null=True, blank=True, help_text=_("Empty: no fixed term.")
    )
    position = models.PositiveSmallIntegerField(_("position"), default=0)

    class Meta:
        verbose_name = _("sort of tag")
        verbose_name_plural = _("sorts of tag")
        ordering: ClassVar[list[str]] = ["position", "code"]


class TagQuerySet(models.QuerySet["Tag"]):
    def current(self, on: date) -> TagQuerySet:
        """Tags that hold on that day; both ends are included, and an expired tag is none."""
        return self.filter(Q(valid_until=None) | Q(valid_until__gte=on), valid_from__lte=on)


class Tag(models.Model):
    """A qualification of a company: who gave it, from when until when, and the proof."""

    company = models.ForeignKey(Company, models.CASCADE, related_name="tags", verbose_name=_("company"))
    sort = models.ForeignKey(TagSort, models.PROTECT, related_name="tags", verbose_name=_("sort of tag"))
    issuer = models.CharField(_("issuer"), max_length=120)
    valid_from = models.DateField(_("valid from"))
    valid_until = models.DateField(_("valid until"), null=True, blank=True)
    evidence = models.CharField(_("evidence"), max_length=200, blank=True)

    objects = TagQuerySet.as_manager()

    class Meta:
        verbose_name = _("tag")
        verbose_name_plural = _("tags")
        ordering: ClassVar[list[str]] = ["sort", "-valid_from"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["company", "sort", "valid_from"],
                name="one_tag_from_a_day",
                violation_error_message=_("The company already has this tag from this day."),
            ),
            models.CheckConstraint(
                condition=Q(valid_until=None) | Q(valid_until__gte=F("valid_from")),
                name="a_tag_ends_after_it_begins",
                violation_error_message=_("A tag cannot end before it begins."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.sort} ({self.valid_from} – {self.valid_until or ''})"
