"""manage.py event_log --since DAY --until DAY --kind KIND: the log of events of the cases of a period, for
process mining programs."""

from __future__ import annotations

import sys
from argparse import ArgumentParser
from collections.abc import Iterator
from contextlib import nullcontext
from datetime import date
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone, translation

from servicedesk.desk.registry import CaseKind, kinds
from servicedesk.reports.paths import sheets, xes
from servicedesk.reports.paths.log import Asked, Log
from servicedesk.reports.paths.shown import BY_CLOSING, BY_SUBMISSION, cases_of
from servicedesk.reports.periods import day_after, midnight
from servicedesk.reports.scope import Scope

PIECES = {"xes": xes.pieces, "csv": sheets.pieces}


class Command(BaseCommand):
    help = (
        "Write the log of events of the cases of one kind as XES (IEEE 1849-2016) or csv: every case of the "
        "period, whomever it is against; offices, no names and no text."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--since", required=True, type=date.fromisoformat, metavar="DAY")
        parser.add_argument(
            "--until", required=True, type=date.fromisoformat, metavar="DAY", help="the last day, included"
        )
        parser.add_argument("--kind", required=True, help="code of the kind, such as direct-line")
        parser.add_argument("--format", choices=sorted(PIECES), default="xes")
        parser.add_argument("--by", choices=[BY_SUBMISSION, BY_CLOSING], default=BY_SUBMISSION)
        parser.add_argument("--steps", action="store_true", help="steps only, without the verbs")
        parser.add_argument("--officers", action="store_true", help="with a pseudonym of each officer")
        parser.add_argument(
            "--language", choices=[code for code, _name in settings.LANGUAGES], default=settings.LANGUAGE_CODE
        )
        parser.add_argument("--out", type=Path, metavar="FILE", help="else it is printed")

    def handle(self, *args: Any, **options: Any) -> None:
        kind = _kind(options["kind"])
        if options["until"] < options["since"]:
            raise CommandError("The last day lies before the first.")
        with translation.override(options["language"]):
            pieces = PIECES[options["format"]](_log(kind, options))
        written = self._write(pieces, options["out"])
        if options["out"]:
            self.stdout.write(f"{written} bytes in {options['out'].name}.")

    def _write(self, pieces: Iterator[str], out: Path | None) -> int:
        """Write piece by piece as UTF-8 with plain line ends; return how many bytes."""
        written = 0
        try:
            with out.open("w", encoding="utf-8", newline="") if out else nullcontext(self.stdout) as file:
                for piece in pieces:
                    file.write(piece, ending="") if out is None else file.write(piece)  # type: ignore[call-arg]
                    written += len(piece.encode())
        except BrokenPipeError:
            # Whoever read along has enough.
            sys.stderr.close()
        except OSError as error:
            raise CommandError(f"The file cannot be written: {error.strerror or error}") from error
        return written


def _kind(code: str) -> CaseKind:
    known = {kind.code: kind for kind in kinds()}
    if code not in known:
        raise CommandError(f"There is no kind {code}; there are {', '.join(sorted(known))}.")
    return known[code]


def _log(kind: CaseKind, options: dict[str, Any]) -> Log:
    at = timezone.now()
    scope = Scope(
        since=midnight(options["since"]), until=midnight(day_after(options["until"])), at=at, kind=kind
    )
    found = cases_of(scope, options["by"])
    return Log(Asked(found, kind, at, not options["steps"], options["officers"]))
