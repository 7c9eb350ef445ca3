"""Who signs an answer 审签: the most specific row valid on the day."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime

from django.db.models import F

from servicedesk.desk.models import Case, SignOffRule
from servicedesk.desk.registry import kind_of
from servicedesk.desk.serving import today

KEPT = "_signer"


def signer_of(case: Case, at: datetime) -> str:
    """Who must sign this case's answer; the head where no row says otherwise."""
    kept: str | None = vars(case).get(KEPT)
    return kept if kept is not None else _signers([case], today(at))[0]


def know_signers(cases: Iterable[Case], at: datetime) -> None:
    """Learn at once who signs the answers of the cases a page shows, which it only reads."""
    rows = list(cases)
    for case, whom in zip(rows, _signers(rows, today(at)), strict=True):
        vars(case)[KEPT] = whom


def _signers(cases: list[Case], on: date) -> list[str]:
    subjects = [kind_of(case.kind).subject_of(case.opening) for case in cases]
    rows = SignOffRule.objects.valid(on).filter(subject__in=set(subjects))
    known = list(rows.order_by(F("office").asc(nulls_last=True), "-valid_from"))
    return [_first(known, subject, case.office_id) for subject, case in zip(subjects, cases, strict=True)]


def _first(rows: list[SignOffRule], subject: str, office: int) -> str:
    fits = (row for row in rows if row.subject == subject and row.office_id in {None, office})
    row = next(fits, None)
    return str(row.whom) if row else SignOffRule.Whom.HEAD
