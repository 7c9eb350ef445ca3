"""Broken promises one by one, with what the record says of why; and how often it says so."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db.models import BooleanField, ExpressionWrapper
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from servicedesk.clock import elapsed_seconds
from servicedesk.desk.calendars import calendar_of, current_version
from servicedesk.desk.models import Clock, Event
from servicedesk.desk.queue import cases_of_desk
from servicedesk.desk.wording import spoken
from servicedesk.reports import promises, reasons
from servicedesk.reports.countable import by_group, in_all
from servicedesk.reports.figures import label
from servicedesk.reports.percentiles import used_words
from servicedesk.reports.report import Asked, Report, numbered, numbers_of, rows_of
from servicedesk.reports.scope import Scope
from servicedesk.reports.tables import Cell, Column, Line, Linking, Said, Table, counts

TOTAL = _("Together")
WHY = tuple(f"why-{name}" for name in reasons.CONDITIONS)
FIGURES = ("broken", WHY[0])
# As many are listed, the latest dates first; the figure above leads to all.
MOST = 100
LONGEST_WORDS = 120


def breaches(asked: Asked) -> Report:
    """How often the record says what, by row; and the list."""
    scope = asked.scope
    rows = rows_of(scope, by_group(scope, reasons.TALLIES))
    total = Linking(scope, in_all(scope, reasons.TALLIES))
    listed, more = _listed(asked)
    remarks = [
        _(
            "A reason is what the matter's record shows while the promise ran: somebody was asked, papers "
            "were missing, time was granted or refused. Where nothing is recorded, that is said."
        )
    ]
    return Report(
        scope=scope,
        head=[(name, label(name), total.number(name)) for name in ("broken",)]
        + [(name, reasons.LABELS[name.removeprefix("why-")], total.number(name)) for name in WHY[-2:]],
        tables=[
            Table(
                name="reasons",
                title=_("What the record says"),
                first=asked.first,
                columns=[*counts("broken"), *(Column(said) for said in reasons.LABELS.values())],
                lines=numbered(rows, "broken", *WHY),
                total=Line(str(TOTAL), numbers_of(total, "broken", *WHY)),
                note=_("Several may be true of one matter, so these are no parts of a whole."),
            ),
            _list_table(scope, listed, more),
        ],
        figures=FIGURES,
        remarks=remarks,
    )


def _listed(asked: Asked) -> tuple[list[Clock], bool]:
    """The latest broken promises on matters the reader may open, and whether there are more."""
    scope = asked.scope
    flags = {f"why_{name}": condition(scope) for name, condition in reasons.CONDITIONS.items()}
    found = promises.broken_last(scope).filter(
        case__in=cases_of_desk(asked.reader.user, scope.at).values("pk")
    )
    keys = list(found.order_by("-due_at", "-pk").values_list("pk", flat=True)[: MOST + 1])
    rows = Clock.objects.filter(pk__in=keys[:MOST]).select_related("case__office", "case__officer", "office")
    marked = rows.annotate(**{name: _flag(condition) for name, condition in flags.items()})
    return list(marked.order_by("-due_at", "-pk")), len(keys) > MOST


def _flag(condition: Any) -> Any:
    return ExpressionWrapper(condition, output_field=BooleanField())


def _list_table(scope: Scope, clocks: Sequence[Clock], more: bool) -> Table:
    told, version = _told(scope, clocks), current_version()
    note = _("Only matters that are yours to open; late by office time, of what still runs up to now.")
    return Table(
        name="breaches",
        title=_("Broken promises, the latest first"),
        first=_("Matter"),
        columns=[
            Column(_("Promise")),
            Column(pgettext_lazy("staff", "Office")),
            Column(pgettext_lazy("staff", "Officer")),
            Column(pgettext_lazy("promises", "Last date told")),
            Column(pgettext_lazy("promises", "Late by")),
            Column(_("What the record says")),
        ],
        lines=[_line(version, scope, clock, told.get(clock.pk, {})) for clock in clocks],
        note=_("The latest %(n)d of them. %(note)s") % {"n": MOST, "note": note} if more else note,
        is_list=True,
    )


def _line(version: int, scope: Scope, clock: Clock, told: dict[str, str]) -> Line:
    case = clock.case
    officer = str(case.officer) if case.officer and clock.office_id == case.office_id else "—"
    cells: list[Cell] = [
        Said(spoken(clock.label)),
        Said(clock.office.title()),
        Said(officer),
        Said(_moment(clock.due_at)),
        Said(_late_words(version, clock, scope.at)),
        Said(_why(clock, told)),
    ]
    return Line(str(case.number), cells, reverse("admin:desk_case_change", args=[case.pk]), case.title)


def _moment(at: datetime | None) -> str:
    return f"{timezone.localtime(at):%Y-%m-%d %H:%M}" if at else "—"


def _late_words(version: int, clock: Clock, at: datetime) -> str:
    """Office time between the last date told and its fulfilment, or now."""
    end = clock.stopped_at or at
    if clock.due_at is None or end <= clock.due_at:
        return "—"
    words = used_words(elapsed_seconds(calendar_of(clock.office_id, version), clock.due_at, end))
    return words if clock.stopped_at else str(_("%(time)s, not done yet")) % {"time": words}


def _why(clock: Clock, told: dict[str, str]) -> str:
    """What the record shows, with the words given for it."""
    found = [name for name in reasons.CONDITIONS if getattr(clock, f"why_{name}")]
    said = [f"{reasons.LABELS[name]}{f' ({told[name]})' if told.get(name) else ''}" for name in found]
    return "; ".join(said)


def _told(scope: Scope, clocks: Sequence[Clock]) -> dict[int, dict[str, str]]:
    """The words last given with each reason, by clock; in one query."""
    of_verb = {verb: reason.name for reason in reasons.REASONS for verb in reason.verbs}
    # A call's text holds a telephone number, and a consultation's the question asked.
    quiet = {"contact", "consult", "join"}
    events = Event.objects.filter(case__in=[clock.case_id for clock in clocks], verb__in=set(of_verb) - quiet)
    by_case: dict[int | None, list[Event]] = defaultdict(list)
    for event in events.order_by("case", "seq").only("case", "verb", "at", "body"):
        by_case[event.case_id].append(event)
    found: dict[int, dict[str, str]] = {}
    for clock in clocks:
        end = clock.stopped_at or scope.at
        for event in by_case[clock.case_id]:
            if clock.started_at <= event.at <= end and event.body:
                found.setdefault(clock.pk, {})[of_verb[event.verb]] = event.body[:LONGEST_WORDS]
    return found
