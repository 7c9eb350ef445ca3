import time
from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from servicedesk.desk.bulk.filling import Order, fill
from servicedesk.desk.errors import BadInput


class Command(BaseCommand):
    help = (
        "Fill the desk with cases for measuring: such as the verbs write them, with true clocks and chains, "
        "over the past months. Never on a desk people work with."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--count", type=int, required=True, help="how many cases")
        parser.add_argument("--kind", default="direct-line")
        parser.add_argument("--seed", type=int, default=1)
        parser.add_argument("--months", type=int, default=48, help="over how many months they came in")
        parser.add_argument("--open", type=int, help="how many are not closed yet (2 in 100, at most 20000)")

        parser.add_argument(
            "--unindexed",
            action="store_true",
            help="make the indexes anew afterwards: quicker; a desk on which this is killed is worth nothing",
        )

    def handle(self, *args: Any, count: int, kind: str, seed: int, months: int, **options: Any) -> None:
        if settings.PRODUCTION:
            raise CommandError("A desk people work with is not filled with made-up cases.")
        open_ = options["open"] if options["open"] is not None else min(20_000, count // 50)
        if not 0 <= open_ <= count or months < 1:
            raise CommandError("At least a month, and no more open cases than there are.")
        began = time.monotonic()

        def told(done: int) -> None:
            pace = done / (time.monotonic() - began)
            self.stdout.write(f"{done} of {count} cases, {pace:.0f} a second", ending="\r")
            self.stdout.flush()

        try:
            order = Order(kind, count, open_, months, seed, timezone.now().replace(microsecond=0))
            done = fill(order, told, unindexed=options["unindexed"])
        except BadInput as error:
            raise CommandError(str(error)) from error
        self.stdout.write(f"{done} cases in {time.monotonic() - began:.1f} s.              ")
