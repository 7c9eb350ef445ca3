"""A company's wish to come to a breakfast, and what became of it."""

from __future__ import annotations

from typing import Any, ClassVar

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from enterprises.models.breakfast import Breakfast
from enterprises.models.company import Company
from servicedesk.desk.models import Event

MOST_PEOPLE = 2


class SignUpQuerySet(models.QuerySet["SignUp"]):
    def with_place(self) -> SignUpQuerySet:
        """Those that have, or had, a seat at the table, whether or not they came."""
        return self.filter(standing__in=[Standing.SELECTED, Standing.ATTENDED, Standing.ABSENT])

    def waiting(self) -> SignUpQuerySet:
        return self.filter(standing=Standing.WAITING).order_by("position", "pk")

    def shown(self) -> SignUpQuerySet:
        return self.select_related("company__party", "company__industry", "breakfast__seat")


class Standing(models.TextChoices):
    ASKED = "asked", _("signed up")
    SELECTED = "selected", _("has a place")
    WAITING = "waiting", _("on the waiting list")
    PASSED = "passed", _("not this time")
    DECLINED = "declined", pgettext_lazy("invitation", "declined")
    ATTENDED = "attended", _("was there")
    ABSENT = "absent", _("did not come")


class Rule(models.TextChoices):
    """Why a sign-up stands where it stands; the sentences are in `enterprises.breakfasts.wording`."""

    THEME = "theme", _("theme fit")
    FIRST_COME = "first_come", _("first come")
    FULL = "full", _("full")
    RECENT = "recent", _("came recently")
    MOVED_UP = "moved_up", _("moved up")
    BY_HAND = "by_hand", _("decided by the organisers")


class SignUp(models.Model):
    breakfast = models.ForeignKey(
        Breakfast, models.PROTECT, related_name="sign_ups", verbose_name=_("breakfast")
    )
    company = models.ForeignKey(Company, models.PROTECT, related_name="breakfasts", verbose_name=_("company"))
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("by"))
    at = models.DateTimeField(_("at"))
    topics = models.TextField(_("what the company wants to talk about"), max_length=2000)
    people = models.PositiveSmallIntegerField(
        _("how many people come"),
        default=1,
        validators=[MinValueValidator(1), MaxValueValidator(MOST_PEOPLE)],
    )
    consent = models.BooleanField(_("may be named on the portal"), default=False)
    standing = models.CharField(
        _("standing"), max_length=10, choices=Standing.choices, default=Standing.ASKED
    )
    rule = models.CharField(_("rule"), max_length=12, choices=Rule.choices, blank=True)
    # What the sentence of the rule needs: {"day": …, "months": …} or {"reason": …}.
    facts: models.JSONField[dict[str, Any], dict[str, Any]] = models.JSONField(
        default=dict, blank=True, editable=False
    )
    # Place among those selected, or on the waiting list.
    position = models.PositiveSmallIntegerField(_("place in the order"), null=True, blank=True)
    decided_at = models.DateTimeField(_("decided"), null=True, blank=True)

    objects = SignUpQuerySet.as_manager()

    class Meta:
        verbose_name = _("sign-up for a breakfast")
        verbose_name_plural = _("sign-ups for breakfasts")
        ordering: ClassVar[list[str]] = ["breakfast", "at", "pk"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["breakfast", "company"], name="one_sign_up_a_company"),
            models.CheckConstraint(
                condition=Q(people__gte=1, people__lte=MOST_PEOPLE), name="one_or_two_come"
            ),
            models.CheckConstraint(
                condition=~Q(standing__in=["selected", "waiting", "passed"]) | ~Q(rule=""),
                name="a_decision_has_its_rule",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.company} · {self.get_standing_display()}"


class BreakfastReminder(models.Model):
    """That a company was reminded so many days ahead; the row is what makes it once."""

    sign_up = models.ForeignKey(
        SignUp, models.CASCADE, related_name="reminders", verbose_name=_("sign-up for a breakfast")
    )
    days = models.PositiveSmallIntegerField(_("days ahead"))
    event = models.ForeignKey(Event, models.PROTECT, related_name="+", verbose_name=_("event"))
    at = models.DateTimeField(_("at"))

    class Meta:
        verbose_name = _("reminder of a breakfast")
        verbose_name_plural = _("reminders of breakfasts")
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["sign_up", "days"], name="each_reminder_once"),
        ]

    def __str__(self) -> str:
        return f"{self.sign_up} · {self.days}"
