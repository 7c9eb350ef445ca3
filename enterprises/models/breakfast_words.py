"""What was said at a breakfast and what was promised there; each promise becomes a case when it is signed."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from enterprises.models.breakfast import Breakfast
from enterprises.models.company import Company
from servicedesk.accounts.models import Office
from servicedesk.desk.models import Case


class RaisedTopic(models.Model):
    """What a company raised in the room, and what it was told there."""

    breakfast = models.ForeignKey(
        Breakfast, models.PROTECT, related_name="topics", verbose_name=_("breakfast")
    )
    company = models.ForeignKey(Company, models.PROTECT, related_name="+", verbose_name=_("company"))
    words = models.TextField(_("what the company said"), max_length=2000)
    answer = models.TextField(_("what was answered in the room"), max_length=2000, blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("by"))
    at = models.DateTimeField(_("at"))

    class Meta:
        verbose_name = _("topic of a breakfast")
        verbose_name_plural = _("topics of breakfasts")
        ordering: ClassVar[list[str]] = ["at", "pk"]

    def __str__(self) -> str:
        return self.words[:40]


class BreakfastPromise(models.Model):
    """A promise as it stands in the minutes. The case is made by the signature and never before."""

    breakfast = models.ForeignKey(
        Breakfast, models.PROTECT, related_name="promises", verbose_name=_("breakfast")
    )
    topic = models.ForeignKey(
        RaisedTopic, models.PROTECT, null=True, blank=True, related_name="promises", verbose_name=_("topic")
    )
    company = models.ForeignKey(Company, models.PROTECT, related_name="+", verbose_name=_("company"))
    text = models.TextField(_("what was promised"), max_length=2000)
    office = models.ForeignKey(Office, models.PROTECT, related_name="+", verbose_name=_("main office"))
    cooperating = models.ManyToManyField(
        Office, blank=True, related_name="+", verbose_name=_("cooperating offices")
    )
    deadline = models.DateField(_("deadline"))
    leader = models.CharField(_("leader who promised"), max_length=80)
    case = models.OneToOneField(
        Case, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("case")
    )
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("by"))
    at = models.DateTimeField(_("at"))

    class Meta:
        verbose_name = _("promise made at a breakfast")
        verbose_name_plural = _("promises made at breakfasts")
        ordering: ClassVar[list[str]] = ["at", "pk"]

    def __str__(self) -> str:
        return self.text[:40]


class PromiseMatter(models.Model):
    """The detail of a promise's case: what the minutes say, as it was signed."""

    case = models.OneToOneField(Case, models.CASCADE, related_name="promise_matter", verbose_name=_("case"))
    breakfast = models.ForeignKey(
        Breakfast,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="matters",
        verbose_name=_("breakfast"),
    )
    text = models.TextField(_("what was promised"), max_length=2000)
    raised = models.TextField(_("what the company said"), max_length=2000, blank=True)
    leader = models.CharField(_("leader who promised"), max_length=80)
    cooperating = models.CharField(_("cooperating offices"), max_length=300, blank=True)
    deadline = models.DateField(_("deadline"), null=True, blank=True)

    class Meta:
        verbose_name = _("promise made at a breakfast")
        verbose_name_plural = _("promises made at breakfasts")

    def __str__(self) -> str:
        return self.text[:40]


class LookBackMatter(models.Model):
    """The detail of a look-back 回头看: which promise is looked at again, and after how many months."""

    class Turn(models.TextChoices):
        """Also the clock codes of the limits that say after how many months."""

        FIRST = "first", _("first look-back")
        SECOND = "second", _("second look-back")

    case = models.OneToOneField(Case, models.CASCADE, related_name="look_back", verbose_name=_("case"))
    promise = models.ForeignKey(
        Case, models.PROTECT, null=True, blank=True, related_name="look_backs", verbose_name=_("promise")
    )
    # Which round of the promise: struck off anew after a redo, it is looked at anew.
    round = models.PositiveSmallIntegerField(_("round"), default=1)
    turn = models.CharField(_("turn"), max_length=10, choices=Turn.choices, default=Turn.FIRST)
    text = models.TextField(_("what was promised"), max_length=2000, blank=True)

    class Meta:
        verbose_name = _("look-back")
        verbose_name_plural = _("look-backs")
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["promise", "round", "turn"],
                condition=Q(promise__isnull=False),
                name="one_look_back_a_turn",
            ),
        ]

    def __str__(self) -> str:
        return self.text[:40]
