"""What a page of paths is about: its cases, their paths, the tally of them, and what everything is called."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Max
from django.urls import reverse
from django.utils.translation import gettext as _

from servicedesk.accounts.models import Office
from servicedesk.desk.models import Step
from servicedesk.desk.models.case import CaseQuerySet
from servicedesk.desk.wording import spoken
from servicedesk.reports import standing
from servicedesk.reports.paths.handling import handling_codes
from servicedesk.reports.paths.marks import Codes
from servicedesk.reports.paths.reading import BEGIN, END, MOST, STILL, Path, newest, paths_of
from servicedesk.reports.paths.tally import Tally, tallied
from servicedesk.reports.scope import Scope
from servicedesk.reports.tables import Number

BY_SUBMISSION, BY_CLOSING = "submitted", "closed"
EVERY, COMMON = "all", "common"
# The commonest paths that make so much of the cases are the usual ones.
USUAL = 0.8


def cases_of(scope: Scope, by: str) -> CaseQuerySet:
    """The cases submitted in the period, or those closed in it."""
    return scope.cases().filter(standing.closed(scope) if by == BY_CLOSING else standing.received(scope))


@dataclass(frozen=True)
class Stop:
    """A step as it stands in the map: its code and label, what it waits for, and its place in the kind."""

    code: str
    label: str
    after: Sequence[str]
    position: int
    holder: str


@dataclass(frozen=True)
class Shown:
    """`left_out` cases of the scope are older than the newest MOST and were not read; `rare` ones go ways
    that are not among the usual, where only these are asked for."""

    scope: Scope
    codes: Codes
    paths: Sequence[Path]
    left_out: int
    rare: int
    tally: Tally

    def number(self, mark: str) -> Number:
        """How many cases have the mark, linked to exactly these."""
        return Number(
            self.tally.cases[mark], f"{reverse('reports:path-cases')}?{self.scope.query(mark=mark)}"
        )


def read(scope: Scope, by: str, show: str, most: int = MOST) -> tuple[list[Path], int, int]:
    """The paths to show, how many cases were too old to be read, and how many go a rare way."""
    cases = cases_of(scope, by)
    paths = list(paths_of(newest(cases, most), scope.at))
    left_out = cases.count() - len(paths) if len(paths) >= most else 0
    if show != COMMON:
        return paths, left_out, 0
    usual = usual_of(paths)
    kept = [path for path in paths if path.way in usual]
    return kept, left_out, len(paths) - len(kept)


def usual_of(paths: Sequence[Path]) -> set[tuple[str, ...]]:
    """The commonest ways that together make USUAL of the paths; ways as common as the last of them too."""
    found: set[tuple[str, ...]] = set()
    reached, last = 0, 0
    for way, n in Counter(path.way for path in paths).most_common():
        if reached >= USUAL * len(paths) and n < last:
            break
        found.add(way)
        reached, last = reached + n, n
    return found


def shown(scope: Scope, by: str, show: str) -> Shown:
    paths, left_out, rare = read(scope, by, show)
    codes = handling_codes(scope.kind) if scope.kind else None
    return Shown(scope, codes, paths, left_out, rare, tallied(paths, codes))


def stops_of(scope: Scope, by: str) -> dict[str, Stop]:
    """Each step's code with its newest label, in the order of the kind; in one query."""
    keys = newest(cases_of(scope, by))
    last = (
        Step.objects.filter(case__in=keys).order_by().values("code").annotate(last=Max("pk")).values("last")
    )
    rows: Any = Step.objects.filter(pk__in=last).order_by("position", "code")
    return {
        row.code: Stop(row.code, spoken(row.label), tuple(row.after), row.position, row.holder)
        for row in rows
    }


def office_names() -> dict[int, str]:
    return {office.pk: office.title() for office in Office.objects.order_by()}


def way_words(way: Sequence[str], stops: dict[str, Stop]) -> list[str]:
    """The steps of a way by name; what comes several times running, once with its number."""
    found: list[tuple[str, int]] = []
    for code in way:
        if found and found[-1][0] == code:
            found[-1] = (code, found[-1][1] + 1)
        else:
            found.append((code, 1))
    return [stop_words(code, stops) + (f" ×{n}" if n > 1 else "") for code, n in found]


def stop_words(code: str, stops: dict[str, Stop]) -> str:
    ends = {BEGIN: _("Submission"), END: _("Closing"), STILL: _("still under way")}
    return ends.get(code) or (stops[code].label if code in stops else code)
