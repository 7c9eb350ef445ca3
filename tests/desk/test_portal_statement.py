"""The statement of a clock as its company reads it, and the notices in the app."""

from __future__ import annotations

import pytest
from django.test import Client

from servicedesk.desk.models import Notice
from tests import make
from tests.desk.test_portal_matters import company_clock
from tests.make import moment
from tests.people import Cast

pytestmark = pytest.mark.django_db


# --- the statement -------------------------------------------------------------------------------------


def test_every_public_clock_has_a_statement_with_its_ledger(wang: Client, people: Cast) -> None:
    case = make.claimed(people)
    for clock in case.clocks.filter(public=True):
        response = wang.get(f"/matters/{case.number}/clocks/{clock.pk}/")
        assert response.status_code == 200
        assert clock.basis in response.content.decode()
        assert len(response.context["promises"]) == clock.promises.count() == 1


def test_a_clock_of_another_matter_is_not_found(wang: Client, people: Cast) -> None:
    mine, other = make.submitted(people), make.submitted(people)
    assert wang.get(f"/matters/{mine.number}/clocks/{company_clock(other).pk}/").status_code == 404


def test_the_rows_and_what_is_left_sum_to_the_term(wang: Client, people: Cast) -> None:
    case = make.submitted(people, at=moment("2026-02-10 09:00"))
    clock = company_clock(case)
    context = wang.get(f"/matters/{case.number}/clocks/{clock.pk}/").context
    assert sum(row.units for row in context["rows"]) + context["remaining"] == clock.term


# --- notices -------------------------------------------------------------------------------------------


def test_notices_are_listed_and_marked_as_read(wang: Client, people: Cast) -> None:
    make.answered(people)
    response = wang.get("/notices/")
    unread = response.context["unread"]
    assert unread >= 3
    one = Notice.objects.filter(recipient=people.wang, channel="app").first()
    assert one is not None
    wang.post("/notices/", {"only": one.pk})
    assert wang.get("/notices/").context["unread"] == unread - 1
    wang.post("/notices/")
    assert wang.get("/notices/").context["unread"] == 0


@pytest.mark.parametrize("only", ["x", "-1", "9" * 40, "\0", "1.5"])
def test_a_mangled_notice_marks_nothing(wang: Client, people: Cast, only: str) -> None:
    make.answered(people)
    unread = wang.get("/notices/").context["unread"]
    assert wang.post("/notices/", {"only": only}).status_code == 302
    assert wang.get("/notices/").context["unread"] == unread


def test_nobody_marks_the_notices_of_others(client: Client, people: Cast) -> None:
    make.answered(people)
    theirs = Notice.objects.filter(recipient=people.wang, channel="app").first()
    assert theirs is not None
    client.force_login(people.zhao)
    client.post("/notices/", {"only": theirs.pk})
    assert Notice.objects.get(pk=theirs.pk).read_at is None
    assert not client.get("/notices/").context["page"].object_list
