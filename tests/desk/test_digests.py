"""Digests: one a person and a working day, after the opening."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import IntegrityError

from servicedesk.desk.delivery import deliver
from servicedesk.desk.digests import digests
from servicedesk.desk.models import Event, Notice
from tests.desk.rows import NOW, make_case, make_event, moment, say

pytestmark = [pytest.mark.django_db, pytest.mark.sqlite]


@pytest.fixture
def waiting(town):
    """Two pieces of news for the head, one for the leader, written on Tuesday at ten."""
    for people in ([town.head, town.leader], [town.head]):
        event = make_event(make_case(town, submitted=NOW), NOW)
        say(event, people, digest=True)


WEDNESDAY = moment("2026-03-04 09:00")


def test_news_for_a_digest_waits_for_the_next_morning(town, waiting):
    assert set(Notice.objects.values_list("channel", "state", "next_try_at")) == {
        ("digest", "queued", WEDNESDAY)
    }
    assert digests(NOW + timedelta(hours=2)) == 0
    assert deliver(NOW + timedelta(days=9)) == 0


def test_a_digest_is_one_event_and_one_message_with_a_sentence_each(town, waiting):
    assert digests(WEDNESDAY) == 2
    event = Event.objects.get(chain=f"user:{town.head.pk}", verb="digest")
    waited = Notice.objects.filter(channel="digest", recipient=town.head)
    assert event.params["events"] == [notice.event_id for notice in waited.order_by("pk")]
    app = event.notices.get(channel="app")
    assert app.subject == "Daily digest: 2 matters need attention"
    assert app.body.count("due ") == 2
    assert event.notices.get(channel="email").state == "queued"
    assert set(Notice.objects.filter(channel="digest").values_list("state", flat=True)) == {"sent"}


def test_nobody_gets_two_digests_a_day(town, waiting):
    assert digests(WEDNESDAY) == 2
    late = make_event(make_case(town, submitted=NOW), NOW)
    say(late, [town.head], digest=True)
    assert digests(WEDNESDAY + timedelta(minutes=1)) == 0
    assert digests(WEDNESDAY + timedelta(days=1)) == 1


def test_after_an_outage_there_is_one_digest_and_not_one_for_each_day(town, waiting):
    another = make_event(make_case(town, submitted=NOW), NOW + timedelta(days=1))
    say(another, [town.head], digest=True)
    assert digests(moment("2026-03-09 11:00")) == 2
    assert Event.objects.filter(verb="digest").count() == 2


@pytest.mark.parametrize("closed", ["2026-03-04 08:59", "2026-03-04 17:00", "2026-03-07 10:00"])
def test_digests_come_on_working_days_after_the_opening(town, waiting, closed):
    assert digests(moment(closed)) == 0


def test_the_break_at_noon_does_not_hold_a_digest_up(town, waiting):
    assert digests(moment("2026-03-04 12:30")) == 2


def test_one_persons_trouble_does_not_hold_up_the_digests_of_others(town, waiting, monkeypatch):
    from servicedesk.desk import digests as module

    write = module._write

    def refusing(user, *rest):
        if user == town.head:
            raise IntegrityError("somebody else writes into this chain")
        write(user, *rest)

    monkeypatch.setattr(module, "_write", refusing)
    assert digests(WEDNESDAY) == 1
    monkeypatch.undo()
    assert digests(WEDNESDAY) == 1
