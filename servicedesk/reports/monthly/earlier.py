"""The section of a monthly report that corrects what earlier ones of the same scope said 更正."""

from __future__ import annotations

from datetime import date

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from servicedesk.accounts.models import Office
from servicedesk.reports.models import ReportCorrection
from servicedesk.reports.monthly import cells
from servicedesk.reports.monthly.cells import Stored
from servicedesk.reports.monthly.naming import cell_words, figure_words
from servicedesk.reports.periods import moved

LOOKS_BACK = 12
# A single case moves a figure of each table; the page of the earlier report has them all.
SHOWN = 40


def earlier_table(month: date, office: Office | None, kind: str) -> Stored:
    """What frozen reports of the twelve months before said, and what is counted now."""
    rows = ReportCorrection.objects.filter(
        ended_at=None,
        report__office=office,
        report__kind=kind,
        report__month__gte=moved(month, -LOOKS_BACK),
        report__month__lt=month,
    )
    lines = [
        _line(row) for row in rows.select_related("report", "by").order_by("report__month", "pk")[:SHOWN]
    ]
    columns = [
        _("Figure"),
        pgettext("figure", "Reported"),
        pgettext("figure", "Now"),
        _("Noticed"),
        _("Reason"),
    ]
    note = _("Figures of earlier reports that the cases now tell otherwise. Those reports stay as they are.")
    return cells.table("corrections", _("Corrections"), _("Report"), columns, lines, note)


def _line(row: ReportCorrection) -> Stored:
    said = [
        cell_words(row.report.content["names"], row.cell),
        figure_words(row.cell, row.reported),
        figure_words(row.cell, row.found),
        f"{timezone.localtime(row.noticed_at):%Y-%m-%d}",
        reason_words(row),
    ]
    return cells.line(str(row.report), [cells.text(each) for each in said], row.cell)


def reason_words(row: ReportCorrection | None) -> str:
    """The reason with the name of who gave it; without one it is said that there is none."""
    if row is None or not row.reason:
        return _("Unexplained difference")
    return _("%(reason)s (%(name)s)") % {"reason": row.reason, "name": row.by}
