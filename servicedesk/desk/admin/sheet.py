"""The queue as a table to take along."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from servicedesk.accounts.models import User
from servicedesk.desk.cells import as_csv
from servicedesk.desk.masks import masked, masked_text
from servicedesk.desk.models import Case, Party
from servicedesk.desk.registry import kind_of, kinds
from servicedesk.desk.trail import chain_of_user, record

MOST_ROWS = 20_000
CHUNK = 500


def case_sheet(cases: QuerySet[Case], user: User, at: datetime) -> HttpResponse:
    """The cases as CSV; that they were taken along is logged on the user's chain."""
    dimensions = {name: (path, label) for kind in kinds() for name, path, label in kind.dimensions}
    related = [path for path, _label in dimensions.values()]
    rows = cases.select_related("applicant", "office", "officer", *related)[:MOST_ROWS]
    count = min(cases.count(), MOST_ROWS)
    log_export(user, at, count)
    header = [*titles(), *(str(label) for _path, label in dimensions.values())]
    response = HttpResponse(as_csv([header, *_rows(rows, related)]), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="cases-{timezone.localtime(at):%Y%m%d-%H%M}.csv"'
    return response


@transaction.atomic
def log_export(user: User, at: datetime, count: int) -> None:
    User.objects.select_for_update().get(pk=user.pk)
    record(chain_of_user(user), "export", at=at, by=user, params={"of": "cases", "rows": count})


def _rows(cases: Iterable[Any], paths: Sequence[str]) -> Iterator[list[Any]]:
    for case in cases:
        yield [
            case.number,
            masked_text(case.title),
            kind_of(case.kind).label,
            shown_name(case.applicant),
            case.get_state_display(),
            case.get_outcome_display(),
            case.office.title(),
            case.officer or "",
            local(case.submitted_at),
            local(case.accepted_at),
            local(case.nearest),
            local(case.closed_at),
            *(along(case, path) for path in paths),
        ]


def shown_name(party: Party) -> str:
    """A table leaves the house: a natural person is masked in it, whoever takes it along."""
    return party.name if party.sort == Party.Sort.COMPANY else masked(party.name, "name")


def titles() -> list[str]:
    return [
        _("number"),
        _("title"),
        _("kind"),
        _("company"),
        _("state"),
        _("outcome"),
        _("office"),
        _("officer"),
        pgettext("moment", "received"),
        pgettext("moment", "accepted"),
        _("due"),
        pgettext("moment", "closed"),
    ]


def local(moment: datetime | None) -> str:
    return f"{timezone.localtime(moment):%Y-%m-%d %H:%M}" if moment else ""


def along(row: Any, path: str) -> Any:
    """The value at the end of a lookup path; nothing where a part of the way is missing."""
    for part in path.split("__"):
        row = getattr(row, part, None)
    return row
