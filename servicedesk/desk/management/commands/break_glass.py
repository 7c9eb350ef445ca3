"""manage.py break_glass NAME --reason "…" [--hours 4]: an emergency log-in, from the machine itself.

It gives no post and no right: what the account may do is what its posts say. Keep an account for emergencies
without a password, with the posts an emergency needs: nobody can use it until this command runs."""

from __future__ import annotations

import getpass
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from servicedesk.accounts import break_glass
from servicedesk.accounts.models import User


class Command(BaseCommand):
    help = "Open an emergency log-in for a member of staff; every security administrator and auditor is told."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("user", help="log-in name of an active member of staff")
        parser.add_argument("--reason", required=True)
        parser.add_argument("--hours", type=int, default=4, help="1 to 24; 4 by default")

    def handle(self, *args: Any, **options: Any) -> None:
        user = User.objects.filter(username=options["user"]).first()
        if user is None:
            raise CommandError("Nobody has this log-in name.")
        terms = {"reason": options["reason"], "hours": options["hours"], "by": getpass.getuser()}
        try:
            row, password = break_glass.open_for(user, at=timezone.now(), **terms)
        except ValueError as error:
            raise CommandError(
                "An active member of staff, a reason, and 1 to 24 hours are needed."
            ) from error
        self.stdout.write(f"{user.username} {password}")
        self.stdout.write(f"until {timezone.localtime(row.until):%Y-%m-%d %H:%M}; announced and recorded")
