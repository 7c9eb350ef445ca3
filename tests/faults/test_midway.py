"""On the path of one matter the worker dies and the broker is wiped: nothing is lost, nothing doubled."""

from __future__ import annotations

from typing import Any

import pytest
from django.utils import timezone

from servicedesk.celery import app
from servicedesk.desk import actions, tasks
from servicedesk.desk.invariants import broken
from servicedesk.desk.models import Case, Notice
from tests import make
from tests.faults.world import Sink, deliver_the_rest, kill, mail_server, wait_until, worker
from tests.people import Cast, cast

pytestmark = [
    pytest.mark.faults,
    pytest.mark.sqlite,
    pytest.mark.django_db(transaction=True),
]


def due_mails() -> int:
    now = timezone.now()
    return Notice.objects.filter(channel="email", state="queued", next_try_at__lte=now).count()


def work(people: Cast, case: Case) -> None:
    """From the claim to the signed answer."""
    actions.claim(case, by=people.alice, at=timezone.now())
    actions.contact(make.again(case), by=people.alice, at=timezone.now(), result="reached")
    actions.give_opinion(make.again(case), by=people.alice, at=timezone.now(), text="先抽排。")
    actions.draft_answer(make.again(case), by=people.alice, at=timezone.now(), text="积水已退。")
    actions.sign_off(make.again(case), by=people.bob, at=timezone.now())


def test_the_worker_dies_and_the_broker_is_wiped_in_mid_path(settings: Any) -> None:
    app.control.purge()
    people, sink = cast(), Sink()
    with mail_server(sink) as url:
        with worker(EMAIL_URL=url) as child:
            case = make.dispatched(people, at=timezone.now())
            tasks.deliver_notices.apply_async(retry=False)
            wait_until(lambda: sink.mails, "the worker delivers nothing")
            kill(child)
        work(people, case)
        app.control.purge()
        with worker(EMAIL_URL=url):
            tasks.deliver_notices.apply_async(retry=False)
            answer = Notice.objects.get(event__verb="sign_off", channel="email", recipient=people.wang)
            wait_until(
                lambda: Notice.objects.get(pk=answer.pk).state == "sent", "the answer stays in the house"
            )
        actions.confirm(make.again(case), by=people.wang, at=timezone.now())
        deliver_the_rest(url, settings)
    assert due_mails() == 0
    assert broken(timezone.now()) == []
    copies = sorted(sink.copies().values(), reverse=True)
    assert len(copies) == Notice.objects.filter(channel="email", state="sent").count()
    assert copies[0] <= 2 and set(copies[1:]) <= {1}, "only what was under way when it died may come again"
    assert all(len(sink.bytes_of(name)) == 1 for name in sink.copies())
