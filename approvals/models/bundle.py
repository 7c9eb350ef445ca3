from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from approvals.models.item import EditionQuerySet, ServiceItem, Stage, kebab
from servicedesk.accounts.models import Office
from servicedesk.desk.models import Case
from servicedesk.desk.wording import spoken


class Bundle(models.Model):
    """One edition of a bundle 套餐: several items applied for in one form, one promise over the whole."""

    code = models.CharField(_("code"), max_length=40, validators=[kebab])
    edition = models.PositiveIntegerField(_("edition"), default=1)
    stage = models.CharField(_("stage"), max_length=12, choices=Stage.choices, default=Stage.DRAFT)
    valid_from = models.DateField(_("valid from"))
    valid_until = models.DateField(_("valid until"), null=True, blank=True)
    name = models.JSONField(_("name"), default=dict)
    summary = models.JSONField(_("in a sentence"), default=dict, blank=True)
    basis = models.CharField(_("basis"), max_length=200, blank=True)
    office = models.ForeignKey(
        Office, models.PROTECT, related_name="bundles", verbose_name=_("coordinating office")
    )
    life = models.CharField(
        _("life cycle"), max_length=12, choices=ServiceItem.Life.choices, default=ServiceItem.Life.ENTERPRISE
    )
    # Sections of the merged form, in order: [{"code": "company", "label": {…}}].
    sections = models.JSONField(_("sections of the form"), default=list, blank=True)
    position = models.PositiveSmallIntegerField(_("position"), default=0)

    objects = EditionQuerySet.as_manager()

    class Meta:
        verbose_name = _("bundle")
        verbose_name_plural = _("bundles")
        ordering: ClassVar[list[str]] = ["position", "code", "-edition"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["code", "edition"], name="one_bundle_an_edition"),
        ]

    def __str__(self) -> str:
        return spoken(self.name) or self.code


class BundleItem(models.Model):
    """One item of a bundle and what it waits for. Its promise in the bundle is the Limit row of the subject
    `<bundle>/<item>`."""

    bundle = models.ForeignKey(Bundle, models.CASCADE, related_name="items", verbose_name=_("bundle"))
    # The item by its code: which edition is found when the application is submitted.
    item_code = models.CharField(_("item"), max_length=40, validators=[kebab])
    # Codes of the items of this bundle whose grant this one waits for.
    after = models.JSONField(_("waits for"), default=list, blank=True)
    is_optional = models.BooleanField(_("may be left out"), default=True)
    position = models.PositiveSmallIntegerField(_("position"), default=0)

    class Meta:
        verbose_name = _("item of the bundle")
        verbose_name_plural = _("items of the bundle")
        ordering: ClassVar[list[str]] = ["position", "pk"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["bundle", "item_code"], name="one_item_a_bundle"),
        ]

    def __str__(self) -> str:
        return self.item_code


class BundleApplication(models.Model):
    """What was filled in once for all items of a bundle."""

    case = models.OneToOneField(
        Case, models.CASCADE, related_name="bundle_application", verbose_name=_("case")
    )
    bundle_code = models.CharField(_("bundle"), max_length=40)
    answers = models.JSONField(_("answers"), default=dict, blank=True)

    class Meta:
        verbose_name = _("application for a bundle")
        verbose_name_plural = _("applications for bundles")

    def __str__(self) -> str:
        return str(self.answers.get("company_name") or "")
