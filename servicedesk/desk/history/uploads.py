"""Files put up in the admin: kept until somebody says what to do with them, then taken in piece by piece, in
the request that began it and in the sweeps after it. The row is the schedule; a worker that dies loses it."""

from __future__ import annotations

import logging
import time
import uuid
from collections.abc import Iterable, Mapping
from dataclasses import asdict
from datetime import datetime, timedelta

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from servicedesk.accounts.models import User
from servicedesk.desk.errors import BadInput, DeskError
from servicedesk.desk.history.declaring import Fault, history_of
from servicedesk.desk.history.mapping import checked_mapping
from servicedesk.desk.history.sheets import Sheet, sheets_of
from servicedesk.desk.history.taking import Report, Taking
from servicedesk.desk.models import HistoryImport
from servicedesk.desk.rounds import register_round
from servicedesk.desk.trail import chain_of_row, record

log = logging.getLogger(__name__)
FOLDER = "history"
# What the request that begins an import does itself, and what each sweep does.
AT_ONCE, A_SWEEP = 5.0, 15.0
HELD = timedelta(minutes=2)
# What nobody decided about within this time goes again.
UNDECIDED = timedelta(days=1)
MOST_FAULTS = 2000
Stage = HistoryImport.Stage


def keep(data: bytes, name: str, kind: str, *, by: User, at: datetime) -> HistoryImport:
    """Keep a file that can be read as a table. Raises BadInput."""
    history_of(kind)
    sheets_of(data, name)
    path = default_storage.save(f"{FOLDER}/{uuid.uuid4().hex}", ContentFile(data))
    return HistoryImport.objects.create(kind=kind, name=name[-200:], path=path, by=by, at=at)


def sheets_in(job: HistoryImport) -> list[Sheet]:
    """Raises BadInput where the file is gone."""
    try:
        with default_storage.open(job.path) as file:
            return sheets_of(file.read(), job.name)
    except (OSError, ValueError) as error:
        raise BadInput(
            "file-gone", _("The uploaded file is no longer there. Please upload it again.")
        ) from error


def taking_of(job: HistoryImport, at: datetime, sheets: list[Sheet] | None = None) -> Taking:
    """Everything checked, nothing written. Raises BadInput."""
    declared = history_of(job.kind)
    mapping = checked_mapping(job.mapping, declared)
    return Taking(declared, sheets or sheets_in(job), job.name, mapping, sheet=job.sheet, at=at, by=job.by)


@transaction.atomic
def choose(job: HistoryImport, mapping: Mapping[str, str]) -> None:
    """Keep which column is what, while nothing has begun."""
    if HistoryImport.objects.filter(pk=job.pk, stage=Stage.WAITING).update(mapping=dict(mapping)):
        job.mapping = dict(mapping)


@transaction.atomic
def begin(job: HistoryImport, *, by: User, at: datetime) -> bool:
    """Let an upload that waits be taken in; return whether it was this call that began it."""
    begun = HistoryImport.objects.filter(pk=job.pk, stage=Stage.WAITING).update(stage=Stage.RUNNING)
    if begun:
        facts = {"file": job.name, "columns": job.mapping}
        record(chain_of_row(job), "import_history", at=at, by=by, params=facts)
    return bool(begun)


def discard(job: HistoryImport) -> None:
    """Take an upload away again that waits for a word."""
    if HistoryImport.objects.filter(pk=job.pk, stage=Stage.WAITING).delete()[0]:
        default_storage.delete(job.path)


def carry_on(pk: int, at: datetime, seconds: float) -> int:
    """Take in for so many seconds, unless somebody else is at it; return how many cases were made."""
    free = Q(held_until=None) | Q(held_until__lt=at)
    running = HistoryImport.objects.filter(pk=pk, stage=Stage.RUNNING)
    if not running.filter(free).update(held_until=at + HELD):
        return 0
    job = HistoryImport.objects.select_related("by").get(pk=pk)
    until = time.monotonic() + seconds
    try:
        taking = taking_of(job, at)
        report = taking.run(go_on=lambda: time.monotonic() < until)
    except DeskError as error:
        _end(job, Stage.FAILED, {"said": str(error)})
        return 0
    _note(job, report)
    if report.waiting == 0:
        _end(job, Stage.DONE, job.report)
    else:
        running.update(held_until=None, report=job.report)
    return report.imported


def _note(job: HistoryImport, report: Report) -> None:
    before = job.report
    imported = before.get("imported", 0) + report.imported
    failed = [*before.get("failed", []), *(asdict(each) for each in report.failed)]
    job.report = told(report) | {
        "imported": imported,
        "failed": failed,
        "already": before.get("already", report.already),
        "open": before.get("open", report.open),
    }


def told(report: Report) -> dict[str, object]:
    """A report as a row keeps it."""
    return {
        "total": report.total,
        "waiting": report.waiting,
        "open": report.open,
        "already": report.already,
        "imported": report.imported,
        "left_out": report.left_out,
        "faults": _rows(report.faults),
        "remarks": _rows(report.remarks),
    }


def _rows(faults: Iterable[Fault]) -> list[dict[str, object]]:
    ordered = sorted(faults, key=lambda fault: fault.row)
    return [asdict(fault) for fault in ordered[:MOST_FAULTS]]


def _end(job: HistoryImport, stage: str, report: dict[str, object]) -> None:
    """Close the book on an import; its file, full of other people's words, goes."""
    HistoryImport.objects.filter(pk=job.pk).update(
        stage=stage, report=report, ended_at=timezone.now(), held_until=None, path=""
    )
    if job.path:
        default_storage.delete(job.path)


@register_round
def continue_imports(at: datetime) -> int:
    """Go on with what is running, and forget what nobody decided about for a day."""
    for job in HistoryImport.objects.filter(stage=Stage.WAITING, at__lt=at - UNDECIDED):
        discard(job)
    running = HistoryImport.objects.filter(stage=Stage.RUNNING).order_by("pk")
    return sum(carry_on(pk, at, A_SWEEP) for pk in running.values_list("pk", flat=True))
