"""A child that waits for the starting shot: `python -m tests.faults.racer GO ring|digests|sweep [MOMENT]`."""

import os
import sys
import time
from datetime import datetime
from pathlib import Path

import django

django.setup()

from django.db import connection  # noqa: E402
from django.utils import timezone  # noqa: E402

from servicedesk.desk.delivery import deliver  # noqa: E402
from servicedesk.desk.digests import digests  # noqa: E402
from servicedesk.desk.ringing import ring  # noqa: E402

# Whoever was to give the shot is gone after this long.
PATIENCE = 90
DOES = {"ring": lambda at: ring(at, limit=20), "digests": digests, "deliver": deliver}


def main(go: str, does: str, moment: str = "") -> None:
    connection.ensure_connection()
    Path(f"{go}-{os.getpid()}").touch()
    end = time.monotonic() + PATIENCE
    while not Path(go).exists():
        if time.monotonic() > end:
            sys.exit("no starting shot")
        time.sleep(0.005)
    print(DOES[does](datetime.fromisoformat(moment) if moment else timezone.now()))


main(*sys.argv[1:])
