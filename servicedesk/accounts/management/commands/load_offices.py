from typing import Any

from django.core.management.base import BaseCommand

from servicedesk.accounts.offices import load_offices


class Command(BaseCommand):
    help = "Create the offices of the city that are not there yet; run it as often as you like."

    def handle(self, *args: Any, **options: Any) -> None:
        self.stdout.write(f"{load_offices()} offices added.")
