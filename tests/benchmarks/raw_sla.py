"""The SLA page's figures by hand: what somebody who knows the tables would write in SQL, and nothing beside.

`run` asks the engine's tables alone, in eight questions, for all offices and every kind but the house's own,
or one kind. `of_page` says the same numbers as the report has them; a test compares the two."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from django.utils import timezone

from servicedesk.desk.registry import internal_kinds, own_terms
from servicedesk.reports import standing
from servicedesk.reports.counting import STANDING, Counted
from servicedesk.reports.percentiles import Times
from servicedesk.reports.scope import Scope
from servicedesk.reports.trend import Month

PASSED = """(k.stopped_by IN ('return_to_centre', 'transfer', 'recall')
  OR (k.stopped_by = 'ask_supplement' AND k.code <> 'check')
  OR k.stopped_by LIKE '%%:returned' OR k.stopped_by LIKE '%%:skipped')"""
RELEASED = f"(({PASSED} AND k.late IS FALSE) OR k.stopped_by = 'recall')"
OURS = "c.outcome NOT IN ('withdrawn', 'merged', 'unreached')"
ABOUT = "(c.kind = %(kind)s OR %(kind)s IS NULL AND c.kind <> ALL(%(internal)s))"
OFFICES = "(k.code <> ALL(%(own_codes)s) OR c.kind || '.' || k.code <> ALL(%(own)s))"
CLOCKS = "desk_clock k JOIN desk_case c ON c.id = k.case_id"
PROMISE = f"k.public AND {OFFICES} AND {ABOUT}"
OPEN = "c.submitted_at < %(end)s AND (c.closed_at IS NULL OR c.closed_at >= %(end)s)"
OPEN_NOW = "c.state IN ('submitted', 'supplementing', 'accepted', 'decided')"
CLOSED = "c.state = 'closed' AND c.closed_at >= %(since)s AND c.closed_at < %(end)s"
MONTH = "date_trunc('month', {} AT TIME ZONE %(zone)s)::date"

STANDS = f"""
SELECT c.office_id,
  count(*) FILTER (WHERE c.submitted_at >= %(since)s AND c.submitted_at < %(end)s) AS received,
  count(*) FILTER (WHERE {CLOSED}) AS closed,
  count(*) FILTER (WHERE {OPEN}) AS open,
  count(*) FILTER (WHERE {OPEN} AND c.id IN (SELECT k.case_id FROM {CLOCKS} WHERE
    (k.stopped_at IS NULL OR k.stopped_at >= %(end)s) AND k.due_at < %(end)s AND {OFFICES})) AS late,
  count(*) FILTER (WHERE {OPEN_NOW} AND c.id IN (SELECT k.case_id FROM {CLOCKS} WHERE
    k.stopped_at IS NULL AND k.due_at IS NULL AND k.public AND {OFFICES})) AS paused,
  count(*) FILTER (WHERE {OPEN_NOW} AND c.id IN (SELECT p.case_id FROM desk_pause p WHERE
    p.category = 'parked' AND p.until IS NULL
    AND (p.planned_until IS NULL OR p.planned_until > %(at)s))) AS parked,
  count(*) FILTER (WHERE {CLOSED} AND c.outcome = 'unreached') AS unreached,
  {{ages}}
FROM desk_case c WHERE c.state <> 'draft' AND {ABOUT} GROUP BY c.office_id
"""

JUDGED = f"""
WITH looked AS (
  SELECT k.id, k.case_id, k.office_id, c.kind, k.code, k.stopped_at,
    k.due_at >= %(since)s AND k.due_at < %(end)s AND NOT {RELEASED} AS due,
    (k.stopped_at IS NULL OR k.late) AS broken,
    k.stopped_at >= %(since)s AND k.stopped_at < %(end)s AND {RELEASED}
      AND k.stopped_by <> 'recall' AS passed_on
  FROM {CLOCKS}
  WHERE {PROMISE} AND {OURS} AND (k.due_at >= %(since)s AND k.due_at < %(end)s
    OR k.stopped_at >= %(since)s AND k.stopped_at < %(end)s)
), told AS (
  SELECT looked.*, (SELECT p.due_at FROM desk_promise p WHERE p.clock_id = looked.id AND p.due_at IS NOT NULL
    ORDER BY p.id LIMIT 1) AS first FROM looked WHERE due OR passed_on
)
SELECT office_id, kind, code,
  count(DISTINCT case_id) FILTER (WHERE due) AS due,
  count(DISTINCT case_id) FILTER (WHERE due AND broken) AS broken,
  count(DISTINCT case_id) FILTER (WHERE due
    AND (stopped_at > first OR stopped_at IS NULL AND first < %(at)s)) AS broken_first,
  count(DISTINCT case_id) FILTER (WHERE passed_on) AS passed_on
FROM told GROUP BY GROUPING SETS ((office_id), (kind, code), ())
"""

TIMES = "count(*), percentile_cont(ARRAY[0.5, 0.8, 0.95]) WITHIN GROUP (ORDER BY {}.used)"
LIMITS = f"""
SELECT c.kind, k.code, count(DISTINCT k.case_id), {TIMES.format("k")}
FROM {CLOCKS}
WHERE {PROMISE} AND {OURS} AND NOT {PASSED} AND k.used IS NOT NULL
  AND k.stopped_at >= %(since)s AND k.stopped_at < %(end)s
GROUP BY c.kind, k.code
"""
WHOLE = f"""
WITH longest AS (
  SELECT DISTINCT ON (k.case_id) c.office_id, k.used, k.stopped_at, c.outcome, c.state
  FROM {CLOCKS}
  WHERE {PROMISE} AND NOT {PASSED} AND k.used IS NOT NULL
  ORDER BY k.case_id, k.used DESC, k.id DESC
)
SELECT c.office_id, {TIMES.format("c")} FROM longest c
WHERE {OURS} AND c.state IN ('decided', 'closed') AND c.stopped_at >= %(since)s AND c.stopped_at < %(end)s
GROUP BY GROUPING SETS ((c.office_id), ())
"""

WORDS = f"""
SELECT office_id, count(*) AS answers, count(*) FILTER (WHERE outcome = 'solved') AS solved FROM (
  SELECT DISTINCT ON (s.case_id) s.office_id, s.outcome
  FROM desk_step s JOIN desk_case c ON c.id = s.case_id
  WHERE {ABOUT} AND s.holder = 'applicant' AND s.outcome IN ('solved', 'not_solved')
    AND s.done_at >= %(since)s AND s.done_at < %(end)s
  ORDER BY s.case_id, s.done_at DESC, s.id DESC) said
GROUP BY office_id
"""
RATINGS = f"""
SELECT c.office_id, count(*) AS rated, count(*) FILTER (WHERE d.rating >= 3) AS satisfied
FROM desk_case c JOIN enterprises_directlinematter d ON d.case_id = c.id
WHERE c.state <> 'draft' AND {ABOUT} AND c.kind = 'direct-line' AND d.rating IS NOT NULL
  AND d.rated_at >= %(since)s AND d.rated_at < %(end)s
  AND NOT EXISTS (SELECT 1 FROM enterprises_revisit r
    WHERE r.case_id = c.id AND r.at = d.rated_at AND r.level IS NOT NULL)
  AND NOT EXISTS (SELECT 1 FROM enterprises_badreview b JOIN desk_case bc ON bc.id = b.case_id
    WHERE b.of_id = c.id AND bc.submitted_at = d.rated_at AND NOT b.counts)
GROUP BY c.office_id
"""

FLOW = f"""
SELECT {MONTH.format("c.submitted_at")}, 'received', count(*) FROM desk_case c
WHERE c.state <> 'draft' AND {ABOUT} AND c.submitted_at >= %(first)s AND c.submitted_at < %(end)s GROUP BY 1
UNION ALL
SELECT {MONTH.format("c.closed_at")}, 'closed', count(*) FROM desk_case c
WHERE {ABOUT} AND c.state = 'closed' AND c.closed_at >= %(first)s AND c.closed_at < %(end)s GROUP BY 1
"""
# Not as distinct rows counted again: their hashes collide when parallel workers pass them on.
KEPT = f"""
SELECT {MONTH.format("k.due_at")}, count(DISTINCT k.case_id) AS due,
  count(DISTINCT k.case_id) FILTER (WHERE k.stopped_at IS NULL OR k.late) AS broken
FROM {CLOCKS}
WHERE {PROMISE} AND {OURS} AND NOT {RELEASED} AND k.due_at >= %(first)s AND k.due_at < %(end)s GROUP BY 1
"""


def run(cursor: Any, scope: Scope, first: datetime) -> dict[str, Any]:
    """Every figure of the page; `first` is where its trend begins. `cursor` is one of PostgreSQL's."""
    asked = _asked(scope, first)
    ages = [
        f"count(*) FILTER (WHERE {OPEN}{_band(band)}) AS age_{band}" for band in range(len(standing.BANDS))
    ]
    stands = _named(cursor, STANDS.format(ages=",\n  ".join(ages)), asked)
    judged = _rows(cursor, JUDGED, asked)
    names = ("due", "broken", "broken_first", "passed_on")
    times = {key: _times(found) for key, *found in _rows(cursor, WHOLE, asked)}
    return {
        "stands": stands,
        "offices": {row[0]: _told(names, row[3:]) for row in judged if row[0] is not None},
        "limits": {f"{row[1]}.{row[2]}": _told(names, row[3:]) for row in judged if row[1] is not None},
        "together": next(_told(names, row[3:]) for row in judged if row[0] is None and row[1] is None),
        "measured": {
            f"{kind}.{code}": (cases, _times(found))
            for kind, code, cases, *found in _rows(cursor, LIMITS, asked)
        },
        "times": {key: found for key, found in times.items() if key is not None},
        "time": times.get(None, Times()),
        "words": _named(cursor, WORDS, asked),
        "ratings": _named(cursor, RATINGS, asked),
        "trend": {(month, name): n for month, name, n in _rows(cursor, FLOW, asked)}
        | {
            (month, name): n
            for month, told in _named(cursor, KEPT, asked).items()
            for name, n in told.items()
        },
    }


def _asked(scope: Scope, first: datetime) -> dict[str, Any]:
    marks = {f"mark_{place}": mark for place, mark in enumerate(standing.borders(scope.end))}
    return marks | {
        "since": scope.since,
        "end": scope.end,
        "at": scope.at,
        "first": first,
        "kind": scope.kind.code if scope.kind else None,
        "internal": internal_kinds(),
        "own_codes": [code for _kind, code in own_terms()],
        "own": [f"{kind}.{code}" for kind, code in own_terms()],
        "zone": str(timezone.get_current_timezone()),
    }


def _band(band: int) -> str:
    younger = f" AND c.submitted_at > %(mark_{band})s" if band < len(standing.BANDS) - 1 else ""
    return younger + (f" AND c.submitted_at <= %(mark_{band - 1})s" if band else "")


def _rows(cursor: Any, sql: str, asked: dict[str, Any]) -> list[Any]:
    cursor.execute(sql, asked)
    rows: list[Any] = cursor.fetchall()
    return rows


def _named(cursor: Any, sql: str, asked: dict[str, Any]) -> dict[Any, dict[str, int]]:
    """Numbers by what stands in the first column; without rows of nothing."""
    rows = _rows(cursor, sql, asked)
    names = [column.name for column in cursor.description[1:]]
    return {key: told for key, *numbers in rows if (told := _told(names, numbers))}


def _told(names: Iterable[str], numbers: Sequence[int]) -> dict[str, int]:
    return {name: number for name, number in zip(names, numbers, strict=True) if number}


def _times(found: Sequence[Any]) -> Times:
    n, fractions = found
    return Times(n, *(fractions or (None, None, None)))


def of_page(found: Counted, months: Iterable[Month]) -> dict[str, Any]:
    """What the report says, in the same shape."""
    judged = ("due", "broken", "broken_first", "passed_on")

    def part(names: Iterable[str]) -> dict[Any, dict[str, int]]:
        every = {key: _some(row, names) for key, row in found.rows.items()}
        return {key: row for key, row in every.items() if row}

    return {
        "stands": part(STANDING),
        "offices": part(judged),
        "limits": {each.key: row for each in found.limits if (row := _some(each.numbers, judged))},
        "together": _some(found.total, judged),
        "measured": {
            each.key: (each.numbers["measured"], each.times)
            for each in found.limits
            if each.numbers["measured"]
        },
        "times": found.times,
        "time": found.time,
        "words": part(("answers", "solved")),
        "ratings": part(("rated", "satisfied")),
        "trend": {
            (month.first, name): number
            for month in months
            for name, number in (
                ("received", month.received),
                ("closed", month.closed),
                ("due", month.kept.whole),
                ("broken", month.kept.whole - month.kept.part),
            )
            if number
        },
    }


def _some(row: dict[str, int], names: Iterable[str]) -> dict[str, int]:
    return {name: row[name] for name in names if row.get(name)}
