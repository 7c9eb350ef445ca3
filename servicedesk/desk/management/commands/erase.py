from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from servicedesk.accounts.models import User
from servicedesk.desk.actions import erasing
from servicedesk.desk.errors import DeskError
from servicedesk.desk.models import Erasure
from servicedesk.desk.privacy.terms import due


class Command(BaseCommand):
    help = "Show or erase what is past its term of retention. Chains of events stay whole."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--dry-run", action="store_true", help="only count; nothing is written")
        parser.add_argument("--by", metavar="NAME", help="log-in name of the manager who confirms")
        parser.add_argument("--reason", default="", help="why; it stays in the record")

    def handle(self, *args: Any, **options: Any) -> None:
        at = timezone.now()
        if options["dry_run"]:
            counts: dict[str, int] = {}
            for each in due(at):
                counts[each.what] = counts.get(each.what, 0) + 1
            told = ", ".join(f"{what} of {count}" for what, count in sorted(counts.items()))
            self.stdout.write(f"Past its term: {told or 'nothing'}. Nothing was erased.")
            return
        by = User.objects.filter(username=options["by"] or "").first()
        if by is None:
            raise CommandError("Say by whom: --by LOG-IN NAME of a manager.")
        erasing.prepare(at)
        row = Erasure.objects.filter(stage__in=erasing.OPEN).first()
        if row is None:
            self.stdout.write("Nothing is past its term.")
            return
        try:
            row = erasing.confirm(row, by=by, at=at, reason=options["reason"])
        except DeskError as error:
            raise CommandError(str(error)) from error
        if row.stage == Erasure.Stage.SECOND:
            self.stdout.write(f"{row.count} matters: a second manager has to confirm.")
            return
        erased = 0
        while done := erasing.carry_on(timezone.now()):
            erased += done
        self.stdout.write(f"Erased: {erased}.")
