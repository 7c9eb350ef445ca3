from __future__ import annotations

from collections.abc import Iterable
from typing import Any, ClassVar

from django.db import models, transaction
from django.db.models import Max, ProtectedError
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from servicedesk.accounts.models import Office
from servicedesk.desk.models.clock import Clock


class KeptQuerySet(models.QuerySet[Any]):
    def delete(self) -> tuple[int, dict[str, int]]:
        for row in self:
            row.refuse_if_in_use()
        return super().delete()


class Kept(models.Model):
    """A row that dates rest on. Version N holds all rows up to N, so one clock keeps every row before it."""

    objects = KeptQuerySet.as_manager()

    class Meta:
        abstract = True

    def entered_with(self) -> int:
        """Return the calendar version that brought the row."""
        raise NotImplementedError

    def refuse_if_in_use(self) -> None:
        """Raise ProtectedError if any clock was dated with this row."""
        if Clock.objects.filter(calendar_version__gte=self.entered_with()).exists():
            raise ProtectedError(str(_("Dates rest on this; a later notice corrects it.")), {self})

    def delete(self, *args: Any, **kwargs: Any) -> tuple[int, dict[str, int]]:
        self.refuse_if_in_use()
        return super().delete(*args, **kwargs)


class CalendarNotice(Kept):
    """One official notice of days off and days made working. Calendar version N is the fold of all
    notices with version ≤ N, a later one winning day by day; nothing is ever overwritten."""

    version = models.PositiveIntegerField(_("calendar version"), unique=True)
    # Without a year the notice changes office hours only.
    year = models.PositiveSmallIntegerField(_("for the year"), null=True, blank=True)
    number = models.CharField(_("document number"), max_length=80, blank=True)
    title = models.CharField(_("title"), max_length=160)
    source = models.CharField(_("source"), max_length=200)
    published_on = models.DateField(_("published on"))
    provisional = models.BooleanField(_("provisional"), default=False)

    class Meta:
        verbose_name = _("calendar notice")
        verbose_name_plural = _("calendar notices")
        ordering: ClassVar[list[str]] = ["version"]

    def __str__(self) -> str:
        return self.title

    def entered_with(self) -> int:
        return self.version

    @transaction.atomic
    def enter(self, hours: Iterable[OfficeHours] = ()) -> None:
        """Save as the newest calendar version, with the office hours it brings; what stood before stays."""
        CalendarNotice.objects.select_for_update().order_by("-version").values_list("pk").first()
        newest = CalendarNotice.objects.aggregate(newest=Max("version"))["newest"] or 0
        self.version = newest + 1
        self.save(force_insert=True)
        for row in hours:
            row.version = self.version
            row.save(force_insert=True)


class CalendarDay(Kept):
    notice = models.ForeignKey(CalendarNotice, models.PROTECT, related_name="days", verbose_name=_("notice"))
    day = models.DateField(_("day"))
    works = models.BooleanField(_("working day"))
    name = models.CharField(_("name"), max_length=40)

    class Meta:
        verbose_name = pgettext_lazy("notice", "calendar day")
        verbose_name_plural = pgettext_lazy("notice", "calendar days")
        ordering: ClassVar[list[str]] = ["day"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["notice", "day"], name="one_day_a_notice"),
        ]

    def __str__(self) -> str:
        return f"{self.day} {self.name}"

    def entered_with(self) -> int:
        return self.notice.version


class OfficeHours(Kept):
    """Office hours of one weekday from a day on; `office` NULL is every office without rows of its own.

    `segments` are "HH:MM-HH:MM" strings; none means closed. The rows of the latest `valid_from` not after
    a day hold for that day. `version` is the calendar version that brought the row."""

    office = models.ForeignKey(
        Office, models.PROTECT, null=True, blank=True, related_name="hours", verbose_name=_("office")
    )
    weekday = models.PositiveSmallIntegerField(_("weekday"), help_text=_("0 is Monday, 6 is Sunday."))
    segments = models.JSONField(_("segments"), default=list, blank=True)
    valid_from = models.DateField(_("valid from"))
    version = models.PositiveIntegerField(_("calendar version"))

    class Meta:
        verbose_name = _("office hours")
        verbose_name_plural = _("office hours")
        ordering: ClassVar[list[str]] = ["office", "valid_from", "weekday"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["office", "weekday", "valid_from", "version"], name="hours_once", nulls_distinct=False
            ),
            models.CheckConstraint(condition=models.Q(weekday__lte=6), name="weekday_is_0_to_6"),
        ]

    def __str__(self) -> str:
        return f"{self.weekday}: {', '.join(self.segments)}"

    def entered_with(self) -> int:
        return self.version
