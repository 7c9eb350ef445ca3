"""The worker's application, and the desk's verbs as a program, in a process that dies where CRASH_AT says.

`python -m tests.faults.crashing ring|deliver|submit|attach [CASE]` does what its argument names."""

import sys
import uuid

import django

django.setup()

from django.utils import timezone  # noqa: E402

from servicedesk.celery import app  # noqa: E402, F401
from servicedesk.desk import actions  # noqa: E402
from servicedesk.desk.delivery import deliver  # noqa: E402
from servicedesk.desk.files import check  # noqa: E402
from servicedesk.desk.models import Case  # noqa: E402
from servicedesk.desk.ringing import ring  # noqa: E402
from tests.desk.papers import picture, upload  # noqa: E402
from tests.faults.points import arm_as_told  # noqa: E402


def submit(pk: str) -> None:
    case = Case.objects.get(pk=pk)
    key = uuid.uuid5(uuid.NAMESPACE_OID, pk)
    actions.submit(case, by=case.opened_by, at=timezone.now(), key=key, facts={"draft": pk})


def attach(pk: str) -> None:
    case = Case.objects.get(pk=pk)
    file = check(upload("photo.jpg", picture()))
    actions.attach(case, by=case.opened_by, at=timezone.now(), file=file)


DOES = {
    "ring": lambda: ring(timezone.now()),
    "deliver": lambda: deliver(timezone.now()),
    "submit": submit,
    "attach": attach,
}

arm_as_told()
if __name__ == "__main__":
    DOES[sys.argv[1]](*sys.argv[2:])
