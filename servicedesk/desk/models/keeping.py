"""How long personal data is kept, lists of what is to be erased, and people who ask to be forgotten."""

from __future__ import annotations

from datetime import date
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from servicedesk.desk.models.case import Case


class RetentionRuleQuerySet(models.QuerySet["RetentionRule"]):
    def valid(self, on: date) -> RetentionRuleQuerySet:
        return self.filter(Q(valid_until=None) | Q(valid_until__gte=on), valid_from__lte=on)


class RetentionRule(models.Model):
    """How many months after its closing something of a case (or of a register) is kept, on what basis."""

    class What(models.TextChoices):
        CONTACT = "contact", _("names, numbers and addresses to reach people")
        TEXTS = "texts", _("what was written")
        FILES = "files", _("what was handed in")
        ROWS = "rows", _("rows of a register")

    ALL = "*"  # every kind of case that has no row of its own
    AUDIT = "audit"  # the events themselves: never erased, and named so that everybody can read it

    subject = models.CharField(
        _("subject"),
        max_length=40,
        help_text=_(
            "Code of a kind of case, * for all others, or the name of a register: sms, log-ins, audit."
        ),
    )
    what = models.CharField(pgettext_lazy("retention", "what"), max_length=10, choices=What.choices)
    months = models.PositiveSmallIntegerField(_("months after closing"))
    basis = models.CharField(_("basis"), max_length=300)
    valid_from = models.DateField(_("valid from"))
    valid_until = models.DateField(_("valid until"), null=True, blank=True)

    objects = RetentionRuleQuerySet.as_manager()

    class Meta:
        verbose_name = _("retention rule")
        verbose_name_plural = _("retention rules")
        ordering: ClassVar[list[str]] = ["subject", "what", "-valid_from"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["subject", "what", "valid_from"], name="one_retention_a_day"),
            models.CheckConstraint(
                condition=~Q(subject="audit") | Q(months__gte=6),
                name="audit_is_kept_half_a_year",
                violation_error_message=_("The law asks for at least six months of audit."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.subject} · {self.get_what_display()}"


class Erasure(models.Model):
    """A list of what is past its term, prepared by the machine and carried out by a named person."""

    class Stage(models.TextChoices):
        WAITING = "waiting", _("waits for a person")
        SECOND = "second", _("waits for a second person")
        CONFIRMED = "confirmed", pgettext_lazy("erasure", "being carried out")
        DONE = "done", pgettext_lazy("erasure", "carried out")
        DROPPED = "dropped", pgettext_lazy("erasure", "dropped")

    prepared_at = models.DateTimeField(_("prepared"))
    stage = models.CharField(pgettext_lazy("erasure", "stage"), max_length=10, choices=Stage.choices)
    count = models.PositiveIntegerField(_("matters"))
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("confirmed by"),
    )
    second = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("second confirmation by"),
    )
    reason = models.CharField(_("reason"), max_length=300, blank=True)
    settled_at = models.DateTimeField(_("settled"), null=True, blank=True)

    class Meta:
        verbose_name = _("erasure list")
        verbose_name_plural = _("erasure lists")
        ordering: ClassVar[list[str]] = ["-prepared_at", "-pk"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                condition=Q(second=None) | ~Q(second=F("by")), name="two_people_confirm_an_erasure"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.prepared_at:%Y-%m-%d} · {self.count}"


class ErasureItem(models.Model):
    """One sort of data of one closed case: erased at most once."""

    erasure = models.ForeignKey(Erasure, models.CASCADE, related_name="items", verbose_name=_("erasure list"))
    case = models.ForeignKey(Case, models.PROTECT, related_name="erasures", verbose_name=_("case"))
    what = models.CharField(
        pgettext_lazy("retention", "what"), max_length=10, choices=RetentionRule.What.choices
    )
    due_on = models.DateField(_("kept until"))
    erased_at = models.DateTimeField(_("erased"), null=True, blank=True)

    class Meta:
        verbose_name = _("matter to be erased")
        verbose_name_plural = _("matters to be erased")
        ordering: ClassVar[list[str]] = ["due_on", "pk"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["erasure", "case", "what"], name="one_item_a_list"),
            models.UniqueConstraint(
                fields=["case", "what"], condition=Q(erased_at__isnull=False), name="erased_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.case} · {self.get_what_display()}"


class AccountClosing(models.Model):
    """Somebody asks that their account be closed and their data erased (个人信息保护法 47)."""

    class Stage(models.TextChoices):
        ASKED = "asked", pgettext_lazy("closing of an account", "asked for")
        DONE = "done", pgettext_lazy("closing of an account", "closed")
        REFUSED = "refused", pgettext_lazy("closing of an account", "refused")
        TAKEN_BACK = "taken_back", pgettext_lazy("closing of an account", "taken back")

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="closings", verbose_name=_("user")
    )
    words = models.TextField(_("what should be known"), max_length=1000, blank=True)
    stage = models.CharField(
        pgettext_lazy("closing of an account", "stage"), max_length=10, choices=Stage.choices
    )
    asked_at = models.DateTimeField(_("asked for at"))
    decided_at = models.DateTimeField(_("decided at"), null=True, blank=True)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("decided by"),
    )
    reason = models.CharField(_("reason"), max_length=500, blank=True)

    class Meta:
        verbose_name = _("closing of an account")
        verbose_name_plural = _("closings of accounts")
        ordering: ClassVar[list[str]] = ["-asked_at", "-pk"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["user"], condition=Q(stage="asked"), name="one_open_closing_a_person"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.asked_at:%Y-%m-%d} · {self.get_stage_display()}"
