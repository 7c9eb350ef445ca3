from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class Watch(models.Model):
    """Who in the house wants to hear of a case beyond their duty 关注; it ends when they lose sight of it."""

    case = models.ForeignKey("desk.Case", models.PROTECT, related_name="watches", verbose_name=_("case"))
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="watches", verbose_name=_("watcher")
    )
    since = models.DateTimeField(_("since"))

    class Meta:
        verbose_name = _("watch")
        verbose_name_plural = _("watches")
        ordering: ClassVar[list[str]] = ["-since", "-pk"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["case", "user"], name="one_watch_a_person"),
        ]

    def __str__(self) -> str:
        return f"{self.user} → {self.case}"
