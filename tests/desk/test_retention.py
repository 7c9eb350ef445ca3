"""What is past its term goes, by a named person's word; the chain of what happened stays whole."""

from __future__ import annotations

import io
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.test import Client
from django.utils import timezone

from servicedesk.accounts.models import SmsMessage
from servicedesk.desk import actions, audit, invariants
from servicedesk.desk.actions import erasing
from servicedesk.desk.errors import BadInput, NotAllowed, WrongState
from servicedesk.desk.files import check
from servicedesk.desk.models import Attachment, Case, Erasure, Event, Message, Notice, RetentionRule
from servicedesk.desk.privacy.terms import after, before, due
from tests.desk import papers
from tests.desk.staff import bench, enter
from tests.make import MONDAY, again, answered, claimed
from tests.people import Cast, person, posted

pytestmark = pytest.mark.django_db
REASON = "到期清除。"


@pytest.fixture(autouse=True)
def shelf(tmp_path: Path, settings: Any) -> Path:
    settings.STORAGE_ROOT = tmp_path / "kept"
    return tmp_path / "kept"


WORDS = "老王的地址是云溪路"


def closed(people: Cast, *, at: datetime = MONDAY) -> Case:
    case = answered(people, at=at)
    actions.message(case, by=people.wang, at=at, text=WORDS)
    paper = check(papers.upload("老王身份证.jpg", papers.picture()))
    actions.attach(again(case), by=people.wang, at=at, file=paper)
    actions.confirm(again(case), by=people.wang, at=at)
    return again(case)


def later(months: int) -> datetime:
    return MONDAY + timedelta(days=31 * months)


def erase(people: Cast, at: datetime) -> Erasure:
    row = erasing.prepare(at)
    assert row is not None
    erasing.confirm(row, by=people.grace, at=at, reason=REASON)
    while erasing.carry_on(at):
        pass
    row.refresh_from_db()
    return row


def test_months_are_counted_by_the_calendar() -> None:
    assert after(date(2026, 1, 31), 1) == date(2026, 2, 28)
    assert before(date(2026, 3, 2), 24) == date(2024, 3, 2)
    assert after(date(2027, 12, 30), 2) == date(2028, 2, 29)


def test_nothing_goes_before_its_term_or_while_a_matter_is_open(people: Cast) -> None:
    closed(people)
    assert list(due(later(20))) == []
    claimed(people)
    assert {each.what for each in due(later(25))} == {"contact"}
    assert len(list(due(later(70)))) == 3
    assert erasing.prepare(later(1)) is None


def test_contact_data_goes_first_and_the_words_stay(people: Cast) -> None:
    case = closed(people)
    erase(people, later(25))
    detail = again(case).direct_line
    assert (detail.contact_name, detail.contact_phone) == ("", "")
    assert detail.text
    assert Event.objects.get(case=case, verb="contact").body == ""
    assert Event.objects.get(case=case, verb="sign_off").body
    assert Notice.objects.filter(event__case=case, state="sent").exclude(address="").count() == 0


def test_everything_personal_goes_and_every_chain_holds(
    people: Cast, shelf: Path, django_capture_on_commit_callbacks: Any
) -> None:
    case = closed(people)
    file = case.attachments.get()
    with django_capture_on_commit_callbacks(execute=True):
        row = erase(people, later(70))
    case = again(case)
    assert (case.title, case.direct_line.text, case.direct_line.place) == ("", "", "")
    assert set(Message.objects.values_list("text", flat=True)) == {""}
    assert set(Event.objects.filter(case=case).exclude(verb="erase").values_list("body", flat=True)) == {""}
    assert Event.objects.filter(case=case, erased_at__isnull=False).exists()
    assert set(Notice.objects.filter(event__case=case).values_list("subject", "body")) == {("", "")}
    kept = Attachment.objects.get()
    assert (kept.state, kept.name, kept.sha256) == ("erased", "", file.sha256)
    assert not (shelf / file.path).exists()
    assert (row.stage, row.by) == ("done", people.grace)
    assert audit.verify() == []
    assert [line for line in invariants.broken(MONDAY) if "rung" not in line and "alarm" not in line] == []
    assert sorted(Event.objects.filter(verb="erase").values_list("params__what", flat=True)) == [
        "contact",
        "files",
        "texts",
    ]


def test_an_erased_matter_can_still_be_looked_at(people: Cast, client: Client) -> None:
    case = closed(people)
    erase(people, later(70))
    enter(client, people.diana)
    assert client.get(bench(case)).status_code == 200
    client.force_login(people.wang)
    assert client.get(f"/matters/{case.number}/").status_code == 200
    assert client.get(f"/files/{Attachment.objects.get().pk}/").status_code == 404


def test_an_erased_event_that_is_written_anew_is_found(people: Cast) -> None:
    case = closed(people)
    erase(people, later(70))
    Event.objects.filter(case=case, verb="sign_off").update(body="另一句话")
    assert len(audit.verify()) == 1


def test_only_a_manager_confirms_with_a_reason_and_once(people: Cast) -> None:
    closed(people)
    at = later(25)
    row = erasing.prepare(at)
    assert row is not None
    with pytest.raises(NotAllowed):
        erasing.confirm(row, by=people.diana, at=at, reason=REASON)
    with pytest.raises(BadInput):
        erasing.confirm(row, by=people.grace, at=at, reason=" ")
    erasing.drop(row, by=people.grace, at=at, reason="先核对。")
    with pytest.raises(WrongState):
        erasing.confirm(row, by=people.grace, at=at, reason=REASON)
    assert erasing.carry_on(at) == 0
    assert Case.objects.get().direct_line.contact_phone


def test_a_long_list_needs_a_second_person(people: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(erasing, "BRAKE", 0)
    closed(people)
    at = later(25)
    row = erasing.prepare(at)
    assert row is not None
    assert erasing.confirm(row, by=people.grace, at=at, reason=REASON).stage == "second"
    assert erasing.prepare(at) is None
    assert erasing.carry_on(at) == 0
    with pytest.raises(NotAllowed):
        erasing.confirm(row, by=people.grace, at=at, reason=REASON)
    henry = posted(person("henry"), "fwzx", "manager")
    assert erasing.confirm(row, by=henry, at=at, reason=REASON).stage == "confirmed"
    assert erasing.carry_on(at) == 1
    told = Event.objects.filter(chain=f"register:erasure:{row.pk}")
    assert list(told.values_list("verb", "by__username")) == [
        ("erasure_confirm", "grace"),
        ("erasure_confirm", "henry"),
        ("erasure_done", "henry"),
    ]


def test_what_is_kept_longer_meanwhile_is_left_alone(people: Cast) -> None:
    case = closed(people)
    at = later(25)
    row = erasing.prepare(at)
    assert row is not None
    RetentionRule.objects.create(
        subject="direct-line", what="contact", months=60, basis="市局文件", valid_from=date(2026, 6, 1)
    )
    erasing.confirm(row, by=people.grace, at=at, reason=REASON)
    assert erasing.carry_on(at) == 0
    assert again(case).direct_line.contact_phone


def test_a_newer_row_of_the_rules_holds_from_its_day_on(people: Cast) -> None:
    closed(people)
    RetentionRule.objects.create(
        subject="direct-line", what="contact", months=3, basis="市局文件", valid_from=date(2026, 6, 1)
    )
    assert list(due(later(2))) == []
    assert [each.what for each in due(later(4))] == ["contact"]


def test_numbers_of_short_messages_and_of_log_ins_go_by_rules_of_their_own(people: Cast) -> None:
    SmsMessage.objects.create(key="k", phone="13800000001", template="news", created_at=MONDAY)
    assert erasing.empty_registers(later(3)) == {"sms": 0, "log-ins": 0}
    assert erasing.empty_registers(later(8))["sms"] == 1
    assert SmsMessage.objects.get().phone == ""


def test_the_command_counts_first_and_erases_in_a_managers_name(people: Cast) -> None:
    closed(people, at=timezone.now() - timedelta(days=800))
    out = io.StringIO()
    call_command("erase", "--dry-run", stdout=out)
    assert "contact of 1" in out.getvalue()
    assert not Erasure.objects.exists()
    with pytest.raises(CommandError, match="by whom"):
        call_command("erase")
    with pytest.raises(CommandError):
        call_command("erase", by="alice", reason=REASON)
    call_command("erase", by="grace", reason=REASON, stdout=out)
    assert "Erased: 1." in out.getvalue()
