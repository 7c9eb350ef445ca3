"""The PDF of a paper: made once, kept by hash, refused once altered, and who gets it."""

from __future__ import annotations

import os
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from approvals.documents import rounds, shelf
from approvals.documents.letters import paper_of
from approvals.documents.listing import listed
from approvals.documents.shelf import clear_shelf, look_after, pdf_of, render_missing
from approvals.models import Document
from servicedesk.accounts.models import User
from servicedesk.desk import tasks
from servicedesk.desk.files import NotKept, NotThere, delete_orphans
from servicedesk.desk.files import shelf as files_shelf
from servicedesk.desk.files.shelf import GRACE
from servicedesk.desk.models import Case
from servicedesk.desk.rounds import register_round
from tests.approvals import issuing, make
from tests.desk.staff import enter
from tests.people import Cast, cast

pytestmark = pytest.mark.django_db


@pytest.fixture
def people() -> Iterator[Cast]:
    found = cast()
    make.item()
    with issuing.issuing():
        yield found


@pytest.fixture(autouse=True)
def root(settings: Any, tmp_path: Path) -> Path:
    settings.STORAGE_ROOT = settings.MEDIA_ROOT = tmp_path / "kept"
    return Path(settings.STORAGE_ROOT)


@pytest.fixture
def case(people: Cast) -> Case:
    return issuing.refused(people)


@pytest.fixture
def paper(case: Case) -> Document:
    return issuing.document(case, "decision")


def lying(root: Path) -> list[Path]:
    return [path for path in root.rglob("*") if path.is_file()]


# Making and keeping


def test_issuing_makes_no_file_and_the_first_reading_does(paper: Document, root: Path) -> None:
    assert lying(root) == []
    content = pdf_of(paper)
    again = Document.objects.get(pk=paper.pk)
    assert content == paper_of(again).bytes() == (root / again.path).read_bytes()
    assert (again.size, len(again.sha256)) == (len(content), 64)
    assert again.path.startswith("documents/")
    assert (root / again.path).stat().st_mode & 0o777 == 0o640


def test_later_readings_use_what_was_kept(
    paper: Document, root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    content = pdf_of(paper)
    monkeypatch.setattr(shelf, "paper_of", lambda document: 1 / 0)
    assert pdf_of(Document.objects.get(pk=paper.pk)) == content
    assert len(lying(root)) == 1


def test_of_two_who_make_it_at_once_the_first_file_stays(paper: Document, root: Path) -> None:
    slow = Document.objects.get(pk=paper.pk)
    first = pdf_of(paper)
    assert pdf_of(slow) == first
    assert len(lying(root)) == 1
    assert slow.path == Document.objects.get(pk=paper.pk).path


@pytest.mark.parametrize("change", [b"", b"%PDF-1.4 forged", None])
def test_an_altered_or_lost_file_is_refused_and_not_made_anew(
    paper: Document, root: Path, change: bytes | None
) -> None:
    pdf_of(paper)
    place = root / paper.path
    if change is None:
        place.unlink()
    else:
        place.write_bytes(change)
    with pytest.raises(NotThere):
        pdf_of(Document.objects.get(pk=paper.pk))


def test_a_row_cannot_lead_off_the_shelf(paper: Document, root: Path) -> None:
    pdf_of(paper)
    elsewhere = root / "attachments" / "paper"
    elsewhere.parent.mkdir()
    elsewhere.write_bytes((root / paper.path).read_bytes())
    for path in ("attachments/paper", "../secret-key", "documents/../attachments/paper"):
        Document.objects.filter(pk=paper.pk).update(path=path)
        with pytest.raises(NotThere):
            pdf_of(Document.objects.get(pk=paper.pk))


def test_altered_facts_make_no_paper(paper: Document, root: Path) -> None:
    forged = paper.facts | {"is_granted": True}
    Document.objects.filter(pk=paper.pk).update(facts=forged)
    with pytest.raises(NotThere):
        pdf_of(Document.objects.get(pk=paper.pk))
    assert lying(root) == []


def test_a_full_storage_says_so_and_leaves_the_row_as_it_was(
    paper: Document, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(handle: int) -> None:
        raise OSError("no space left")

    monkeypatch.setattr(files_shelf.os, "fsync", full)
    with pytest.raises(NotKept):
        pdf_of(paper)
    assert Document.objects.get(pk=paper.pk).path == ""


# Looking after


def test_what_has_no_file_yet_is_made_a_few_at_a_time(case: Case) -> None:
    now = timezone.now()
    waiting = Document.objects.count()
    assert waiting == 3
    assert render_missing(now, most=2) == 2
    assert render_missing(now) == 1
    assert render_missing(now) == 0
    assert not Document.objects.filter(path="").exists()


def test_one_paper_that_cannot_be_made_holds_up_no_other(case: Case) -> None:
    first = Document.objects.order_by("pk").first()
    assert first is not None
    Document.objects.filter(pk=first.pk).update(digest="0" * 64)
    assert render_missing(timezone.now()) == 2
    assert Document.objects.get(path="") == first


def test_no_clearing_takes_a_paper_and_each_takes_its_own_orphans(paper: Document, root: Path) -> None:
    pdf_of(paper)
    old = (timezone.now() - GRACE - timedelta(minutes=1)).timestamp()
    month = (root / paper.path).parent
    orphan, young = month / "orphan", month / "young"
    for path in (orphan, young):
        path.write_bytes(b"x")
    for path in (orphan, root / paper.path):
        os.utime(path, (old, old))
    assert delete_orphans(timezone.now()) == 0
    assert clear_shelf(timezone.now()) == 1
    assert {path.name for path in lying(root)} == {"young", Path(paper.path).name}


def test_a_sweep_makes_what_is_missing_once_in_a_while(case: Case, monkeypatch: pytest.MonkeyPatch) -> None:
    assert register_round(look_after) is look_after
    assert rounds is not None
    now = timezone.now()
    assert look_after(now) == 3
    Document.objects.update(path="", sha256="", size=0)
    assert look_after(now) == 0
    cache.clear()
    assert look_after(now) == 3


def test_the_engine_calls_this_round(case: Case) -> None:
    tasks.sweep(timezone.now())
    assert not Document.objects.filter(path="").exists()


# Who gets a paper


def fetch(user: User | None, paper: Document, method: str = "get") -> Any:
    client = Client()
    if user is not None:
        enter(client, user)
    return getattr(client, method)(reverse("approvals:document", args=[paper.pk]))


@pytest.mark.parametrize(
    ("who", "status"),
    [
        ("wang", 200),  # the applicant
        ("zhao", 404),  # another company
        ("alice", 200),  # the officer
        ("bob", 200),  # the head
        ("erin", 200),  # the leader in charge
        ("diana", 200),  # the centre
        ("frank", 200),  # supervision
        ("charlie", 404),  # another office
    ],
)
def test_whoever_may_see_the_matter_may_read_its_papers(
    who: str, status: int, paper: Document, people: Cast
) -> None:
    assert fetch(getattr(people, who), paper).status_code == status


def test_a_stranger_is_led_to_the_log_in_and_the_machines_keeper_gets_nothing(paper: Document) -> None:
    answer = fetch(None, paper)
    assert (answer.status_code, answer["Location"].split("?")[0]) == (302, "/account/login/")
    assert fetch(User.objects.create_superuser("root", name="Root"), paper).status_code == 404


def test_a_paper_goes_out_as_a_pdf_that_nobody_keeps_for_us(paper: Document, people: Cast) -> None:
    answer = fetch(people.wang, paper)
    assert answer.content == pdf_of(paper)
    assert answer["Content-Type"] == "application/pdf"
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Cache-Control"] == "private, no-store"
    assert answer["Content-Disposition"].startswith("inline; filename*=utf-8''%E4%B8%8D%E4%BA%88")
    assert "default-src 'self'" in answer["Content-Security-Policy"]


def test_an_altered_paper_is_a_clear_page(paper: Document, people: Cast, root: Path) -> None:
    pdf_of(paper)
    (root / paper.path).write_bytes(b"%PDF-1.4 forged")
    answer = fetch(people.wang, paper)
    assert answer.status_code == 410
    assert b"forged" not in answer.content


def test_the_view_only_reads(paper: Document, people: Cast) -> None:
    assert fetch(people.wang, paper, "head").status_code == 200
    for method in ("post", "put", "delete", "patch"):
        assert fetch(people.wang, paper, method).status_code == 405


def test_the_list_of_papers_is_two_queries_newest_first(case: Case, django_assert_num_queries: Any) -> None:
    with django_assert_num_queries(2):
        found = listed(case, timezone.now())
    assert [row["title"] for row in found["documents"]] == [
        "不予行政许可决定书",
        "行政许可申请受理通知书",
        "收件凭证",
    ]
    assert found["licence"] is None


# The admin


def test_the_desk_lists_the_papers_of_its_matters_and_of_no_others(
    case: Case, people: Cast, client: Client, django_assert_max_num_queries: Any
) -> None:
    for _more in range(3):
        issuing.refused(people)
    enter(client, people.alice)
    client.get("/desk/approvals/document/")
    with django_assert_max_num_queries(12):
        page = client.get("/desk/approvals/document/").content.decode()
    assert page.count("/documents/") == 12
    assert "胶州市住建局〔2026〕3号" in page
    other = enter(Client(), people.charlie).get("/desk/approvals/document/").content.decode()
    assert "/documents/" not in other


def test_the_desk_changes_no_paper(paper: Document, people: Cast, client: Client) -> None:
    enter(client, people.bob)
    page = client.get(f"/desk/approvals/document/{paper.pk}/change/")
    assert page.status_code == 200
    assert b'name="_save"' not in page.content
    for way in ("add/", f"{paper.pk}/delete/"):
        assert client.get(f"/desk/approvals/document/{way}").status_code == 403
