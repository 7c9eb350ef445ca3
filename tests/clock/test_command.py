"""`manage.py clock` itself, as outsiders run it."""

import json
import subprocess
import sys
from pathlib import Path

from tests.clock.test_lines import DAY, EXAMPLE

ROOT = Path(__file__).resolve().parents[2]


def run(questions: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "manage.py", "clock"],
        input=questions,
        cwd=ROOT,
        capture_output=True,
        encoding="utf-8",
        check=True,
    )


def test_the_command_answers_line_by_line_and_says_nothing_else() -> None:
    done = run("\n".join([json.dumps(EXAMPLE), "", "nonsense", json.dumps(DAY)]))
    found = [json.loads(line) for line in done.stdout.splitlines()]
    assert found[0]["due"] == "2026-03-03T14:30:00+08:00"
    assert found[1:3] == [{"error": "The line is empty."}, {"error": "The line is not valid JSON."}]
    assert found[3]["due"] == "2026-03-06T17:00:00+08:00"


def test_ten_thousand_lines_do_not_each_build_a_calendar() -> None:
    off = [f"2026-{month:02d}-{day:02d}" for month in range(1, 13) for day in range(1, 29)]
    line = json.dumps(DAY | {"start": "2027-03-03T09:00:00", "off": off})
    found = run(f"{line}\n" * 500).stdout.splitlines()
    assert len(found) == 500 and len(set(found)) == 1
