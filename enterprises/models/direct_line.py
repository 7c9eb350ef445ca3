from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from enterprises.models.duty import Urgency
from enterprises.models.industry import Industry
from enterprises.models.topic import Topic
from enterprises.models.town import Town
from servicedesk.desk.models import Case


class DirectLineMatter(models.Model):
    """What a company tells the direct line (企业服务直通车). Topic, town and title are the centre's work."""

    class Rating(models.IntegerChoices):
        """The five levels of the national good/bad review (好差评, GB/T 39735-2020)."""

        VERY_SATISFIED = 5, _("very satisfied")
        SATISFIED = 4, _("satisfied")
        BASICALLY_SATISFIED = 3, _("basically satisfied")
        DISSATISFIED = 2, _("dissatisfied")
        VERY_DISSATISFIED = 1, _("very dissatisfied")

    case = models.OneToOneField(Case, models.CASCADE, related_name="direct_line", verbose_name=_("case"))
    text = models.TextField(_("what is wrong"), max_length=5000)
    place = models.CharField(_("place"), max_length=200, blank=True)
    contact_name = models.CharField(_("whom to ask for"), max_length=80, blank=True)
    contact_phone = models.CharField(_("telephone"), max_length=32, blank=True)
    topic = models.ForeignKey(
        Topic, models.PROTECT, null=True, blank=True, related_name="matters", verbose_name=_("topic")
    )
    town = models.ForeignKey(
        Town, models.PROTECT, null=True, blank=True, related_name="matters", verbose_name=_("town")
    )
    # Copied from the company when the matter is submitted: a figure must not move when the company does.
    industry = models.ForeignKey(
        Industry, models.PROTECT, null=True, blank=True, related_name="matters", verbose_name=_("industry")
    )
    urgency = models.ForeignKey(
        Urgency,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="matters",
        verbose_name=_("urgency"),
        help_text=_("Empty: an ordinary matter."),
    )
    is_multilevel = models.BooleanField(_("needs several levels of government"), default=False)
    # Never given by default: an unrated matter is not a satisfied one.
    rating = models.PositiveSmallIntegerField(_("rating"), choices=Rating.choices, null=True, blank=True)
    rating_text = models.TextField(_("words with the rating"), max_length=1000, blank=True)
    rated_at = models.DateTimeField(_("rated"), null=True, blank=True)

    class Meta:
        verbose_name = _("direct-line matter")
        verbose_name_plural = _("direct-line matters")
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                condition=Q(rating=None, rated_at=None)
                | Q(rating__gte=1, rating__lte=5, rated_at__isnull=False),
                name="a_rating_has_its_moment",
            ),
        ]

    def __str__(self) -> str:
        return self.text[:40]
