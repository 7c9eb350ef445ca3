"""How a file lies on the shelf and who gets it back; what is taken at all is in test_file_checks."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from servicedesk.accounts.models import User
from servicedesk.desk import actions
from servicedesk.desk.files import (
    NotKept,
    NotThere,
    check,
    delete_orphans,
    held,
    open_stored,
    orphans,
    shelf,
    shown_to,
    store,
)
from servicedesk.desk.models import Attachment, Case
from tests import make
from tests.desk import papers
from tests.people import Cast

pytestmark = [pytest.mark.django_db, pytest.mark.sqlite]
NAME = "厂区照片（东门）.jpg"


@pytest.fixture(autouse=True)
def shelf_of_its_own(settings: Any, tmp_path: Path) -> None:
    settings.STORAGE_ROOT = tmp_path / "kept"
    settings.STAFF_NEED_SECOND_FACTOR = False


@pytest.fixture
def case(people: Cast) -> Case:
    return make.claimed(people)


def attached(case: Case, by: User, *, public: bool = True, name: str = NAME) -> Attachment:
    file = check(papers.upload(name, papers.picture()))
    return actions.attach(case, by=by, at=timezone.now(), file=file, public=public)


def fetch(user: User | None, attachment: Attachment | int, method: str = "get") -> Any:
    client = Client()
    if user:
        client.force_login(user, settings.AUTHENTICATION_BACKENDS[-1])
    pk = attachment if isinstance(attachment, int) else attachment.pk
    return getattr(client, method)(reverse("desk:file", args=[pk]))


def lying() -> Iterator[Path]:
    return (path for path in Path(settings.STORAGE_ROOT).rglob("*") if path.is_file())


# The shelf


def test_what_is_stored_comes_back_byte_for_byte(case: Case, people: Cast) -> None:
    row = attached(case, people.wang)
    with open_stored(row) as file:
        content = file.read()
    assert hashlib.sha256(content).hexdigest() == row.sha256
    assert (len(content), row.name, row.mime) == (row.size, NAME, "image/jpeg")


def test_the_persons_name_never_becomes_a_path() -> None:
    path = store(check(papers.upload("../../etc/厂区.jpg", papers.picture())))
    assert path.startswith(f"attachments/{timezone.localdate():%Y/%m/%d}/")
    assert "厂区" not in path and not path.endswith(".jpg")
    stored = settings.STORAGE_ROOT / path
    assert stored.stat().st_mode & 0o777 == 0o640


def test_bytes_that_changed_after_the_check_are_not_kept() -> None:
    file = check(papers.upload("a.jpg", papers.picture()))
    file.content.file.seek(0)
    file.content.file.write(b"MZ")
    with pytest.raises(NotKept):
        store(file)
    assert not list(lying())


def test_a_full_disk_leaves_neither_row_nor_half_a_file(
    case: Case, people: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(handle: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(shelf.os, "fsync", full)
    with pytest.raises(NotKept) as refused:
        attached(case, people.wang)
    assert refused.value.status == 503
    assert not Attachment.objects.exists() and not list(lying())


@pytest.mark.parametrize(
    "path", ["attachments/../../secret", "/etc/passwd", "../secret-key", "attachments", ""]
)
def test_a_row_cannot_lead_off_the_shelf(path: str, case: Case, people: Cast) -> None:
    row = attached(case, people.wang)
    row.path = path
    with pytest.raises(NotThere):
        open_stored(row)


@pytest.mark.parametrize("change", [b"longer by this", b""])
def test_a_file_that_is_no_longer_what_was_handed_in_is_not_sent(
    change: bytes, case: Case, people: Cast, caplog: pytest.LogCaptureFixture
) -> None:
    row = attached(case, people.wang)
    stored = settings.STORAGE_ROOT / row.path
    content = stored.read_bytes()
    stored.write_bytes(content + change if change else content[:-1] + b"\0")
    answer = fetch(people.wang, row)
    assert answer.status_code == 410
    assert answer["Cache-Control"] == "private, no-store"
    assert f"Attachment {row.pk} is no longer" in caplog.text
    assert NAME not in caplog.text


def test_a_lost_file_is_a_clear_page_and_not_an_error(case: Case, people: Cast) -> None:
    row = attached(case, people.wang)
    (settings.STORAGE_ROOT / row.path).unlink()
    assert fetch(people.wang, row).status_code == 410


# Rows without file, files without row


def test_orphans_are_told_apart_and_only_old_files_are_deleted(
    case: Case, people: Cast, settings: Any
) -> None:
    kept, lost = attached(case, people.wang), attached(case, people.wang)
    (settings.STORAGE_ROOT / lost.path).unlink()
    folder = (settings.STORAGE_ROOT / kept.path).parent
    old, half, young = folder / "old", folder / "half.part", folder / "young"
    for path in (old, half, young):
        path.write_bytes(b"x")
    now = timezone.now()
    before = (now - timedelta(hours=2)).timestamp()
    for path in (old, half, settings.STORAGE_ROOT / kept.path):
        os.utime(path, (before, before))
    rows, files = orphans(now)
    assert (rows, set(files)) == ([lost], {old, half})
    assert delete_orphans(now) == 2
    assert young.exists() and (settings.STORAGE_ROOT / kept.path).exists()
    assert orphans(now + timedelta(hours=2))[1] == [young]


def test_other_rooms_files_below_the_storage_root_are_left_alone() -> None:
    other = settings.STORAGE_ROOT / "import-export" / "sheet.xlsx"
    other.parent.mkdir(parents=True)
    other.write_bytes(b"x")
    assert delete_orphans(timezone.now() + timedelta(days=1)) == 0
    assert other.exists()


def test_a_matter_knows_what_it_holds(case: Case, people: Cast) -> None:
    assert held(case) == {"count": 0, "total": 0}
    rows = [attached(case, people.wang), attached(case, people.alice, public=False)]
    assert held(case) == {"count": 2, "total": sum(row.size for row in rows)}


# Who gets a file, and how


def test_a_file_goes_out_as_a_download_that_can_do_nothing(case: Case, people: Cast) -> None:
    row = attached(case, people.wang)
    answer = fetch(people.wang, row)
    assert answer.status_code == 200
    assert b"".join(answer.streaming_content) == papers.picture()
    assert answer["Content-Type"] == "image/jpeg"
    assert answer["Content-Length"] == str(row.size)
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Cache-Control"] == "private, no-store"
    assert answer["Content-Security-Policy"] == "default-src 'none'; sandbox"
    encoded = "%E5%8E%82%E5%8C%BA%E7%85%A7%E7%89%87%EF%BC%88%E4%B8%9C%E9%97%A8%EF%BC%89.jpg"
    assert answer["Content-Disposition"] == f"attachment; filename*=utf-8''{encoded}"


def test_a_name_cannot_break_out_of_its_header(case: Case, people: Cast) -> None:
    row = attached(case, people.wang, name='a"; filename=evil.html\r\nSet-Cookie: x=1.jpg')
    answer = fetch(people.wang, row)
    name = "a__ filename=evil.html Set-Cookie_ x=1.jpg"
    assert answer["Content-Disposition"] == f'attachment; filename="{name}"'
    assert "Set-Cookie" not in answer.headers


def test_whoever_is_not_logged_in_is_led_to_the_log_in(case: Case, people: Cast) -> None:
    for target in (attached(case, people.wang), 999_999):
        answer = fetch(None, target)
        assert answer.status_code == 302
        assert answer["Location"].startswith("/account/login/")


@pytest.mark.parametrize(
    ("who", "public", "internal"),
    [
        ("wang", 200, 404),  # the applicant
        ("zhao", 404, 404),  # another company
        ("alice", 200, 200),  # the officer
        ("bob", 200, 200),  # the head
        ("diana", 200, 200),  # the centre
        ("frank", 200, 200),  # supervision
        ("charlie", 404, 404),  # another office
    ],
)
def test_the_case_decides_who_gets_its_files(
    who: str, public: int, internal: int, case: Case, people: Cast
) -> None:
    shown, hidden = attached(case, people.wang), attached(case, people.alice, public=False)
    user = getattr(people, who)
    assert fetch(user, shown).status_code == public
    assert fetch(user, hidden).status_code == internal
    if public == 200:
        assert len(shown_to(user, case, timezone.now())) == (2 if internal == 200 else 1)


def test_a_superuser_without_a_post_gets_nothing(case: Case, people: Cast) -> None:
    machine = User.objects.create_superuser("root", name="Root")
    assert fetch(machine, attached(case, people.wang)).status_code == 404


def test_a_draft_is_the_applicants_alone(people: Cast) -> None:
    row = attached(make.draft(people), people.wang)
    assert fetch(people.wang, row).status_code == 200
    assert fetch(people.diana, row).status_code == 404


def test_a_refused_file_is_nobodys(case: Case, people: Cast) -> None:
    row = attached(case, people.wang)
    Attachment.objects.filter(pk=row.pk).update(state=Attachment.State.REFUSED)
    assert fetch(people.alice, row).status_code == 404


def test_the_view_only_reads(case: Case, people: Cast) -> None:
    row = attached(case, people.wang)
    assert fetch(people.wang, row, "head").status_code == 200
    for method in ("post", "put", "delete", "patch"):
        assert fetch(people.wang, row, method).status_code == 405
