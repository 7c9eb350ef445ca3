"""Creation by form, beside a minimal Django view that inserts one row, on the same server."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from servicedesk.accounts.models import User
from servicedesk.desk.models import Case
from tests.benchmarks.desk import FEW, Desk, session_of
from tests.benchmarks.measuring import MORE, Measured
from tests.benchmarks.server import web
from tests.benchmarks.visitors import Visitor

CLIENTS, ROUNDS = 4, 3


def creation(desk: Desk) -> Iterator[Measured]:
    each = 40 if desk.cases >= FEW else 3
    users = User.objects.filter(username__startswith="bulk-company-").order_by("pk")[:CLIENTS]
    before = Case.objects.submitted().count()
    with web() as port, ThreadPoolExecutor(CLIENTS) as pool:
        visitors = [Visitor(port, session_of(user)) for user in users]
        rates: dict[str, list[float]] = {"minimal": [], "sent": [], "whole": []}
        for _ in range(ROUNDS):
            took, _none = together(pool, visitors, lambda one: _minimal(one, each))
            rates["minimal"].append(each * len(visitors) / took)
            drafted, drafts = together(pool, visitors, lambda one: [_draft(one) for _ in range(each)])
            pairs = list(zip(visitors, drafts, strict=True))
            took, _none = together(pool, pairs, lambda pair: _send(*pair))
            rates["sent"].append(each * len(visitors) / took)
            rates["whole"].append(each * len(visitors) / (took + drafted))
    made = Case.objects.submitted().count() - before
    if made != each * len(visitors) * ROUNDS:
        raise RuntimeError(f"{made} cases were made.")
    middle = {name: statistics.median(found) for name, found in rates.items()}
    note = (
        f"{CLIENTS} clients, gunicorn with 2 workers of 4 threads on this machine; the POST that makes the "
        f"case, beside a POST that inserts one row. With form and check page before it: "
        f"{middle['whole']:.1f} cases/s in three requests each"
    )
    yield Measured("creation", middle["sent"], "cases/s", middle["minimal"], 1 / 3, better=MORE, note=note)


def together(
    pool: ThreadPoolExecutor, them: Sequence[Any], does: Callable[[Any], Any]
) -> tuple[float, list[Any]]:
    began = time.perf_counter()
    done = list(pool.map(does, them))
    return time.perf_counter() - began, done


def _minimal(visitor: Visitor, count: int) -> None:
    for number in range(count):
        answer = visitor.ask("POST", "/minimal/", {"text": f"第{number}条：厂门口积水，货车进不来。"})
        if answer.status != 302:
            raise RuntimeError(f"The minimal view answers {answer.status}.")


def _draft(visitor: Visitor) -> tuple[str, dict[str, str]]:
    return visitor.draft("厂门口积水，货车进不来，请帮忙协调疏通。")


def _send(visitor: Visitor, drafts: list[tuple[str, dict[str, str]]]) -> None:
    for address, fields in drafts:
        answer = visitor.ask("POST", address, fields)
        if answer.status != 302 or not answer.location.endswith("/received/"):
            raise RuntimeError(f"The submission answers {answer.status} {answer.location}.")
