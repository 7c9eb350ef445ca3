"""manage.py import_history FILE --kind KIND --map FIELD=COLUMN …: requests of an older system, with their
true dates."""

from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from servicedesk.desk.errors import DeskError
from servicedesk.desk.history import Fault, history_of
from servicedesk.desk.history.mapping import columns_of, said_mapping
from servicedesk.desk.history.sheets import sheets_of
from servicedesk.desk.history.taking import Report, Taking, sentence

MOST_BYTES = 200 * 1024 * 1024
WIDTH = 30


class Command(BaseCommand):
    help = "Bring in requests of an older system (xlsx or csv): closed where answered, open otherwise."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", metavar="FILE")
        parser.add_argument("--kind", required=True, help="code of the kind, such as direct-line")
        parser.add_argument(
            "--map",
            action="append",
            default=[],
            metavar="FIELD=COLUMN",
            help="which column is what; repeat it",
        )
        parser.add_argument("--sheet", default="", help="the sheet; else the first one with all the columns")
        parser.add_argument("--dry-run", action="store_true", help="only say what would be imported")
        parser.add_argument("--strict", action="store_true", help="nothing at all unless every row is right")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            self._import(options)
        except DeskError as error:
            raise CommandError(str(error)) from error
        except KeyboardInterrupt:
            raise CommandError(_("Stopped. Run it again to go on from here.")) from None

    def _import(self, options: dict[str, Any]) -> None:
        declared = history_of(options["kind"])
        sheets = sheets_of(_bytes_of(options["file"]), options["file"])
        if not options["map"]:
            said = {"columns": columns_of(sheets), "fields": ", ".join(declared.every_field())}
            raise CommandError(
                _("Say which column is what: --map FIELD=COLUMN. Columns: %(columns)s. Fields: %(fields)s.")
                % said
            )
        mapping = said_mapping(options["map"], declared)
        how = {"sheet": options["sheet"], "at": timezone.now()}
        if options["dry_run"]:
            with transaction.atomic():
                report = Taking(declared, sheets, options["file"], mapping, **how).report
                transaction.set_rollback(True)  # not even the offices of an empty desk stay
            self._tell(report, _("Would be imported: %(new)d (%(open)d of them unanswered)."))
            if options["strict"] and report.faults:
                raise CommandError(_("Nothing would be imported: not all rows are right."))
            return
        taking = Taking(declared, sheets, options["file"], mapping, **how)
        try:
            run = taking.run_strictly if options["strict"] else taking.run
            run(self._progress)
        except DeskError:
            self._list(_("Faults: %(n)d"), taking.report.faults)
            raise
        self._tell(taking.report, _("Imported: %(new)d (%(open)d rows without an answer)."))

    def _progress(self, done: int, of: int) -> None:
        """A bar that grows on a terminal, a line a piece elsewhere."""
        if not self.stdout.isatty():
            self.stdout.write(_("%(done)d of %(of)d rows") % {"done": done, "of": of})
            return
        filled = WIDTH * done // max(of, 1)
        bar = "█" * filled + "░" * (WIDTH - filled)
        self.stdout.write(f"\r{bar} {done}/{of}", ending="\n" if done == of else "")
        self.stdout.flush()

    def _tell(self, report: Report, words: str) -> None:
        self._list(_("Remarks (these rows are imported): %(n)d"), report.remarks)
        self._list(_("Faults (these rows are left out): %(n)d"), report.faults)
        new = report.imported or report.waiting
        lines = [
            _("Rows: %(n)d") % {"n": report.total},
            words % {"new": new, "open": report.open},
            _("There already: %(n)d") % {"n": report.already},
            _("Left out: %(n)d") % {"n": report.left_out},
        ]
        self.stdout.write("\n".join(lines))

    def _list(self, heading: str, faults: list[Fault]) -> None:
        if faults:
            self.stdout.write(heading % {"n": len(faults)})
            self.stdout.write(
                "\n".join(f"  {sentence(each)}" for each in sorted(faults, key=lambda f: f.row))
            )


def _bytes_of(name: str) -> bytes:
    path = Path(name)
    try:
        if path.stat().st_size > MOST_BYTES:
            raise CommandError(_("The file is too large."))
        return path.read_bytes()
    except OSError as error:
        raise CommandError(
            _("The file cannot be opened: %(why)s") % {"why": error.strerror or error}
        ) from error
