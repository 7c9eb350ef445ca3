"""Everything at once on servers of its own: nothing acknowledged is lost, nothing happens twice."""

from __future__ import annotations

import json
import os
import re
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.faults.companies import Company
from tests.faults.figures import Duty, Figures
from tests.faults.hurried import BEAT, LEASE
from tests.faults.storm import PACE, Storm
from tests.faults.world import ROOT, Sink, database_url, wait_until

pytestmark = [pytest.mark.faults, pytest.mark.postgres, pytest.mark.django_db]

SEED = int(os.environ.get("FAULT_SEED", "1"))
KILLS = int(os.environ.get("FAULT_KILLS", "50"))
FLUSHES, RESTARTS = KILLS * 2 // 5, KILLS // 5
SECONDS = (KILLS + FLUSHES + RESTARTS) * PACE
COMPANIES, MATTERS, HANDS = 4, 30, 40
# What is due when the storm has ended is done after a lease, a back-off and a few beats; an alarm that was
# pushed back because the database went away takes a minute.
CALM_WITHIN = 90
TERMS = f"beat {BEAT:.0f} s, lease {LEASE.seconds} s"


def test_in_a_storm_nothing_acknowledged_is_lost_and_nothing_happens_twice(
    tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    print(f"seed {SEED}")
    storm, figures = Storm(tmp_path, SEED), Figures(SEED, SECONDS, TERMS)
    with storm.blow(database_url(), COMPANIES, MATTERS) as cookies:
        companies = [Company(storm.url, cookie, str(place)) for place, cookie in enumerate(cookies)]
        began = datetime.now(UTC)
        storm.spread(SECONDS)
        numbers = weather(storm, companies)
        wait_until(storm.is_calm, f"after the storm something stays undone: {tail(storm)}", CALM_WITHIN)
        time.sleep(2 * BEAT)
        storm.over.set()
        storm.end()
        judge(storm, companies, began, figures)
    figures.write(ROOT / "var" / "tests" / "faults.json")
    request.node.user_properties.append(("figures", figures.table()))
    print(figures.table())
    assert len(numbers) == 1, "forty hands with one key were told of several matters"
    assert figures.kills >= KILLS
    assert (figures.lost, figures.doubled, figures.broken) == ([], [], [])
    assert all(len(storm.sink.bytes_of(name)) == 1 for name in storm.sink.copies())


def weather(storm: Storm, companies: list[Company]) -> set[str]:
    """Rage while the companies hand in; in the middle of it forty hands press one button."""
    over = threading.Event()
    with ThreadPoolExecutor(len(companies) + 1) as pool:
        busy = [pool.submit(company.hand_in_until, over, 0.1) for company in companies[1:]]
        crowd = pool.submit(companies[0].press_together, "storm of one key", HANDS)
        busy.append(crowd)
        try:
            storm.rage(KILLS, FLUSHES, RESTARTS)
        finally:
            storm.blowing = False
            over.set()
        for each in busy:
            each.result(timeout=90)
    return crowd.result()


def judge(storm: Storm, companies: list[Company], began: datetime, figures: Figures) -> None:
    acknowledged = [pair for company in companies for pair in company.acknowledged]
    told = {"acknowledged": acknowledged, "mails": notices_in(storm.sink)}
    found = json.loads(storm.run("judge", began.isoformat(), told=json.dumps(told)))
    figures.broken = found["broken"]
    figures.duties = {name: Duty(**duty) for name, duty in found["duties"].items()}
    figures.duties["submissions"].delays = [wait for company in companies for wait in company.waits]
    figures.faults, figures.seconds = storm.faults, storm.lasted
    figures.faults["SMTP cut after DATA"] = storm.sink.cuts
    figures.repeated_mails = sum(storm.sink.copies().values()) - len(storm.sink.copies())


def notices_in(sink: Sink) -> list[int]:
    return sorted({int(re.findall(r"notice\.(\d+)\.", name)[0]) for name in sink.copies()})


def tail(storm: Storm) -> str:
    return (storm.folder / "log").read_text()[-3000:]
