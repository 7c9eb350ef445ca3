import sys
from typing import Any

from django.core.management.base import BaseCommand

from servicedesk.desk.replay import differences


class Command(BaseCommand):
    help = "Reckon every clock again from its events; print every stored date that differs, and exit with 1."

    def handle(self, *args: Any, **options: Any) -> None:
        found = 0
        for found, difference in enumerate(differences(), start=1):  # noqa: B007
            self.stdout.write(difference)
        if found:
            self.stderr.write(f"{found} dates differ.")
            sys.exit(1)
        self.stdout.write("Every stored date agrees with its replay.")
