from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from servicedesk.desk.models.clock import Clock, DatedQuerySet, Unit


class AlarmRule(models.Model):
    """When a clock speaks, to whom and how loudly. Offsets count in working time from the due moment."""

    class Effect(models.TextChoices):
        REMIND = "remind", _("reminder")
        YELLOW = "yellow", _("yellow card")
        RED = "red", _("red card")
        ESCALATE = "escalate", _("escalation")

    class Whom(models.TextChoices):
        OFFICER = "officer", _("officer")
        HEAD = "head", _("head of office")
        CENTRE = "centre", _("service centre")
        LEADER = "leader", _("leader in charge")
        APPLICANT = "applicant", _("applicant")

    subject = models.CharField(_("subject"), max_length=60, blank=True, help_text=_("Empty: every kind."))
    clock = models.CharField(_("clock"), max_length=40, blank=True, help_text=_("Empty: every clock."))
    clock_unit = models.CharField(_("unit of the clock"), max_length=16, choices=Unit.choices, blank=True)
    rung = models.PositiveSmallIntegerField(_("rung"))
    offset = models.IntegerField(_("offset"), help_text=_("Negative: before the due moment."))
    unit = models.CharField(_("unit"), max_length=16, choices=Unit.choices)
    whom = models.CharField(_("to whom"), max_length=10, choices=Whom.choices)
    effect = models.CharField(_("effect"), max_length=10, choices=Effect.choices)
    digest = models.BooleanField(_("in one digest a day"), default=False)
    any_hour = models.BooleanField(_("also outside office hours"), default=False)
    valid_from = models.DateField(_("valid from"))
    valid_until = models.DateField(_("valid until"), null=True, blank=True)

    objects = DatedQuerySet.as_manager()

    class Meta:
        verbose_name = _("alarm rule")
        verbose_name_plural = _("alarm rules")
        ordering: ClassVar[list[str]] = ["subject", "clock", "clock_unit", "rung"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["subject", "clock", "clock_unit", "rung", "valid_from"], name="one_rule_a_rung"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.rung} · {self.get_effect_display()} · {self.get_whom_display()}"


class Alarm(models.Model):
    class Fate(models.TextChoices):
        TOLD = "told", _("told")
        SUPERSEDED = "superseded", _("superseded")
        VOID = "void", _("void")

    clock = models.ForeignKey(Clock, models.PROTECT, related_name="alarms", verbose_name=_("clock"))
    rule = models.ForeignKey(AlarmRule, models.PROTECT, related_name="alarms", verbose_name=_("rule"))
    rung = models.PositiveSmallIntegerField(_("rung"))
    rings_at = models.DateTimeField(_("rings"))
    settled_at = models.DateTimeField(_("settled"), null=True, blank=True)
    fate = models.CharField(_("fate"), max_length=10, choices=Fate.choices, blank=True)
    event = models.ForeignKey(
        "desk.Event", models.PROTECT, null=True, blank=True, related_name="alarms", verbose_name=_("event")
    )
    attempts = models.PositiveSmallIntegerField(_("attempts"), default=0)
    next_try_at = models.DateTimeField(_("next try"), null=True, blank=True)
    last_error = models.CharField(_("last error"), max_length=500, blank=True)

    class Meta:
        verbose_name = _("alarm")
        verbose_name_plural = _("alarms")
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["rings_at"], condition=Q(settled_at=None), name="alarm_pending_by_moment"),
        ]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["clock"], condition=Q(settled_at=None), name="one_pending_alarm"),
            models.UniqueConstraint(
                fields=["clock", "rung"], condition=Q(fate="told"), name="each_rung_told_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.clock_id} · {self.rung}"
