"""A second factor is taken away by two people; sessions are ended; staff sit where staff work."""

from __future__ import annotations

from datetime import timedelta
from ipaddress import ip_network
from typing import Any

import pytest
import time_machine
from allauth.mfa.models import Authenticator
from django.core.management import CommandError, call_command
from django.db import IntegrityError, transaction
from django.test import Client
from django.utils import timezone

from servicedesk.accounts import demo, recovery
from servicedesk.accounts.addresses import is_allowed
from servicedesk.accounts.models import BrokenGlass, Recovery, Sitting, User
from servicedesk.accounts.sittings import device_of
from servicedesk.desk.models import Event, Notice
from tests.entering import enter_desk
from tests.people import Cast, cast, person, posted

pytestmark = pytest.mark.django_db

PASSWORD = "a long enough password"
RECOVERIES = "/desk/accounts/recovery/"


@pytest.fixture
def people() -> Cast:
    return cast()


@pytest.fixture
def keepers(people: Cast) -> tuple[User, User]:
    return posted(person("first"), "fwzx", "security"), posted(person("second"), "fwzx", "security")


def log_in(
    user: User, password: str = PASSWORD, address: str = "10.0.0.1", **more: Any
) -> tuple[Client, Any]:
    client = Client(REMOTE_ADDR=address, **more)
    words = {"login": user.username, "password": password}
    return client, client.post("/account/login/", words)


def decided(client: Client, row: Recovery, action: str) -> str:
    data = {"action": action, "_selected_action": [row.pk]}
    return client.post(RECOVERIES, data, follow=True).content.decode()


def test_one_asks_another_approves_and_the_holder_enrols_anew(
    people: Cast, keepers: tuple[User, User]
) -> None:
    alice = people.alice
    alice.set_password(PASSWORD)
    alice.save()
    theirs, _answer = log_in(alice)
    assert theirs.get("/account/").status_code == 200
    demo.enrol(alice)
    first, second = (enter_desk(Client(), keeper) for keeper in keepers)
    asked = first.post(f"{RECOVERIES}add/", {"user": alice.pk, "reason": "手机丢失"})
    assert asked.status_code == 302
    row = Recovery.objects.get()
    assert row.asked_by == keepers[0]
    decided(first, row, "approve")
    row.refresh_from_db()
    assert row.decided_at is None and Authenticator.objects.filter(user=alice).exists(), "not by one alone"
    decided(second, row, "approve")
    row.refresh_from_db()
    assert row.is_approved and row.decided_by == keepers[1]
    assert not Authenticator.objects.filter(user=alice).exists()
    assert theirs.get("/account/").status_code == 302, "the old sessions are over"
    verbs = Event.objects.filter(chain=f"user:{alice.pk}").values_list("verb", flat=True)
    assert list(verbs) == ["log_in", "recovery_asked", "sessions_ended", "recovery_approved"]
    told = Notice.objects.filter(channel=Notice.Channel.APP, event__verb="recovery_approved")
    assert {notice.recipient for notice in told} == {alice, *keepers}


def test_nobody_decides_about_themselves_or_after_a_day(people: Cast, keepers: tuple[User, User]) -> None:
    first, second = keepers
    at = timezone.now()
    with pytest.raises(recovery.Refused, match="own"):
        recovery.ask(first, by=first, reason="-", at=at)
    row = recovery.ask(first, by=second, reason="-", at=at)
    with pytest.raises(recovery.Refused, match="own"):
        recovery.decide(row, by=first, at=at, approve=True)
    with pytest.raises(recovery.Refused, match="alone"):
        recovery.decide(row, by=second, at=at, approve=True)
    with pytest.raises(recovery.Refused, match="open"):
        recovery.ask(first, by=second, reason="-", at=at)
    third = posted(person("third"), "fwzx", "security")
    with pytest.raises(recovery.Refused, match="decided"):
        recovery.decide(row, by=third, at=at + timedelta(hours=24), approve=True)
    again = recovery.ask(first, by=second, reason="-", at=at + timedelta(hours=25))
    assert recovery.decide(again, by=third, at=at + timedelta(hours=26), approve=False).is_approved is False
    with pytest.raises(recovery.Refused, match="decided"):
        recovery.decide(again, by=third, at=at + timedelta(hours=26), approve=True)
    with pytest.raises(IntegrityError), transaction.atomic():
        Recovery.objects.filter(pk=again.pk).update(decided_by=second)


@pytest.mark.parametrize("role", ["auditor", "system", "manager", "head"])
def test_only_security_recovers_and_ends_sessions(
    people: Cast, keepers: tuple[User, User], role: str
) -> None:
    row = recovery.ask(people.alice, by=keepers[0], reason="-", at=timezone.now())
    other = enter_desk(Client(), posted(person(role), "fwzx", role))
    assert other.post(f"{RECOVERIES}add/", {"user": people.bob.pk, "reason": "x"}).status_code == 403
    other.post(RECOVERIES, {"action": "approve", "_selected_action": [row.pk]})
    row.refresh_from_db()
    assert row.decided_at is None
    sitting = sat(people.alice)
    other.post("/desk/accounts/sitting/", {"action": "end", "_selected_action": [sitting.pk]})
    sitting.refresh_from_db()
    assert sitting.ended_at is None


def sat(user: User) -> Sitting:
    now = timezone.now()
    given = {"how": "password", "address": "10.0.0.1", "began_at": now, "seen_at": now}
    return Sitting.objects.create(user=user, key="k" * 32, **given)


def test_security_ends_a_session_of_staff(people: Cast, keepers: tuple[User, User]) -> None:
    people.alice.set_password(PASSWORD)
    people.alice.save()
    theirs, _answer = log_in(people.alice)
    admin = enter_desk(Client(), keepers[0])
    sitting = Sitting.objects.get(user=people.alice)
    page = admin.get("/desk/accounts/sitting/").content.decode()
    assert "10.0.0.1" in page and sitting.key not in page
    admin.post("/desk/accounts/sitting/", {"action": "end", "_selected_action": [sitting.pk]})
    assert theirs.get("/account/").status_code == 302
    assert Event.objects.get(verb="sessions_ended").by == keepers[0]


def test_staff_enter_only_from_their_networks(people: Cast, settings: Any) -> None:
    people.alice.set_password(PASSWORD)
    people.alice.save()
    settings.DESK_ADDRESSES = [ip_network("10.0.0.0/8"), ip_network("2001:db8::/32")]
    inside, answer = log_in(people.alice)
    assert answer.status_code == 302
    outside, answer = log_in(people.alice, address="203.0.113.9")
    assert answer.status_code == 403 and "_auth_user_id" not in outside.session
    assert Event.objects.get(verb="log_in_elsewhere").body == "203.0.113.9"
    assert outside.get("/desk/").status_code == 403
    assert outside.get("/account/login/").status_code == 200
    assert inside.get("/desk/").status_code == 200
    assert inside.get("/desk/", REMOTE_ADDR="203.0.113.9").status_code == 403, "a carried-off session"
    assert inside.get("/", REMOTE_ADDR="203.0.113.9").status_code == 403
    people.wang.set_password(PASSWORD)
    people.wang.save()
    assert log_in(people.wang, address="203.0.113.9")[1].status_code == 302, "companies come from anywhere"


@pytest.mark.parametrize(
    ("address", "allowed"),
    [
        *(("10.1.2.3", True), ("11.0.0.1", False), ("2001:db8::1", True), ("2001:db9::1", False)),
        *(("::ffff:10.0.0.1", True), ("::ffff:11.0.0.1", False), ("", False), ("unix:", False)),
    ],
)
def test_networks_of_both_kinds(settings: Any, address: str, allowed: bool) -> None:
    settings.DESK_ADDRESSES = [ip_network("10.0.0.0/8"), ip_network("2001:db8::/32")]
    assert is_allowed(address) is allowed
    settings.DESK_ADDRESSES = []
    assert is_allowed(address)


def test_idle_staff_are_logged_out_and_companies_are_not(people: Cast, settings: Any) -> None:
    settings.STAFF_IDLE_MINUTES = 30
    alice, wang = Client(), Client()
    alice.force_login(people.alice)
    wang.force_login(people.wang)
    at = timezone.now()
    for minutes, stays in ((29, True), (58, True), (89, False)):
        with time_machine.travel(at + timedelta(minutes=minutes)):
            assert (alice.get("/desk/").status_code == 200) is stays
    with time_machine.travel(at + timedelta(minutes=89)):
        assert wang.get("/account/").status_code == 200


@pytest.mark.usefixtures("second_factor")
def test_broken_glass_lets_in_for_its_hours_announced_and_marked(
    people: Cast, keepers: tuple[User, User], capsys: pytest.CaptureFixture[str]
) -> None:
    auditor = posted(person("auditor"), "fwzx", "auditor")
    sealed = people.alice
    sealed.set_unusable_password()
    sealed.save()
    call_command("break_glass", "alice", "--reason", "认证服务器故障", "--hours", "2")
    password = capsys.readouterr().out.split()[1]
    row = BrokenGlass.objects.get()
    assert password not in str(BrokenGlass.objects.values().get())
    told = Notice.objects.filter(channel=Notice.Channel.APP, event__verb="glass_broken")
    assert {notice.recipient for notice in told} == {sealed, auditor, *keepers}
    assert all("认证服务器故障" in notice.body for notice in told if notice.recipient != sealed)

    client, answer = log_in(sealed, password)
    assert answer.status_code == 302
    assert client.get("/desk/").status_code == 200, "no second factor is asked for"
    client.post("/notices/")
    acts = Event.objects.filter(verb="glass_act")
    assert [act.params["path"] for act in acts] == ["/notices/"] and acts[0].by == sealed
    assert acts[0].params["glass"] == row.pk
    assert Event.objects.filter(verb="glass_used").count() == 1

    with time_machine.travel(timezone.now() + timedelta(hours=2, minutes=1)):
        assert client.get("/desk/").status_code == 302, "it ends by itself"
        assert log_in(sealed, password)[1].status_code == 200, "and its password with it"
    assert log_in(people.bob, password)[1].status_code == 200, "it opens one account only"


def test_broken_glass_wants_a_reason_an_hour_and_a_member_of_staff(people: Cast) -> None:
    for wrong in (
        ["nobody", "--reason", "x"],
        ["wang", "--reason", "x"],
        ["alice", "--reason", " "],
        ["alice", "--reason", "x", "--hours", "25"],
        ["alice", "--reason", "x", "--hours", "0"],
    ):
        with pytest.raises(CommandError):
            call_command("break_glass", *wrong)
    assert not BrokenGlass.objects.exists()


@pytest.mark.parametrize(
    ("agent", "device"),
    [
        (
            "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit Chrome/126 Safari/537 Edg/126",
            "Edge · Windows",
        ),
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 17_4 like Mac OS X) MicroMessenger/8.0", "WeChat · iPhone"),
        ("curl/8", ""),
    ],
)
def test_a_device_is_named_as_its_owner_knows_it(agent: str, device: str) -> None:
    assert device_of(agent) == device
