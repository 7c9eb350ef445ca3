from typing import Any

from django.core.management.base import BaseCommand

from servicedesk.desk.finding import keep_all, keep_missing
from servicedesk.desk.models import Case

AT_ONCE = 500


class Command(BaseCommand):
    help = "Write the words matters are searched by where there are none yet; --all writes all anew."

    def add_arguments(self, parser: Any) -> None:
        parser.add_argument("--all", action="store_true", help="Also look at those that have words.")

    def handle(self, *args: Any, **options: Any) -> None:
        done = _everything() if options["all"] else keep_missing()
        self.stdout.write(f"The words of {done} matters were written.")


def _everything() -> int:
    done, last = 0, 0
    while cases := list(
        Case.objects.submitted().filter(pk__gt=last).order_by("pk").only("pk", "kind")[:AT_ONCE]
    ):
        done, last = done + keep_all(cases), cases[-1].pk
    return done
