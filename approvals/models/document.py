from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from servicedesk.accounts.models import Office
from servicedesk.desk.models import Case, Event, Party
from servicedesk.desk.wording import spoken


class DocumentSeries(models.Model):
    """The last number an office has given in a year; its row is locked until the document is committed."""

    office = models.ForeignKey(Office, models.PROTECT, related_name="+", verbose_name=_("office"))
    year = models.PositiveSmallIntegerField(_("year"))
    last = models.PositiveIntegerField(_("last number"), default=0)

    class Meta:
        verbose_name = _("series of documents")
        verbose_name_plural = _("series of documents")
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["office", "year"], name="one_document_series_a_year"),
        ]

    def __str__(self) -> str:
        return f"{self.office} {self.year}: {self.last}"


class Document(models.Model):
    """An official paper of a case. Its facts are fixed when it is issued; the PDF is made from them once and
    kept by hash."""

    class Sort(models.TextChoices):
        RECEIPT = "receipt", _("receipt of the application")
        ACCEPTANCE = "acceptance", _("notice of acceptance")
        SUPPLEMENT = "supplement", _("list of missing papers")
        REFUSAL = "refusal", _("decision not to accept")
        SPECIAL = "special", _("notice of a special procedure")
        EXTENSION = "extension", _("notice of an extension")
        DECISION = "decision", _("decision")
        DELIVERY = "delivery", _("proof of delivery")

    case = models.ForeignKey(Case, models.PROTECT, related_name="documents", verbose_name=_("case"))
    event = models.ForeignKey(Event, models.PROTECT, related_name="documents", verbose_name=_("event"))
    sort = models.CharField(_("type"), max_length=12, choices=Sort.choices)
    office = models.ForeignKey(Office, models.PROTECT, related_name="documents", verbose_name=_("office"))
    year = models.PositiveSmallIntegerField(_("year"))
    number = models.PositiveIntegerField(_("number"))
    facts = models.JSONField(_("facts"), default=dict)
    digest = models.CharField(_("digest of the facts"), max_length=64)
    issued_at = models.DateTimeField(_("issued"))
    # Of the PDF, once it was made.
    sha256 = models.CharField(max_length=64, blank=True)
    size = models.PositiveIntegerField(default=0)
    path = models.CharField(max_length=200, blank=True)

    class Meta:
        verbose_name = _("document")
        verbose_name_plural = _("documents")
        ordering: ClassVar[list[str]] = ["-issued_at", "-pk"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["office", "year", "number"], name="one_document_a_number"),
            models.UniqueConstraint(fields=["event", "sort"], name="one_document_an_event"),
        ]

    def __str__(self) -> str:
        return f"{self.get_sort_display()} 〔{self.year}〕{self.number}"


class Licence(models.Model):
    """A licence 证照 that a grant brought. Whether it holds is a question of its dates and of the case of its
    life, never a stored flag."""

    case = models.OneToOneField(
        Case, models.PROTECT, related_name="licence", verbose_name=_("granted in"), editable=False
    )
    item_code = models.CharField(_("item"), max_length=40, db_index=True)
    name = models.JSONField(_("name"), default=dict)
    holder = models.ForeignKey(Party, models.PROTECT, related_name="licences", verbose_name=_("holder"))
    office = models.ForeignKey(Office, models.PROTECT, related_name="licences", verbose_name=_("issued by"))
    number = models.CharField(_("number"), max_length=64)
    # In the address of its public page, unguessable.
    token = models.CharField(max_length=32, unique=True, editable=False)
    valid_from = models.DateField(_("valid from"))
    valid_until = models.DateField(_("valid until"), null=True, blank=True)
    # A case that lives as long as the licence may lapse (施工许可), where there is one.
    life = models.OneToOneField(
        Case, models.PROTECT, null=True, blank=True, related_name="life_of", verbose_name=_("its life")
    )
    revoked_on = models.DateField(_("revoked on"), null=True, blank=True)
    revoked_why = models.CharField(_("why it was revoked"), max_length=200, blank=True)
    replaced_by = models.OneToOneField(
        "self", models.PROTECT, null=True, blank=True, related_name="replaces", verbose_name=_("replaced by")
    )

    class Meta:
        verbose_name = _("licence")
        verbose_name_plural = _("licences")
        ordering: ClassVar[list[str]] = ["-valid_from", "-pk"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["item_code", "number"], name="one_licence_a_number"),
            models.CheckConstraint(
                condition=Q(revoked_on=None) | ~Q(revoked_why=""), name="a_revocation_has_its_reason"
            ),
        ]

    def __str__(self) -> str:
        return f"{spoken(self.name)} {self.number}"
