"""Complaints about an office, and the rows that say which office handles them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import ClassVar

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _

from servicedesk.accounts.models import Office
from servicedesk.desk.models import Case
from servicedesk.desk.models.clock import DatedQuerySet
from servicedesk.desk.permissions import above


class ComplaintMatter(models.Model):
    """What somebody complains of. The office stands on the case too: from then on it hides the case."""

    case = models.OneToOneField(Case, models.CASCADE, related_name="complaint", verbose_name=_("case"))
    # Empty only in a draft.
    office = models.ForeignKey(
        Office, models.PROTECT, null=True, related_name="+", verbose_name=_("which office")
    )
    text = models.TextField(_("what happened"), max_length=5000)
    since = models.DateField(_("since when"), null=True, blank=True)
    contact_name = models.CharField(_("whom to ask for"), max_length=80, blank=True)
    contact_phone = models.CharField(_("telephone"), max_length=32, blank=True)

    class Meta:
        verbose_name = _("complaint about an office")
        verbose_name_plural = _("complaints about offices")

    def __str__(self) -> str:
        return self.text[:40]


class ComplaintRoute(models.Model):
    """Who handles complaints about an office; without an office, about any that has no row of its own."""

    # By their codes and without a constraint: the first rows ship before the offices are loaded.
    office = models.ForeignKey(
        Office,
        models.PROTECT,
        to_field="code",
        db_constraint=False,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("complaints about"),
        help_text=_("Empty: about every office without a row of its own."),
    )
    handled_by = models.ForeignKey(
        Office,
        models.PROTECT,
        to_field="code",
        db_constraint=False,
        related_name="complaint_routes",
        verbose_name=_("handled by"),
    )
    valid_from = models.DateField(_("valid from"))
    valid_until = models.DateField(_("valid until"), null=True, blank=True)

    objects = DatedQuerySet.as_manager()

    class Meta:
        verbose_name = _("route of complaints")
        verbose_name_plural = _("routes of complaints")
        ordering: ClassVar[list[str]] = ["office__code", "-valid_from"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["office", "valid_from"],
                name="one_route_of_complaints_a_day",
                nulls_distinct=False,
                violation_error_message=_("There is a row for the same from that day already."),
            ),
        ]

    def __str__(self) -> str:
        about = self.office or _("every other office")
        return f"{about} → {self.handled_by}"

    def clean(self) -> None:
        if self.valid_until and self.valid_from and self.valid_until < self.valid_from:
            raise ValidationError({"valid_until": _("It cannot end before it begins.")})
        if not self.handled_by_id:
            return
        if not self.handled_by.is_open:
            raise ValidationError({"handled_by": _("This office receives no matters.")})
        if self.office is not None and is_under(self.handled_by, self.office):
            words = _("Neither the office itself nor one below it may handle complaints about it.")
            raise ValidationError({"handled_by": words})


def is_under(office: Office, other: Office) -> bool:
    """Whether the office is the other one, or stands below it."""
    return other.pk in above({office.pk})


def handler_of(office: Office, on: date) -> Office | None:
    """Who handles complaints about the office on that day: its own row, else that of the next office above
    that has one, else the row for all. Never itself nor what is below: None where no row names another."""
    rows = ComplaintRoute.objects.valid(on).select_related("handled_by").order_by("-valid_from")
    by_office: dict[str | None, Office] = {}
    for row in rows:
        by_office.setdefault(row.office_id, row.handled_by)
    found = (by_office[key] for key in _upward(office) if key in by_office)
    fits = (each for each in found if each.is_open and not is_under(each, office))
    return next(fits, None)


def _upward(office: Office) -> Iterator[str | None]:
    """The keys a row may have that holds for the office, the nearest first; None last."""
    seen: set[int] = set()
    here: Office | None = office
    # What is above an office stands below the government of the city: that one's row is for itself alone.
    while here is not None and here.pk not in seen:
        seen.add(here.pk)
        if here.pk == office.pk or here.sort != Office.Sort.GOVERNMENT:
            yield here.code
        here = here.parent
    yield None
