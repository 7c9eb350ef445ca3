from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any, ClassVar

from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from enterprises import uscc
from enterprises.models.industry import Industry
from enterprises.models.town import Town
from enterprises.size import Method, Size
from servicedesk.desk.masks import masked
from servicedesk.desk.models import Party

if TYPE_CHECKING:
    from enterprises.models.service_manager import ServiceManager


class CompanyQuerySet(models.QuerySet["Company"]):
    def named(self) -> CompanyQuerySet:
        """With everything a list shows, in one query."""
        return self.select_related("party", "town", "industry")

    def of_number(self, number: str) -> CompanyQuerySet:
        return self.filter(party__number=uscc.normalise(number))

    def lock(self, pk: int | None) -> None:
        """Hold a company, and with it its chain of events, until the transaction ends."""
        list(self.filter(pk=pk).select_for_update(no_key=True).values_list("pk", flat=True))

    def search(self, text: str) -> CompanyQuerySet:
        """Every word of `text` in the name, or the whole of it at the head of the code."""
        names = Q()
        for word in text.split():
            names &= Q(party__name__icontains=word)
        return self.filter(names | Q(party__number__startswith=uscc.normalise(text)))


class Company(models.Model):
    """A company of the register. Its name and USCC (统一社会信用代码) stand on its party."""

    party = models.OneToOneField(
        Party, models.PROTECT, related_name="company", verbose_name=_("party"), editable=False
    )
    legal_representative = models.CharField(_("legal representative"), max_length=80, blank=True)
    registered_address = models.CharField(_("registered address"), max_length=200, blank=True)
    business_address = models.CharField(_("business address"), max_length=200, blank=True)
    town = models.ForeignKey(
        Town, models.PROTECT, null=True, blank=True, related_name="companies", verbose_name=_("town")
    )
    industry = models.ForeignKey(
        Industry, models.PROTECT, null=True, blank=True, related_name="companies", verbose_name=_("industry")
    )
    registered_on = models.DateField(_("registered on"), null=True, blank=True)
    uscc_override_reason = models.CharField(
        _("why the code stands although its check digit fails"),
        max_length=200,
        blank=True,
        help_text=_("Some codes of the first pilot years are real and fail the check."),
    )
    objects = CompanyQuerySet.as_manager()

    class Meta:
        verbose_name = _("company")
        verbose_name_plural = _("companies")

    def __str__(self) -> str:
        return self.party.name

    @property
    def name(self) -> str:
        return self.party.name

    @property
    def number(self) -> str:
        return self.party.number or ""

    @property
    def masked_representative(self) -> str:
        return masked(self.legal_representative, "name")

    def clean(self) -> None:
        if self.number:
            uscc.require(self.number, self.uscc_override_reason)

    def manager(self, on: date) -> ServiceManager | None:
        """Who looks after the company on that day; no query where `service_managers` was prefetched."""
        rows = (row for row in self.service_managers.all() if row.is_current(on))
        return max(rows, key=lambda row: (row.since, row.pk), default=None)

    def latest_year(self) -> CompanyYear | None:
        """Figures of the latest year that has any; no query where `years` was prefetched."""
        known = [year for year in self.years.all() if year.has_figures()]
        return max(known, key=lambda year: year.year, default=None)

    def size(self, method: Method) -> Size:
        """Size class by the latest figures; without an industry or figures it is unknown."""
        if self.industry is None:
            return Size.UNKNOWN
        latest = self.latest_year()
        return method.size(self.industry.path(), latest.figures() if latest else {})


class Contact(models.Model):
    class Role(models.TextChoices):
        OWNER = "owner", _("owner")
        MANAGER = "manager", _("manager")
        OFFICE = "office", pgettext_lazy("department", "office")
        FINANCE = "finance", _("finance")
        STAFF = "staff", _("personnel")
        PROJECT = "project", _("projects")
        OTHER = "other", _("other")

    company = models.ForeignKey(Company, models.CASCADE, related_name="contacts", verbose_name=_("company"))
    name = models.CharField(pgettext_lazy("person", "name"), max_length=80)
    phone = models.CharField(_("telephone"), max_length=32)
    role = models.CharField(_("role"), max_length=10, choices=Role.choices, default=Role.OFFICE)

    class Meta:
        verbose_name = _("contact")
        verbose_name_plural = _("contacts")
        ordering: ClassVar[list[str]] = ["pk"]

    def __str__(self) -> str:
        return f"{masked(self.name, 'name')} {masked(self.phone, 'phone')}"


def _money(label: Any) -> models.DecimalField[Decimal | None, Decimal | None]:
    return models.DecimalField(
        label, max_digits=16, decimal_places=2, null=True, blank=True, validators=[MinValueValidator(0)]
    )


class CompanyYear(models.Model):
    """Year-end figures; each may be unknown. Money is in 万元 (ten thousand yuan)."""

    company = models.ForeignKey(Company, models.CASCADE, related_name="years", verbose_name=_("company"))
    year = models.PositiveSmallIntegerField(_("year"))
    staff = models.PositiveIntegerField(_("staff"), null=True, blank=True)
    income = _money(_("operating income (10,000 yuan)"))
    assets = _money(_("total assets (10,000 yuan)"))

    class Meta:
        verbose_name = _("figures of a year")
        verbose_name_plural = _("figures by year")
        ordering: ClassVar[list[str]] = ["-year"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["company", "year"],
                name="one_set_of_figures_a_year",
                violation_error_message=_("The company already has figures for this year."),
            ),
            models.CheckConstraint(
                condition=Q(year__gte=1949, year__lte=2100),
                name="a_year_of_our_time",
                violation_error_message=_("The year must lie between 1949 and 2100."),
            ),
            models.CheckConstraint(
                condition=(Q(income=None) | Q(income__gte=0)) & (Q(assets=None) | Q(assets__gte=0)),
                name="money_is_not_negative",
                violation_error_message=_("Income and assets cannot be negative."),
            ),
        ]

    def __str__(self) -> str:
        return str(self.year)

    def figures(self) -> dict[str, int | Decimal | None]:
        return {"staff": self.staff, "income": self.income, "assets": self.assets}

    def has_figures(self) -> bool:
        return any(value is not None for value in self.figures().values())
