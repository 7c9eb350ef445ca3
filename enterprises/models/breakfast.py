"""The breakfast 企业家“早餐会” as a dated record: whose turn it is to invite, when, where, and about what."""

from __future__ import annotations

from datetime import date, datetime
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from enterprises.models.industry import Industry
from enterprises.models.titled import Titled
from servicedesk.accounts.models import Office

MONTHS_BETWEEN = 6


class Seat(Titled):
    """One of the four leading bodies 四大班子 whose heads invite in turn. Its code is also the code of the
    office that serves it, which records in the room and signs the minutes."""

    code = models.SlugField(_("code"), max_length=40, unique=True)
    position = models.PositiveSmallIntegerField(_("position"), default=0)

    class Meta:
        verbose_name = _("host of breakfasts")
        verbose_name_plural = _("hosts of breakfasts")
        ordering: ClassVar[list[str]] = ["position", "code"]

    def office(self) -> Office | None:
        """The office that serves this seat; None while it is not in the table of offices."""
        return Office.objects.filter(code=self.code).first()


class BreakfastQuerySet(models.QuerySet["Breakfast"]):
    def lock(self, pk: int) -> Breakfast:
        """Hold a breakfast, and with it its chain, its list and its minutes, until the transaction ends."""
        rows = self.select_for_update(of=("self",), no_key=True).select_related("seat")
        return rows.get(pk=pk)

    def served(self) -> BreakfastQuerySet:
        """Those that count for the rotation: a cancelled one does not."""
        return self.exclude(stage=Breakfast.Stage.CANCELLED)

    def public(self) -> BreakfastQuerySet:
        return self.filter(published=True).exclude(stage=Breakfast.Stage.PLANNED)

    def shown(self) -> BreakfastQuerySet:
        """With everything a list shows, in a fixed number of queries."""
        return self.select_related("seat").prefetch_related("industries")


class Breakfast(models.Model):
    class Stage(models.TextChoices):
        PLANNED = "planned", _("planned")
        OPEN = "open", _("open for sign-up")
        SELECTED = "selected", _("companies selected")
        HELD = "held", _("held")
        MINUTED = "minuted", _("minutes signed")
        CANCELLED = "cancelled", _("cancelled")

    number = models.PositiveIntegerField(_("number"), unique=True)
    seat = models.ForeignKey(Seat, models.PROTECT, related_name="breakfasts", verbose_name=_("host"))
    starts_at = models.DateTimeField(_("begins"))
    place = models.CharField(_("place"), max_length=120)
    theme = models.CharField(_("theme"), max_length=200)
    industries = models.ManyToManyField(
        Industry,
        blank=True,
        related_name="breakfasts",
        verbose_name=_("industries of the theme"),
        help_text=_("A section or a division takes in everything below it. None: every company fits."),
    )
    quota = models.PositiveSmallIntegerField(_("places for companies"), default=10)
    closes_at = models.DateTimeField(_("sign-up closes"))
    months_between = models.PositiveSmallIntegerField(
        _("months before a company comes again"),
        default=MONTHS_BETWEEN,
        help_text=_("Our own default; 0 lets a company come every time."),
    )
    stage = models.CharField(_("stage"), max_length=10, choices=Stage.choices, default=Stage.PLANNED)
    published = models.BooleanField(
        _("on the portal"), default=True, help_text=_("Shown in the calendar once sign-up is open.")
    )
    cancelled_for = models.CharField(_("why it was cancelled"), max_length=300, blank=True)
    minutes = models.TextField(pgettext_lazy("of a meeting", "minutes"), blank=True)
    signed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("minutes signed by"),
    )
    signed_at = models.DateTimeField(_("minutes signed"), null=True, blank=True)

    objects = BreakfastQuerySet.as_manager()

    class Meta:
        verbose_name = _("breakfast")
        verbose_name_plural = _("breakfasts")
        ordering: ClassVar[list[str]] = ["-starts_at", "-pk"]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["stage", "starts_at"], name="breakfast_by_stage"),
        ]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                condition=Q(closes_at__lte=F("starts_at")),
                name="sign_up_closes_before_the_breakfast",
                violation_error_message=_("Sign-up must close before the breakfast begins."),
            ),
            models.CheckConstraint(
                condition=Q(quota__gte=1),
                name="a_breakfast_has_a_place",
                violation_error_message=_("There must be at least one place."),
            ),
            models.CheckConstraint(
                condition=Q(stage="minuted", signed_at__isnull=False)
                | (~Q(stage="minuted") & Q(signed_at=None)),
                name="minutes_are_signed_once",
            ),
        ]

    def __str__(self) -> str:
        return gettext("Breakfast no. %(number)d: %(theme)s") % {"number": self.number, "theme": self.theme}

    def day(self) -> date:
        return timezone.localtime(self.starts_at).date()

    def is_over(self) -> bool:
        """Held or called off: from then on it is a record."""
        return self.stage in {self.Stage.HELD, self.Stage.MINUTED, self.Stage.CANCELLED}

    def is_open(self, at: datetime) -> bool:
        """Whether companies may sign up now; the closing moment itself is still in time."""
        return self.stage == self.Stage.OPEN and at <= self.closes_at

    def may_decline(self, at: datetime) -> bool:
        """A company may decline until the day before; on the day itself its seat can go to nobody."""
        waits = self.stage in {self.Stage.OPEN, self.Stage.SELECTED}
        return waits and timezone.localtime(at).date() < self.day()


class SeatSkip(models.Model):
    """A host whose turn it was, and why another invites to this breakfast."""

    breakfast = models.ForeignKey(
        Breakfast, models.CASCADE, related_name="skips", verbose_name=_("breakfast")
    )
    seat = models.ForeignKey(Seat, models.PROTECT, related_name="skips", verbose_name=_("host"))
    reason = models.CharField(_("reason"), max_length=300)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("by"))
    at = models.DateTimeField(_("at"))

    class Meta:
        verbose_name = _("skipped host")
        verbose_name_plural = _("skipped hosts")
        ordering: ClassVar[list[str]] = ["breakfast", "seat"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["breakfast", "seat"], name="a_host_is_skipped_once"),
            models.CheckConstraint(condition=~Q(reason=""), name="a_skip_has_its_reason"),
        ]

    def __str__(self) -> str:
        return f"{self.seat}: {self.reason}"
