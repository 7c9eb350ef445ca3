"""The real server on a free port, with its children, as it is run."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
BIN = Path(sys.executable).parent
READY = 60


@contextmanager
def web(workers: int = 2, threads: int = 4, **more: str) -> Iterator[int]:
    """gunicorn as the README says; gives its port."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = int(probe.getsockname()[1])
    words = [str(BIN / "gunicorn"), "servicedesk.wsgi", "--bind", f"127.0.0.1:{port}"]
    words += ["--worker-class", "gthread", "--workers", str(workers), "--threads", str(threads)]
    words += ["--log-level", "error", "--keep-alive", "75"]
    with child(words, **more):
        until = time.monotonic() + READY
        while not _answers(port):
            if time.monotonic() > until:
                raise RuntimeError("The web server does not come up.")
            time.sleep(0.1)
        yield port


@contextmanager
def child(words: list[str], **more: str) -> Iterator[subprocess.Popen[bytes]]:
    """A program in a group of its own, all of which ends with the block."""
    process = subprocess.Popen(words, cwd=ROOT, env=os.environ | more, start_new_session=True)
    try:
        yield process
    finally:
        process.terminate()
        try:
            process.wait(15)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()


def worker() -> list[str]:
    return [str(BIN / "celery"), "--quiet", "-A", "servicedesk", "worker", "-B", "-c", "1", "-l", "ERROR"]


def _answers(port: int) -> bool:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/healthz", timeout=2) as answer:
            return bool(answer.status == 200)
    except OSError:
        return False
