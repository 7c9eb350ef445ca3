"""How people and their programs want to hear: channels, quiet hours, own reminders, feeds, webhooks."""

from __future__ import annotations

from datetime import time
from typing import ClassVar

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator, URLValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from servicedesk.accounts.models import Office
from servicedesk.desk.models.clock import Clock
from servicedesk.desk.models.party import Party

EVENING, MORNING = time(21), time(8)


class NoticeChoices(models.Model):
    """What a person has chosen on their settings page; without a row the usual holds."""

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="notice_choices", verbose_name=_("user")
    )
    # {sort of news: [channels wanted beside the app]}; the app itself is never switched off.
    channels = models.JSONField(_("channels"), default=dict)
    quiet_from = models.TimeField(_("quiet from"), default=EVENING, null=True, blank=True)
    quiet_until = models.TimeField(_("quiet until"), default=MORNING, null=True, blank=True)

    class Meta:
        verbose_name = _("choice of channels")
        verbose_name_plural = _("choices of channels")

    def __str__(self) -> str:
        return str(self.user)


class ReminderWish(models.Model):
    """A person's own reminder: so long before every deadline that concerns them."""

    class Unit(models.TextChoices):
        WORKING_DAYS = "working_days", _("working days")
        CALENDAR_DAYS = "calendar_days", _("calendar days")

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="reminder_wishes", verbose_name=_("user")
    )
    unit = models.CharField(_("unit"), max_length=16, choices=Unit.choices, default=Unit.WORKING_DAYS)
    amount = models.PositiveSmallIntegerField(
        _("amount"), validators=[MinValueValidator(1), MaxValueValidator(60)]
    )
    created_at = models.DateTimeField(_("written"))
    # The round looks at each wish again after some minutes, the longest unseen first.
    looked_at = models.DateTimeField(null=True, blank=True, editable=False, db_index=True)

    class Meta:
        verbose_name = _("own reminder")
        verbose_name_plural = _("own reminders")
        ordering: ClassVar[list[str]] = ["unit", "amount"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["user", "unit", "amount"], name="one_wish_once"),
            models.CheckConstraint(condition=Q(amount__gte=1), name="a_wish_is_at_least_one"),
        ]

    def __str__(self) -> str:
        return f"{self.amount} {self.get_unit_display()}"


class OwnReminder(models.Model):
    """That a wish has spoken for a clock: the row is what makes it speak once."""

    wish = models.ForeignKey(ReminderWish, models.CASCADE, related_name="told", verbose_name=_("wish"))
    clock = models.ForeignKey(Clock, models.CASCADE, related_name="own_reminders", verbose_name=_("clock"))
    at = models.DateTimeField(_("at"))

    class Meta:
        verbose_name = _("own reminder given")
        verbose_name_plural = _("own reminders given")
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["wish", "clock"], name="one_own_reminder_a_clock"),
        ]

    def __str__(self) -> str:
        return f"{self.wish_id} · {self.clock_id}"


class CalendarFeed(models.Model):
    """The secret address of a person's deadlines; renewing it ends the old one."""

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="calendar_feed", verbose_name=_("user")
    )
    token = models.CharField(max_length=64, unique=True, editable=False)
    created_at = models.DateTimeField(_("written"))

    class Meta:
        verbose_name = _("calendar feed")
        verbose_name_plural = _("calendar feeds")

    def __str__(self) -> str:
        return str(self.user)


class WebhookEndpoint(models.Model):
    """Where a company's or an office's own program hears that something happened, and no more than that."""

    party = models.ForeignKey(
        Party, models.PROTECT, null=True, blank=True, related_name="webhooks", verbose_name=_("party")
    )
    office = models.ForeignKey(
        Office, models.PROTECT, null=True, blank=True, related_name="webhooks", verbose_name=_("office")
    )
    url = models.CharField(_("address"), max_length=300, validators=[URLValidator(["https", "http"])])
    # "whsec_" and the Base64 of the key: both sides sign with it, so it cannot be kept as a hash.
    secret = models.CharField(max_length=80, editable=False)
    is_on = models.BooleanField(_("in use"), default=True)
    stopped_because = models.CharField(_("switched off because"), max_length=200, blank=True)
    created_at = models.DateTimeField(_("written"))
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("by")
    )

    class Meta:
        verbose_name = _("webhook")
        verbose_name_plural = _("webhooks")
        ordering: ClassVar[list[str]] = ["pk"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                condition=Q(party=None, office__isnull=False) | Q(party__isnull=False, office=None),
                name="a_webhook_is_of_one",
                violation_error_message=_("Choose either a party or an office."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.party or self.office} #{self.pk}"
