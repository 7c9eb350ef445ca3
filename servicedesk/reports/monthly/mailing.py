"""Figures by mail on a schedule: the rows are the duty, a row is claimed by moving its moment on.

What is missed while nothing runs is made up for once, with the figures of that moment. The claim, the event
and the notices are one transaction; `delivery` carries the mail out by lease."""

from __future__ import annotations

import logging
from copy import copy
from datetime import datetime, timedelta

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import QueryDict
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import override

from servicedesk.accounts.models import User
from servicedesk.desk.notices import tell
from servicedesk.desk.quiet import usual_calendar
from servicedesk.desk.trail import chain_of_row, record
from servicedesk.reports import asking
from servicedesk.reports.forms import ScopeForm
from servicedesk.reports.mails import as_mail
from servicedesk.reports.models import ReportSchedule
from servicedesk.reports.monthly.slots import next_slot
from servicedesk.reports.report import Report
from servicedesk.reports.sections import BY_NAME, OVERVIEW, Section
from servicedesk.reports.tables import Rate

log = logging.getLogger(__name__)

SENT, STOPPED, MADE, RESUMED = "schedule_send", "schedule_stop", "schedule_make", "schedule_resume"
TEMPLATE = "scheduled_report"
BATCH = 50
# When a mail is tried again that could not be written.
PUT_OFF = timedelta(minutes=30)
Stopped = ReportSchedule.Stopped


def send_due(at: datetime) -> int:
    """Write the mail of every schedule that is due; return how many were written."""
    due = ReportSchedule.objects.filter(is_active=True, next_at__lte=at).order_by("next_at", "pk")
    return sum(_tried(row, at) for row in due.select_related("user")[:BATCH])


def _tried(row: ReportSchedule, at: datetime) -> bool:
    """One that fails is postponed, and the others go on."""
    try:
        return send(row, at)
    except Exception:  # the loop's edge: one person's choices must not silence the others
        log.exception("The scheduled report %s is put off.", row.pk)
        mine = ReportSchedule.objects.filter(pk=row.pk, is_active=True, next_at=row.next_at)
        mine.update(next_at=at + PUT_OFF)
        return False


def send(row: ReportSchedule, at: datetime) -> bool:
    """Claim the schedule and tell its person; of two runners the second gets False.

    Whoever may no longer read the figures gets nothing, and the schedule is stopped and says so. It is
    counted before the transaction begins: within one, nobody else could read figures until its end."""
    with override(row.language):
        report = report_for(row, at)
    return _sent(row, report, at)


@transaction.atomic
def _sent(row: ReportSchedule, report: Report | None, at: datetime) -> bool:
    following = next_slot(row, usual_calendar(), at)
    mine = ReportSchedule.objects.filter(pk=row.pk, is_active=True, next_at=row.next_at)
    if not mine.update(next_at=following):
        return False
    if report is None:
        ReportSchedule.objects.filter(pk=row.pk).update(
            is_active=False, next_at=None, stopped_for=Stopped.NO_RIGHT
        )
        record(chain_of_row(row), STOPPED, at=at, params={"for": Stopped.NO_RIGHT})
        return False
    facts = {"slot": row.next_at and row.next_at.isoformat(), "next": following.isoformat()}
    event = record(chain_of_row(row), SENT, at=at, params=facts)
    ReportSchedule.objects.filter(pk=row.pk).update(sent_at=at)
    # In the language asked for, whatever the person's own is.
    reader = copy(row.user)
    reader.language = row.language
    with override(row.language):
        words = context_of(row, report)
    tell(event, [reader], TEMPLATE, words, at)
    return True


def form_for(row: ReportSchedule, at: datetime) -> ScopeForm:
    """What the schedule asks for, with the rights its person has at that moment. Raises PermissionDenied."""
    reader = asking.reader_for(section_of(row), row.user, at)
    return ScopeForm(QueryDict(row.query), reader, at)


def section_of(row: ReportSchedule) -> Section:
    return BY_NAME.get(row.section, OVERVIEW)


def report_for(row: ReportSchedule, at: datetime) -> Report | None:
    """The figures as this person may read them at that moment, in the active language; None where they may
    not, or no longer about what they asked for."""
    # Read afresh: posts may have ended since.
    row.user = User.objects.get(pk=row.user_id)
    try:
        form = form_for(row, at)
    except PermissionDenied:
        return None
    return asking.report_of(section_of(row), form) if form.is_valid() else None


def context_of(row: ReportSchedule, report: Report) -> dict[str, object]:
    """What the mail says: the figures on top, the rates, the letter of the report, and where to look on."""
    section = section_of(row)
    subject, text, _html = as_mail(report, section.title, [], settings.SITE_URL)
    return {
        "subject": subject,
        "head": [(str(words), str(number)) for _name, words, number in report.head],
        "rates": [(str(words), rate_words(rate)) for words, rate in report.rates],
        "text": text.removeprefix(subject).strip(),
        "link": f"{settings.SITE_URL}{reverse(f'reports:{section.name}')}?{row.query}",
        "stop": f"{settings.SITE_URL}{reverse('reports:schedules')}",
    }


def rate_words(rate: Rate) -> str:
    if not rate.whole.value:
        return str(rate)
    return _("%(rate)s (%(part)s of %(whole)s)") % {
        "rate": rate,
        "part": rate.part.value,
        "whole": rate.whole.value,
    }


@transaction.atomic
def make(row: ReportSchedule, at: datetime) -> ReportSchedule:
    """Save a new schedule with its first moment."""
    row.created_at, row.next_at = at, next_slot(row, usual_calendar(), at)
    row.save(force_insert=True)
    record(chain_of_row(row), MADE, at=at, by=row.user, params={"every": row.every, "query": row.query})
    return row


@transaction.atomic
def stop(row: ReportSchedule, by: User, at: datetime) -> bool:
    """End the mails; False where they had ended."""
    active = ReportSchedule.objects.filter(pk=row.pk, is_active=True)
    if not active.update(is_active=False, next_at=None, stopped_for=Stopped.BY_HAND):
        return False
    record(chain_of_row(row), STOPPED, at=at, by=by, params={"for": Stopped.BY_HAND})
    return True


@transaction.atomic
def resume(row: ReportSchedule, by: User, at: datetime) -> bool:
    """Begin anew with the next slot; False where the mails had not ended."""
    stopped = ReportSchedule.objects.filter(pk=row.pk, is_active=False)
    following = next_slot(row, usual_calendar(), at)
    if not stopped.update(is_active=True, next_at=following, stopped_for=""):
        return False
    record(chain_of_row(row), RESUMED, at=at, by=by, params={"next": following.isoformat()})
    return True
