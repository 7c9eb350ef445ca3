from __future__ import annotations

from typing import ClassVar

from django.core.validators import RegexValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from approvals.models.item import kebab
from servicedesk.desk.models import Case, Party
from servicedesk.desk.models.clock import DatedQuerySet
from servicedesk.desk.wording import spoken

# YYMM-RRRRRR-HH-TT-NNNNNN (GB/T 40058-2021 names the parts): the shape is checked, nothing else is known.
project_code = RegexValidator(
    r"^\d{4}-\d{6}-\d{2}-\d{2}-\d{6}$", _("An investment project code looks like 2106-370281-04-01-123456.")
)


class Staging(models.TextChoices):
    """Into how many stages the owner lets the permit be divided 分阶段办理."""

    NONE = "none", _("not in stages")
    TWO = "two", _("two stages")
    THREE = "three", _("three stages")


class StageRule(models.Model):
    """A stage of a staging, and the suffix of its permit number."""

    staging = models.CharField(_("staging"), max_length=8, choices=Staging.choices)
    code = models.CharField(_("code"), max_length=20, validators=[kebab])
    label = models.JSONField(_("name"), default=dict)
    # Appended to the 18 digits of the permit number; empty where the permit covers the whole.
    suffix = models.CharField(_("suffix of the number"), max_length=4, blank=True)
    position = models.PositiveSmallIntegerField(_("position"))
    valid_from = models.DateField(_("valid from"))
    valid_until = models.DateField(_("valid until"), null=True, blank=True)

    objects = DatedQuerySet.as_manager()

    class Meta:
        verbose_name = _("stage")
        verbose_name_plural = _("stages")
        ordering: ClassVar[list[str]] = ["staging", "position"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["staging", "code", "valid_from"], name="one_stage_from_a_day"),
        ]

    def __str__(self) -> str:
        return spoken(self.label) or self.code


class StageCondition(models.Model):
    """What must hold before the permit of a stage is granted."""

    rule = models.ForeignKey(StageRule, models.CASCADE, related_name="conditions", verbose_name=_("stage"))
    code = models.CharField(_("code"), max_length=40, validators=[kebab])
    label = models.JSONField(_("condition"), default=dict)
    basis = models.CharField(_("basis"), max_length=200, blank=True)
    # Whether a written promise may stand in for it for a while; never where the law forbids it.
    may_be_promised = models.BooleanField(_("may be promised"), default=False)
    # Where the law asks it of some projects only: of special ones, of those with houses to clear…
    may_not_apply = models.BooleanField(_("not asked of every project"), default=False)
    needs_paper = models.BooleanField(_("shown by a paper"), default=True)
    position = models.PositiveSmallIntegerField(_("position"), default=0)

    class Meta:
        verbose_name = _("condition of a stage")
        verbose_name_plural = _("conditions of stages")
        ordering: ClassVar[list[str]] = ["position", "pk"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["rule", "code"], name="one_condition_a_stage"),
        ]

    def __str__(self) -> str:
        return spoken(self.label) or self.code


class Project(models.Model):
    """A building project of an owner 建设单位."""

    code = models.CharField(
        _("investment project code"), max_length=24, unique=True, validators=[project_code]
    )
    name = models.CharField(_("name"), max_length=200)
    owner = models.ForeignKey(Party, models.PROTECT, related_name="projects", verbose_name=_("owner"))
    site = models.CharField(_("site"), max_length=200)
    # Square metres and ten thousand yuan (万元).
    area = models.DecimalField(_("floor area, m²"), max_digits=12, decimal_places=2)
    amount = models.DecimalField(_("contract amount, 10,000 yuan"), max_digits=14, decimal_places=2)
    # Class of the permit number: 01 general industrial and civil … 19 other.
    category = models.CharField(
        _("class"), max_length=2, default="01", validators=[RegexValidator(r"^(0[1-9]|1[0-9])$")]
    )
    staging = models.CharField(_("staging"), max_length=8, choices=Staging.choices, default=Staging.NONE)
    contractor = models.CharField(_("general contractor"), max_length=120)
    contractor_number = models.CharField(_("the contractor’s code"), max_length=18)
    supervisor = models.CharField(_("supervising firm"), max_length=120, blank=True)
    opened_at = models.DateTimeField(_("entered"))

    class Meta:
        verbose_name = _("building project")
        verbose_name_plural = _("building projects")
        ordering: ClassVar[list[str]] = ["-opened_at", "-pk"]

    def __str__(self) -> str:
        return self.name


class StageApplication(models.Model):
    """An application for the construction permit of one stage (or of the whole)."""

    case = models.OneToOneField(Case, models.CASCADE, related_name="stage", verbose_name=_("case"))
    project = models.ForeignKey(
        Project, models.PROTECT, related_name="applications", verbose_name=_("building project")
    )
    stage_code = models.CharField(_("stage"), max_length=20)
    # By the code of each condition: "met" or "promised", "" while nothing was said; "promised_until" a date.
    answers = models.JSONField(_("answers"), default=dict, blank=True)
    # As it stood when the application was submitted.
    contractor = models.CharField(_("general contractor"), max_length=120, blank=True)
    contractor_number = models.CharField(_("the contractor’s code"), max_length=18, blank=True)

    class Meta:
        verbose_name = _("application for a construction permit")
        verbose_name_plural = _("applications for construction permits")

    def __str__(self) -> str:
        return str(self.project)


class PermitSeries(models.Model):
    """Serial of the permits of one day, whatever their class; its row is locked until the commit."""

    day = models.DateField(_("day"))
    last = models.PositiveSmallIntegerField(_("last number"), default=0)

    class Meta:
        verbose_name = _("series of permits")
        verbose_name_plural = _("series of permits")
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["day"], name="one_permit_series_a_day"),
        ]

    def __str__(self) -> str:
        return f"{self.day}: {self.last}"


class PermitLife(models.Model):
    """The life of a construction permit from its delivery: works start in time, or it lapses by law."""

    case = models.OneToOneField(Case, models.CASCADE, related_name="permit", verbose_name=_("case"))
    project = models.ForeignKey(
        Project, models.PROTECT, related_name="permits", verbose_name=_("building project")
    )
    application = models.OneToOneField(
        Case, models.PROTECT, related_name="permit_granted", verbose_name=_("granted in")
    )
    stage_code = models.CharField(_("stage"), max_length=20)
    number = models.CharField(_("permit number"), max_length=24, unique=True)
    delivered_at = models.DateTimeField(_("delivered"))
    works_began_on = models.DateField(_("works began on"), null=True, blank=True)

    class Meta:
        verbose_name = _("construction permit")
        verbose_name_plural = _("construction permits")

    def __str__(self) -> str:
        return self.number
