from __future__ import annotations

from datetime import UTC, datetime
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
        SMS = "sms", _("short message")
        WECOM = "wecom", _("WeCom")
        WEBHOOK = "webhook", _("webhook")
        # Waits for the recipient's one digest of the day, which is an event and a notice of its own.
        DIGEST = "digest", _("daily digest")

    class State(models.TextChoices):
        QUEUED = "queued", _("queued")
        SENT = "sent", _("sent")
        DEAD = "dead", _("given up")

    class Sort(models.TextChoices):
        DECISION = "decision", _("Answers, decisions and what is asked of you")
        PROGRESS = "progress", _("Every other step of a matter")
        REMINDER = "reminder", _("Reminders and deadlines")
        MEETING = "meeting", _("Breakfasts and visits")
        DIGEST = "digest", _("The daily digest")

    event = models.ForeignKey("desk.Event", models.PROTECT, related_name="notices", verbose_name=_("event"))
    # Nobody, where somebody without an account is told at an address, or a program at its endpoint.
    recipient = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="notices",
        verbose_name=_("recipient"),
    )
    channel = models.CharField(_("channel"), max_length=10, choices=Channel.choices)
    sort = models.CharField(_("sort"), max_length=10, choices=Sort.choices, default=Sort.PROGRESS)
    address = models.CharField(_("address"), max_length=254, blank=True)
    language = models.CharField(_("language"), max_length=10)
    subject = models.CharField(pgettext_lazy("letter", "subject"), max_length=200)
    body = models.TextField(_("text"))
    # Code of the approved text and its values, for channels that take no words of ours.
    template = models.CharField(_("template"), max_length=30, blank=True)
    params = models.JSONField(_("parameters"), default=dict, blank=True)
    # The notice that did not reach the person and that this one makes up for, once.
    instead_of = models.OneToOneField(
        "self", models.PROTECT, null=True, blank=True, related_name="made_up_by", verbose_name=_("instead of")
    )
    state = models.CharField(_("state"), max_length=8, choices=State.choices, default=State.QUEUED)
    attempts = models.PositiveSmallIntegerField(_("attempts"), default=0)
    # How often it was revived: another message to the provider, not a repetition of the one that failed.
    revived = models.PositiveSmallIntegerField(_("revived"), default=0)
    created_at = models.DateTimeField(_("written"))
    next_try_at = models.DateTimeField(_("next try"), null=True, blank=True)
    last_error = models.CharField(_("last error"), max_length=500, blank=True)
    # A delivery worker leases the row: only the holder of the token may mark it sent.
    token = models.UUIDField(null=True, blank=True, editable=False)
    leased_until = models.DateTimeField(null=True, blank=True, editable=False)
    sent_at = models.DateTimeField(pgettext_lazy("moment", "sent"), null=True, blank=True)
    # What a channel with receipts says of its arrival.
    delivered_at = models.DateTimeField(pgettext_lazy("moment", "delivered"), null=True, blank=True)
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
            models.Index(fields=["-created_at"], condition=models.Q(state="dead"), name="notice_given_up"),
        ]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["event", "recipient", "channel"], name="one_notice_a_channel"),
            models.UniqueConstraint(
                fields=["event", "channel", "address"],
                condition=models.Q(recipient=None),
                name="one_notice_an_address",
            ),
            models.CheckConstraint(
                condition=models.Q(recipient__isnull=False) | ~models.Q(address=""),
                name="a_notice_is_to_somebody",
            ),
        ]

    def __str__(self) -> str:
        # Never the subject: whoever keeps the outbox going sees the row, not what it says.
        return f"{self.get_channel_display()} #{self.pk}"

    @property
    def key(self) -> str:
        """The provider's idempotency key: the same at every try, another after a revival or a restored
        backup."""
        return f"notice-{self.pk}-{self.created_at.astimezone(UTC):%Y%m%d%H%M%S}-{self.revived}"
