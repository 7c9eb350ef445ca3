"""Many issuers in one moment: no number twice, none left out, no paper made twice."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from django.db import transaction

from approvals.documents.issue import issue
from approvals.documents.shelf import pdf_of
from approvals.models import Document, DocumentSeries
from servicedesk.desk import actions
from servicedesk.desk.models import Case, Event
from tests.approvals import issuing, make
from tests.approvals.issuing import TUESDAY
from tests.desk.racing import errors, together
from tests.make import again
from tests.people import Cast, cast

pytestmark = [pytest.mark.sqlite, pytest.mark.django_db(transaction=True)]
EIGHT = 8


@pytest.fixture
def people() -> Iterator[Cast]:
    found = cast()
    make.item()
    with issuing.issuing():
        yield found


def claimed(people: Cast) -> Case:
    case = make.submitted(people)
    actions.claim(case, by=people.alice, at=make.MONDAY)
    return again(case)


@pytest.mark.postgres
def test_eight_issuers_at_once_leave_no_gap_in_the_numbers(people: Cast) -> None:
    cases = [claimed(people) for _each in range(EIGHT)]
    answers = together(*[partial(actions.accept, case, by=people.alice, at=TUESDAY) for case in cases])
    assert errors(answers) == []
    numbers = sorted(Document.objects.values_list("number", flat=True))
    assert numbers == list(range(1, 2 * EIGHT + 1))
    assert DocumentSeries.objects.get().last == 2 * EIGHT


@pytest.mark.postgres
def test_issuers_that_fail_among_eight_leave_no_gap_either(people: Cast) -> None:
    cases = [claimed(people) for _each in range(EIGHT)]

    class Stop(Exception):
        pass

    def fails(case: Case) -> str:
        try:
            with transaction.atomic():
                actions.accept(case, by=people.alice, at=TUESDAY)
                raise Stop
        except Stop:
            return "stopped"

    acts: list[Any] = [
        partial(fails, case) if place % 2 else partial(actions.accept, case, by=people.alice, at=TUESDAY)
        for place, case in enumerate(cases)
    ]
    answers = together(*acts)
    assert answers.count("stopped") == EIGHT // 2
    numbers = sorted(Document.objects.values_list("number", flat=True))
    assert numbers == list(range(1, EIGHT + EIGHT // 2 + 1))


@pytest.mark.postgres
def test_eight_first_papers_of_an_office_make_one_series(people: Cast) -> None:
    """The row of the year is not there yet when all of them ask for it."""
    cases = [claimed(people) for _each in range(EIGHT)]
    Document.objects.all().delete()
    DocumentSeries.objects.all().delete()
    answers = together(*[partial(actions.accept, case, by=people.alice, at=TUESDAY) for case in cases])
    assert errors(answers) == []
    assert sorted(Document.objects.values_list("number", flat=True)) == list(range(1, EIGHT + 1))


def test_issuers_of_one_case_after_the_other_share_the_series(people: Cast) -> None:
    events = [Event.objects.get(case=make.submitted(people), verb="submit") for _each in range(3)]

    def once_more(event: Event) -> Document:
        with transaction.atomic():
            case = event.case
            assert case is not None
            return issue(case, "decision", event=event, at=TUESDAY, facts={"regime": "licence"})

    answers = together(*[partial(once_more, event) for event in events])
    assert sorted(paper.number for paper in answers) == [4, 5, 6]


def test_eight_readers_of_a_fresh_paper_get_one_file(people: Cast, settings: Any, tmp_path: Path) -> None:
    settings.STORAGE_ROOT = tmp_path / "kept"
    paper = issuing.document(make.submitted(people), "receipt")
    answers = together(*[partial(lambda key: pdf_of(Document.objects.get(pk=key)), paper.pk)] * EIGHT)
    assert errors(answers) == []
    assert len(set(answers)) == 1
    assert len([path for path in Path(settings.STORAGE_ROOT).rglob("*") if path.is_file()]) == 1
