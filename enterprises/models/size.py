"""The size method as dated rows, so that an official can change it without a programmer."""

from __future__ import annotations

from collections import defaultdict
from datetime import date
from typing import ClassVar

from django.db import models
from django.db.models import Q, Value
from django.utils.translation import gettext_lazy as _

from enterprises.size import Bound, Indicator, Method


class Dated(models.Model):
    basis = models.CharField(_("basis"), max_length=200)
    valid_from = models.DateField(_("valid from"))
    valid_until = models.DateField(_("valid until"), null=True, blank=True)

    class Meta:
        abstract = True


class SizeScope(Dated):
    """Which sector of the size method an industry belongs to; the longest matching code decides."""

    code = models.CharField(_("industry code"), max_length=4)
    sector = models.CharField(
        _("sector"), max_length=40, blank=True, help_text=_("Empty: outside the method.")
    )

    class Meta:
        verbose_name = _("scope of the size method")
        verbose_name_plural = _("scopes of the size method")
        ordering: ClassVar[list[str]] = ["code", "valid_from"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["code", "valid_from"], name="one_size_scope_from_a_day"),
        ]

    def __str__(self) -> str:
        return f"{self.code} → {self.sector or '—'}"


class SizeBound(Dated):
    """Lower bounds of one indicator in one sector; below `small` is micro. Staff in people, money in 万元."""

    sector = models.CharField(_("sector"), max_length=40)
    indicator = models.CharField(_("indicator"), max_length=10, choices=Indicator.choices)
    large = models.PositiveIntegerField(_("large from"))
    medium = models.PositiveIntegerField(_("medium from"))
    small = models.PositiveIntegerField(_("small from"))

    class Meta:
        verbose_name = _("bound of the size method")
        verbose_name_plural = _("bounds of the size method")
        ordering: ClassVar[list[str]] = ["sector", "indicator", "valid_from"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["sector", "indicator", "valid_from"], name="one_size_bound_from_a_day"
            ),
            models.CheckConstraint(
                condition=Q(large__gt=models.F("medium")) & Q(medium__gt=models.F("small")),
                name="size_bounds_fall",
                violation_error_message=_("The bounds must fall from large to small."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.sector} · {self.get_indicator_display()}"


def method_on(day: date) -> Method:
    """The size method in force on `day`, read in one query; of two rows valid that day the later wins."""
    in_force = Q(valid_from__lte=day) & (Q(valid_until=None) | Q(valid_until__gte=day))
    limits = SizeBound.objects.filter(in_force).order_by()
    scopes = SizeScope.objects.filter(in_force).order_by()
    nothing = [Value(0)] * 3
    both = limits.values_list("valid_from", "sector", "indicator", "large", "medium", "small", Value("bound"))
    rows = both.union(scopes.values_list("valid_from", "code", "sector", *nothing, Value("scope")), all=True)
    sectors: dict[str, str] = {}
    bounds: dict[str, dict[str, Bound]] = defaultdict(dict)
    for _from, one, other, large, medium, small, sort in sorted(rows):
        if sort == "scope":
            sectors[one] = other
        else:
            bounds[one][other] = Bound(other, large, medium, small)
    return Method(sectors, {sector: tuple(found.values()) for sector, found in bounds.items()})
