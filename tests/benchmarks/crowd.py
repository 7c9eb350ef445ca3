"""A process of visitors of the rush; knows nothing of the desk but its pages. Told what to do,
it says what came of it in a line of JSON."""

from __future__ import annotations

import json
import random
import resource
import sys
import threading
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any

from tests.benchmarks.visitors import Visitor

SUBMISSIONS, REQUESTS = 20, 60
PAGES = ("/matters/", "/", "/start/direct-line/", "/notices/")
TRIED = frozenset({429, 503})


@dataclass
class Crowd:
    """One process of visitors; `ready` are drafts whose sending is the next submission."""

    lines: list[Visitor]
    rng: random.Random
    took: list[float] = field(default_factory=list)
    statuses: Counter[str] = field(default_factory=Counter)
    numbers: list[str] = field(default_factory=list)
    silent: int = 0
    lock: threading.Lock = field(default_factory=threading.Lock)
    free: list[Visitor] = field(default_factory=list)
    ready: list[tuple[Visitor, str, dict[str, str]]] = field(default_factory=list)

    def submission(self, due: float) -> None:
        """Form, the page to check it, sending it: each request counts from when it was due."""
        visitor = self._line()
        try:
            seen = self.seen(due)
            address, fields = visitor.draft("厂门口积水，货车进不来，请帮忙协调。", seen)
            if not address:
                return
            answer = seen(visitor.ask("POST", address, fields))
            if answer.status == 302 and answer.location.endswith("/received/"):
                with self.lock:
                    self.numbers.append(answer.location.split("/")[2])
        except OSError:
            self._silent()
        finally:
            self._back(visitor)

    def look(self, due: float) -> None:
        visitor = self._line()
        try:
            self.seen(due)(visitor.get(self.rng.choice(PAGES)))
        except OSError:
            self._silent()
        finally:
            self._back(visitor)

    def seen(self, due: float) -> Any:
        """Notes an answer, and when the request was due that it answers; the next is due when this came."""
        began = [due]

        def note(answer: Any) -> Any:
            with self.lock:
                if answer.status not in TRIED:
                    self.took.append(time.monotonic() - began[0])
                elif not answer.retry_after:
                    self.silent += 1
                self.statuses[str(answer.status)] += 1
            began[0] = time.monotonic()
            return answer

        return note

    def _silent(self) -> None:
        with self.lock:
            self.silent += 1

    def _line(self) -> Visitor:
        with self.lock:
            return self.free.pop() if self.free else self.rng.choice(self.lines)

    def _back(self, visitor: Visitor) -> None:
        with self.lock:
            self.free.append(visitor)


def crowd(told: dict[str, Any]) -> dict[str, Any]:
    """Send what is due for so many seconds, then wait for the last answers."""
    lines = [Visitor(told["port"], session) for session in told["sessions"]]
    mine = Crowd(lines, random.Random(told["seed"]), free=list(lines))
    # A submission is three requests, so two of every three other requests are its form and its check page.
    looks = max(REQUESTS - 2 * SUBMISSIONS, 0)
    begin = time.monotonic() + 0.5
    plan = [*_due(SUBMISSIONS, mine.submission, told), *_due(looks, mine.look, told)]
    with ThreadPoolExecutor(len(lines)) as pool:
        for after, does in sorted(plan, key=lambda each: each[0]):
            time.sleep(max(0.0, begin + after - time.monotonic()))
            pool.submit(does, begin + after)
    used = resource.getrusage(resource.RUSAGE_SELF)
    return {
        "took": mine.took,
        "statuses": mine.statuses,
        "numbers": mine.numbers,
        "silent": mine.silent,
        "cpu": used.ru_utime + used.ru_stime,
    }


def _due(rate: int, does: Any, told: dict[str, Any]) -> Iterator[tuple[float, Any]]:
    """So many a second at even distances."""
    pace = rate * told["times"]
    yield from ((number / pace, does) for number in range(int(pace * told["seconds"])))


if __name__ == "__main__":
    print(json.dumps(crowd(json.loads(sys.argv[1]))))
