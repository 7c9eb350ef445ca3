from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from servicedesk.desk.actions.redating import redate_open
from servicedesk.desk.calendars import current_version
from servicedesk.desk.errors import BadInput


class Command(BaseCommand):
    help = "Date every open clock anew by a calendar version (the newest if none is named)."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("version_number", nargs="?", type=int, metavar="VERSION")
        parser.add_argument("--dry-run", action="store_true", help="only count what would move")

    def handle(self, *args: Any, version_number: int | None, dry_run: bool, **options: Any) -> None:
        version = current_version() if version_number is None else version_number
        try:
            self.stdout.write(str(redate_open(version, at=timezone.now(), dry_run=dry_run)))
        except BadInput as error:
            raise CommandError(str(error)) from error
