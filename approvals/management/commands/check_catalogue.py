import sys
from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from approvals.catalogue.checking import catalogue_faults


class Command(BaseCommand):
    help = (
        "Check what the catalogue says today and on every later day it changes: codes, limits, graphs, "
        "offices, forms. Print one sentence a fault, and exit with 1."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        found = catalogue_faults(timezone.localdate())
        for sentence in found:
            self.stdout.write(sentence)
        if found:
            self.stderr.write(f"{len(found)} faults.")
            sys.exit(1)
        self.stdout.write("The catalogue is sound.")
