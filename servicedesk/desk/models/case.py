from __future__ import annotations

import uuid
from datetime import datetime
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from servicedesk.accounts.models import Office
from servicedesk.desk.models.clock import Clock
from servicedesk.desk.models.party import Party
from servicedesk.desk.wording import spoken


class CaseQuerySet(models.QuerySet["Case"]):
    def open(self) -> CaseQuerySet:
        """Submitted and not yet closed: what somebody is waiting for."""
        return self.exclude(state__in=[Case.State.DRAFT, Case.State.CLOSED])

    def submitted(self) -> CaseQuerySet:
        return self.exclude(state=Case.State.DRAFT)

    def overdue(self, at: datetime) -> CaseQuerySet:
        return self.open().filter(Exists(Clock.objects.overdue(at).filter(case=OuterRef("pk"))))


class Case(models.Model):
    class State(models.TextChoices):
        DRAFT = "draft", _("draft")
        SUBMITTED = "submitted", _("submitted")
        SUPPLEMENTING = "supplementing", _("waiting for papers")
        ACCEPTED = "accepted", _("accepted")
        DECIDED = "decided", _("answered or decided")
        CLOSED = "closed", _("closed")

    class Outcome(models.TextChoices):
        ANSWERED = "answered", _("answered")
        SOLVED = "solved", _("solved")
        UNREACHED = "unreached", _("could not be reached")
        GRANTED = "granted", _("granted")
        REFUSED = "refused", _("refused")
        NOT_ACCEPTED = "not_accepted", _("not accepted")
        WITHDRAWN = "withdrawn", _("withdrawn")
        LAPSED = "lapsed", _("lapsed")
        MERGED = "merged", _("merged")
        COMPLETED = "completed", _("completed")

    number = models.CharField(_("number"), max_length=32, null=True, blank=True, unique=True)
    kind = models.CharField(_("kind"), max_length=40, db_index=True)
    title = models.CharField(_("title"), max_length=200, blank=True)
    applicant = models.ForeignKey(Party, models.PROTECT, related_name="cases", verbose_name=_("applicant"))
    about = models.ForeignKey(
        Party, models.PROTECT, null=True, blank=True, related_name="cases_about", verbose_name=_("concerns")
    )
    office = models.ForeignKey(Office, models.PROTECT, related_name="cases", verbose_name=_("office"))
    # The office a complaint is about: neither it nor what it controls ever learns of the case.
    against = models.ForeignKey(
        Office,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="complaints",
        verbose_name=_("complained of"),
    )
    officer = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="cases",
        verbose_name=_("officer"),
    )
    opened_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("opened by"),
    )
    parent = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="children", verbose_name=_("part of")
    )
    state = models.CharField(_("state"), max_length=16, choices=State.choices, default=State.DRAFT)
    outcome = models.CharField(_("outcome"), max_length=16, choices=Outcome.choices, blank=True)
    # What the case opened with: `form`, `steps`, `clocks` of a kind may be functions of it.
    opening = models.JSONField(default=dict, blank=True, editable=False)
    # Number and secret together let the applicant look the matter up without a log-in.
    secret = models.CharField(max_length=16, blank=True, editable=False)
    opened_at = models.DateTimeField(_("opened"))
    submitted_at = models.DateTimeField(pgettext_lazy("moment", "submitted"), null=True, blank=True)
    accepted_at = models.DateTimeField(pgettext_lazy("moment", "accepted"), null=True, blank=True)
    closed_at = models.DateTimeField(pgettext_lazy("moment", "closed"), null=True, blank=True)
    version = models.PositiveIntegerField(_("version"), default=0)

    objects = CaseQuerySet.as_manager()

    class Meta:
        verbose_name = _("case")
        verbose_name_plural = _("cases")
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["-submitted_at", "-id"], name="case_by_submission"),
            models.Index(fields=["office", "state"], name="case_by_office"),
            models.Index(
                fields=["officer"], condition=~Q(state__in=["draft", "closed"]), name="case_open_by_officer"
            ),
            # Of a million cases few are open: what the queue shows is found among those.
            models.Index(
                fields=["office"], condition=~Q(state__in=["draft", "closed"]), name="case_open_by_office"
            ),
            models.Index(fields=["id"], condition=~Q(state__in=["draft", "closed"]), name="case_open"),
            models.Index(fields=["closed_at"], condition=Q(closed_at__isnull=False), name="case_by_closing"),
        ]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                condition=Q(state="draft", number=None) | (~Q(state="draft") & Q(number__isnull=False)),
                name="only_a_draft_has_no_number",
            ),
            models.CheckConstraint(
                condition=~Q(state="closed") | Q(closed_at__isnull=False), name="a_closed_case_has_its_moment"
            ),
        ]

    def __str__(self) -> str:
        return self.number or f"#{self.pk}"


class Step(models.Model):
    class State(models.TextChoices):
        WAITING = "waiting", _("waiting")
        RUNNING = "running", _("running")
        PAUSED = "paused", _("paused")
        DONE = "done", _("done")
        SKIPPED = "skipped", _("skipped")
        RETURNED = "returned", _("returned")

    case = models.ForeignKey(Case, models.PROTECT, related_name="steps", verbose_name=_("case"))
    code = models.CharField(_("code"), max_length=40)
    label = models.JSONField(_("label"), default=dict)
    round = models.PositiveSmallIntegerField(_("round"), default=1)
    office = models.ForeignKey(Office, models.PROTECT, related_name="steps", verbose_name=_("office"))
    officer = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="steps",
        verbose_name=_("officer"),
    )
    # Who the step waits for: the office, or the applicant.
    holder = models.CharField(_("held by"), max_length=10, default="office")
    # Codes of the steps this one waits for, a snapshot of the kind's graph at the opening.
    after = models.JSONField(default=list, blank=True)
    state = models.CharField(_("state"), max_length=10, choices=State.choices, default=State.WAITING)
    opens = models.OneToOneField(
        Case, models.PROTECT, null=True, blank=True, related_name="carries", verbose_name=_("child case")
    )
    started_at = models.DateTimeField(_("started"), null=True, blank=True)
    done_at = models.DateTimeField(pgettext_lazy("moment", "done"), null=True, blank=True)
    outcome = models.CharField(_("outcome"), max_length=40, blank=True)
    position = models.PositiveSmallIntegerField(_("position"), default=0)

    class Meta:
        verbose_name = _("step")
        verbose_name_plural = _("steps")
        ordering: ClassVar[list[str]] = ["position", "round", "pk"]
        indexes: ClassVar[list[models.Index]] = [
            # What applicants said of the result, which few steps hold.
            models.Index(
                fields=["done_at"],
                condition=Q(holder="applicant", outcome__in=["solved", "not_solved"]),
                name="step_said_by_applicant",
            ),
            models.Index(fields=["code"], condition=Q(state="running"), name="step_running_by_code"),
            models.Index(fields=["case"], condition=Q(state="running", round__gt=1), name="step_once_more"),
        ]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["case", "code", "office", "round"], name="one_step_a_round"),
        ]

    def __str__(self) -> str:
        return spoken(self.label)


class Message(models.Model):
    """Something said on a case: public ones the applicant reads, the others are notes of the desk."""

    case = models.ForeignKey(Case, models.PROTECT, related_name="messages", verbose_name=_("case"))
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("author")
    )
    office = models.ForeignKey(
        Office, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("office")
    )
    public = models.BooleanField(_("public"))
    text = models.TextField(_("text"), max_length=10_000)
    at = models.DateTimeField(_("at"))

    class Meta:
        verbose_name = _("message")
        verbose_name_plural = _("messages")
        ordering: ClassVar[list[str]] = ["at", "pk"]

    def __str__(self) -> str:
        return self.text[:40]


class Link(models.Model):
    class Sort(models.TextChoices):
        DUPLICATE = "duplicate", _("duplicate of")
        RELATED = "related", _("related to")
        MERGED = "merged", _("merged into")
        SPLIT = "split", _("split from")

    case = models.ForeignKey(Case, models.PROTECT, related_name="links", verbose_name=_("case"))
    to = models.ForeignKey(Case, models.PROTECT, related_name="linked_from", verbose_name=_("to"))
    sort = models.CharField(_("sort"), max_length=10, choices=Sort.choices)

    class Meta:
        verbose_name = _("link")
        verbose_name_plural = _("links")
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["case", "to", "sort"], name="one_link_once"),
            models.CheckConstraint(condition=~Q(case=models.F("to")), name="no_link_to_itself"),
        ]

    def __str__(self) -> str:
        return f"{self.case} {self.get_sort_display()} {self.to}"


class SubmissionKey(models.Model):
    """One key of one submitter is one case, however often it is sent."""

    key = models.UUIDField(default=uuid.uuid4)
    who = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    fingerprint = models.CharField(max_length=64)
    case = models.ForeignKey(Case, models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        verbose_name = _("submission key")
        verbose_name_plural = _("submission keys")
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["who", "key"], name="one_submission_a_key"),
        ]

    def __str__(self) -> str:
        return str(self.key)


class NumberSeries(models.Model):
    series = models.CharField(max_length=20)
    year = models.PositiveSmallIntegerField()
    last = models.PositiveIntegerField(default=0)

    class Meta:
        verbose_name = _("number series")
        verbose_name_plural = _("number series")
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["series", "year"], name="one_series_a_year"),
        ]

    def __str__(self) -> str:
        return f"{self.series}-{self.year}: {self.last}"
