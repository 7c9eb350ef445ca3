"""Named points at which a process dies by kill -9, and the wire that is cut there.

No line of the desk knows of them: the function at the point is wrapped in the process that is to die, only in
an environment that calls itself a test."""

from __future__ import annotations

import importlib
import os
import signal
from collections.abc import Callable
from itertools import count
from typing import Any

DESK = "servicedesk.desk"

# name: (module, function as that module knows it, before or after its call)
POINTS = {
    "ring:before-events": (f"{DESK}.ringing", "_tell", "before"),
    "ring:after-events": (f"{DESK}.chains", "append", "after"),
    "ring:after-settling": (f"{DESK}.ringing", "_settle_pending", "after"),
    "ring:before-commit": (f"{DESK}.ringing", "tell_many", "after"),
    "deliver:after-claim": (f"{DESK}.delivery", "claim", "after"),
    "deliver:after-send": (f"{DESK}.delivery", "_mark", "before"),
    "submit:after-key": (f"{DESK}.actions.opening", "begin", "before"),
    "submit:before-number": (f"{DESK}.actions.frame", "next_number", "before"),
    "submit:after-number": (f"{DESK}.actions.frame", "next_number", "after"),
    "submit:before-commit": (f"{DESK}.letters", "send", "after"),
    "submit:after-commit": (f"{DESK}.notices", "_nudge", "before"),
    "attach:after-file": (f"{DESK}.actions.talking", "store", "after"),
}


def arm(point: str, on: int = 1) -> None:
    """Make this process and its whole group die at the named point, at its `on`th passing."""
    if os.environ.get("ENVIRONMENT") != "test":
        raise RuntimeError("Only a test may be killed.")
    module_name, name, when = POINTS[point]
    module, passings = importlib.import_module(module_name), count(1)
    function = getattr(module, name)

    def deadly(*args: Any, **kwargs: Any) -> Any:
        dies = next(passings) == on
        if dies and when == "before":
            die()
        result = function(*args, **kwargs)
        if dies:
            die()
        return result

    setattr(module, name, deadly)


def die() -> None:
    os.killpg(0, signal.SIGKILL)


def arm_as_told(tell: Callable[[str], str | None] = os.environ.get) -> None:
    """Arm the point `CRASH_AT` names, if it names one; `CRASH_ON` says at which passing."""
    if point := tell("CRASH_AT"):
        arm(point, int(tell("CRASH_ON") or 1))
