"""Throwaway servers for the tests: PostgreSQL and Redis on free ports, Chromium; installed where possible."""

import os
import pwd
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

PACKAGES = {
    "postgresql": lambda: bool(postgres_programs()),
    "redis-server": lambda: shutil.which("redis-server"),
    "chromium": lambda: shutil.which("chromium") or shutil.which("chromium-browser"),
    "fonts-wqy-microhei": lambda: Path("/usr/share/fonts/truetype/wqy/wqy-microhei.ttc").exists(),
}
# Nobody needs these tables after a power cut.
QUICK = "-c fsync=off -c synchronous_commit=off -c full_page_writes=off -c max_connections=120"
# What was committed is there again after the server was killed, as long as the machine itself lives.
SAFE = "-c fsync=off -c max_connections=120"


class Missing(Exception):
    """A server that cannot be had on this machine."""


def install_missing() -> None:
    """Try apt where something is missing; what still lacks afterwards is named by whoever needs it."""
    missing = [name for name, found in PACKAGES.items() if not found()]
    if not missing or not shutil.which("apt-get"):
        return
    print("installing", *missing, flush=True)
    apt = [
        *as_root(),
        "env",
        "DEBIAN_FRONTEND=noninteractive",
        "apt-get",
        "-q",
        "-o",
        "DPkg::Lock::Timeout=120",
    ]
    for words in (["update"], ["install", "-y", "--no-install-recommends", *missing]):
        done = subprocess.run([*apt, *words], stdin=subprocess.DEVNULL, capture_output=True, text=True)
        if done.returncode:
            print("apt-get", *words, "failed:", done.stderr.strip()[-400:], flush=True)


def as_root() -> list[str]:
    return [] if os.getuid() == 0 else ["sudo", "-n"]


def postgres_programs() -> Path | None:
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: int(path.parts[-3]))
    if found:
        return found[-1].parent
    beside = shutil.which("initdb")
    return Path(beside).parent if beside else None


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def run(*command: str) -> None:
    done = subprocess.run(command, cwd="/", stdin=subprocess.DEVNULL, capture_output=True, text=True)
    if done.returncode:
        raise Missing(f"{command[-1]}: {(done.stderr or done.stdout).strip()[-400:]}")


@dataclass(frozen=True)
class Cluster:
    url: str
    control: tuple[str, ...]

    def restart(self) -> None:
        """End it as a crash would, with nothing written back, and let it recover."""
        run(*self.control, "-w", "-m", "immediate", "restart")


@contextmanager
def postgresql() -> Iterator[str]:
    """The URL of a PostgreSQL of our own."""
    with cluster(QUICK) as found:
        yield found.url


@contextmanager
def cluster(manner: str) -> Iterator[Cluster]:
    """A PostgreSQL of our own; as it refuses to run as root, root lends it to its own user."""
    programs = postgres_programs()
    if programs is None:
        raise Missing("PostgreSQL is not installed")
    folder = Path(tempfile.mkdtemp(prefix="servicedesk-postgres-"))
    lend: tuple[str, ...] = ()
    if os.getuid() == 0:
        owner = pwd.getpwnam("postgres")
        os.chown(folder, owner.pw_uid, owner.pw_gid)
        lend = ("runuser", "-u", "postgres", "--")
    data, port = str(folder / "data"), free_port()
    where = f"-p {port} -k {folder} -c listen_addresses=127.0.0.1"
    control = (*lend, str(programs / "pg_ctl"), "-D", data, "-l", str(folder / "log"))
    begin = ("-A", "trust", "-U", "desk", "-E", "UTF8", "--locale=C", "-D", data)
    try:
        run(*lend, str(programs / "initdb"), *begin)
        run(*control, "-w", "-o", f"{where} {manner}", "start")
        yield Cluster(f"postgres://desk@127.0.0.1:{port}/postgres", control)
    finally:
        subprocess.run([*control, "-m", "immediate", "stop"], cwd="/", capture_output=True)
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def redis() -> Iterator[str]:
    program = shutil.which("redis-server")
    if program is None:
        raise Missing("Redis is not installed")
    port = free_port()
    quiet = ("--save", "", "--appendonly", "no", "--loglevel", "warning")
    with tempfile.TemporaryDirectory(prefix="servicedesk-redis-") as folder:
        command = [program, "--port", str(port), "--bind", "127.0.0.1", "--dir", folder, *quiet]
        server = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL)
        try:
            yield f"redis://127.0.0.1:{port}"
        finally:
            server.terminate()
            server.wait()
