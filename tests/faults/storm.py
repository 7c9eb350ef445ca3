"""The storm: web, two workers and two beats as in production, on a PostgreSQL and a Redis of their own. They
are killed, wiped and restarted at random while companies hand in matters and limits run out."""

from __future__ import annotations

import importlib.util
import json
import os
import random
import signal
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

import psycopg
import redis
import requests

from tests.faults.points import POINTS
from tests.faults.world import ROOT, Sink, free_port, mail_server, wait_until

# Every so many seconds something happens.
PACE = 0.36
WORKER_POINTS = sorted(point for point in POINTS if point.startswith(("ring:", "deliver:")))
WEB_POINTS = sorted(set(POINTS) - set(WORKER_POINTS))
# Whoever is to be killed has done something since the last time, or has had so many seconds for it: where the
# machine is busy, a storm at a steady pace would only blow on processes that never came up.
PATIENCE = 3.0
DONE = {
    "web": "SELECT count(*) FROM desk_case WHERE state <> 'draft'",
    "worker": "SELECT count(*) FROM desk_notice WHERE state = 'sent' AND channel = 'email'",
}
# How often a process that is started again carries a named point to die at.
ARMED = 0.5


def servers() -> Any:
    """The module that starts throwaway servers; scripts are no package."""
    found = importlib.util.spec_from_file_location("servers", ROOT / "script" / "servers.py")
    assert found is not None and found.loader is not None
    module = importlib.util.module_from_spec(found)
    sys.modules["servers"] = module
    found.loader.exec_module(module)
    return module


def copy(programs: Path, source: str, target: str) -> None:
    """A migrated database is copied in a second; migrating anew takes five."""
    dump = subprocess.run([programs / "pg_dump", "--no-owner", source], capture_output=True, check=True)
    load = [programs / "psql", "--quiet", "--set", "ON_ERROR_STOP=1", target]
    subprocess.run(load, input=dump.stdout, stdout=subprocess.DEVNULL, check=True)


@dataclass
class Role:
    """A process that is meant to run for ever."""

    name: str
    words: list[str]
    points: list[str] = field(default_factory=list)
    pid: int = 0
    starts: int = 0
    armed: bool = False

    def lives(self) -> bool:
        return bool(self.pid) and Path(f"/proc/{self.pid}").exists()

    def children(self) -> list[int]:
        with suppress(OSError):
            return [
                int(pid) for pid in Path(f"/proc/{self.pid}/task/{self.pid}/children").read_text().split()
            ]
        return []


class Storm:
    def __init__(self, folder: Path, seed: int) -> None:
        self.folder, self.seed, self.chance = folder, seed, random.Random(seed)
        self.faults: Counter[str] = Counter()
        self.sink = Sink(slow=0.003, chance=random.Random(seed + 1))
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.roles: list[Role] = []
        self.done_before: dict[str, int] = {}
        self.asking, self.over = threading.Lock(), threading.Event()

    # The servers

    @contextmanager
    def blow(self, tables: str, companies: int, matters: int) -> Iterator[list[str]]:
        """Copy the tables of that database, set the stage and start everything; yield the companies' cookies.
        All is gone afterwards."""
        modules = servers()
        with ExitStack() as stack:
            self.postgres = stack.enter_context(modules.cluster(modules.SAFE))
            broker = stack.enter_context(modules.redis())
            mail = stack.enter_context(mail_server(self.sink))
            self.broker = redis.Redis.from_url(broker)
            self.environment = self.surroundings(broker, mail)
            self.nursery = stack.enter_context(self.born())
            copy(modules.postgres_programs(), tables, self.postgres.url)
            cookies = json.loads(self.run("stage", str(companies), str(matters)))
            assert self.nursery.stdout is not None and self.nursery.stdout.readline() == "ready\n"
            stack.callback(self.end)
            self.roles = self.cast()
            keeper = threading.Thread(target=self.keep, name="keeper", daemon=True)
            keeper.start()
            stack.callback(keeper.join)
            stack.callback(self.over.set)
            wait_until(self.answers, "the web does not come up")
            yield cookies

    def surroundings(self, broker: str, mail: str) -> dict[str, str]:
        return os.environ | {
            "DJANGO_SETTINGS_MODULE": "tests.faults.hurried",
            "ENVIRONMENT": "test",
            "DATABASE_URL": self.postgres.url,
            "REDIS_URL": f"{broker}/0",
            "EMAIL_URL": mail,
            "VAR_ROOT": str(self.folder),
            "STORAGE_ROOT": str(self.folder / "files"),
            "STORM_LOG": str(self.folder / "log"),
            "PYTHONWARNINGS": "ignore",
        }

    def run(self, program: str, *words: str, told: str = "") -> str:
        done = subprocess.run(
            [sys.executable, "-m", f"tests.faults.{program}", *words],
            cwd=ROOT, env=self.environment, input=told, capture_output=True, text=True, timeout=120,
        )  # fmt: skip
        assert done.returncode == 0, done.stderr
        return done.stdout

    @contextmanager
    def born(self) -> Iterator[subprocess.Popen[str]]:
        with (self.folder / "log").open("a") as log:
            nursery = subprocess.Popen(
                [sys.executable, "-m", "tests.faults.nursery"],
                cwd=ROOT, env=self.environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=log,
                text=True,
            )  # fmt: skip
        try:
            yield nursery
        finally:
            nursery.kill()
            nursery.communicate()

    # The cast

    def cast(self) -> list[Role]:
        web = [
            "gunicorn",
            "servicedesk.wsgi",
            "--bind",
            f"127.0.0.1:{self.port}",
            "--worker-class",
            "gthread",
        ]
        web += ["--threads", "8", "--no-control-socket", "--log-level", "warning"]
        celery = ["celery", "--quiet", "-A", "servicedesk"]
        worker = [*celery, "worker", "--concurrency", "1", "--without-mingle", "--without-gossip"]
        beat = [*celery, "beat", "--pidfile=", "--loglevel", "WARNING", "--schedule"]
        return [
            Role("web", web, WEB_POINTS),
            Role("worker 1", [*worker, "--loglevel", "WARNING", "--hostname", "one@%h"], WORKER_POINTS),
            Role("worker 2", [*worker, "--loglevel", "WARNING", "--hostname", "two@%h"], WORKER_POINTS),
            Role("beat 1", [*beat, str(self.folder / "beat-1")]),
            Role("beat 2", [*beat, str(self.folder / "beat-2")]),
        ]

    def keep(self) -> None:
        """Start whoever is not alive, at once; some carry a named point at which they are going to die."""
        while not self.over.wait(0.02):
            for role in self.roles:
                if not role.lives():
                    self.bear(role)

    def bear(self, role: Role) -> None:
        if role.armed:
            self.faults["kill at a named point"] += 1
        role.armed = bool(role.starts and self.blowing and role.points and self.chance.random() < ARMED)
        crash = (self.chance.choice(role.points), self.chance.randint(1, 4)) if role.armed else None
        with self.asking:
            assert self.nursery.stdin is not None and self.nursery.stdout is not None
            print(json.dumps({"words": role.words, "crash": crash}), file=self.nursery.stdin, flush=True)
            role.pid = int(self.nursery.stdout.readline())
        role.starts += 1

    blowing, lasted = False, 0.0

    def end(self) -> None:
        for role in self.roles:
            with suppress(ProcessLookupError, PermissionError):
                os.killpg(role.pid, signal.SIGKILL)

    # What happens

    def rage(self, kills: int, flushes: int, restarts: int) -> None:
        """Do so many of each in an order of chance, one after the other at a steady pace."""
        acts: list[Callable[[], None]] = [self.kill] * kills + [self.flush] * flushes
        acts += [self.restart] * restarts
        self.chance.shuffle(acts)
        self.blowing, began = True, time.monotonic()
        next_at = began
        for act in acts:
            next_at += PACE * (0.5 + self.chance.random())
            time.sleep(max(0.0, next_at - time.monotonic()))
            act()
        self.blowing, self.lasted = False, time.monotonic() - began

    def kill(self) -> None:
        """Kill -9 a whole program, or the process in it that does the work."""
        name = self.chance.choice(["web", "web", "worker 1", "worker 2", "beat"])
        role = next(role for role in self.roles if role.name.startswith(name))
        self.let_work(name.rstrip(" 12"))
        wait_until(role.lives, f"{name} does not come back")
        children, inner = role.children(), self.chance.random() < 0.4
        role.armed = role.armed and inner and bool(children)
        with suppress(ProcessLookupError):
            if inner and children:
                os.kill(children[-1], signal.SIGKILL)
            else:
                os.killpg(role.pid, signal.SIGKILL)
        self.faults[f"kill {name.rstrip(' 12')}"] += 1

    def let_work(self, sort: str) -> None:
        end, done = time.monotonic() + PATIENCE, self.done_before.get(sort, 0)
        while sort in DONE and time.monotonic() < end:
            with suppress(psycopg.OperationalError):
                self.done_before[sort] = self.ask(DONE[sort])
                if self.done_before[sort] > done:
                    return
            time.sleep(0.05)

    def flush(self) -> None:
        self.broker.flushall()
        self.faults["FLUSHALL"] += 1

    def restart(self) -> None:
        self.postgres.restart()
        self.faults["PostgreSQL restart"] += 1

    # What is asked from outside

    def answers(self) -> bool:
        with suppress(requests.RequestException):
            return requests.get(f"{self.url}/readyz", timeout=5).status_code == 200
        return False

    def ask(self, question: str, *values: object) -> Any:
        with psycopg.connect(self.postgres.url, autocommit=True) as connection:
            cursor = connection.execute(question, values)
            return cursor.fetchone()[0] if cursor.description else None

    def spread(self, seconds: float) -> None:
        """Let the limits that ran out long ago speak one after the other during the storm."""
        self.ask(
            "UPDATE desk_alarm SET rings_at = now() + place * %s / total FROM (SELECT id AS key, row_number()"
            " OVER (ORDER BY md5(id::text)) AS place, count(*) OVER () AS total FROM desk_alarm"
            " WHERE settled_at IS NULL) AS pending WHERE id = key",
            timedelta(seconds=seconds),
        )

    def is_calm(self) -> bool:
        """Nothing is due any more."""
        due = self.ask("SELECT count(*) FROM desk_alarm WHERE settled_at IS NULL AND rings_at < now()")
        waiting = self.ask("SELECT count(*) FROM desk_notice WHERE state = 'queued' AND channel = 'email'")
        return due == waiting == 0
