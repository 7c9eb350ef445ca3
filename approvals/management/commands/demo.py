from __future__ import annotations

import gc
import json
from datetime import date, datetime, time
from typing import Any

from django.conf import settings
from django.core.cache import cache
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from approvals.demo import SERVICES
from enterprises.demo.fill import fill
from servicedesk.desk.models import Case

PROGRESS = "demo-progress.json"


class Command(BaseCommand):
    help = "Walk believable matters through the real verbs under a moving clock."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--cases", type=int, default=600, help="matters of the direct line")
        parser.add_argument("--seed", type=int, default=1)
        parser.add_argument("--until", type=date.fromisoformat, help="last day, YYYY-MM-DD; today by default")

    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.DEMO:
            raise CommandError("The demo needs DEMO=1; a production desk refuses it.")
        if Case.objects.exists():
            raise CommandError("There are cases already; the demo fills an empty desk only.")
        cases, seed = options["cases"], options["seed"]
        if cases < 1:
            raise CommandError("--cases is at least 1.")
        day = options["until"] or timezone.localdate()
        until = timezone.make_aware(datetime.combine(day, time(23, 59)))
        # Hundreds of thousands of short-lived objects: fewer collections, a tenth less time.
        gc.set_threshold(100_000, 50, 50)
        gc.freeze()
        done = fill(cases, seed, min(until, timezone.now()), self._told, SERVICES)
        # Open figures counted while the desk was filling would stand for minutes.
        cache.clear()
        self.stdout.write(f"{done} stories until {day}.")

    def _told(self, done: int, total: int) -> None:
        settings.VAR.mkdir(exist_ok=True)
        (settings.VAR / PROGRESS).write_text(json.dumps({"done": done, "total": total}))
