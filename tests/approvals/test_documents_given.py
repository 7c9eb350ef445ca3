"""What every application is given by itself: the licence of its grant, its papers, and their list."""

from __future__ import annotations

import pytest
from django.test import Client
from django.utils import timezone

from approvals.documents.giving import with_papers
from approvals.models import Document, Licence
from servicedesk.desk.registry import Panel, kind_of
from tests.approvals import issuing, make
from tests.desk.staff import bench, enter
from tests.people import Cast, cast

pytestmark = pytest.mark.django_db


@pytest.fixture
def people() -> Cast:
    return cast()


def test_a_granted_licence_item_brings_papers_and_a_licence_that_is_delivered_with_them(people: Cast) -> None:
    make.item(result=make.words("食品经营许可证"))
    case = issuing.delivered(people)
    licence = Licence.objects.get(case=case)
    papers = Document.objects.filter(case=case).order_by("pk")
    assert [paper.sort for paper in papers] == ["receipt", "acceptance", "decision", "delivery"]
    assert papers[2].facts["result_number"] == licence.number
    assert papers[3].facts["delivered"][-1] == ["食品经营许可证", licence.number]


def test_a_refusal_and_an_item_without_a_licence_bring_none(people: Cast) -> None:
    make.item()
    make.item("test-filing", is_licensed=False)
    issuing.refused(people)
    make.granted(people, "test-filing")
    assert not Licence.objects.exists()


def test_applicant_and_officer_find_the_papers_on_their_pages(people: Cast) -> None:
    make.item()
    case = make.granted(people)
    paper = issuing.document(case, "decision")
    for user, page in ((people.wang, f"/matters/{case.number}/"), (people.alice, bench(case))):
        words = enter(Client(), user).get(page).content.decode()
        assert f'href="/documents/{paper.pk}/"' in words
        assert "/verify/" in words


def test_number_and_secret_alone_show_no_paper(people: Cast) -> None:
    make.item()
    case = make.granted(people)
    assert kind_of("approval").panel_of(case, None, timezone.now()) is None
    assert kind_of("approval").panel_of(case, people.wang, timezone.now()) is not None


def test_the_list_stands_below_what_the_kind_shows_itself(people: Cast) -> None:
    make.item()
    case = make.submitted(people)
    inner = Panel("approvals/bundles/part.html", {"is_progress": True})
    shown = with_papers(lambda *_asked: inner)(case, people.wang, timezone.now())
    assert shown is not None
    assert shown.context["inner"] is inner
    assert shown.context["is_progress"] is True
    draft = make.draft(people)
    assert with_papers(lambda *_asked: inner)(draft, people.wang, timezone.now()) is inner
    assert with_papers()(draft, people.wang, timezone.now()) is None
