"""`manage.py clock`: JSON lines in, JSON lines out, so that outsiders can check the clock."""

import os
import sys
from typing import Any

from django.core.management.base import BaseCommand

from servicedesk.clock.lines import answer_stream


class Command(BaseCommand):
    help = "Answer questions about dates: one JSON object a line on standard input, one answer a line."
    # It needs neither database nor settings, and must say nothing but answers.
    requires_system_checks = ()

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            answer_stream(sys.stdin.buffer, sys.stdout.buffer)
        except BrokenPipeError:
            # The reader has gone (`| head`): leave without complaint, at exit too.
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
