"""Run web, worker and beat as one: restart what dies, end all on Ctrl-C, fill an empty desk with the demo."""

import ctypes
import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from types import FrameType

ROOT = Path(__file__).resolve().parent.parent
VAR = Path(os.environ.get("VAR_ROOT") or ROOT / "var")
BIN = Path(sys.executable).parent
HOST = os.environ.get("HOST") or "127.0.0.1"
PORT = os.environ.get("PORT") or "8000"
CASES = os.environ.get("DEMO_CASES") or "600"
PROGRESS = VAR / "demo-progress.json"
EMPTY = 3
GRACE = 10.0
DIE_WITH_PARENT = 1  # PR_SET_PDEATHSIG: even kill -9 of this process leaves nothing behind

stopping = False


class Child:
    """A command meant to run for ever, in a session of its own so that its whole group can be ended."""

    def __init__(self, name: str, *command: str) -> None:
        self.name, self.command = name, command
        self.failures, self.next_start, self.started = 0, 0.0, 0.0
        self.process: subprocess.Popen[bytes] | None = None

    def tend(self, now: float) -> None:
        if self.process is None:
            if now >= self.next_start:
                self.process, self.started = begin(self.command), now
        elif (code := self.process.poll()) is not None:
            end_group(self.process, signal.SIGKILL)
            self.failures = 1 if now - self.started > 60 else self.failures + 1
            pause = min(30, 2 ** (self.failures - 1))
            say(f"{self.name} ended with {code}; starting it again in {pause} s")
            self.process, self.next_start = None, now + pause


def say(text: str) -> None:
    print(text, flush=True)


def begin(command: tuple[str, ...]) -> subprocess.Popen[bytes]:
    libc = ctypes.CDLL(None)
    return subprocess.Popen(
        command,
        cwd=ROOT,
        stdin=subprocess.DEVNULL,
        start_new_session=True,
        preexec_fn=lambda: libc.prctl(DIE_WITH_PARENT, signal.SIGTERM),
    )


def end_group(process: subprocess.Popen[bytes], how: signal.Signals) -> None:
    try:
        os.killpg(process.pid, how)
    except ProcessLookupError:
        return


def end(processes: list[subprocess.Popen[bytes]]) -> None:
    """Ask the leaders politely, wait, then kill whatever is left of their groups."""
    for process in processes:
        process.terminate()
    until = time.monotonic() + GRACE
    for process in processes:
        try:
            process.wait(max(0.1, until - time.monotonic()))
        except subprocess.TimeoutExpired:
            say(f"Process {process.pid} does not stop by itself.")
        end_group(process, signal.SIGKILL)
        process.wait()


def demo() -> tuple[str, ...]:
    return (sys.executable, str(ROOT / "manage.py"), "demo", "--cases", CASES, "--seed", "1")


def web() -> Child:
    server = (
        str(BIN / "gunicorn"),
        "servicedesk.wsgi",
        "--bind",
        f"{HOST}:{PORT}",
        "--worker-class",
        "gthread",
    )
    return Child("web", *server, "--threads", "8", "--graceful-timeout", "5", "--log-level", "warning")


def celery(*words: str) -> tuple[str, ...]:
    return (str(BIN / "celery"), "--quiet", "-A", "servicedesk", *words, "--loglevel", "WARNING")


def workers() -> Iterator[Child]:
    quiet = ("--without-gossip", "--without-mingle", "--without-heartbeat")
    yield Child("worker", *celery("worker", "--concurrency", "1", *quiet))
    yield Child("beat", *celery("beat", "--pidfile="))


def free_port() -> None:
    with socket.socket(socket.AF_INET6 if ":" in HOST else socket.AF_INET) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, int(PORT)))
        except (OSError, ValueError, OverflowError) as error:
            sys.exit(f"{HOST}:{PORT} cannot be used ({error}). Choose another port: PORT=8001 script/server")


def half_filled() -> bool:
    try:
        progress = json.loads(PROGRESS.read_text())
        return bool(progress["done"] < progress["total"])
    except (FileNotFoundError, ValueError, KeyError):
        return False


def start_afresh() -> None:
    """A demo that was interrupted while being filled is worth nothing: its database is made anew."""
    if half_filled() and not os.environ.get("DATABASE_URL"):
        say("The demo was not finished last time; starting it afresh.")
        for path in VAR.glob("desk.sqlite3*"):
            path.unlink()
        PROGRESS.unlink()


def prepare() -> bool:
    """Return whether the desk is still empty."""
    code = subprocess.run([sys.executable, ROOT / "script" / "prepare.py"], check=False).returncode
    if code not in (0, EMPTY):
        sys.exit(code)
    return code == EMPTY


def answers() -> bool:
    try:
        with socket.create_connection((HOST, int(PORT)), timeout=2) as wire:
            wire.sendall(b"GET /healthz HTTP/1.0\r\nHost: localhost\r\n\r\n")
            return b" 200 " in wire.recv(64)
    except OSError:
        return False


def introduce() -> None:
    here = f"http://{HOST}:{PORT}"
    say(f"\n  企业服务台 Service desk\n  {here}/       portal\n  {here}/desk/  staff desk\n")


def fill() -> subprocess.Popen[bytes]:
    """Start filling the demo. The first word of progress is ours, so that a half-filled desk shows."""
    PROGRESS.write_text(json.dumps({"done": 0, "total": int(CASES)}))
    say("Filling the demo; the pages answer meanwhile.")
    return begin(demo())


def run(children: list[Child], filler: subprocess.Popen[bytes] | None) -> None:
    """Tend the children until told to stop. Worker and beat wait while the demo walks its own clock."""
    introduced = False
    while not stopping:
        if filler is not None and filler.poll() is not None:
            say("The demo is ready." if filler.returncode == 0 else "The demo could not be filled.")
            filler = None
        if filler is None and introduced and len(children) == 1:
            children.extend(workers())
            subprocess.run([sys.executable, ROOT / "script" / "logins.py"], cwd=ROOT, check=False)
        for child in children:
            child.tend(time.monotonic())
        if not introduced and answers():
            introduced = True
            introduce()
        time.sleep(0.2)
    say("\nStopping.")
    running = [child.process for child in reversed(children) if child.process]
    end(running + ([filler] if filler else []))


def stop(number: int, frame: FrameType | None) -> None:
    global stopping
    stopping = True


def main() -> None:
    os.environ.setdefault("DEMO", "1")
    os.environ.setdefault("PYTHONWARNINGS", "ignore:You're running the worker with superuser")
    if HOST not in {"127.0.0.1", "localhost", "::1"}:
        os.environ.setdefault("ALLOWED_HOSTS", "*")
    os.environ.setdefault("SITE_URL", f"http://{HOST}:{PORT}")
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, stop)
    free_port()
    start_afresh()
    empty = prepare()
    if not stopping:
        run([web()], fill() if empty and CASES != "0" else None)


if __name__ == "__main__":
    main()
