"""Whose duty a matter is, in rows: how urgent it is, who gets what, why it came back, what was ruled."""

from __future__ import annotations

from datetime import date
from typing import ClassVar

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from enterprises.models.industry import Industry
from enterprises.models.titled import Titled
from enterprises.models.topic import Topic
from enterprises.models.town import Town
from servicedesk.accounts.models import Office
from servicedesk.desk.models import Case
from servicedesk.desk.models.clock import DatedQuerySet


class Listed(Titled):
    """A row of a short list staff choose from, which may be retired and ordered."""

    code = models.SlugField(_("code"), max_length=40, unique=True)
    is_valid = models.BooleanField(_("in use"), default=True)
    position = models.PositiveSmallIntegerField(_("position"), default=0)

    class Meta:
        abstract = True
        ordering: ClassVar[list[str]] = ["position", "code"]


class Urgency(Listed):
    """Why a matter cannot wait (production stopped, safety, utilities cut). The limits it brings are Limit
    rows of the subject direct-line/urgency/<code>."""

    class Meta(Listed.Meta):
        verbose_name = _("urgency")
        verbose_name_plural = _("urgencies")


class ReturnReason(Listed):
    """Why an office returns a matter 退单."""

    class Meta(Listed.Meta):
        verbose_name = _("reason for a return")
        verbose_name_plural = _("reasons for returns")


class DispatchRule(models.Model):
    """Who gets what: the most particular rule that fits a matter names its office; among equals, the first.

    A criterion left empty fits everything; an industry also covers all below it."""

    topic = models.ForeignKey(Topic, models.PROTECT, null=True, blank=True, verbose_name=_("topic"))
    town = models.ForeignKey(Town, models.PROTECT, null=True, blank=True, verbose_name=_("town"))
    industry = models.ForeignKey(Industry, models.PROTECT, null=True, blank=True, verbose_name=_("industry"))
    office = models.ForeignKey(
        Office, models.PROTECT, related_name="dispatch_rules", verbose_name=_("handling office")
    )
    assists = models.ManyToManyField(
        Office, blank=True, related_name="assist_rules", verbose_name=_("co-handling offices")
    )
    position = models.PositiveSmallIntegerField(_("position"), default=0)
    source = models.CharField(
        _("source"), max_length=200, blank=True, help_text=_("The ruling or the paper it follows from.")
    )
    valid_from = models.DateField(_("valid from"))
    valid_until = models.DateField(_("valid until"), null=True, blank=True)

    objects = DatedQuerySet.as_manager()

    class Meta:
        verbose_name = _("dispatch rule")
        verbose_name_plural = _("dispatch rules")
        ordering: ClassVar[list[str]] = ["position", "pk"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                condition=Q(topic__isnull=False) | Q(town__isnull=False) | Q(industry__isnull=False),
                name="a_dispatch_rule_says_for_what",
                violation_error_message=_("Say for which topic, town or industry the rule is."),
            ),
            models.UniqueConstraint(
                fields=["topic", "town", "industry", "valid_from"],
                name="one_dispatch_rule_for_the_same",
                nulls_distinct=False,
                violation_error_message=_("There is a rule for the same from that day already."),
            ),
        ]

    def __str__(self) -> str:
        criteria = " · ".join(str(each) for each in (self.topic, self.town, self.industry) if each)
        return f"{criteria} → {self.office}"

    def clean(self) -> None:
        if self.valid_until and self.valid_from and self.valid_until < self.valid_from:
            raise ValidationError({"valid_until": _("It cannot end before it begins.")})
        if self.office_id and not self.office.is_open:
            raise ValidationError({"office": _("This office receives no matters.")})

    def particularity(self) -> int:
        """How many criteria it names; of industries the narrower counts a little more."""
        depth = self.industry.level if self.industry else 0
        return 10 * sum(each is not None for each in (self.topic_id, self.town_id, self.industry_id)) + depth

    def fits(self, topic: int | None, town: int | None, industries: list[str]) -> bool:
        return (
            self.topic_id in {None, topic}
            and self.town_id in {None, town}
            and (self.industry is None or self.industry.code in industries)
        )


class Ruling(models.Model):
    """What the centre ruled 裁定 about whose duty a matter is: a precedent, which may become a rule."""

    case = models.ForeignKey(Case, models.PROTECT, related_name="rulings", verbose_name=_("case"))
    office = models.ForeignKey(Office, models.PROTECT, related_name="+", verbose_name=_("office"))
    returned_by = models.ManyToManyField(
        Office, blank=True, related_name="+", verbose_name=_("returned before by")
    )
    topic = models.ForeignKey(
        Topic, models.PROTECT, null=True, blank=True, related_name="rulings", verbose_name=_("topic")
    )
    town = models.ForeignKey(
        Town, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("town")
    )
    reason = models.TextField(_("ruling and its reason"))
    ruled_on = models.DateField(_("ruled on"))
    rule = models.OneToOneField(
        DispatchRule,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="ruling",
        verbose_name=_("rule made of it"),
    )

    class Meta:
        verbose_name = _("ruling")
        verbose_name_plural = _("rulings")
        ordering: ClassVar[list[str]] = ["-ruled_on", "-pk"]

    def __str__(self) -> str:
        return f"{self.case} → {self.office}"


def industries_of(industry: Industry | None) -> list[str]:
    """Codes of an industry and of all it is part of; none for none."""
    return industry.path() if industry is not None else []


def rules_in_force(on: date, *, assists: bool = True) -> list[DispatchRule]:
    """Rules of that day, the most particular first; with their co-handling offices, unless not asked for."""
    rows = DispatchRule.objects.valid(on).select_related("topic", "town", "industry", "office")
    found: list[DispatchRule] = list(rows.prefetch_related("assists") if assists else rows)
    return sorted(found, key=lambda rule: (-rule.particularity(), rule.position, rule.pk))
