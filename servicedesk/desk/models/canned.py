from __future__ import annotations

import re
from typing import ClassVar

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _

from servicedesk.accounts.models import Office

# Places a text may have, filled from the matter it is used on.
PLACES = ("number", "company", "office")
PLACE = re.compile(r"\{([^{}]*)\}")


class CannedText(models.Model):
    """A text people write again and again 常用语. It is put into a form, never sent by itself."""

    title = models.CharField(_("title"), max_length=60)
    text = models.TextField(
        _("text"),
        max_length=2000,
        help_text=_("{number}, {company} and {office} are filled in when it is used."),
    )
    # Empty: for all of them.
    verb = models.CharField(_("for what"), max_length=40, blank=True)
    kind = models.CharField(_("kind"), max_length=40, blank=True)
    office = models.ForeignKey(
        Office,
        models.CASCADE,
        null=True,
        blank=True,
        related_name="canned_texts",
        verbose_name=_("office"),
        help_text=_("Empty: for all offices."),
    )
    position = models.PositiveSmallIntegerField(_("position"), default=0)
    is_valid = models.BooleanField(_("in use"), default=True)

    class Meta:
        verbose_name = _("ready text")
        verbose_name_plural = _("ready texts")
        ordering: ClassVar[list[str]] = ["position", "pk"]

    def __str__(self) -> str:
        return self.title

    def clean(self) -> None:
        unknown = [name for name in PLACE.findall(self.text) if name not in PLACES]
        if unknown:
            said = _("Nothing can be filled in for {%(name)s}.") % {"name": unknown[0]}
            raise ValidationError({"text": said})
