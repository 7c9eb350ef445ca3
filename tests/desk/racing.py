"""Letting several things happen in the same moment, each in a thread with a connection of its own."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

from django.db import connection

from servicedesk.desk.errors import DeskError


def together(*acts: Callable[[], Any]) -> list[Any]:
    """Do all at once; return what each answered, or the desk's error it met. Any other error is raised."""
    start = Barrier(len(acts))

    def run(act: Callable[[], Any]) -> Any:
        try:
            connection.ensure_connection()
            start.wait(timeout=60)
            return act()
        except DeskError as error:
            return error
        finally:
            connection.close()

    with ThreadPoolExecutor(len(acts)) as pool:
        return list(pool.map(run, acts))


def errors(answers: list[Any]) -> list[DeskError]:
    return [answer for answer in answers if isinstance(answer, DeskError)]
