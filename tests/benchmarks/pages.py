"""What is looked at: queue, search, workbench, reports, and the list as a file."""

from __future__ import annotations

import resource
import time
from collections.abc import Callable, Iterator
from urllib.parse import urlencode

from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from servicedesk.desk.models import Case
from servicedesk.reports import asking
from servicedesk.reports.forms import ScopeForm
from servicedesk.reports.sections import OVERVIEW
from servicedesk.reports.trend import trend
from tests.benchmarks import raw_sla
from tests.benchmarks.desk import FEW, Desk, page
from tests.benchmarks.measuring import Measured, beside, median, percentile, times

QUEUE = "admin:desk_case_changelist"
# A frequent word, a rarer one, two of them, letters and digits, and the head of a number.
SOUGHT = ("车间", "焊工", "青岛 土地证", "二级市政", "ZT-2025-00")
RUNS_OF_P99 = 100


def at_few(desk: Desk) -> None:
    """What is held against the same at many."""
    for name, user in (("all", desk.manager), ("own", desk.officer)):
        client, address = desk.client(user), _queue(name)
        desk.small[name] = median(lambda: page(client, address), 15, 3)  # noqa: B023 (called at once)


def _queue(tab: str) -> str:
    return reverse(QUEUE) + ("?tab=all" if tab == "all" else "")


def queue(desk: Desk) -> Iterator[Measured]:
    for name, user, stock in (
        ("all", desk.manager, "/stock/desk/case/"),
        ("own", desk.officer, "/stock/desk/opencase/"),
    ):
        client, beside_it = desk.client(user), desk.client(desk.manager)
        mine, theirs = beside(
            lambda: page(client, _queue(name)),  # noqa: B023
            lambda: page(beside_it, stock),  # noqa: B023
            desk.runs(15 if desk.cases < 200_000 else 9),
        )
        rows = "all cases" if name == "all" else "an officer's own tab, beside the stock list of open cases"
        yield Measured(f"queue_{name}", mine * 1000, "ms", theirs * 1000, 2.0, note=rows)
        if name in desk.small and desk.cases > FEW:
            few = desk.small[name] * 1000
            note = f"the same at {FEW} cases is the reference"
            yield Measured(f"queue_{name}_growth", mine * 1000, "ms", few, 2.0, note=note)
        with CaptureQueriesContext(connection) as asked:
            page(client, _queue(name))
        yield Measured(f"queue_{name}_queries", len(asked), "queries", target=14, of="value")


def search(desk: Desk) -> Iterator[Measured]:
    client = desk.client(desk.manager)
    took = {
        word: median(lambda: page(client, f"{_queue('all')}&q={word}"), 5)  # noqa: B023
        for word in SOUGHT
    }
    worst = max(took, key=lambda word: took[word])
    note = "the slowest of " + ", ".join(f"{word} {took[word] * 1000:.0f} ms" for word in SOUGHT)
    yield Measured("search", took[worst], "s", target=0.5, of="value", note=note)


def workbench(desk: Desk) -> Iterator[Measured]:
    client = desk.client(desk.manager)
    closed = Case.objects.filter(state=Case.State.CLOSED).latest("closed_at")
    addresses = [reverse("admin:desk_case_change", args=[each.pk]) for each in (desk.open_case(), closed)]
    most, took = 0, 0.0
    for address in addresses:
        took = max(took, median(lambda: page(client, address), desk.runs(9), desk.runs(3)))  # noqa: B023
        with CaptureQueriesContext(connection) as asked:
            page(client, address)
        most = max(most, len(asked))
    yield Measured("workbench_queries", most, "queries", target=25, of="value")
    yield Measured("workbench", took * 1000, "ms", note="the slower of an open case and a closed one")


def reports(desk: Desk) -> Iterator[Measured]:
    client = desk.client(desk.manager)
    since = desk.at.date().replace(year=desk.at.year - 4)
    asked = {"since": since.isoformat(), "until": desk.at.date().isoformat(), "kind": ""}
    whole = f"{reverse('reports:sla')}?{urlencode(asked)}"
    raw = _raw_sla(desk, asked)
    if raw is None:
        yield Measured("sla_page", median(lambda: page(client, whole), 5) * 1000, "ms")
    else:
        mine, theirs = beside(lambda: page(client, whole), raw, 5)
        note = "four years on one page, beside the plain SQL of the same figures over the engine's tables"
        yield Measured("sla_page", mine * 1000, "ms", theirs * 1000, 1.0, note=note)
    month = reverse("reports:sla")
    found = times(lambda: page(client, month), RUNS_OF_P99 if desk.cases > FEW else 10, 2)
    note = f"p99 of {len(found)}; the median is {percentile(found, 0.5) * 1000:.0f} ms"
    yield Measured(
        "report_month_p99", percentile(found, 0.99) * 1000, "ms", target=500, of="value", note=note
    )


def _raw_sla(desk: Desk, asked: dict[str, str]) -> Callable[[], object] | None:
    """The same question asked of the engine's own tables, by hand."""
    if connection.vendor != "postgresql":
        return None
    form = ScopeForm(asked, asking.reader_for(OVERVIEW, desk.manager, desk.at), desk.at)
    if not form.is_valid():
        raise RuntimeError(f"The report refuses {asked}.")
    scope = form.scope()
    first = trend(scope)[0].scope.since

    def work() -> None:
        with connection.cursor() as cursor:
            raw_sla.run(cursor, scope, first)

    return work


def export(desk: Desk) -> Iterator[Measured]:
    """All cases as CSV through the queue's own bulk verb, beside COPY of the same columns."""
    client = desk.client(desk.manager)
    address = _queue("all")
    data = {"action": "export_csv", "select_across": "1", "_selected_action": "1", "reason": "measuring"}
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    sizes = []

    def take() -> None:
        response = client.post(address, data | {"confirmed": "1"})
        if not response.streaming:
            raise RuntimeError(f"The file is not streamed: {response.status_code}.")
        sizes.append(sum(len(part) for part in response.streaming_content))

    began = time.perf_counter()
    take()
    mine = time.perf_counter() - began
    grown = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - memory) / 1024
    note = f"{sizes[-1] / 1e6:.0f} MB, {desk.cases / mine:.0f} cases/s; memory grew by {grown:.0f} MB"
    if connection.vendor == "postgresql":
        theirs = median(_copy, 3)
        yield Measured("csv", mine, "s", theirs, 4.0, note=note)
    else:
        yield Measured("csv", mine, "s", note=note)
    yield Measured("csv_memory", grown, "MB", target=100, of="value")


COPY = """
COPY (
    SELECT c.number, c.title, c.kind, p.name, c.state, c.outcome, o.name, u.name,
           c.submitted_at, c.accepted_at,
           (SELECT min(k.due_at) FROM desk_clock k WHERE k.case_id = c.id AND k.stopped_at IS NULL),
           c.closed_at, t.name, w.name, i.name
    FROM desk_case c
    JOIN desk_party p ON p.id = c.applicant_id
    JOIN accounts_office o ON o.id = c.office_id
    LEFT JOIN accounts_user u ON u.id = c.officer_id
    LEFT JOIN enterprises_directlinematter m ON m.case_id = c.id
    LEFT JOIN enterprises_topic t ON t.id = m.topic_id
    LEFT JOIN enterprises_town w ON w.id = m.town_id
    LEFT JOIN enterprises_industry i ON i.id = m.industry_id
    WHERE c.state <> 'draft'
) TO STDOUT (FORMAT csv)
"""


def _copy() -> None:
    with connection.cursor() as cursor, cursor.copy(COPY) as copy:
        for _part in copy:
            pass
