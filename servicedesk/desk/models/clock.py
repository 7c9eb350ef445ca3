from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from servicedesk.accounts.models import Office
from servicedesk.desk.wording import spoken


class Unit(models.TextChoices):
    WORKING_DAYS = "working_days", _("working days")
    WORKING_MINUTES = "working_minutes", _("working minutes")
    CALENDAR_DAYS = "calendar_days", _("calendar days")
    MONTHS = "months", _("months")
    YEARS = "years", _("years")


class Ends(models.TextChoices):
    CLOSE = "close", _("close of office")
    MIDNIGHT = "midnight", _("midnight")


class DatedQuerySet(models.QuerySet[Any]):
    """Rows that hold from a day until a day, both included."""

    def valid(self, on: date) -> DatedQuerySet:
        return self.filter(Q(valid_until=None) | Q(valid_until__gte=on), valid_from__lte=on)


class Limit(models.Model):
    """How long a clock of a kind (or service item) may run, from a day on, and which rule says so."""

    subject = models.CharField(_("subject"), max_length=60, help_text=_("Code of a kind or a service item."))
    clock = models.CharField(_("clock"), max_length=40)
    term = models.PositiveIntegerField(_("term"))
    unit = models.CharField(_("unit"), max_length=16, choices=Unit.choices)
    rolls = models.BooleanField(_("rolls to the next working day"), default=True)
    ends = models.CharField(_("ends at"), max_length=10, choices=Ends.choices, default=Ends.CLOSE)
    basis = models.CharField(_("basis"), max_length=200)
    valid_from = models.DateField(_("valid from"))
    valid_until = models.DateField(_("valid until"), null=True, blank=True)

    objects = DatedQuerySet.as_manager()

    class Meta:
        verbose_name = _("limit")
        verbose_name_plural = _("limits")
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["subject", "clock", "valid_from"], name="one_limit_from_a_day"),
            models.CheckConstraint(condition=Q(term__gte=1), name="a_limit_is_at_least_one"),
        ]

    def __str__(self) -> str:
        return f"{self.subject}.{self.clock}: {self.term} {self.get_unit_display()}"


class ClockQuerySet(models.QuerySet["Clock"]):
    def running(self) -> ClockQuerySet:
        return self.filter(stopped_at=None)

    def overdue(self, at: datetime) -> ClockQuerySet:
        return self.running().filter(due_at__lt=at)

    def besides(self, terms: Iterable[tuple[str, str]]) -> ClockQuerySet:
        """Without the clocks of these (kind, code)."""
        found = self
        for kind, code in terms:
            found = found.exclude(case__kind=kind, code=code)
        return found


class Clock(models.Model):
    case = models.ForeignKey("desk.Case", models.PROTECT, related_name="clocks", verbose_name=_("case"))
    step = models.ForeignKey(
        "desk.Step", models.PROTECT, null=True, blank=True, related_name="clocks", verbose_name=_("step")
    )
    code = models.CharField(_("code"), max_length=40)
    round = models.PositiveSmallIntegerField(_("round"), default=1)
    label = models.JSONField(_("label"), default=dict)
    basis = models.CharField(_("basis"), max_length=200)
    # Whose office hours count, and who answers for the limit.
    office = models.ForeignKey(Office, models.PROTECT, related_name="clocks", verbose_name=_("office"))
    term = models.PositiveIntegerField(_("term"))
    unit = models.CharField(_("unit"), max_length=16, choices=Unit.choices)
    rolls = models.BooleanField(_("rolls to the next working day"), default=True)
    ends = models.CharField(_("ends at"), max_length=10, choices=Ends.choices, default=Ends.CLOSE)
    # Categories of pause that stop this clock; no other pause does.
    pausable = models.JSONField(default=list, blank=True)
    # A promise to the applicant (shown to them) rather than a limit inside the house.
    public = models.BooleanField(_("shown to the applicant"), default=True)
    started_at = models.DateTimeField(_("started"))
    due_at = models.DateTimeField(_("due"), null=True, blank=True)
    provisional = models.BooleanField(_("provisional"), default=False)
    stopped_at = models.DateTimeField(_("stopped"), null=True, blank=True)
    # The moment that stopped it (`contact:done`, `return_to_centre`…): a returned clock was not kept.
    stopped_by = models.CharField(_("stopped by"), max_length=60, blank=True)
    used = models.PositiveIntegerField(_("working seconds used"), null=True, blank=True)
    late = models.BooleanField(_("late"), null=True, blank=True)
    calendar_version = models.PositiveIntegerField(_("calendar version"))

    objects = ClockQuerySet.as_manager()

    class Meta:
        verbose_name = _("clock")
        verbose_name_plural = _("clocks")
        ordering: ClassVar[list[str]] = ["started_at", "pk"]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["due_at"], condition=Q(stopped_at=None), name="clock_open_by_due"),
            models.Index(
                fields=["calendar_version"], condition=Q(stopped_at=None), name="clock_open_by_calendar"
            ),
            # Which were late at a moment long past: few ever are.
            models.Index(
                fields=["stopped_at"],
                condition=Q(stopped_at__gt=models.F("due_at")),
                name="clock_late_by_stop",
            ),
        ]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["case", "code", "round"], name="one_clock_a_round"),
            models.CheckConstraint(
                condition=Q(stopped_at=None, late=None) | Q(stopped_at__isnull=False, late__isnull=False),
                name="lateness_is_stored_only_at_the_stop",
            ),
        ]

    def __str__(self) -> str:
        return spoken(self.label)

    @property
    def last_day(self) -> date | None:
        """The day it is due on; a term that ends at midnight ends with the day before that instant."""
        return timezone.localdate(self.due_at - timedelta(microseconds=1)) if self.due_at else None


class Pause(models.Model):
    case = models.ForeignKey("desk.Case", models.PROTECT, related_name="pauses", verbose_name=_("case"))
    # Without a step the pause holds the whole case.
    step = models.ForeignKey(
        "desk.Step", models.PROTECT, null=True, blank=True, related_name="pauses", verbose_name=_("step")
    )
    category = models.CharField(_("category"), max_length=40)
    since = models.DateTimeField(_("since"))
    until = models.DateTimeField(_("until"), null=True, blank=True)
    planned_until = models.DateTimeField(_("planned until"), null=True, blank=True)
    reason = models.CharField(_("reason"), max_length=500)
    basis = models.CharField(_("basis"), max_length=200)
    document = models.CharField(_("document number"), max_length=80, blank=True)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("by")
    )

    class Meta:
        verbose_name = _("pause")
        verbose_name_plural = _("pauses")
        ordering: ClassVar[list[str]] = ["since", "pk"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["case", "step", "category"],
                condition=Q(until=None),
                name="one_open_pause_a_category",
                nulls_distinct=False,
            ),
            models.CheckConstraint(
                condition=Q(until=None) | Q(until__gte=models.F("since")), name="a_pause_ends_after_it_begins"
            ),
        ]

    def __str__(self) -> str:
        return self.category


class Extension(models.Model):
    clock = models.ForeignKey(Clock, models.PROTECT, related_name="extensions", verbose_name=_("clock"))
    term = models.PositiveIntegerField(_("term"), help_text=_("In the unit of the clock."))
    reason = models.CharField(_("reason"), max_length=500)
    basis = models.CharField(_("basis"), max_length=200, blank=True)
    approved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("approved by")
    )
    decided_at = models.DateTimeField(_("decided"))
    told_at = models.DateTimeField(pgettext_lazy("moment", "told"))
    proof = models.ForeignKey(
        "desk.Attachment", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("proof")
    )

    class Meta:
        verbose_name = _("extension")
        verbose_name_plural = _("extensions")
        ordering: ClassVar[list[str]] = ["decided_at", "pk"]

    def __str__(self) -> str:
        return f"+{self.term}"


class Promise(models.Model):
    """Every date ever told; append-only."""

    clock = models.ForeignKey(Clock, models.PROTECT, related_name="promises", verbose_name=_("clock"))
    due_at = models.DateTimeField(_("due"), null=True, blank=True)
    why = models.CharField(_("why"), max_length=200)
    event = models.ForeignKey("desk.Event", models.PROTECT, related_name="promises", verbose_name=_("event"))
    told_at = models.DateTimeField(pgettext_lazy("moment", "told"), null=True, blank=True)
    how = models.CharField(_("how"), max_length=40, blank=True)

    class Meta:
        verbose_name = _("promise")
        verbose_name_plural = _("promises")
        ordering: ClassVar[list[str]] = ["pk"]

    def __str__(self) -> str:
        return f"{self.due_at}"


class SignOffRule(models.Model):
    """Who must sign an answer 审签 before it goes out: a row for one office wins over one for all."""

    class Whom(models.TextChoices):
        OFFICER = "officer", _("whoever drafted it")
        HEAD = "head", _("head of office")
        LEADER = "leader", _("leader in charge")

    subject = models.CharField(_("subject"), max_length=60, help_text=_("Code of a kind or a service item."))
    office = models.ForeignKey(Office, models.PROTECT, null=True, blank=True, verbose_name=_("office"))
    whom = models.CharField(_("who signs"), max_length=10, choices=Whom.choices)
    valid_from = models.DateField(_("valid from"))
    valid_until = models.DateField(_("valid until"), null=True, blank=True)

    objects = DatedQuerySet.as_manager()

    class Meta:
        verbose_name = _("sign-off rule")
        verbose_name_plural = _("sign-off rules")
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["subject", "office", "valid_from"], name="one_signature_rule", nulls_distinct=False
            ),
        ]

    def __str__(self) -> str:
        return f"{self.subject} · {self.get_whom_display()}"
