import hashlib
from argparse import ArgumentParser
from datetime import date
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from approvals.catalogue.reading import UnreadableFile, catalogue_in
from approvals.catalogue.telling import told_change
from approvals.catalogue.writing import bring


class Command(BaseCommand):
    help = (
        "Bring a file of items, bundles and limits (YAML or xlsx) into the catalogue: all of it or nothing."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument("--dry-run", action="store_true", help="only say what would change")
        parser.add_argument(
            "--from",
            dest="on",
            type=date.fromisoformat,
            metavar="DAY",
            help="day from which rows hold that name none of their own; today by default",
        )

    def handle(self, *args: Any, file: Path, dry_run: bool, on: date | None, **options: Any) -> None:
        try:
            data = file.read_bytes()
            catalogue = catalogue_in(data)
        except OSError as error:
            raise CommandError(f"{file}: {error.strerror}") from error
        except UnreadableFile as error:
            raise CommandError(str(error)) from error
        sha256 = hashlib.sha256(data).hexdigest()
        report = bring(catalogue, at=timezone.now(), on=on, sha256=sha256, dry_run=dry_run)
        for change in report.changes if not report.faults else []:
            self.stdout.write(told_change(change))
        if report.faults:
            raise CommandError("\n".join(report.faults))
        said = "would change" if dry_run else "changed"
        self.stdout.write(f"{len(report.changes)} {said}, {report.unchanged} as they were.")
