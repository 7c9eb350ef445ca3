import sys
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand
from django.db.models import Max

from servicedesk.desk.audit import findings
from servicedesk.desk.models import ChainRoot


class Command(BaseCommand):
    help = (
        "Walk every chain of events again; print what was edited, deleted, reordered or cut, and exit with 1."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("chains", nargs="*", metavar="CHAIN", help="only these chains, such as case:17")

    def handle(self, *args: Any, chains: list[str], **options: Any) -> None:
        found = 0
        for found, finding in enumerate(findings(chains or None), start=1):  # noqa: B007
            self.stdout.write(str(finding))
        if found:
            self.stderr.write(f"{found} findings.")
            sys.exit(1)
        signed = ChainRoot.objects.aggregate(last=Max("day"))["last"]
        self.stdout.write(f"Every chain is whole. Signed until: {signed or 'never signed'}.")
