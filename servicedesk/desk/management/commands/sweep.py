import time
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from servicedesk.desk.tasks import sweep


class Command(BaseCommand):
    help = "Ring the alarms that are due, write the digests and deliver the mail."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--once", action="store_true", help="stop after one sweep")
        parser.add_argument("--every", type=int, default=30, metavar="SECONDS", help="pause between sweeps")

    def handle(self, *args: Any, once: bool, every: int, **options: Any) -> None:
        while True:
            done = sweep(timezone.now())
            told = "Dated anew {moved}, rung {rung}, digests {digests}, mails sent {sent}."
            self.stdout.write(told.format(**done))
            if once:
                return
            time.sleep(max(every, 1))
