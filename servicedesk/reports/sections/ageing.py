"""How old what is open has become: bands by row, the usual ages, the oldest ten."""

from __future__ import annotations

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from servicedesk.clock import WorkCalendar
from servicedesk.desk.models import Case
from servicedesk.desk.queue import cases_of_desk
from servicedesk.reports import ages, counting, standing
from servicedesk.reports.figures import label
from servicedesk.reports.overview import age_table, open_table
from servicedesk.reports.percentiles import used_words
from servicedesk.reports.report import Asked, Report, rows_of
from servicedesk.reports.scope import Scope
from servicedesk.reports.tables import Column, Line, Linking, Said, Table

FIGURES = ("open", "late", "paused", "parked", "unreached", "age-0")
OLDEST = 10


def ageing(asked: Asked) -> Report:
    """Bands, ages and the oldest; what stands still, is parked or was not reached stands apart."""
    scope = asked.scope
    calendar = ages.city_calendar()
    stands = counting.standing_by_group(scope)
    rows, total = rows_of(scope, stands), Linking(scope, counting.summed(stands.values()))
    by_row = {key: found for (key,), found in ages.open_ages(calendar, scope, scope.group_of_facts()).items()}
    of_all = ages.open_ages(calendar, scope).get(())
    return Report(
        scope=scope,
        head=[
            (name, label(name), total.number(name))
            for name in ("open", "late", "paused", "parked", "unreached")
        ],
        tables=[
            age_table(asked.first, rows, total),
            open_table(asked.first, rows, total, by_row, of_all),
            _oldest(calendar, asked),
        ],
        figures=FIGURES,
    )


def _oldest(calendar: WorkCalendar, asked: Asked) -> Table:
    scope = asked.scope
    theirs = cases_of_desk(asked.reader.user, scope.at).values("pk")
    found = scope.cases().filter(standing.was_open(scope), pk__in=theirs)
    cases = found.select_related("office", "officer").order_by("submitted_at", "pk")[:OLDEST]
    return Table(
        name="oldest",
        title=_("The oldest ten"),
        first=_("Matter"),
        columns=[
            Column(pgettext_lazy("staff", "Office")),
            Column(pgettext_lazy("staff", "Officer")),
            Column(pgettext_lazy("matters", "Received")),
            Column(_("Age in office time")),
            Column(pgettext_lazy("of a matter", "State now")),
        ],
        lines=[_line(calendar, scope, case) for case in cases],
        note=_("Only matters that are yours to open."),
        is_list=True,
    )


def _line(calendar: WorkCalendar, scope: Scope, case: Case) -> Line:
    submitted = case.submitted_at or scope.end
    cells = [
        Said(case.office.title()),
        Said(str(case.officer) if case.officer else "—"),
        Said(f"{timezone.localtime(submitted):%Y-%m-%d}"),
        Said(used_words(ages.office_seconds(calendar, submitted, scope.end))),
        Said(str(case.get_state_display())),
    ]
    return Line(str(case.number), cells, reverse("admin:desk_case_change", args=[case.pk]), case.title)
