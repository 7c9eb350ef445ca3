"""`script/server` from outside: it answers, heals what dies, and leaves nothing behind."""

import os
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.request import urlopen

import pytest

ROOT = Path(__file__).resolve().parent.parent.parent

pytestmark = pytest.mark.server


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def until(what: Callable[[], object], seconds: float = 60) -> None:
    end = time.monotonic() + seconds
    while not what():
        assert time.monotonic() < end, "waited too long"
        time.sleep(0.2)


def answers(port: int, path: str) -> bool:
    try:
        with urlopen(f"http://127.0.0.1:{port}{path}", timeout=5) as answer:
            return bool(answer.status == 200)
    except OSError:
        return False


def processes(var: Path, *words: str) -> list[int]:
    """Ids of the living processes that work in this var/ and have these words in their command."""
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            if f"VAR_ROOT={var}\0".encode() not in (folder / "environ").read_bytes():
                continue
            command = (folder / "cmdline").read_bytes().decode().split("\0")
        except OSError:
            continue
        if set(words) <= set(command):
            found.append(int(folder.name))
    return sorted(found)


@contextmanager
def server(var: Path, port: int) -> Iterator[subprocess.Popen[bytes]]:
    unwanted = {"DATABASE_URL", "REDIS_URL", "SECRET_KEY", "ENVIRONMENT", "DJANGO_SETTINGS_MODULE"}
    env = {name: value for name, value in os.environ.items() if name not in unwanted}
    env |= {"VAR_ROOT": str(var), "PORT": str(port), "DEMO_CASES": "0"}
    with (var / "log").open("ab") as log:
        process = subprocess.Popen(
            [ROOT / "script" / "server"], cwd="/", env=env, stdin=subprocess.DEVNULL, stdout=log, stderr=log
        )
    try:
        until(lambda: answers(port, "/readyz"))
        until(lambda: processes(var, "worker") and processes(var, "beat"))
        yield process
    finally:
        for number in processes(var):
            os.kill(number, signal.SIGKILL)
        process.wait(timeout=30)


def test_it_answers_heals_and_leaves_nothing_behind(tmp_path: Path) -> None:
    port = free_port()
    with server(tmp_path, port) as process:
        assert answers(port, "/"), "the home page does not work with hashed static files"
        assert answers(port, "/account/login/")
        secret = (tmp_path / "secret-key").read_text()
        before = processes(tmp_path, "worker")
        os.kill(before[0], signal.SIGKILL)
        until(lambda: set(processes(tmp_path, "worker")) - set(before))
        until(lambda: not set(processes(tmp_path)) & set(before))
        process.send_signal(signal.SIGINT)
        assert process.wait(30) == 0
        assert not processes(tmp_path)
    with server(tmp_path, port) as process:
        assert (tmp_path / "secret-key").read_text() == secret
        process.kill()
        until(lambda: not processes(tmp_path), 20)


def test_a_taken_port_is_told_in_a_sentence() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        env = os.environ | {"PORT": str(taken.getsockname()[1])}
        done = subprocess.run(
            [ROOT / "script" / "server"], env=env, capture_output=True, text=True, timeout=60
        )
    assert done.returncode == 1
    assert "Choose another port" in done.stderr
