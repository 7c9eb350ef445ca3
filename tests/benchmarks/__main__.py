"""`script/bench [--cases N] [--json FILE] [--only NAME,…] [--load [--seconds N]]`."""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
import time
import traceback
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "script"))

import servers  # noqa: E402

if TYPE_CHECKING:
    from tests.benchmarks.desk import Desk
    from tests.benchmarks.measuring import Measured

Measure = Callable[["Desk"], Iterator["Measured"]]


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="script/bench", description="Measure the desk beside references.")
    parser.add_argument("--cases", type=int, default=100_000, help="how many cases the desk holds")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--json", type=Path, metavar="FILE")
    parser.add_argument("--only", default="", metavar="NAME,…", help="these measures alone")
    parser.add_argument(
        "--load", action="store_true", help="the rush: requests at a pace, then three times it"
    )
    parser.add_argument("--seconds", type=int, default=60, help="how long the rush lasts")
    return parser.parse_args()


def surroundings(stack: ExitStack) -> None:
    """A database and a broker of our own, unless DATABASE_URL names one; nothing lands in var/."""
    folder = stack.enter_context(tempfile.TemporaryDirectory(prefix="servicedesk-bench-"))
    os.environ |= {"VAR_ROOT": folder, "DJANGO_SETTINGS_MODULE": "tests.benchmarks.settings"}
    os.environ.setdefault("ENVIRONMENT", "local")
    os.environ.setdefault("SECRET_KEY", "only for measuring, on a desk that is thrown away at the end")
    if not os.environ.get("DATABASE_URL"):
        servers.install_missing()
        tuned = f"{servers.QUICK} -c shared_buffers=1GB -c maintenance_work_mem=512MB -c work_mem=32MB"
        os.environ["DATABASE_URL"] = stack.enter_context(
            servers.cluster(f"{tuned} -c max_wal_size=8GB -c jit=off")
        ).url
        os.environ["REDIS_URL"] = stack.enter_context(servers.redis())


def measures() -> dict[str, Measure]:
    """By name, in the order in which they are taken: what reads first, what rings and moves last."""
    from tests.benchmarks import creating, engine, pages

    return {
        "one_date": engine.one_date,
        "dates_in_bulk": engine.dates_in_bulk,
        "queue": pages.queue,
        "search": pages.search,
        "workbench": pages.workbench,
        "reports": pages.reports,
        "csv": pages.export,
        "creation": creating.creation,
        "redating": engine.redating,
        "sweep": engine.sweep,
    }


def main() -> int:
    asked = arguments()
    began, failed = time.monotonic(), 0
    with ExitStack() as stack:
        surroundings(stack)
        import django

        django.setup()
        from tests.benchmarks import measuring, pages
        from tests.benchmarks.desk import FEW, Desk

        chosen = measures()
        if asked.only:
            chosen = {name: chosen[name] for name in asked.only.split(",")}
        if asked.load and not asked.only:
            chosen = {}
        desk = Desk(asked.cases, asked.seed)
        before = measuring.load()
        for count in desk.stages():
            print(f"{count} cases after {time.monotonic() - began:.0f} s", file=sys.stderr, flush=True)
            if count == FEW < asked.cases and "queue" in chosen:
                pages.at_few(desk)
        for name, measure in chosen.items():
            try:
                for each in measure(desk):
                    desk.found.append(each)
                    print(f"  {each}", file=sys.stderr, flush=True)
            except Exception:  # noqa: BLE001 (one measure that fails leaves the others)
                traceback.print_exc()
                failed += 1
            print(f"{name} after {time.monotonic() - began:.0f} s", file=sys.stderr, flush=True)
        if asked.load:
            from tests.benchmarks import rush

            desk.found += rush.rush(desk, asked.seconds)
        print(measuring.table(desk.found))
        print(f"{asked.cases} cases; load of this machine before {before}, after {measuring.load()}")
        print(f"{os.cpu_count()} processors; {time.monotonic() - began:.0f} s in all")
        missed = [each.name for each in desk.found if each.met is False]
        print(f"missed: {', '.join(missed)}" if missed else "every target met")
        if asked.json:
            measuring.write_json(desk.found, asked.json)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
