"""Urging in bulk, and the sheet a shift leaves behind."""

from __future__ import annotations

import io
from datetime import timedelta
from functools import partial

import openpyxl  # type: ignore[import-untyped]
import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.utils import timezone

from enterprises.direct_line.board import shift, shift_views, urging
from enterprises.models import HandOver
from servicedesk.accounts.models import User
from servicedesk.desk import actions
from servicedesk.desk.errors import BadInput, NotAllowed, WrongState
from servicedesk.desk.models import Event, Notice
from tests import make
from tests.desk.racing import together
from tests.make import MONDAY, again
from tests.people import Cast, cast, person, posted

pytestmark = pytest.mark.django_db
BACKEND = "servicedesk.accounts.backends.ByNameMailOrPhone"
BOARD = "/desk/board/"
LATE = MONDAY + timedelta(hours=3)


@pytest.fixture
def people() -> Cast:
    return cast()


@pytest.fixture
def dora(people: Cast) -> User:
    return posted(person("dora"), "fwzx", "dispatcher")


# Urging


def test_what_is_due_within_a_day_or_late_stands_by_office(people: Cast) -> None:
    mine, other = make.dispatched(people), make.dispatched(people, to="swuj")
    make.submitted(people)
    groups = urging.urgent(people.diana, LATE)
    found = {group.office.code: [each.case for each in group.rows] for group in groups}
    assert found == {"zjj": [mine], "swuj": [other]}


def test_each_is_urged_by_itself_once_a_day_and_says_what_became_of_it(people: Cast, dora: User) -> None:
    mine, other, gone = (make.claimed(people) for _ in range(3))
    actions.withdraw(gone, by=people.wang, at=MONDAY, reason="不用了。")
    numbers = [str(case.number) for case in (mine, other, gone)]
    said = urging.urge([*numbers, "ZT-2020-000009"], "请今天答复。", by=people.diana, at=LATE)
    assert [(each.case, each.done) for each in said] == [(mine, True), (other, True), (gone, False)]
    assert all(each.sentence.endswith((".", "。")) for each in said)
    event = Event.objects.get(case=mine, verb="nudge")
    assert (event.body, event.by) == ("请今天答复。", people.diana)
    assert Notice.objects.filter(event=event, recipient=people.alice, channel="app").count() == 1
    hour = LATE + timedelta(hours=1)
    assert [each.done for each in urging.urge(numbers[:1], "", by=dora, at=hour)] == [False]
    assert urging.urgent(people.diana, hour)[0].rows[0].urged_at == LATE
    day = LATE + urging.AGAIN_AFTER
    assert [each.done for each in urging.urge(numbers[:1], "", by=dora, at=day)] == [True]


def test_the_companys_own_word_and_another_offices_leave_an_office_to_be_urged(people: Cast) -> None:
    case = make.claimed(people)
    actions.nudge(case, by=people.wang, at=LATE, text="快一点。")
    assert urging.urge([str(case.number)], "", by=people.diana, at=LATE)[0].done
    actions.transfer(again(case), by=people.diana, at=LATE, office=people.office("swuj"), reason="转办")
    assert urging.urge([str(case.number)], "", by=people.diana, at=LATE)[0].done


def test_nothing_ticked_is_said_and_the_note_kept(people: Cast, client: Client) -> None:
    case = make.dispatched(people, at=timezone.now())
    client.force_login(people.diana, backend=BACKEND)
    answer = client.post(f"{BOARD}urge/", {"note": "请抓紧。"})
    assert answer.status_code == 422
    assert "请抓紧。" in answer.content.decode()
    page = client.post(f"{BOARD}urge/", {"note": "请抓紧。", "number": [case.number]}).content.decode()
    assert Event.objects.filter(case=case, verb="nudge").count() == 1
    assert page.count(str(case.number)) >= 2


# The hand-over


def lived(people: Cast) -> HandOver:
    """A morning: three came in, two went out, one came back; one waits."""
    make.submitted(people, at=MONDAY - timedelta(hours=1))
    gone = make.dispatched(people, at=MONDAY)
    back = make.dispatched(people, at=MONDAY, to="swuj")
    head = posted(person("ben"), "swuj", "head")
    actions.return_to_centre(back, by=head, at=LATE, reason="不属水务。", code="not_ours")
    assert gone.office.code == "zjj"
    until = LATE + timedelta(hours=1)
    return shift.write(MONDAY, until, "下午回电给长江钢构。", by=people.diana, at=until)


def test_the_sheet_says_what_came_went_came_back_and_is_left(people: Cast) -> None:
    row = lived(people)
    lines = shift.told(row.snapshot, people.diana, row.until)
    offices = [line.office.code if line.office else "" for line in lines["dispatched"]]
    assert {part: len(found) for part, found in lines.items()} == {
        "came_in": 2,
        "dispatched": 2,
        "returned": 1,
        "waiting": 2,
        "calls": 0,
    }
    assert sorted(offices) == ["swuj", "zjj"]
    assert lines["returned"][0].office == people.office("swuj")
    # The words of a matter are read from the matter, and stand nowhere else.
    assert "积水" not in str(row.snapshot)
    chain = Event.objects.get(chain=f"register:handover:{row.pk}")
    assert (chain.verb, chain.by, chain.params["counts"]["waiting"]) == ("register_add", people.diana, 2)


def test_another_dispatcher_confirms_it_once(people: Cast, dora: User) -> None:
    row = lived(people)
    with pytest.raises(NotAllowed):
        shift.take_over(row, by=people.diana, at=row.until)
    with pytest.raises(NotAllowed):
        shift.take_over(row, by=people.grace, at=row.until)
    taken = shift.take_over(row, by=dora, at=row.until)
    assert (taken.taken_by, taken.taken_at) == (dora, row.until)
    with pytest.raises(WrongState):
        shift.take_over(row, by=dora, at=row.until)
    verbs = Event.objects.filter(chain=f"register:handover:{row.pk}").order_by("seq")
    assert list(verbs.values_list("verb", flat=True)) == ["register_add", "register_change"]
    with pytest.raises(IntegrityError), transaction.atomic():
        HandOver.objects.filter(pk=row.pk).update(taken_by=people.diana)


def test_a_shift_that_is_not_over_or_not_ones_own_is_not_handed_over(people: Cast) -> None:
    with pytest.raises(BadInput):
        shift.write(MONDAY, LATE, "", by=people.diana, at=MONDAY + timedelta(hours=1))
    with pytest.raises(BadInput):
        shift.write(LATE, MONDAY, "", by=people.diana, at=LATE)
    with pytest.raises(NotAllowed):
        shift.write(MONDAY, LATE, "", by=people.grace, at=LATE)


def test_what_the_reader_may_not_know_is_left_out_of_the_sheet(people: Cast) -> None:
    row = lived(people)
    case = make.again(make.submitted(people))
    type(case).objects.filter(number=row.snapshot["came_in"][0]["number"]).update(
        against=people.office("fwzx")
    )
    [came_in, *_others] = shift_views._parts(row.snapshot, people.diana, row.until)
    assert (len(came_in["lines"]), came_in["number"]) == (1, 1)


def test_the_pages_write_show_confirm_and_give_a_workbook(people: Cast, client: Client, dora: User) -> None:
    case = make.dispatched(people, at=timezone.now() - timedelta(minutes=3))
    client.force_login(people.diana, backend=BACKEND)
    assert str(case.number) in client.get(f"{BOARD}hand-over/").content.decode()
    now = timezone.localtime()
    given = {
        "since": f"{now - timedelta(hours=2):%Y-%m-%dT%H:%M}",
        "until": f"{now - timedelta(hours=3):%Y-%m-%dT%H:%M}",
        "note": "=下午回电。",
    }
    answer = client.post(f"{BOARD}hand-over/", given)
    assert answer.status_code == 422
    assert "下午回电。" in answer.content.decode()
    given["until"] = f"{now + timedelta(minutes=1):%Y-%m-%dT%H:%M}"
    place = client.post(f"{BOARD}hand-over/", given)["Location"]
    row = HandOver.objects.get()
    assert place == f"{BOARD}hand-over/{row.pk}/"
    assert 'id="take-over"' not in client.get(place).content.decode()
    client.force_login(dora, backend=BACKEND)
    page = client.get(place).content.decode()
    assert 'id="take-over"' in page
    assert str(case.number) in page
    client.post(place)
    row.refresh_from_db()
    assert row.taken_by == dora
    book = openpyxl.load_workbook(io.BytesIO(client.get(f"{place}sheet.xlsx").content))
    cells = [cell for sheet in book for line in sheet.iter_rows(values_only=True) for cell in line]
    assert str(case.number) in cells
    assert "'=下午回电。" in cells
    assert Event.objects.filter(chain=f"user:{dora.pk}", verb="export").exists()
    client.force_login(people.grace, backend=BACKEND)
    assert client.get(place).status_code == client.get("/desk/enterprises/handover/").status_code == 200
    client.force_login(people.alice, backend=BACKEND)
    assert client.get(place).status_code == client.get("/desk/enterprises/handover/").status_code == 403


@pytest.mark.django_db(transaction=True)
def test_of_two_dispatchers_urging_in_one_moment_one_does() -> None:
    people = cast()
    dora = posted(person("dora"), "fwzx", "dispatcher")
    case = make.claimed(people)
    press = [partial(urging.urge, [str(case.number)], "", by=user, at=LATE) for user in (people.diana, dora)]
    answers = together(*press)
    assert sorted(said[0].done for said in answers) == [False, True]
    assert Event.objects.filter(case=case, verb="nudge").count() == 1
