from __future__ import annotations

import re
from datetime import date
from typing import Any, ClassVar

from django.core.validators import RegexValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from servicedesk.accounts.models import Office
from servicedesk.desk.wording import spoken

CODE = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*")
kebab = RegexValidator(rf"^{CODE.pattern}$", _("Lower-case words and hyphens only."))


class Stage(models.TextChoices):
    """Where an edition of a catalogue row stands."""

    DRAFT = "draft", _("draft")
    PUBLISHED = "published", _("published")
    SUPERSEDED = "superseded", _("superseded")


class EditionQuerySet(models.QuerySet[Any]):
    def published(self, on: date) -> EditionQuerySet:
        """Editions in force on that day. A superseded one held until the day before its successor."""
        return self.filter(Q(valid_until=None) | Q(valid_until__gte=on), valid_from__lte=on).exclude(
            stage=Stage.DRAFT
        )

    def current(self, code: str, on: date) -> Any:
        """The edition of `code` in force on that day; None too where no code can be written so."""
        if not CODE.fullmatch(code):
            return None
        return self.published(on).filter(code=code).order_by("-edition").first()


class ServiceItem(models.Model):
    """One edition of a service item 事项. A case keeps a snapshot of the edition it was submitted under."""

    class Sort(models.TextChoices):
        """Types of GB/T 39554.1-2020 as far as enterprises apply for them."""

        LICENCE = "01", _("administrative licence")
        CONFIRMATION = "07", _("administrative confirmation")
        OTHER = "10", _("other power")
        PUBLIC_SERVICE = "20", _("public service")

    class Handling(models.TextChoices):
        INSTANT = "1", _("handled at once")
        PROMISED = "2", _("handled within a promise")

    class Procedure(models.TextChoices):
        """Which law counts its days."""

        # Accepted or sent back within five working days, then decided (行政许可法 32, 42).
        LICENCE = "licence", _("licence: accepted, then decided")
        # Decided within so many days of receiving the application (建筑工程施工许可管理办法 5).
        RECEIPT = "receipt", _("decided from receipt of the application")
        # On the spot, else three working days and three more (市场主体登记管理条例 19).
        REGISTRATION = "registration", _("registration")
        # A filing or public service, promised from receipt.
        SERVICE = "service", _("filing or public service")

    class Life(models.TextChoices):
        """The four life cycles 全生命周期."""

        ENTERPRISE = "enterprise", _("enterprise")
        PERSON = "person", _("natural person")
        PROJECT = "project", _("construction project")
        INNOVATION = "innovation", _("innovation and start-up")

    class For(models.TextChoices):
        COMPANY = "company", _("companies")
        PERSON = "person", _("natural persons")
        ANY = "any", _("companies and natural persons")

    code = models.CharField(_("code"), max_length=40, validators=[kebab])
    edition = models.PositiveIntegerField(_("edition"), default=1)
    stage = models.CharField(_("stage"), max_length=12, choices=Stage.choices, default=Stage.DRAFT)
    valid_from = models.DateField(_("valid from"))
    valid_until = models.DateField(_("valid until"), null=True, blank=True)
    # Words are kept in every interface language: {"zh-hans": …, "en": …, "ru": …}.
    name = models.JSONField(_("name"), default=dict)
    summary = models.JSONField(_("in a sentence"), default=dict, blank=True)
    conditions = models.JSONField(_("conditions"), default=dict, blank=True)
    fee = models.JSONField(_("fee"), default=dict, blank=True)
    result = models.JSONField(_("result"), default=dict, blank=True)
    # Basic code (12 digits) and implementation code (31) of GB/T 39554, where they are known.
    task_code = models.CharField(_("basic code"), max_length=12, blank=True)
    implementation_code = models.CharField(_("implementation code"), max_length=31, blank=True)
    office = models.ForeignKey(
        Office, models.PROTECT, related_name="items", verbose_name=_("executing office")
    )
    sort = models.CharField(_("type"), max_length=2, choices=Sort.choices, default=Sort.LICENCE)
    handling = models.CharField(
        _("handling"), max_length=1, choices=Handling.choices, default=Handling.PROMISED
    )
    procedure = models.CharField(
        _("procedure"), max_length=12, choices=Procedure.choices, default=Procedure.LICENCE
    )
    life = models.CharField(_("life cycle"), max_length=12, choices=Life.choices, default=Life.ENTERPRISE)
    applicants = models.CharField(_("for whom"), max_length=8, choices=For.choices, default=For.COMPANY)
    # Most working days the statutory limit may be extended by, with the head's approval (行政许可法 42: 10).
    extension = models.PositiveSmallIntegerField(_("extension"), default=0)
    # Categories of special procedure that stop the clocks (行政许可法 45).
    special = models.JSONField(_("special procedures"), default=list, blank=True)
    # Whether a granted application brings a licence, and how many months it holds (none: without end).
    is_licensed = models.BooleanField(_("brings a licence"), default=False)
    licence_months = models.PositiveSmallIntegerField(_("licence valid, months"), null=True, blank=True)
    # Whether the office hands over a result in a step of its own; else the decision is the end.
    is_delivered = models.BooleanField(_("result is delivered"), default=True)
    is_online = models.BooleanField(_("can be applied for online"), default=True)
    # Only as a part of a bundle: has no start page of its own.
    is_part_only = models.BooleanField(_("only within a bundle"), default=False)
    visits = models.PositiveSmallIntegerField(_("visits needed"), default=0)
    # Parts of the form, in order: [{"code": "company", "label": {…}}].
    sections = models.JSONField(_("sections of the form"), default=list, blank=True)
    position = models.PositiveSmallIntegerField(_("position"), default=0)

    objects = EditionQuerySet.as_manager()

    class Meta:
        verbose_name = _("service item")
        verbose_name_plural = _("service items")
        ordering: ClassVar[list[str]] = ["position", "code", "-edition"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["code", "edition"], name="one_item_an_edition"),
            models.UniqueConstraint(
                fields=["code", "valid_from"], condition=~Q(stage="draft"), name="one_item_from_a_day"
            ),
        ]

    def __str__(self) -> str:
        return spoken(self.name) or self.code


class ItemLaw(models.Model):
    """What an item rests on: title, number, article, quoted as they are."""

    item = models.ForeignKey(ServiceItem, models.CASCADE, related_name="laws", verbose_name=_("item"))
    title = models.CharField(_("title"), max_length=120)
    number = models.CharField(_("document number"), max_length=80, blank=True)
    article = models.CharField(_("article"), max_length=60, blank=True)
    position = models.PositiveSmallIntegerField(_("position"), default=0)

    class Meta:
        verbose_name = _("legal basis")
        verbose_name_plural = _("legal bases")
        ordering: ClassVar[list[str]] = ["position", "pk"]

    def __str__(self) -> str:
        return f"《{self.title}》{self.number and f'（{self.number}）'}{self.article}"


class ItemPaper(models.Model):
    """A paper 材料 an applicant hands in. One `code` is one paper, however many items of a bundle want it."""

    class Need(models.TextChoices):
        NECESSARY = "necessary", _("necessary")
        OPTIONAL = "optional", _("where it applies")
        # 容缺后补: the matter is accepted without it, the result waits for it.
        LATER = "later", _("may follow later")

    class Form(models.TextChoices):
        ORIGINAL = "original", _("original")
        COPY = "copy", _("copy")
        ELECTRONIC = "electronic", _("electronic")

    class Source(models.TextChoices):
        APPLICANT = "applicant", _("from the applicant")
        GOVERNMENT = "government", _("issued by an authority")
        OTHER = "other", _("from somebody else")

    item = models.ForeignKey(ServiceItem, models.CASCADE, related_name="papers", verbose_name=_("item"))
    code = models.CharField(_("code"), max_length=40, validators=[kebab])
    name = models.JSONField(_("name"), default=dict)
    note = models.JSONField(_("how to prepare it"), default=dict, blank=True)
    need = models.CharField(_("need"), max_length=10, choices=Need.choices, default=Need.NECESSARY)
    form = models.CharField(_("form"), max_length=10, choices=Form.choices, default=Form.ORIGINAL)
    source = models.CharField(_("source"), max_length=10, choices=Source.choices, default=Source.APPLICANT)
    # Asked for only where an answer says so: {"field": "premises", "is": ["rented"]}.
    condition = models.JSONField(_("condition"), default=dict, blank=True)
    sample = models.CharField(_("sample"), max_length=200, blank=True)
    position = models.PositiveSmallIntegerField(_("position"), default=0)

    class Meta:
        verbose_name = _("paper")
        verbose_name_plural = _("papers")
        ordering: ClassVar[list[str]] = ["position", "pk"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["item", "code"], name="one_paper_an_item"),
        ]

    def __str__(self) -> str:
        return spoken(self.name) or self.code


class ItemField(models.Model):
    """A question of an item's form. One `code` is one fact, asked once however many items want it."""

    class Sort(models.TextChoices):
        TEXT = "text", pgettext_lazy("sort of question", "text")
        LONG = "long", _("long text")
        NUMBER = "number", pgettext_lazy("sort of question", "number")
        MONEY = "money", _("money")
        DATE = "date", _("date")
        CHOICE = "choice", _("choice")
        CHOICES = "choices", _("several choices")
        YES = "yes", _("yes or no")
        TABLE = "table", _("table")
        PERSON = "person", _("person")
        COMPANY = "company", _("company")
        ADDRESS = "address", _("address")
        FILE = "file", _("file")

    class Check(models.TextChoices):
        USCC = "uscc", _("unified social credit code")
        IDENTITY = "identity", _("identity number")
        PHONE = "phone", _("telephone number")
        PROJECT = "project", _("investment project code")
        EMAIL = "email", _("e-mail address")

    item = models.ForeignKey(ServiceItem, models.CASCADE, related_name="fields", verbose_name=_("item"))
    code = models.CharField(_("code"), max_length=40, validators=[RegexValidator(r"^[a-z][a-z0-9_]*$")])
    section = models.CharField(pgettext_lazy("form", "section"), max_length=40, blank=True)
    label = models.JSONField(_("question"), default=dict)
    hint = models.JSONField(_("hint"), default=dict, blank=True)
    sort = models.CharField(_("type"), max_length=10, choices=Sort.choices, default=Sort.TEXT)
    is_required = models.BooleanField(_("required"), default=True)
    check_as = models.CharField(_("checked as"), max_length=10, choices=Check.choices, blank=True)
    # Of a choice: [{"code": "rented", "label": {…}}].
    choices = models.JSONField(_("choices"), default=list, blank=True)
    # Of a table: [{"code": "name", "label": {…}, "sort": "text", "is_required": true}], and most rows.
    columns = models.JSONField(_("columns"), default=list, blank=True)
    # Bounds: {"min": 0, "max": 100, "places": 2, "length": 200, "rows": 20}.
    bounds = models.JSONField(_("bounds"), default=dict, blank=True)
    # Asked only where another answer says so: {"field": "premises", "is": ["rented"]}.
    condition = models.JSONField(_("condition"), default=dict, blank=True)
    # What the desk knows already and fills in: "company.name", "company.number", "user.name", "user.phone"…
    known_as = models.CharField(_("filled in from"), max_length=40, blank=True)
    # Personal data, masked for staff until a reason is given: a kind of `masks.masked`, or nothing.
    mask = models.CharField(_("masked as"), max_length=10, blank=True)
    position = models.PositiveSmallIntegerField(_("position"), default=0)

    class Meta:
        verbose_name = _("question")
        verbose_name_plural = _("questions")
        ordering: ClassVar[list[str]] = ["position", "pk"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["item", "code"], name="one_question_an_item"),
        ]

    def __str__(self) -> str:
        return spoken(self.label) or self.code
