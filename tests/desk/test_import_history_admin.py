"""The same file through the admin: put up, looked at, taken in, even by a worker that dies."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from servicedesk.desk.history import uploads
from servicedesk.desk.history.uploads import AT_ONCE, begin, carry_on, continue_imports
from servicedesk.desk.invariants import broken
from servicedesk.desk.models import Case, Event, HistoryImport
from tests.desk.history_sheets import MAPPING, book, row
from tests.entering import enter_desk
from tests.people import Cast, cast

pytestmark = pytest.mark.django_db
ADD = "admin:desk_historyimport_add"


@pytest.fixture
def people() -> Cast:
    return cast()


def put_up(client: Client, data: bytes, name: str = "留言.xlsx") -> Any:
    file = SimpleUploadedFile(name, data)
    return client.post(reverse(ADD), {"kind": "direct-line", "file": file}, HTTP_ACCEPT_LANGUAGE="en")


def uploaded(people: Cast, client: Client, rows: list[list[Any]]) -> HistoryImport:
    enter_desk(client, people.grace)
    put_up(client, book(rows))
    return HistoryImport.objects.get()


def page_of(job: HistoryImport) -> str:
    return reverse("admin:desk_historyimport_change", args=[job.pk])


def test_the_manager_puts_up_looks_and_imports(people: Cast, client: Client) -> None:
    job = uploaded(people, client, [row(1), row(2, "坏"), row(3, answered=None, answer=None, text="路灯")])
    page = client.get(page_of(job))
    assert page.context["form"].initial["received"] == "留言时间"

    seen = client.post(page_of(job), {**MAPPING, "look": "1"})
    assert (seen.context["seen"]["waiting"], seen.context["seen"]["left_out"]) == (2, 1)
    assert "留言时间" in seen.context["faults"][0] and "3" in seen.context["faults"][0]
    assert not Case.objects.exists()

    done = client.post(page_of(job), {**MAPPING, "begin": "1"}, follow=True)
    job.refresh_from_db()
    assert (job.stage, job.report["imported"], job.report["left_out"]) == ("done", 2, 1)
    assert done.context["report"]["imported"] == Case.objects.count() == 2
    assert not default_storage.exists("history") or not default_storage.listdir("history")[1]
    assert {event.by for event in Event.objects.filter(case__isnull=False, verb="import_history")} == {
        people.grace
    }
    assert broken(timezone.now()) == []


def test_other_columns_than_those_seen_are_looked_at_first(people: Cast, client: Client) -> None:
    job = uploaded(people, client, [row(1)])
    client.post(page_of(job), {**MAPPING, "look": "1"})
    page = client.post(page_of(job), {**MAPPING, "number": "留言编号", "begin": "1"})
    assert page.context["seen"]["waiting"] == 1
    assert not Case.objects.exists()


def test_columns_that_do_not_go_together_are_one_sentence(people: Cast, client: Client) -> None:
    job = uploaded(people, client, [row(1)])
    given = {name: column for name, column in MAPPING.items() if name != "answered"}
    page = client.post(page_of(job), {**given, "look": "1"})
    assert page.status_code == 422
    assert page.context["form"].non_field_errors()


def test_a_sweep_goes_on_with_what_a_dead_worker_left(
    people: Cast, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("servicedesk.desk.history.taking.PIECE", 2)
    job = uploaded(people, client, [row(number, text=f"第{number}件") for number in range(5)])
    uploads.choose(job, MAPPING)
    now = timezone.now()
    assert begin(job, by=people.grace, at=now)
    assert not begin(job, by=people.grace, at=now)
    assert carry_on(job.pk, now, -1) == 0
    HistoryImport.objects.update(held_until=now + timedelta(minutes=2))
    assert continue_imports(now) == 0  # held by somebody who may still live
    assert continue_imports(now + timedelta(minutes=3)) == 5
    job.refresh_from_db()
    assert (job.stage, job.report["imported"], job.path) == ("done", 5, "")
    assert continue_imports(now + timedelta(minutes=4)) == 0


def test_what_nobody_decides_about_goes_after_a_day(people: Cast, client: Client) -> None:
    job = uploaded(people, client, [row(1)])
    assert default_storage.exists(job.path)
    continue_imports(timezone.now() + timedelta(hours=25))
    assert not HistoryImport.objects.exists()
    assert not default_storage.exists(job.path)


def test_a_file_can_be_discarded(people: Cast, client: Client) -> None:
    job = uploaded(people, client, [row(1)])
    client.post(page_of(job), {"discard": "1"})
    assert not HistoryImport.objects.exists() and not default_storage.exists(job.path)


@pytest.mark.parametrize("data", [b"", b"PK broken", b"\xd0\xcf\x11\xe0" + bytes(600)])
def test_what_is_no_table_is_refused_at_the_door(people: Cast, client: Client, data: bytes) -> None:
    enter_desk(client, people.grace)
    page = put_up(client, data)
    assert page.status_code == 422
    assert not HistoryImport.objects.exists()


@pytest.mark.parametrize("name", ["alice", "bob", "erin", "frank", "wang"])
def test_nobody_but_the_centre_may_import(people: Cast, client: Client, name: str) -> None:
    job = uploaded(people, client, [row(1)])
    other = enter_desk(Client(), getattr(people, name))
    list_page = reverse("admin:desk_historyimport_changelist")
    for page in (reverse(ADD), page_of(job), list_page):
        assert other.get(page).status_code in {302, 403}
    assert put_up(other, book([row(1)])).status_code in {302, 403}
    assert other.post(page_of(job), {**MAPPING, "begin": "1"}).status_code in {302, 403}
    assert not Case.objects.exists()


def test_the_older_number_finds_the_matter_in_the_queue(people: Cast, client: Client) -> None:
    job = uploaded(people, client, [row("GZ-188006"), row(2, text="路灯")])
    given = {**MAPPING, "number": "留言编号"}
    client.post(page_of(job), {**given, "look": "1"})
    client.post(page_of(job), {**given, "begin": "1"})
    found = client.get(reverse("admin:desk_case_changelist"), {"tab": "all", "q": "GZ-188006"})
    assert [case.past.row for case in found.context["cl"].result_list] == [2]
    case = Case.objects.get(past__row=2)
    page = client.get(reverse("admin:case", args=[case.number]), follow=True).content.decode()
    assert "GZ-188006" in page and "您好，已清淤。" in page
    assert client.get(reverse("admin:desk_historyimport_changelist")).status_code == 200
    assert AT_ONCE < 30
