"""WeCom: the token is kept, fetched anew once when it ends, and only members hear."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from servicedesk.desk.delivery import deliver
from servicedesk.desk.models import Notice
from tests.desk.gateway import Wecom, serving
from tests.desk.rows import NOW, make_event, say

pytestmark = pytest.mark.django_db


@pytest.fixture
def wecom(settings, town) -> Iterator[Wecom]:
    wecom = Wecom({"alice.w"})
    settings.WECOM_CORP, settings.WECOM_SECRET, settings.WECOM_AGENT = (
        wecom.CORP,
        wecom.SECRET,
        str(wecom.AGENT),
    )
    town.officer.wecom_id = "alice.w"
    town.officer.save()
    with serving(wecom.answer) as url:
        settings.WECOM_URL = url
        yield wecom


def theirs() -> Notice:
    return Notice.objects.get(channel="wecom")


def test_a_member_of_staff_reads_it_in_wecom_with_a_link_to_the_case(town, event, wecom):
    say(event, [town.officer])
    assert deliver(NOW) == 2
    (said,) = wecom.taken
    assert said["touser"] == "alice.w"
    assert said["textcard"]["url"].endswith(f"/desk/desk/case/{event.case.pk}/change/")
    assert event.case.number in said["textcard"]["title"]
    assert "poison" not in str(said)


def test_one_token_serves_many_messages(town, event, wecom):
    say(event, [town.officer])
    say(make_event(event.case, NOW), [town.officer])
    deliver(NOW)
    assert (len(wecom.tokens), len(wecom.taken)) == (1, 2)


@pytest.mark.parametrize("how", ["ended", "unknown"])
def test_a_token_that_ended_is_fetched_anew_once(town, event, wecom, how):
    say(event, [town.officer])
    deliver(NOW)
    if how == "ended":
        wecom.ended.add(wecom.tokens[0])
    else:
        wecom.tokens[0] = "forgotten"
    say(make_event(event.case, NOW), [town.officer])
    deliver(NOW)
    assert (len(wecom.tokens), len(wecom.taken)) == (2, 2)


def test_a_busy_far_side_is_asked_later(town, event, wecom):
    wecom.busy = 1
    say(event, [town.officer])
    deliver(NOW)
    assert (theirs().state, theirs().attempts) == ("queued", 1)
    assert deliver(theirs().next_try_at) == 1


def test_somebody_who_is_no_member_is_given_up_and_the_mail_has_told_them(town, event, wecom):
    wecom.members.clear()
    say(event, [town.officer])
    deliver(NOW)
    assert theirs().state == "dead"
    assert "81013" in theirs().last_error
    assert Notice.objects.get(channel="email").state == "sent"


def test_a_wrong_secret_stops_the_channel_and_not_the_mail(town, event, wecom, settings):
    settings.WECOM_SECRET = "wrong"
    say(event, [town.officer])
    assert deliver(NOW) == 1
    assert theirs().state == "queued"
    assert "40001" in theirs().last_error
    assert "wrong" not in theirs().last_error


def test_without_a_name_in_wecom_nothing_is_sent_there(town, event, wecom):
    say(event, [town.head])
    assert not Notice.objects.filter(channel="wecom").exists()
