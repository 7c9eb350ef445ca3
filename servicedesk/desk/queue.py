"""The desk's queue: which cases a member of staff works with, and the tabs they fall into."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db import connections
from django.db.models import (
    CharField,
    Count,
    Exists,
    ExpressionWrapper,
    F,
    OuterRef,
    Prefetch,
    Q,
    prefetch_related_objects,
)
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from servicedesk.accounts.models import User
from servicedesk.desk.models import Case, Clock, Event, Step
from servicedesk.desk.models.case import CaseQuerySet
from servicedesk.desk.permissions import (
    Role,
    holds,
    is_dispatcher,
    parties_of,
    posts_of,
    reach,
    sees_all,
    stands_for,
    today,
    visible_to,
)
from servicedesk.desk.registry import own_terms

OPEN = ~Q(state__in=[Case.State.DRAFT, Case.State.CLOSED])
SERVES = frozenset({Role.OFFICER, Role.HEAD, Role.DISPATCHER, Role.LEADER})
# A tab with more counts no further; an office with fewer cases is searched by its cases.
MOST_COUNTED = 1000
# Whoever sees no more open cases than these has all tabs counted together.
MOST_TOGETHER = 1500
FEW = 1000
# A case has several steps at an office.
MOST_STEPS = 8 * FEW


def cases_of_desk(user: User, at: datetime) -> CaseQuerySet:
    """Cases the user meets as staff. The matters of their own company they follow in the portal like
    anybody else, and see no internal note on them."""
    own = parties_of(user, today(at))
    found = visible_to(user, at).submitted()
    return found.exclude(Q(applicant__in=own) | Q(about__in=own)) if own else found


def serves_cases(user: User, at: datetime) -> bool:
    """Whether the user holds any post that has to do with cases."""
    return any(post.role not in post.WITHOUT_CASES for post in posts_of(user, today(at)))


def offices_of(user: User, at: datetime) -> set[int]:
    return reach(user, SERVES, today(at))


@dataclass(frozen=True)
class Tab:
    """One tab of the queue; `hot` ones are shown as a warning when they hold anything."""

    code: str
    label: str | Promise
    holds: Q
    hot: bool = False
    counted: bool = True
    # Whether it holds only what has a date: nothing without one need be looked for.
    dated: bool = False


def tabs_of(user: User, at: datetime) -> list[Tab]:
    """The tabs this user has, in their order."""
    mine = offices_of(user, at)
    near = Q(office__in=mine) if mine else Q()
    tomorrow = timezone.localtime(at).replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(days=1)
    tabs = [
        Tab("mine", _("Mine"), OPEN & Q(officer__in=stands_for(user, today(at)))),
        Tab("office", _("My office"), OPEN & Q(office__in=mine)),
        Tab("unclaimed", _("Unclaimed"), OPEN & near & Q(officer=None) & ~_to_dispatch()),
        Tab("today", _("Due today"), OPEN & _clock(due_at__gte=at, due_at__lt=tomorrow), dated=True),
        Tab("late", _("Late"), OPEN & is_late(at), hot=True, dated=True),
        Tab("paused", _("Paused"), OPEN & _clock(due_at=None)),
        Tab("waiting", _("Waiting for the applicant"), OPEN & Q(state__in=WAITING)),
        *(tab for asks, tab in _by_post(mine) if asks(user, at)),
        Tab("all", _("All"), Q(), counted=False),
    ]
    return [tab for tab in tabs if tab.code != "office" or mine]


WAITING = [Case.State.SUPPLEMENTING, Case.State.DECIDED]


def _by_post(mine: set[int]) -> list[tuple[Callable[[User, datetime], bool], Tab]]:
    """Tabs only some posts have work for."""
    drafted = Step.objects.filter(case=OuterRef("pk"), state=Step.State.RUNNING, outcome="drafted")
    raised = Event.objects.filter(case=OuterRef("pk"), verb="escalate")
    here = OPEN & Q(office__in=mine)
    return [
        (_dispatches, Tab("dispatch", _("To dispatch"), _to_dispatch(), hot=True)),
        (_signs, Tab("signing", _("To sign"), here & Q(Exists(drafted)), hot=True)),
        (_leads, Tab("raised", _("Escalated"), here & Q(Exists(raised)), hot=True)),
        (serves_cases, Tab("back", _("Came back"), OPEN & Q(Exists(_again_here(mine))))),
    ]


def _dispatches(user: User, at: datetime) -> bool:
    return is_dispatcher(user, today(at))


def _signs(user: User, at: datetime) -> bool:
    return any(holds(user, role, today(at)) for role in (Role.HEAD, Role.LEADER))


def _leads(user: User, at: datetime) -> bool:
    return holds(user, Role.LEADER, today(at))


def _to_dispatch() -> Q:
    """Submitted and still with the office that received it, its first step running."""
    first = Step.objects.filter(case=OuterRef("pk"), state=Step.State.RUNNING, code="dispatch")
    return Q(state=Case.State.SUBMITTED) & Q(Exists(first))


def _again_here(offices: set[int]) -> Any:
    """A running step that these offices have had in hand before: a redo, or a return to the centre."""
    before = Step.objects.filter(
        case=OuterRef("case"), code=OuterRef("code"), office=OuterRef("office"), round__lt=OuterRef("round")
    )
    running = Step.objects.filter(case=OuterRef("pk"), state=Step.State.RUNNING, round__gt=1)
    return running.filter(Exists(before), office__in=offices)


def is_late(at: datetime) -> Q:
    """Past a due moment of an office's; a term of the applicant's own is no lateness of ours."""
    kind = ExpressionWrapper(OuterRef("kind"), output_field=CharField())
    late: Any = Clock.objects.overdue(at).filter(case=OuterRef("pk")).annotate(of_kind=kind)
    for kind_code, code in sorted(own_terms()):
        # By the kind of the case outside: asked through the clock, it would be joined once more.
        late = late.exclude(of_kind=kind_code, code=code)
    return Q(Exists(late))


def _clock(**conditions: Any) -> Q:
    return Q(Exists(Clock.objects.running().filter(case=OuterRef("pk"), **conditions)))


def counts(cases: CaseQuerySet, tabs: list[Tab], *, all_seen: bool = False) -> dict[str, int]:
    """How many of the cases each tab holds, and never more than `MOST_COUNTED` of each: a desk that sees the
    whole city (`all_seen`) need not count it to know that there is much. Whoever sees few open ones has them
    found once, and all tabs counted among them in one pass."""
    counted = [tab for tab in tabs if tab.counted]
    if all_seen:
        return _each_counted(cases, counted)
    among = Case.objects.filter(pk__in=cases.open().order_by().values("pk")[: MOST_TOGETHER + 1]).order_by()
    asked = {f"in_{tab.code}": Count("pk", filter=tab.holds) for tab in counted}
    found = among.aggregate(among=Count("pk"), **asked)
    if found["among"] > MOST_TOGETHER:
        return _each_counted(cases, counted)
    return {tab.code: min(found[f"in_{tab.code}"], MOST_COUNTED) for tab in counted}


def _each_counted(cases: CaseQuerySet, counted: list[Tab]) -> dict[str, int]:
    """The same tab by tab, each as far as it is counted, in one query."""
    asked: list[str] = []
    params: list[Any] = []
    for tab in counted:
        rows = cases.open().filter(tab.holds).order_by().values("pk")[:MOST_COUNTED]
        try:
            sql, given = rows.query.sql_with_params()
        except EmptyResultSet:
            sql, given = "SELECT 1 WHERE 1 = 0", ()
        asked.append(f"(SELECT COUNT(*) FROM ({sql}) AS found)")  # noqa: S608 (a query of our own)
        params += given
    if not asked:
        return {}
    with connections[cases.db].cursor() as cursor:
        cursor.execute(f"SELECT {', '.join(asked)}", params)
        numbers = cursor.fetchone()
    return {tab.code: number for tab, number in zip(counted, numbers, strict=True)}


def number_words(number: int) -> str:
    """The number as a tab shows it."""
    return str(number) if number < MOST_COUNTED else f"{MOST_COUNTED - 1}+"


def narrowed(cases: CaseQuerySet, user: User, at: datetime) -> CaseQuerySet:
    """The same cases of somebody whose offices have few, found by their offices: walking through everything
    there ever was until a page of theirs is together would take long. `cases` are of `cases_of_desk`."""
    offices = reach(user, frozenset({Role.OFFICER, Role.HEAD, Role.LEADER}), today(at))
    if sees_all(user, today(at)) or not offices:
        return cases
    own = Case.objects.filter(office__in=offices).order_by().values_list("pk", flat=True)
    part = Step.objects.filter(office__in=offices).order_by().values_list("case", flat=True)
    keys = list(own[: FEW + 1])
    steps = list(part[: MOST_STEPS + 1]) if len(keys) <= FEW else []
    if len(keys) > FEW or len(steps) > MOST_STEPS:
        return cases
    return cases.filter(pk__in={*keys, *steps})


def with_rows(cases: CaseQuerySet) -> CaseQuerySet:
    """With everything a row of the queue shows, in few queries."""
    return cases.select_related("applicant", "office", "officer").prefetch_related(*_parts())


def _parts() -> list[Prefetch]:
    clocks = Clock.objects.running().order_by(F("due_at").asc(nulls_last=True), "pk")
    steps = Step.objects.filter(state__in=[Step.State.RUNNING, Step.State.PAUSED]).order_by("position", "pk")
    return [
        Prefetch("clocks", clocks, to_attr="running_clocks"),
        Prefetch("steps", steps, to_attr="current_steps"),
    ]


def complete(rows: list[Any]) -> list[Any]:
    """Rows of a page with what they show besides, as `with_rows` and `with_standstills` give it."""
    if rows:
        prefetch_related_objects(rows, *_parts())
    return with_standstills(rows)


def with_standstills(rows: list[Any]) -> list[Any]:
    """The rows with what a clock that stands still needs to be read; no query where none does."""
    still = [clock for row in rows if (clock := nearest_clock(row)) and clock.due_at is None]
    if still:
        prefetch_related_objects(still, "extensions")
        prefetch_related_objects([clock.case for clock in still], "pauses")
    return rows


def nearest_clock(case: Any) -> Clock | None:
    """The clock that matters now of a case loaded `with_rows`: the first due, else one that stands still."""
    return case.running_clocks[0] if case.running_clocks else None


# --- nothing there ---------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Nothing:
    """What an empty list says, and what there is to do about it."""

    words: str | Promise
    url: str = ""
    label: str | Promise = ""


ELSEWHERE = Nothing(_("Nothing matches. Take a filter away, or search for something else."))
NOTHING = {
    "mine": Nothing(
        _("Nothing is in your hands. See whether your office has something to claim."),
        "?tab=unclaimed",
        _("Unclaimed matters"),
    ),
    "office": Nothing(_("Your office has nothing open. New matters appear here by themselves.")),
    "unclaimed": Nothing(_("Everything is claimed. Go on with what is yours."), "?tab=mine", _("My matters")),
    "today": Nothing(
        _("Nothing more is due today. Look at what comes next."), "?tab=office", _("By the next due moment")
    ),
    "late": Nothing(_("Nothing is late.")),
    "paused": Nothing(_("No clock stands still.")),
    "waiting": Nothing(_("Nobody owes the desk an answer.")),
    "dispatch": Nothing(_("Everything is dispatched. What comes in next appears here by itself.")),
    "signing": Nothing(_("No answer waits for a signature.")),
    "raised": Nothing(_("Nothing has been put before you.")),
    "back": Nothing(_("Nothing came back.")),
    "all": Nothing(_("There is no matter you may see yet.")),
}


def nothing_in(tab: Tab, *, filtered: bool) -> Nothing:
    return ELSEWHERE if filtered else NOTHING.get(tab.code, ELSEWHERE)
