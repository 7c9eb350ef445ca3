"""The ladder a matter is put up 顶格协调, as rows, and the one-page brief its upper rungs need."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from enterprises.models.titled import Titled
from servicedesk.accounts.models import Office, Post
from servicedesk.desk.models import Case

Role = Post.Role


class EscalationLevel(Titled):
    """One rung: whom it reaches, and who may put a matter there."""

    class Raiser(models.TextChoices):
        ANY = "any", _("head, dispatcher or supervisor")
        CENTRE = "centre", _("dispatcher or supervisor")
        SUPERVISOR = "supervisor", _("supervisor alone")

    code = models.SlugField(_("code"), max_length=40, unique=True)
    # By its code and without a constraint: the first rows ship before the offices are loaded.
    office = models.ForeignKey(
        Office,
        models.PROTECT,
        to_field="code",
        db_constraint=False,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("office"),
        help_text=_("Empty: the office the matter is with."),
    )
    role = models.CharField(_("role"), max_length=16, choices=Role.choices, default=Role.LEADER)
    raised_by = models.CharField(
        _("who may raise it"), max_length=10, choices=Raiser.choices, default=Raiser.ANY
    )
    needs_brief = models.BooleanField(_("needs a brief of one page"), default=False)
    named_only = models.BooleanField(
        _("by a named person only"), default=False, help_text=_("Never by an alarm or a rule.")
    )
    position = models.PositiveSmallIntegerField(_("position"), default=0)
    is_valid = models.BooleanField(_("in use"), default=True)

    class Meta:
        verbose_name = _("level of escalation")
        verbose_name_plural = _("levels of escalation")
        ordering: ClassVar[list[str]] = ["position", "code"]


class EscalationBrief(models.Model):
    """What whoever is asked to decide must know: one page. A row is kept as it was put before them."""

    case = models.ForeignKey(Case, models.PROTECT, related_name="briefs", verbose_name=_("case"))
    level = models.ForeignKey(
        EscalationLevel, models.PROTECT, related_name="briefs", verbose_name=_("level of escalation")
    )
    # Short enough for one page together, whatever the face: the paper is tested with the longest.
    title = models.CharField(_("title"), max_length=40)
    background = models.TextField(_("background"), max_length=180)
    done = models.TextField(_("what was done"), max_length=180)
    disputed = models.TextField(_("what is disputed"), max_length=130, blank=True)
    asked = models.TextField(_("what is asked"), max_length=130)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("raised by")
    )
    at = models.DateTimeField(_("raised"))

    class Meta:
        verbose_name = _("brief")
        verbose_name_plural = _("briefs")
        ordering: ClassVar[list[str]] = ["-at", "-pk"]

    def __str__(self) -> str:
        return f"{self.case} → {self.level}"
