"""The monthly report 月报 and what follows from it: corrections, open months, mails on a schedule."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from servicedesk.accounts.models import Office
from servicedesk.desk.models.clock import DatedQuerySet


class ReportMinimum(models.Model):
    """How many matters a row needs before it is ranked, or a public cell before it is shown."""

    class What(models.TextChoices):
        OFFICES = "offices", _("offices in the ranking of a monthly report")
        TOWNS = "towns", _("towns in the ranking of a monthly report")
        OPEN = "open", _("cells of the public open figures")

    what = models.CharField(pgettext_lazy("minimum", "of what"), max_length=10, choices=What.choices)
    number = models.PositiveSmallIntegerField(
        pgettext_lazy("minimum", "at least"), validators=[MinValueValidator(1)]
    )
    basis = models.CharField(_("basis"), max_length=300)
    valid_from = models.DateField(_("valid from"))
    valid_until = models.DateField(_("valid until"), null=True, blank=True)

    objects = DatedQuerySet.as_manager()

    class Meta:
        verbose_name = _("minimum of a report")
        verbose_name_plural = _("minimums of reports")
        ordering: ClassVar[list[str]] = ["what", "-valid_from"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["what", "valid_from"], name="one_report_minimum_a_day"),
            models.CheckConstraint(condition=Q(number__gte=1), name="a_report_minimum_is_at_least_one"),
        ]

    def __str__(self) -> str:
        return f"{self.get_what_display()}: {self.number}"


class MonthlyReport(models.Model):
    """One month of one scope: everything it says, in both languages, as it was counted when it was made.

    A frozen one never changes: `digest` is the hash of `content`, and stands in the row's chain of events."""

    class Stage(models.TextChoices):
        DRAFT = "draft", pgettext_lazy("report", "draft")
        CHECKED = "checked", pgettext_lazy("report", "checked")
        FROZEN = "frozen", pgettext_lazy("report", "frozen as reported")
        DROPPED = "dropped", pgettext_lazy("report", "dropped")

    month = models.DateField(_("month"))
    # With everything below it; none is the whole city.
    office = models.ForeignKey(
        Office, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("office")
    )
    kind = models.CharField(_("kind"), max_length=40, blank=True)
    stage = models.CharField(pgettext_lazy("report", "stage"), max_length=8, choices=Stage.choices)
    number = models.CharField(_("number"), max_length=32, null=True, blank=True, unique=True)
    content = models.JSONField(_("content"), default=dict)
    digest = models.CharField(_("hash"), max_length=64)
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("made by"),
    )
    made_at = models.DateTimeField(pgettext_lazy("moment", "made"))
    checked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("checked by"),
    )
    checked_at = models.DateTimeField(pgettext_lazy("moment", "checked"), null=True, blank=True)
    frozen_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("frozen by"),
    )
    frozen_at = models.DateTimeField(pgettext_lazy("moment", "frozen"), null=True, blank=True)
    # When the frozen figures were last compared with the cases.
    compared_at = models.DateTimeField(_("compared"), null=True, blank=True)

    class Meta:
        verbose_name = _("monthly report")
        verbose_name_plural = _("monthly reports")
        ordering: ClassVar[list[str]] = ["-month", "-pk"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["month", "office", "kind"],
                condition=Q(stage="frozen"),
                name="one_frozen_report_a_month",
            ),
            # Of the city there is none to be another's; SQLite knows no other way to say it.
            models.UniqueConstraint(
                fields=["month", "kind"],
                condition=Q(stage="frozen", office=None),
                name="one_frozen_city_report_a_month",
            ),
            models.CheckConstraint(
                condition=Q(checked_by=None) | ~Q(checked_by=F("made_by")),
                name="nobody_checks_their_own_report",
            ),
            models.CheckConstraint(
                condition=~Q(stage="frozen")
                | Q(number__isnull=False, frozen_at__isnull=False, checked_at__isnull=False),
                name="a_frozen_report_is_numbered_and_checked",
            ),
        ]

    def __str__(self) -> str:
        return self.number or f"{self.month:%Y-%m} #{self.pk}"


class ReportCorrection(models.Model):
    """A figure of a frozen report that the cases now tell otherwise 更正. Without a reason by a named person
    the difference is unexplained, and shown as such."""

    report = models.ForeignKey(
        MonthlyReport, models.PROTECT, related_name="corrections", verbose_name=_("monthly report")
    )
    cell = models.CharField(_("figure"), max_length=120)
    reported = models.JSONField(pgettext_lazy("figure", "reported"), null=True)
    found = models.JSONField(pgettext_lazy("figure", "found"), null=True)
    noticed_at = models.DateTimeField(_("noticed"))
    # Since when the cases tell something else again.
    ended_at = models.DateTimeField(_("until"), null=True, blank=True)
    reason = models.TextField(_("reason"), max_length=1000, blank=True)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("by"),
    )
    explained_at = models.DateTimeField(pgettext_lazy("moment", "explained"), null=True, blank=True)

    class Meta:
        verbose_name = _("correction of a report")
        verbose_name_plural = _("corrections of reports")
        ordering: ClassVar[list[str]] = ["report", "noticed_at", "pk"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["report", "cell"], condition=Q(ended_at=None), name="one_standing_correction_a_figure"
            ),
            models.CheckConstraint(
                condition=Q(reason="") | Q(by__isnull=False, explained_at__isnull=False),
                name="a_reason_has_a_name",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.report}: {self.cell}"


class OpenMonth(models.Model):
    """The numbers of one month for the public page: of the frozen report where there is one."""

    month = models.DateField(_("month"), unique=True)
    numbers = models.JSONField(_("numbers"), default=dict)
    counted_at = models.DateTimeField(_("counted"))
    report = models.ForeignKey(
        MonthlyReport,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("monthly report"),
    )

    class Meta:
        verbose_name = _("open month")
        verbose_name_plural = _("open months")
        ordering: ClassVar[list[str]] = ["-month"]

    def __str__(self) -> str:
        return f"{self.month:%Y-%m}"


class ReportSchedule(models.Model):
    """Figures somebody gets by mail: a duty in the database, claimed by moving `next_at` on."""

    class Every(models.TextChoices):
        DAY = "day", _("every working day")
        WEEK = "week", _("every week")
        MONTH = "month", _("every month")

    class Weekday(models.IntegerChoices):
        MONDAY = 0, _("Monday")
        TUESDAY = 1, _("Tuesday")
        WEDNESDAY = 2, _("Wednesday")
        THURSDAY = 3, _("Thursday")
        FRIDAY = 4, _("Friday")

    class Stopped(models.TextChoices):
        BY_HAND = "hand", _("stopped by hand")
        NO_RIGHT = "no_right", _("the person may no longer read these figures")

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="report_schedules", verbose_name=_("user")
    )
    # The name of one table of the report, or "" for all of it; and what the report is asked for.
    section = models.CharField(pgettext_lazy("report", "part"), max_length=20, blank=True)
    query = models.CharField(_("choices"), max_length=1000, blank=True)
    every = models.CharField(_("how often"), max_length=8, choices=Every.choices)
    weekday = models.PositiveSmallIntegerField(_("weekday"), choices=Weekday.choices, default=Weekday.MONDAY)
    day = models.PositiveSmallIntegerField(
        _("day of the month"), default=1, validators=[MinValueValidator(1), MaxValueValidator(28)]
    )
    time = models.TimeField(_("time"))
    language = models.CharField(_("language"), max_length=10, choices=settings.LANGUAGES)
    is_active = models.BooleanField(_("active"), default=True)
    next_at = models.DateTimeField(_("next"), null=True, blank=True)
    sent_at = models.DateTimeField(_("last sent"), null=True, blank=True)
    stopped_for = models.CharField(_("stopped because"), max_length=10, choices=Stopped.choices, blank=True)
    created_at = models.DateTimeField(_("written"))

    class Meta:
        verbose_name = _("report by mail")
        verbose_name_plural = _("reports by mail")
        ordering: ClassVar[list[str]] = ["-is_active", "next_at", "pk"]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["next_at"], condition=Q(is_active=True), name="schedule_by_moment"),
        ]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                condition=Q(is_active=False) | Q(next_at__isnull=False),
                name="an_active_schedule_has_its_moment",
            ),
            models.CheckConstraint(
                condition=Q(day__gte=1, day__lte=28), name="a_schedule_has_a_day_there_is"
            ),
            models.CheckConstraint(condition=Q(weekday__lte=4), name="a_schedule_has_a_weekday"),
        ]

    def __str__(self) -> str:
        return f"{self.user} · {self.get_every_display()}"
