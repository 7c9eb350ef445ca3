"""What the doors of the desk remember: codes, sittings, provider accounts, recoveries, broken glass."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

USER = settings.AUTH_USER_MODEL
# A recovery that nobody approves within a day has to be asked for again.
RECOVERY_TERM = timedelta(hours=24)


class PhoneCode(models.Model):
    """A code sent to a mobile number. Neither the number nor the code can be read from the row."""

    class Purpose(models.TextChoices):
        LOG_IN = "log-in", _("log-in")
        PROVE = "prove", _("proof that it is you")
        CHANGE = "change", _("new mobile number")

    phone = models.CharField(_("keyed hash of the number"), max_length=64)
    purpose = models.CharField(_("purpose"), max_length=8, choices=Purpose.choices)
    # Whoever did not ask for it cannot use it up: the code belongs to the browser that asked.
    browser = models.CharField(max_length=43)
    digest = models.CharField(max_length=64)
    made_at = models.DateTimeField(_("made"))
    # Minutes since 1970: of two requests at the same moment the database lets one through.
    minute = models.PositiveIntegerField(editable=False)
    until = models.DateTimeField(_("until"))
    tries = models.PositiveSmallIntegerField(_("wrong tries"), default=0)
    used_at = models.DateTimeField(_("used"), null=True, blank=True)

    class Meta:
        verbose_name = _("code by message")
        verbose_name_plural = _("codes by message")
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["phone", "-made_at"], name="code_by_number"),
        ]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["phone", "minute"], name="one_code_a_minute"),
        ]

    def __str__(self) -> str:
        return f"{self.get_purpose_display()} #{self.pk}"


class Identity(models.Model):
    """An account at an identity provider that opens an account here: by subject, and by nothing else."""

    user = models.ForeignKey(USER, models.CASCADE, related_name="identities", verbose_name=_("user"))
    issuer = models.CharField(_("provider"), max_length=200)
    subject = models.CharField(_("subject"), max_length=255)
    linked_at = models.DateTimeField(_("linked"))

    class Meta:
        verbose_name = _("provider account")
        verbose_name_plural = _("provider accounts")
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["issuer", "subject"], name="one_account_a_subject"),
        ]

    def __str__(self) -> str:
        return f"{self.user} · {self.issuer}"


class Sitting(models.Model):
    """One log-in and how long it lasted: what a person sees and ends as “my sessions”."""

    user = models.ForeignKey(USER, models.CASCADE, related_name="sittings", verbose_name=_("user"))
    # Key of the session, emptied when it ends: an old row opens nothing.
    key = models.CharField(max_length=40, blank=True, db_index=True)
    how = models.CharField(_("how"), max_length=20)
    address = models.CharField(_("network address"), max_length=45)
    device = models.CharField(_("device"), max_length=200, blank=True)
    began_at = models.DateTimeField(_("began"))
    seen_at = models.DateTimeField(_("last used"))
    ended_at = models.DateTimeField(_("ended"), null=True, blank=True)

    class Meta:
        verbose_name = _("session")
        verbose_name_plural = _("sessions")
        ordering: ClassVar[list[str]] = ["-seen_at", "-pk"]

    def __str__(self) -> str:
        return f"{self.user} · {self.device or self.address}"


class RecoveryQuerySet(models.QuerySet["Recovery"]):
    def open(self, at: datetime) -> RecoveryQuerySet:
        return self.filter(decided_at=None, asked_at__gt=at - RECOVERY_TERM)


class Recovery(models.Model):
    """A lost second factor taken away by two security administrators: one asks, another approves."""

    user = models.ForeignKey(USER, models.PROTECT, related_name="recoveries", verbose_name=_("user"))
    reason = models.CharField(_("reason"), max_length=300)
    asked_by = models.ForeignKey(USER, models.PROTECT, related_name="+", verbose_name=_("asked by"))
    asked_at = models.DateTimeField(_("asked"))
    decided_by = models.ForeignKey(
        USER, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("decided by")
    )
    decided_at = models.DateTimeField(_("decided"), null=True, blank=True)
    is_approved = models.BooleanField(_("approved"), default=False)

    objects = RecoveryQuerySet.as_manager()

    class Meta:
        verbose_name = _("recovery of a second factor")
        verbose_name_plural = _("recoveries of second factors")
        ordering: ClassVar[list[str]] = ["-asked_at", "-pk"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(condition=~Q(user=F("asked_by")), name="nobody_recovers_themselves"),
            models.CheckConstraint(
                condition=Q(decided_by=None) | (~Q(decided_by=F("asked_by")) & ~Q(decided_by=F("user"))),
                name="two_people_recover",
            ),
            models.UniqueConstraint(
                fields=["user"], condition=Q(decided_at=None), name="one_open_recovery_a_user"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user}"

    def is_open(self, at: datetime) -> bool:
        return self.decided_at is None and at < self.asked_at + RECOVERY_TERM


class BrokenGlass(models.Model):
    """An emergency entrance opened on the machine itself, for one account and some hours."""

    user = models.ForeignKey(USER, models.PROTECT, related_name="broken_glass", verbose_name=_("user"))
    reason = models.CharField(_("reason"), max_length=300)
    # Hash of the password printed on the machine's screen once.
    password = models.CharField(max_length=200, editable=False)
    opened_by = models.CharField(_("opened on the machine by"), max_length=80)
    opened_at = models.DateTimeField(_("opened"))
    until = models.DateTimeField(_("until"))

    class Meta:
        verbose_name = _("emergency entrance")
        verbose_name_plural = _("emergency entrances")
        ordering: ClassVar[list[str]] = ["-opened_at", "-pk"]

    def __str__(self) -> str:
        return f"{self.user} · {self.until:%Y-%m-%d %H:%M}"
