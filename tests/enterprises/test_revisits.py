"""Follow-up 回访: by the centre or by a one-time link, never by the office; and what follows from it."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from django.utils import timezone

from enterprises.models import Revisit, RevisitLink
from servicedesk.accounts.models import Post
from servicedesk.desk import actions
from servicedesk.desk.actions.silence import HELD, MOST_AT_ONCE, close_silent, held, release_brake
from servicedesk.desk.delivery import deliver
from servicedesk.desk.errors import BadInput, NotAllowed
from servicedesk.desk.health import note_sweep
from servicedesk.desk.models import Case, Event, Notice
from servicedesk.desk.permissions import may
from tests import make
from tests.make import MONDAY, again, moment
from tests.people import Cast, cast, posted

pytestmark = pytest.mark.django_db


@pytest.fixture
def people() -> Cast:
    return cast()


@pytest.fixture
def messages(settings: Any, tmp_path: Path) -> Path:
    settings.SMS_FOLDER = tmp_path
    return tmp_path


def link_in(case: Case) -> str:
    """The path of the link that was written into the message."""
    notice = Notice.objects.filter(event__case=case, channel="sms").order_by("-pk")[0]
    return str(notice.params["link"]).removeprefix(settings.SITE_URL)


# By telephone


def test_solved_closes_as_solved_and_counts(people: Cast) -> None:
    case = make.answered(people)
    actions.revisit(case, by=people.diana, at=MONDAY, result="solved", level=5, text="很好。")
    case = again(case)
    assert (case.state, case.outcome) == ("closed", "solved")
    row = Revisit.objects.get()
    assert (row.result, row.level, row.how, row.by) == ("solved", 5, "phone", people.diana)
    assert case.direct_line.rating == 5


def test_the_handling_office_never_asks_itself(people: Cast) -> None:
    case = make.answered(people)
    posted(people.alice, "fwzx", Post.Role.DISPATCHER)
    alice = type(people.alice).objects.get(pk=people.alice.pk)
    assert not may(alice, "revisit", case, MONDAY)
    with pytest.raises(NotAllowed):
        actions.revisit(case, by=alice, at=MONDAY, result="solved")
    assert may(people.diana, "revisit", case, MONDAY)


@pytest.mark.parametrize(("result", "level"), [("unsolved", None), ("partly", 2), ("solved", 1)])
def test_not_solved_or_not_content_takes_it_up_again(people: Cast, result: str, level: int | None) -> None:
    case = make.answered(people)
    actions.revisit(case, by=people.diana, at=MONDAY, result=result, level=level, text="又积水了。")
    case = again(case)
    assert (case.state, case.outcome) == ("accepted", "")
    assert [event.verb for event in case.events.order_by("-seq")[:2]] == ["redo", "revisit"]
    assert Revisit.objects.get().result == result
    # The company's own clock goes on as if it had never stopped.
    assert case.clocks.get(code="company").stopped_at is None


def test_partly_solved_and_content_is_answered_and_never_solved(people: Cast) -> None:
    case = make.answered(people)
    actions.revisit(case, by=people.diana, at=MONDAY, result="partly", level=4)
    assert (again(case).state, again(case).outcome) == ("closed", "answered")


def test_three_calls_on_two_half_days_end_as_unreached(people: Cast) -> None:
    case = make.answered(people)
    for n, at in enumerate(("2026-03-02 10:00", "2026-03-02 11:00", "2026-03-02 14:00")):
        assert again(case).state == "decided", n
        actions.revisit(again(case), by=people.diana, at=moment(at), result="unreached")
    assert (again(case).state, again(case).outcome) == ("closed", "unreached")
    assert Revisit.objects.filter(result="unreached").count() == 3
    assert case.direct_line.rating is None


def test_the_companys_own_word_counts_as_the_revisit(people: Cast) -> None:
    case = make.answered(people)
    actions.confirm(case, by=people.wang, at=MONDAY)
    row = Revisit.objects.get()
    assert (row.result, row.how, row.level, row.by) == ("solved", "portal", None, None)


def test_a_level_outside_the_five_is_refused(people: Cast) -> None:
    case = make.answered(people)
    for wrong in (0, 6):
        with pytest.raises(BadInput):
            actions.revisit(case, by=people.diana, at=MONDAY, result="solved", level=wrong)


# By the one-time link


def test_the_link_goes_to_the_number_the_company_gave_and_says_nothing_else(
    people: Cast, messages: Path
) -> None:
    case = make.answered(people, at=timezone.now() - timedelta(minutes=5))
    notice = Notice.objects.get(event__case=case, channel="sms", recipient=None)
    assert notice.address == case.direct_line.contact_phone
    assert notice.next_try_at is not None
    deliver(notice.next_try_at)
    sent = [json.loads(file.read_text()) for file in messages.iterdir()]
    text = next(each["text"] for each in sent if "/r/" in each["text"])
    assert str(case.number) in text and case.title not in text
    assert len(text) <= 70


def test_a_link_answers_once(people: Cast, client: Client, messages: Path) -> None:
    case = make.answered(people, at=timezone.now() - timedelta(minutes=5))
    place = link_in(case)
    for _ in range(2):
        assert client.get(place).status_code == 200
    said = {"result": "solved", "level": "4", "text": ""}
    assert client.post(place, said).status_code == 200
    assert (again(case).outcome, Revisit.objects.get().how) == ("solved", "link")
    assert client.post(place, said).status_code == 410
    assert client.get(place).status_code == 410
    assert Revisit.objects.count() == 1


def test_by_link_not_solved_needs_a_word_and_takes_it_up_again(
    people: Cast, client: Client, messages: Path
) -> None:
    case = make.answered(people, at=timezone.now() - timedelta(minutes=5))
    place = link_in(case)
    refused = client.post(place, {"result": "unsolved", "level": "1", "text": ""})
    assert refused.status_code == 422
    assert client.post(place, {"result": "unsolved", "level": "1", "text": "仍积水"}).status_code == 200
    assert again(case).state == "accepted"
    assert client.get(place).status_code == 410


def test_an_invented_an_old_or_an_overtaken_link_is_gone(
    people: Cast, client: Client, messages: Path
) -> None:
    assert client.get("/r/abcdefghjkmn").status_code == 410
    case = make.answered(people, at=timezone.now() - timedelta(minutes=5))
    place = link_in(case)
    RevisitLink.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    assert client.get(place).status_code == 410
    RevisitLink.objects.update(expires_at=None)
    actions.confirm(again(case), by=people.wang, at=timezone.now())
    assert client.get(place).status_code == 410


def test_the_page_tells_nothing_personal(people: Cast, client: Client, messages: Path) -> None:
    case = make.answered(people, at=timezone.now() - timedelta(minutes=5))
    page = client.get(link_in(case)).content.decode()
    for secret in (case.direct_line.text, case.direct_line.contact_phone, "已清淤", people.company.name):
        assert secret not in page


# Silence


def test_silence_closes_after_its_term_and_is_never_solved(people: Cast) -> None:
    case = make.answered(people)
    word = case.clocks.get(code="word")
    assert word.due_at is not None
    note_sweep(word.due_at)
    assert close_silent(word.due_at) == 0
    assert close_silent(word.due_at + timedelta(seconds=1)) == 1
    case = again(case)
    assert (case.state, case.outcome) == ("closed", "answered")
    assert not Revisit.objects.exists()
    assert may(people.wang, "redo", case, word.due_at + timedelta(days=1))
    assert close_silent(word.due_at + timedelta(seconds=2)) == 0


@pytest.mark.parametrize("away", [timedelta(days=400), timedelta(hours=-2)])
def test_a_jump_of_the_machines_clock_pulls_the_brake_until_somebody_releases_it(
    people: Cast, away: timedelta
) -> None:
    case = make.answered(people)
    word = case.clocks.get(code="word")
    assert word.due_at is not None
    at = word.due_at + timedelta(minutes=1)
    note_sweep(at - away)
    assert close_silent(at) == 0
    stopped = held()
    assert stopped is not None and stopped.params == {"why": "jump", "many": 1}
    note_sweep(at)
    assert close_silent(at) == 0
    release_brake(by=people.grace, at=at, reason="时钟已核对。")
    assert close_silent(at) == 1
    assert again(case).state == "closed"


def test_more_than_a_usual_day_pulls_the_brake(people: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    cases = [make.answered(people) for _ in range(2)]
    at = moment("2026-04-30 09:00")
    note_sweep(at)
    monkeypatch.setattr("servicedesk.desk.actions.silence.MOST_AT_ONCE", 1)
    assert MOST_AT_ONCE > 1
    assert close_silent(at) == 0
    assert Event.objects.get(verb=HELD).params["why"] == "many"
    assert {again(case).state for case in cases} == {"decided"}
