"""What is counted, kept narrow: derived from the engine's tables by `deriving`, and from nothing else.

No foreign key is a constraint here: rows are written by the hundred thousand, and never before what they
point at. `manage.py rebuild_facts` makes all of it anew."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from servicedesk.accounts.models import Office
from servicedesk.desk.models import Case, Clock


def _to(model: type[models.Model], **more: Any) -> Any:
    return models.ForeignKey(
        model, models.DO_NOTHING, db_constraint=False, db_index=False, related_name="+", **more
    )


def _moment() -> Any:
    return models.DateTimeField(null=True)


class CaseFact(models.Model):
    """A submitted case: the columns of it that are counted."""

    case = models.OneToOneField(
        Case, models.DO_NOTHING, primary_key=True, db_constraint=False, related_name="+"
    )
    kind = models.CharField(max_length=40)
    office = _to(Office)
    against = _to(Office, null=True)
    submitted_at = _moment()
    closed_at = _moment()
    state = models.CharField(max_length=16)
    outcome = models.CharField(max_length=16)

    class Meta:
        verbose_name = _("counted case")
        verbose_name_plural = _("counted cases")
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["submitted_at"], name="casefact_by_submission"),
            models.Index(fields=["closed_at"], name="casefact_by_closing"),
        ]

    def __str__(self) -> str:
        return f"#{self.pk}"


class ClockFact(models.Model):
    """A promise to an applicant, judged: each moment is empty where the promise does not count so.

    `…_before_case` is when the same case had one such moment before; `…_before_office` the same at the same
    office, `…_before_limit` under the same limit. So the rows of a period whose one before lies outside of
    it are as many as its cases, whatever the period, and nobody has to tell the cases apart."""

    clock = models.OneToOneField(
        Clock, models.DO_NOTHING, primary_key=True, db_constraint=False, related_name="+"
    )
    case = models.ForeignKey(Case, models.DO_NOTHING, db_constraint=False, related_name="+")
    kind = models.CharField(max_length=40)
    code = models.CharField(max_length=40)
    office = _to(Office)
    # The office the case is with, whose time the case's own is.
    handling = _to(Office)
    against = _to(Office, null=True)
    # The last date told, of what somebody had to keep; broken when it had passed, missed when the first had.
    due_at = _moment()
    broken = models.BooleanField()
    missed = models.BooleanField()
    # The first date, where it lies behind the last one and the clock still runs: it is missed from then on.
    early_at = _moment()
    # When an office passed it on in time.
    passed_at = _moment()
    # When it was done with, and in how many working seconds; the longest one of an answered case leads.
    done_at = _moment()
    used = models.PositiveIntegerField(null=True)
    leads = models.BooleanField()
    due_before_case = _moment()
    due_before_office = _moment()
    due_before_limit = _moment()
    broken_before_case = _moment()
    broken_before_office = _moment()
    broken_before_limit = _moment()
    missed_before_case = _moment()
    missed_before_office = _moment()
    missed_before_limit = _moment()
    passed_before_case = _moment()
    passed_before_office = _moment()
    passed_before_limit = _moment()
    done_before_limit = _moment()

    class Meta:
        verbose_name = _("judged promise")
        verbose_name_plural = _("judged promises")
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["due_at"], name="clockfact_by_due"),
            models.Index(fields=["office", "due_at"], name="clockfact_by_office"),
            models.Index(fields=["done_at"], name="clockfact_by_end"),
            models.Index(fields=["done_at"], condition=Q(leads=True), name="clockfact_leading"),
            models.Index(
                fields=["passed_at"], condition=Q(passed_at__isnull=False), name="clockfact_passed_on"
            ),
            models.Index(fields=["due_at"], condition=Q(early_at__isnull=False), name="clockfact_early"),
        ]

    def __str__(self) -> str:
        return f"{self.kind}.{self.code} #{self.pk}"


class MonthTally(models.Model):
    """What the trend says of a whole month, of every office together; summed from the facts."""

    month = models.DateField()
    kind = models.CharField(max_length=40)
    against = models.ForeignKey(Office, models.DO_NOTHING, null=True, db_constraint=False, related_name="+")
    # By submission and by closing; cases with a date in the month, and those of them that broke one.
    received = models.IntegerField(default=0)
    closed = models.IntegerField(default=0)
    due = models.IntegerField(default=0)
    broken = models.IntegerField(default=0)

    class Meta:
        verbose_name = _("month's tally")
        verbose_name_plural = _("months' tallies")
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["month", "kind", "against"], name="one_tally_a_month", nulls_distinct=False
            ),
        ]

    def __str__(self) -> str:
        return f"{self.month:%Y-%m} {self.kind}"
