"""The worker's application with one wire cut: at the named point the whole process group dies by kill -9.

`CRASH_AT` is module:function:before|after; `CRASH_ON` says on which call, 1 by default. As a program it does
what its argument names: `python -m tests.faults.crashing ring|deliver`."""

import importlib
import os
import signal
import sys
from collections.abc import Callable
from itertools import count
from typing import Any

import django

django.setup()

from django.utils import timezone  # noqa: E402

from servicedesk.celery import app  # noqa: E402, F401
from servicedesk.desk.delivery import deliver  # noqa: E402
from servicedesk.desk.ringing import ring  # noqa: E402

module_name, name, when = os.environ["CRASH_AT"].split(":")
fatal = int(os.environ.get("CRASH_ON", "1"))
module = importlib.import_module(module_name)
calls = count(1)


def deadly(function: Callable[..., Any]) -> Callable[..., Any]:
    def wrapped(*args: Any, **kwargs: Any) -> Any:
        dies = next(calls) == fatal
        if dies and when == "before":
            os.killpg(0, signal.SIGKILL)
        result = function(*args, **kwargs)
        if dies:
            os.killpg(0, signal.SIGKILL)
        return result

    return wrapped


setattr(module, name, deadly(getattr(module, name)))

if __name__ == "__main__":
    {"ring": ring, "deliver": deliver}[sys.argv[1]](timezone.now())
