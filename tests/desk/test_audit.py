"""The audit finds what was changed behind the desk's back, and names the place."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.core.management import call_command
from django.db import connection

from servicedesk.desk import audit, trail
from servicedesk.desk.audit import sign_day, sign_days, verify
from servicedesk.desk.models import Case, ChainRoot, Event
from tests.desk.rows import Town, make_case, make_event, moment

pytestmark = [pytest.mark.django_db, pytest.mark.sqlite]

NOW = moment("2026-03-03 10:00")
DAY = date(2026, 3, 3)


@pytest.fixture
def case() -> Case:
    """A case with five events on one day, beside another one nobody touches."""
    town = Town()
    make_case(town, submitted=NOW)
    case = make_case(town, submitted=NOW)
    for hour in range(4):
        make_event(case, NOW + timedelta(hours=hour), title=f"Note {hour}", body="words")
    return case


def events_of(case: Case):
    return Event.objects.filter(case=case)


def found(case: Case) -> list[int]:
    """Places named in this case's chain; nothing else may be named."""
    findings = verify()
    assert {finding.chain for finding in findings} <= {f"case:{case.pk}"}
    return [finding.seq for finding in findings]


def test_an_untouched_desk_has_no_findings(case):
    sign_day(DAY)
    assert verify() == []


@pytest.mark.parametrize(
    "change",
    [
        {"verb": "confirm"},
        {"params": {"state": "closed"}},
        {"by_id": None, "public": True},
        {"effective_at": NOW - timedelta(days=3)},
    ],
)
def test_an_edited_event_is_found(case, change):
    events_of(case).filter(seq=3).update(**change)
    assert 3 in found(case)


def test_edited_words_are_found(case):
    events_of(case).filter(seq=3).update(body="other words")
    assert found(case) == [3]


def test_erased_words_leave_the_chain_whole(case):
    events_of(case).filter(seq=3).update(title="", body="", erased_at=NOW)
    assert verify() == []


def test_words_changed_under_the_cover_of_an_erasure_are_found(case):
    events_of(case).filter(seq=3).update(body="forged", erased_at=NOW)
    assert found(case) == [3]


def test_a_deleted_event_is_found(case):
    events_of(case).filter(seq=3).delete()
    assert found(case) == [4]


def test_two_events_changing_places_are_found(case):
    events_of(case).filter(seq=2).update(seq=99)
    events_of(case).filter(seq=3).update(seq=2)
    events_of(case).filter(seq=99).update(seq=3)
    assert set(found(case)) >= {2, 3}


def test_time_falling_is_found_even_where_the_digests_were_made_again(case):
    events = list(events_of(case).order_by("seq"))
    events[2].at = NOW - timedelta(days=1)
    reforge(events)
    assert found(case) == [3]


def test_a_chain_forged_anew_is_found_by_the_signed_root(case):
    sign_day(DAY)
    events = list(events_of(case).order_by("seq"))
    events[2].body = "forged"
    reforge(events)
    assert [finding.chain for finding in verify()] == [f"root:{DAY}"]


def reforge(events: list[Event]) -> None:
    before = trail.GENESIS
    for event in events:
        event.seal = trail.sealed(event.salt, event.title, event.body)
        event.digest = before = trail.digest_of(event, before)
        event.save()


def test_a_cut_tail_is_found_by_the_signed_root(case):
    events_of(case).filter(seq=5).delete()
    assert verify() == []
    make_event(case, NOW + timedelta(hours=3))
    sign_day(DAY)
    events_of(case).filter(seq=5).delete()
    assert [finding.chain for finding in verify()] == [f"root:{DAY}"]


def test_a_deleted_chain_is_found(case):
    sign_day(DAY)
    events_of(case).delete()
    assert {finding.chain for finding in verify()} == {f"case:{case.pk}", f"root:{DAY}"}


def test_a_state_other_than_the_events_tell_is_found(case):
    Case.objects.filter(pk=case.pk).update(state="decided")
    assert [str(finding) for finding in verify()] == [
        f"case:{case.pk} is decided, but its events tell accepted."
    ]


def test_a_changed_root_is_found(case):
    sign_day(DAY)
    ChainRoot.objects.update(chains=1)
    assert len(verify()) == 2


def test_a_deleted_root_is_found_beside_the_later_ones(case):
    make_event(case, NOW + timedelta(days=2))
    assert sign_days(date(2026, 3, 6)) == 3
    assert sign_days(date(2026, 3, 6)) == 0
    ChainRoot.objects.filter(day=date(2026, 3, 4)).delete()
    assert [finding.chain for finding in verify()] == ["root:2026-03-04"]
    ChainRoot.objects.filter(day=DAY).delete()
    assert [finding.chain for finding in verify()] == ["root:2026-03-03", "root:2026-03-04"]


def test_a_root_signed_with_a_former_secret_still_holds(case, settings):
    sign_day(DAY)
    settings.SECRET_KEY_FALLBACKS = [settings.SECRET_KEY]
    settings.SECRET_KEY = "another secret"
    assert verify() == []


def test_events_of_later_days_leave_a_signed_day_as_it_is(case):
    sign_day(DAY)
    make_event(case, NOW + timedelta(days=1))
    assert verify() == []


def test_one_chain_can_be_asked_for_alone(case):
    events_of(case).filter(seq=3).update(verb="confirm")
    other = Case.objects.exclude(pk=case.pk).get()
    assert verify([f"case:{other.pk}"]) == []
    assert len(verify([f"case:{case.pk}"])) == 1


def test_the_command_prints_the_findings_and_exits_with_one(case, capsys):
    call_command("verify_audit")
    events_of(case).filter(seq=3).update(verb="confirm")
    with pytest.raises(SystemExit) as ended:
        call_command("verify_audit")
    assert ended.value.code == 1
    assert f"case:{case.pk}:3 does not match its digest" in capsys.readouterr().out


def test_the_audit_streams(case, django_assert_max_num_queries):
    with django_assert_max_num_queries(8):
        assert audit.verify() == []
    assert connection.queries_limit
