from __future__ import annotations

from datetime import datetime
from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class NoticeQuerySet(models.QuerySet["Notice"]):
    def unread(self, user: Any) -> NoticeQuerySet:
        """What was told to the user in the desk and not yet read, newest first."""
        return self.filter(recipient=user, channel=Notice.Channel.APP, read_at=None)

    def mark_read(self, at: datetime) -> int:
        return self.filter(read_at=None).update(read_at=at)


class Notice(models.Model):
    """What was told to whom, by which channel. The in-app notice is the authoritative one."""

    class Channel(models.TextChoices):
        APP = "app", _("in the desk")
        EMAIL = "email", _("e-mail")
        # Waits for the recipient's one digest of the day, which is an event and a notice of its own.
        DIGEST = "digest", _("daily digest")

    class State(models.TextChoices):
        QUEUED = "queued", _("queued")
        SENT = "sent", _("sent")
        DEAD = "dead", _("given up")

    event = models.ForeignKey("desk.Event", models.PROTECT, related_name="notices", verbose_name=_("event"))
    recipient = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="notices", verbose_name=_("recipient")
    )
    channel = models.CharField(_("channel"), max_length=10, choices=Channel.choices)
    address = models.CharField(_("address"), max_length=254, blank=True)
    language = models.CharField(_("language"), max_length=10)
    subject = models.CharField(pgettext_lazy("letter", "subject"), max_length=200)
    body = models.TextField(_("text"))
    state = models.CharField(_("state"), max_length=8, choices=State.choices, default=State.QUEUED)
    attempts = models.PositiveSmallIntegerField(_("attempts"), default=0)
    created_at = models.DateTimeField(_("written"))
    next_try_at = models.DateTimeField(_("next try"), null=True, blank=True)
    last_error = models.CharField(_("last error"), max_length=500, blank=True)
    # A delivery worker leases the row: only the holder of the token may mark it sent.
    token = models.UUIDField(null=True, blank=True, editable=False)
    leased_until = models.DateTimeField(null=True, blank=True, editable=False)
    sent_at = models.DateTimeField(pgettext_lazy("moment", "sent"), null=True, blank=True)
    read_at = models.DateTimeField(_("read"), null=True, blank=True)

    objects = NoticeQuerySet.as_manager()

    class Meta:
        verbose_name = _("notice")
        verbose_name_plural = _("notices")
        ordering: ClassVar[list[str]] = ["-created_at", "-pk"]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(
                fields=["next_try_at"], condition=models.Q(state="queued"), name="notice_queued_by_moment"
            ),
            models.Index(fields=["recipient", "-created_at"], name="notice_by_recipient"),
        ]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["event", "recipient", "channel"], name="one_notice_a_channel"),
        ]

    def __str__(self) -> str:
        # Never the subject: whoever keeps the outbox going sees the row, not what it says.
        return f"{self.get_channel_display()} #{self.pk}"
