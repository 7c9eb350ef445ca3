from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from enterprises.models.titled import Titled


class TopicQuerySet(models.QuerySet["Topic"]):
    def valid(self) -> TopicQuerySet:
        return self.filter(is_valid=True)


class Topic(Titled):
    """What a matter is about, in the centre's words; rows may be added, retired and ordered."""

    code = models.SlugField(_("code"), max_length=40, unique=True)
    parent = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="children", verbose_name=_("part of")
    )
    is_valid = models.BooleanField(_("in use"), default=True)
    position = models.PositiveSmallIntegerField(_("position"), default=0)

    objects = TopicQuerySet.as_manager()

    class Meta:
        verbose_name = _("topic")
        verbose_name_plural = _("topics")
        ordering: ClassVar[list[str]] = ["position", "code"]
