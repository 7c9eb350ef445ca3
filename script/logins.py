"""Print who may log in to the demo; their current codes stand on the log-in page."""

import os
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "servicedesk.settings")

import django

django.setup()

from django.utils import timezone, translation  # noqa: E402

from servicedesk.accounts import demo  # noqa: E402

if __name__ == "__main__":
    with translation.override("en"):
        people = demo.people(timezone.localdate())
    lines = [f"    {person.username:<14} {person.name} {person.what}" for person in people]
    if people:
        print(f"  Log in with the password {demo.PASSWORD} as", *lines, sep="\n")
        print("  Staff also give a code; the log-in page shows the current ones.\n", flush=True)
