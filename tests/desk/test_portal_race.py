"""Many hands on one button: still one case."""

from __future__ import annotations

import uuid
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection
from django.utils import timezone

from servicedesk.desk import drafting
from servicedesk.desk.models import Case, SubmissionKey
from servicedesk.desk.registry import kind_of
from tests import make
from tests.people import Cast

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.sqlite]
HANDS = 8


def test_parallel_submits_of_one_key_are_one_case(people: Cast) -> None:
    case = make.draft(people)
    form = drafting.kept_form(case)
    assert form.is_valid()
    key, seen = uuid.uuid4(), drafting.seal(case, form)

    def press(_hand: int) -> str | None:
        try:
            return drafting.submit(case, by=people.wang, at=timezone.now(), key=key, seen=seen).number
        finally:
            connection.close()

    with ThreadPoolExecutor(HANDS) as pool:
        numbers = set(pool.map(press, range(HANDS)))
    assert len(numbers) == 1 and None not in numbers
    assert SubmissionKey.objects.count() == 1
    assert Case.objects.get().events.filter(verb="submit").count() == 1


def test_parallel_first_sendings_of_one_form_are_one_draft(people: Cast) -> None:
    key, kind = uuid.uuid4(), kind_of("direct-line")

    def send(_hand: int) -> int:
        try:
            at = timezone.now()
            return drafting.find_or_open(kind, people.company, by=people.wang, at=at, form_key=key).pk
        finally:
            connection.close()

    with ThreadPoolExecutor(HANDS) as pool:
        assert len(set(pool.map(send, range(HANDS)))) == 1
    assert Case.objects.count() == 1
