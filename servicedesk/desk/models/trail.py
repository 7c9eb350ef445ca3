from __future__ import annotations

import uuid
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from servicedesk.desk.models.case import Case, Message, Step


class Event(models.Model):
    """What happened, append-only, in a chain of digests: one per case, per register object, per user."""

    chain = models.CharField(_("chain"), max_length=60)
    seq = models.PositiveIntegerField(_("sequence"))
    case = models.ForeignKey(
        Case, models.PROTECT, null=True, blank=True, related_name="events", verbose_name=_("case")
    )
    step = models.ForeignKey(
        Step, models.PROTECT, null=True, blank=True, related_name="events", verbose_name=_("step")
    )
    verb = models.CharField(_("verb"), max_length=40)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("by"),
    )
    # When it was recorded (never falls along a chain), and when it counts (a back-dated pause, an import).
    at = models.DateTimeField(_("recorded"))
    effective_at = models.DateTimeField(_("effective"))
    click = models.UUIDField(_("click"), default=uuid.uuid4)
    public = models.BooleanField(_("shown to the applicant"), default=False)
    params = models.JSONField(_("parameters"), default=dict)
    title = models.CharField(_("title"), max_length=200, blank=True)
    body = models.TextField(_("text"), blank=True)
    erased_at = models.DateTimeField(_("erased"), null=True, blank=True)
    salt = models.CharField(max_length=32)
    # H(salt, body): kept when the body is erased, so that the chain stays whole.
    seal = models.CharField(_("seal"), max_length=64)
    digest = models.CharField(_("digest"), max_length=64)

    class Meta:
        verbose_name = _("event")
        verbose_name_plural = _("events")
        ordering: ClassVar[list[str]] = ["chain", "seq"]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["at"], name="event_by_moment"),
            models.Index(fields=["case"], condition=Q(verb="escalate"), name="event_escalated"),
        ]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["chain", "seq"], name="one_event_a_place"),
        ]

    def __str__(self) -> str:
        return f"{self.chain}:{self.seq} {self.verb}"


class Touched(models.Model):
    """A case whose reading side must be looked at again; whoever has looked deletes the row.

    Written in the transaction of what happened and never once per case: a row that “is there already” may
    belong to a look that began before this change is committed. Nor would the last event seen do for a mark:
    one with a lower key may be committed later. No foreign key, for that would lock the case once more."""

    case = models.BigIntegerField(_("case"))

    class Meta:
        verbose_name = _("touched case")
        verbose_name_plural = _("touched cases")

    def __str__(self) -> str:
        return str(self.case)


class ChainRoot(models.Model):
    """A day's signed root over (chain, last sequence, last digest) of every chain touched that day."""

    day = models.DateField(_("day"), unique=True)
    chains = models.PositiveIntegerField(_("chains"))
    root = models.CharField(_("root"), max_length=64)
    signature = models.CharField(_("signature"), max_length=128)

    class Meta:
        verbose_name = _("chain root")
        verbose_name_plural = _("chain roots")
        ordering: ClassVar[list[str]] = ["-day"]

    def __str__(self) -> str:
        return f"{self.day}"


class Attachment(models.Model):
    class State(models.TextChoices):
        STORED = "stored", _("stored")
        REFUSED = "refused", pgettext_lazy("file", "refused")
        # Its term of retention is over: the hash stays, the file is gone.
        ERASED = "erased", pgettext_lazy("file", "erased")

    case = models.ForeignKey(Case, models.PROTECT, related_name="attachments", verbose_name=_("case"))
    message = models.ForeignKey(
        Message, models.PROTECT, null=True, blank=True, related_name="attachments", verbose_name=_("message")
    )
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("by"))
    sha256 = models.CharField(_("hash"), max_length=64)
    size = models.PositiveIntegerField(pgettext_lazy("file", "size"))
    name = models.CharField(_("name"), max_length=120)
    mime = models.CharField(_("type"), max_length=100)
    # Generated path below the storage root; the person's own name never becomes a path.
    path = models.CharField(max_length=120)
    public = models.BooleanField(_("shown to the applicant"), default=True)
    state = models.CharField(_("state"), max_length=10, choices=State.choices, default=State.STORED)
    at = models.DateTimeField(_("at"))

    class Meta:
        verbose_name = _("attachment")
        verbose_name_plural = _("attachments")
        ordering: ClassVar[list[str]] = ["at", "pk"]

    def __str__(self) -> str:
        return self.name
