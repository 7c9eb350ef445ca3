"""What the supervision office 督查 demands of an office about a matter, and what it makes known of it."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from servicedesk.accounts.models import Office
from servicedesk.desk.models import Case


class OversightOrder(models.Model):
    """An oversight order 督办: a matter of its own, about the matter it urges."""

    class Level(models.TextChoices):
        """催办 → 督办单 → 通报."""

        URGE = "urge", _("urging")
        ORDER = "order", _("oversight order")
        CIRCULAR = "circular", _("circular")

    class Cause(models.TextChoices):
        SECOND_REDO = "second_redo", _("taken up again a second time")
        OVERDUE = "overdue", _("overdue")
        BAD_REVIEW = "bad_review", _("bad review")
        MANUAL = "manual", _("decided by the supervision office")

    case = models.OneToOneField(Case, models.CASCADE, related_name="oversight", verbose_name=_("case"))
    matter = models.ForeignKey(
        Case, models.PROTECT, related_name="oversight_orders", verbose_name=_("about the matter")
    )
    level = models.CharField(_("level"), max_length=10, choices=Level.choices, default=Level.ORDER)
    cause = models.CharField(_("cause"), max_length=12, choices=Cause.choices, default=Cause.MANUAL)
    demand = models.TextField(_("what is demanded"), max_length=2000)
    # As the office signed it last; the supervision office accepts it or sends it back.
    result = models.TextField(_("what the office reports"), blank=True)

    class Meta:
        verbose_name = _("oversight order")
        verbose_name_plural = _("oversight orders")
        ordering: ClassVar[list[str]] = ["-pk"]

    def __str__(self) -> str:
        return f"{self.case} · {self.get_level_display()}"


class Circular(models.Model):
    """A circular notice 通报 of an order that was not fulfilled in time: told to the office's heads and
    leaders, kept in a list."""

    order = models.ForeignKey(
        OversightOrder, models.PROTECT, related_name="circulars", verbose_name=_("oversight order")
    )
    office = models.ForeignKey(Office, models.PROTECT, related_name="+", verbose_name=_("office"))
    text = models.TextField(_("text"), max_length=2000)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("issued by")
    )
    at = models.DateTimeField(_("issued"))

    class Meta:
        verbose_name = _("circular")
        verbose_name_plural = _("circulars")
        ordering: ClassVar[list[str]] = ["-at", "-pk"]

    def __str__(self) -> str:
        return f"{self.office} · {self.order}"
