import hashlib
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from servicedesk.desk.actions.redating import redate_behind
from servicedesk.desk.errors import DeskError
from servicedesk.desk.notice_files.announcing import Announced, announced
from servicedesk.desk.notice_files.entering import Preview, enter, preview
from servicedesk.desk.notice_files.reading import MOST_BYTES, read
from servicedesk.desk.notice_files.refusals import NoticeRefused
from servicedesk.desk.notice_files.telling import told, told_entered, told_known

OPTIONS = ("title", "number", "source", "published", "year")


class Command(BaseCommand):
    help = (
        "Enter a notice of working days and days off from a file (csv or xlsx; columns 日期/day, 班休/works, "
        "名称/name), or correct one, and date the open clocks it moves. A second run changes nothing; one "
        "that was interrupted goes on where it stopped."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument("--dry-run", action="store_true", help="only say what would move")
        parser.add_argument("--title", help="title of the notice, where the file has none")
        parser.add_argument("--number", help="document number")
        parser.add_argument("--source", help="where it was published")
        parser.add_argument("--published", metavar="DAY", help="day of publication; today by default")
        parser.add_argument("--year", help="year the notice is for; the one of most of its days by default")

    def handle(self, *args: Any, file: Path, dry_run: bool, **options: Any) -> None:
        at = timezone.now()
        try:
            with file.open("rb") as opened:
                data = opened.read(MOST_BYTES + 1)
            typed = {name: options[name] for name in OPTIONS}
            new = announced(read(data), typed, name=file.name, today=timezone.localdate(at))
            seen = preview(new, at)
            self._say(told_known(seen.known) if seen.known else told(seen))
            if not dry_run:
                self._enter(new, seen, hashlib.sha256(data).hexdigest())
        except OSError as error:
            raise CommandError(f"{file}: {error.strerror}") from error
        except (NoticeRefused, DeskError) as error:
            raise CommandError(str(error)) from error

    def _enter(self, new: Announced, seen: Preview, sha256: str) -> None:
        """Enter it, and date what it or an earlier run that was cut off has left behind."""
        notice = seen.known or enter(seen, at=timezone.now(), sha256=sha256)
        moved = redate_behind(timezone.now())
        if not seen.known or moved.cases:
            self._say(told_entered(notice, moved))

    def _say(self, lines: list[str]) -> None:
        for line in lines:
            self.stdout.write(line)
