from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from enterprises.models.direct_line import DirectLineMatter
from servicedesk.desk.models import Case


class BadReview(models.Model):
    """A bad review 差评 that is followed up: which matter it is of, what it said, whether it counts."""

    case = models.OneToOneField(Case, models.CASCADE, related_name="bad_review", verbose_name=_("case"))
    of = models.ForeignKey(
        Case, models.PROTECT, null=True, blank=True, related_name="bad_reviews", verbose_name=_("review of")
    )
    level = models.PositiveSmallIntegerField(_("level"), choices=DirectLineMatter.Rating.choices)
    text = models.TextField(_("words with the rating"), max_length=1000, blank=True)
    # False once an appeal found it wrong; figures then leave it out, and say how many they left out.
    counts = models.BooleanField(_("counts"), default=True)

    class Meta:
        verbose_name = _("bad review")
        verbose_name_plural = _("bad reviews")
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(condition=models.Q(level__lte=2), name="a_bad_review_is_bad"),
        ]

    def __str__(self) -> str:
        return f"{self.of or self.case} · {self.get_level_display()}"
