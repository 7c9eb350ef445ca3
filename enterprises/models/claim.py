from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from enterprises.models.company import Company
from servicedesk.desk.models import Case, Membership


class CompanyClaim(models.Model):
    """Somebody says that they may act for a company 企业认领: the licence lies with the case as a file, and
    the legal representative's telephone is proven by a code sent to it."""

    class Sort(models.TextChoices):
        CLAIM = "claim", _("I act for this company")
        REPRESENTATIVE = "representative", _("The legal representative has changed")

    class Checked(models.TextChoices):
        CODE = "code", _("by the code sent to the legal representative's telephone")
        IN_PERSON = "in_person", _("in person at the counter")
        CALL = "call", _("by a call to the number in the register")

    case = models.OneToOneField(Case, models.CASCADE, related_name="company_claim", verbose_name=_("case"))
    sort = models.CharField(_("what it is about"), max_length=16, choices=Sort.choices, default=Sort.CLAIM)
    uscc = models.CharField(_("unified social credit code"), max_length=18)
    name = models.CharField(_("name of the company"), max_length=120)
    role = models.CharField(
        _("role"), max_length=10, choices=Membership.Role.choices, default=Membership.Role.OWNER
    )
    representative_name = models.CharField(_("legal representative"), max_length=80)
    representative_phone = models.CharField(_("telephone of the legal representative"), max_length=32)
    why = models.TextField(_("what you do there, and what should be known"), max_length=1000, blank=True)
    # The company it is about: known at the submission, or entered in the register when it is granted.
    company = models.ForeignKey(
        Company, models.PROTECT, null=True, blank=True, related_name="claims", verbose_name=_("company")
    )
    phone_proven_at = models.DateTimeField(_("telephone proven"), null=True, blank=True)
    checked = models.CharField(
        _("how the legal representative was asked"), max_length=10, choices=Checked.choices, blank=True
    )

    class Meta:
        verbose_name = _("claim of a company")
        verbose_name_plural = _("claims of companies")

    def __str__(self) -> str:
        return self.name


class ClaimObjection(models.Model):
    """What a present owner says to somebody else's claim, in the time the row gives for it."""

    class Stance(models.TextChoices):
        OBJECTS = "objects", _("I object")
        AGREES = "agrees", _("I agree")

    claim = models.ForeignKey(
        CompanyClaim, models.CASCADE, related_name="objections", verbose_name=_("claim of a company")
    )
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("owner")
    )
    stance = models.CharField(_("stance"), max_length=10, choices=Stance.choices)
    text = models.TextField(_("reasons"), max_length=2000)
    at = models.DateTimeField(_("at"))

    class Meta:
        verbose_name = _("word of a present owner")
        verbose_name_plural = _("words of present owners")
        ordering: ClassVar[list[str]] = ["at", "pk"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["claim", "by"], name="one_word_an_owner"),
        ]

    def __str__(self) -> str:
        return self.get_stance_display()
