"""The rush: a policy window opens. gunicorn, a worker with its beat, PostgreSQL and Redis as they are run;
20 submissions and 60 other dynamic requests a second, then three times as many.

The crowd is a pair of processes beside the server on the same machine; what they use is said, not counted.
Requests are sent when they are due, whether or not earlier ones were answered, and waiting for a free line
counts as waiting for the answer."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from typing import Any

from servicedesk.accounts.models import User
from servicedesk.desk.models import Case
from tests.benchmarks.crowd import SUBMISSIONS, TRIED
from tests.benchmarks.desk import Desk, session_of
from tests.benchmarks.measuring import MORE, Measured, percentile
from tests.benchmarks.server import ROOT, child, web, worker

CROWDS, LINES = 2, 48
# Twice the requests let in at once, and some to say no with.
THREADS = 20


def rush(desk: Desk, seconds: int) -> Iterator[Measured]:
    users = User.objects.filter(username__startswith="bulk-company-").order_by("pk")[: CROWDS * LINES]
    sessions = [session_of(user) for user in users]
    with web(2, THREADS) as port, child(worker()):
        for name, times in (("rush", 1), ("rush_threefold", 3)):
            before = Case.objects.submitted().count()
            done = _crowds(port, sessions, times, seconds)
            yield from _judged(name, done, Case.objects.submitted().count() - before, seconds)
            time.sleep(5)


def _crowds(port: int, sessions: list[str], times: int, seconds: int) -> dict[str, Any]:
    told = {"port": port, "times": times / CROWDS, "seconds": seconds}
    programs = []
    for number in range(CROWDS):
        words = json.dumps(told | {"sessions": sessions[number::CROWDS], "seed": number})
        command = [sys.executable, "-m", "tests.benchmarks.crowd", words]
        programs.append(subprocess.Popen(command, cwd=ROOT, env=os.environ, stdout=subprocess.PIPE))
    answers = [json.loads(program.communicate()[0].splitlines()[-1]) for program in programs]
    return {
        "took": [each for answer in answers for each in answer["took"]],
        "statuses": sum((Counter(answer["statuses"]) for answer in answers), Counter()),
        "numbers": [each for answer in answers for each in answer["numbers"]],
        "silent": sum(answer["silent"] for answer in answers),
        "cpu": sum(answer["cpu"] for answer in answers),
    }


def _judged(name: str, done: dict[str, Any], stored: int, seconds: int) -> Iterator[Measured]:
    took, numbers, statuses = done["took"], done["numbers"], done["statuses"]
    kept = set(Case.objects.filter(number__in=numbers).values_list("number", flat=True))
    lost = len(numbers) - len(kept)
    refused = sum(count for status, count in statuses.items() if int(status) in TRIED)
    errors = done["silent"] + sum(n for status, n in statuses.items() if int(status) >= 500) - refused
    errors += statuses.get("429", 0)
    p50, p95, p99 = (percentile(took or [0.0], share) for share in (0.5, 0.95, 0.99))
    note = (
        f"{sum(statuses.values()) / seconds:.0f} requests/s answered, {refused / seconds:.1f}/s refused with "
        f"Retry-After; p50 {p50:.2f} s, p95 {p95:.2f} s; {len(numbers)} acknowledged, {stored} stored; the "
        f"crowd used {done['cpu'] / seconds:.0%} of a core"
    )
    yield Measured(f"{name}_p99", p99, "s", target=2 if name == "rush" else None, of="value", note=note)
    yield Measured(f"{name}_errors", errors, "requests", target=0, of="value")
    yield Measured(f"{name}_lost", lost, "cases", target=0, of="value")
    pace = len(numbers) / seconds
    wanted = SUBMISSIONS * 0.95 if name == "rush" else None
    yield Measured(f"{name}_pace", pace, "cases/s", target=wanted, of="value", better=MORE)
