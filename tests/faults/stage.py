"""The stage of the storm: the cast, companies logged in, and matters whose limits ran out.

`python -m tests.faults.stage COMPANIES MATTERS` writes them and prints the companies' sessions as JSON."""

import json
import sys
from datetime import timedelta

import django

django.setup()

from django.test import Client  # noqa: E402
from django.utils import timezone  # noqa: E402

from servicedesk.desk.models import AlarmRule, Party  # noqa: E402
from servicedesk.desk.notices import recording  # noqa: E402
from tests import make  # noqa: E402
from tests.people import cast, member  # noqa: E402

# Longer ago than any limit of the direct line, holidays counted.
LONG_AGO = timedelta(days=70)


def main(companies: str, matters: str) -> None:
    # The storm may blow at night or on a Sunday.
    AlarmRule.objects.update(any_hour=True, digest=False)
    people, began = cast(), timezone.now() - LONG_AGO
    with recording():
        for _ in range(int(matters)):
            make.dispatched(people, at=began)
    cookies = []
    for place in range(int(companies)):
        client, company = Client(), Party.objects.create(name=f"公司{place}")
        client.force_login(member(f"company-{place}", company))
        # A colleague, who is told by mail.
        member(f"colleague-{place}", company)
        cookies.append(client.cookies["sessionid"].value)
    print(json.dumps(cookies))


main(*sys.argv[1:])
