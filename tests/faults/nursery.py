"""Where the storm's processes are born: everything is imported once, then each is a fork in a session of its
own, up in a moment instead of seconds.

`python -m tests.faults.nursery` reads a line {"words": [command, …], "crash": [point, passing] or null} for
each, and answers with the process id."""

import ctypes
import json
import os
import random
import signal
import sys
from collections.abc import Callable

import django

django.setup()

from celery.__main__ import main as celery  # noqa: E402
from django.conf import settings  # noqa: E402
from django.db import connections  # noqa: E402
from django.template.loader import get_template  # noqa: E402
from django.urls import get_resolver  # noqa: E402
from django.utils.translation import gettext, override  # noqa: E402
from gunicorn.app.wsgiapp import run as gunicorn  # noqa: E402

from servicedesk import wsgi  # noqa: E402, F401
from servicedesk.celery import app  # noqa: E402
from servicedesk.desk import tasks  # noqa: E402, F401
from tests.faults.hurried import hurry  # noqa: E402
from tests.faults.points import arm  # noqa: E402

PROGRAMS: dict[str, Callable[[], object]] = {"gunicorn": gunicorn, "celery": celery}
DIE_WITH_PARENT = 1  # PR_SET_PDEATHSIG


def live(words: list[str], crash: tuple[str, int] | None) -> None:
    """Be the program; never returns."""
    os.setsid()
    ctypes.CDLL(None).prctl(DIE_WITH_PARENT, signal.SIGKILL)
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    log = os.open(os.environ["STORM_LOG"], os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    nothing = os.open(os.devnull, os.O_RDONLY)
    for mine, where in ((0, nothing), (1, log), (2, log)):
        os.dup2(where, mine)
    random.seed()
    if crash is not None:
        arm(*crash)
    sys.argv = words
    code = 1
    try:
        PROGRAMS[words[0]]()
        code = 0
    finally:
        os._exit(code)


def warm_up() -> None:
    """Read now what the first request and the first task would read."""
    get_resolver().url_patterns  # noqa: B018
    for name in ("portal/start.html", "portal/check.html", "notices/alarm.txt", "notices/staff.txt"):
        get_template(name)
    for language, _ in settings.LANGUAGES:
        with override(language):
            gettext("Yes")
    app.finalize()


def main() -> None:
    hurry()
    warm_up()
    connections.close_all()
    # Whoever dies is gone at once: nobody here waits for them.
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    print("ready", flush=True)
    for line in sys.stdin:
        asked = json.loads(line)
        child = os.fork()
        if child == 0:
            live(asked["words"], asked["crash"])
        print(child, flush=True)


main()
