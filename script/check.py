"""Lint, types, migrations, then every test on PostgreSQL + Redis and the chosen ones again on SQLite."""

import os
import signal
import subprocess
import sys
import time
import xml.etree.ElementTree as xml
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path

import servers

ROOT = Path(__file__).resolve().parent.parent
BIN = Path(sys.executable).parent
RESULTS = ROOT / "var" / "tests"
# Two workers; whoever is done first takes over what the other still has before it.
WORKERS = ["-n", "2", "--dist", "worksteal"]
MUST_RUN = os.environ.get("CI", "").lower() in {"1", "true", "yes"}

STEPS = {
    "lint": [str(BIN / "ruff"), "check"],
    "format": [str(BIN / "ruff"), "format", "--check"],
    "types": [str(BIN / "mypy")],
    "migrations": [sys.executable, "manage.py", "makemigrations", "--check", "--dry-run"],
}


@dataclass
class Tally:
    passed: int = 0
    failed: int = 0
    skipped: int = 0
    not_run: list[str] = field(default_factory=list)

    def step(self, name: str, ok: bool) -> None:
        print(f"{name}: {'ok' if ok else 'FAILED'}", flush=True)
        self.failed += not ok

    def read(self, name: str, report: Path, code: int) -> None:
        """Count what pytest wrote down; a run that left no report, or says it failed, is a failure."""
        failed = 0
        if report.exists():
            for suite in xml.parse(report).iter("testsuite"):
                count = {key: int(suite.get(key, 0)) for key in ("tests", "failures", "errors", "skipped")}
                failed += count["failures"] + count["errors"]
                self.skipped += count["skipped"]
                self.passed += count["tests"] - count["failures"] - count["errors"] - count["skipped"]
            self.not_run += sorted({f"{name}: {reason}" for reason in skip_reasons(report)})
        self.failed += max(failed, int(code != 0))


def skip_reasons(report: Path) -> list[str]:
    return [skipped.get("message", "") for skipped in xml.parse(report).iter("skipped")]


def in_root(command: list[str], **surroundings: str) -> int:
    env = os.environ | surroundings
    return subprocess.run(command, cwd=ROOT, env=env, stdin=subprocess.DEVNULL).returncode


def pytest(tally: Tally, name: str, words: list[str], **surroundings: str) -> None:
    report = RESULTS / f"{name}.xml"
    report.unlink(missing_ok=True)
    print(f"\n{name}", flush=True)
    command = [sys.executable, "-m", "pytest", f"--junitxml={report}", *words]
    tally.read(name, report, in_root(command, **surroundings))


def start(tally: Tally, stack: ExitStack) -> dict[str, str]:
    """Start what can be started; name what cannot."""
    servers.install_missing()
    urls = {}
    for variable, server in {"DATABASE_URL": servers.postgresql, "REDIS_URL": servers.redis}.items():
        try:
            urls[variable] = stack.enter_context(server())
        except (servers.Missing, OSError, KeyError) as error:
            tally.not_run.append(f"{server.__name__}: {error}")
    if not servers.PACKAGES["chromium"]():
        tally.not_run.append("chromium: not installed, so no browser walks")
    return urls


def everything(tally: Tally, urls: dict[str, str]) -> None:
    for name, command in STEPS.items():
        tally.step(name, in_root(command, ENVIRONMENT="local") == 0)
    if "DATABASE_URL" not in urls:
        pytest(tally, "all tests", WORKERS, **urls)
        return
    pytest(tally, "postgresql and redis", [*WORKERS, "-m", "not once"], **urls)
    pytest(tally, "sqlite", [*WORKERS, "-m", "sqlite or once"], DATABASE_URL="", REDIS_URL="")


def quickly(words: list[str]) -> Callable[[Tally, dict[str, str]], None]:
    return lambda tally, urls: pytest(tally, "chosen tests", words, **urls)


def main() -> int:
    began = time.monotonic()
    signal.signal(signal.SIGTERM, lambda number, frame: sys.exit(143))
    RESULTS.mkdir(parents=True, exist_ok=True)
    tally = Tally()
    work = quickly(sys.argv[1:]) if sys.argv[1:] else everything
    try:
        with ExitStack() as stack:
            work(tally, start(tally, stack))
    except KeyboardInterrupt:
        return 130
    print()
    for what in tally.not_run:
        print(f"not run: {what}")
    if MUST_RUN:
        tally.failed += len(tally.not_run)
    took = time.monotonic() - began
    print(f"{tally.passed} passed, {tally.failed} failed, {tally.skipped} skipped in {took:.0f}s", flush=True)
    return 1 if tally.failed else 0


if __name__ == "__main__":
    sys.exit(main())
