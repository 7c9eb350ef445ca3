"""What is done to many at once: the page that says so, the refusals, what was typed; kept views; exports."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from servicedesk.desk import actions
from servicedesk.desk.admin import bulk, exporting
from servicedesk.desk.models import Case, Event, SavedFilter
from tests import make
from tests.desk.staff import INLINE, QUEUE, enter, rows
from tests.desk.test_admin_queue import act, recent
from tests.people import HOUSING, Cast, person, posted

pytestmark = pytest.mark.django_db
FILTERS = QUEUE + "filters/"


def said(response: Any) -> list[str]:
    return [str(message) for message in response.context["messages"]]


def test_one_free_matter_is_claimed_at_a_press(client: Client, people: Cast) -> None:
    case = recent(people)
    enter(client, people.alice)
    assert said(act(client, "claim", case)) == ["Done for 1 matter."]
    assert make.again(case).officer == people.alice


def test_a_page_names_what_will_be_done_and_what_stays(client: Client, people: Cast) -> None:
    free, other, taken = recent(people), recent(people), recent(people, "claimed")
    foreign = make.dispatched(people, to="swuj")
    enter(client, people.bob)
    offered = client.get(QUEUE).context["action_form"].fields["action"].choices
    assert [name for name, _label in offered if name][:4] == ["claim", "assign", "transfer", "nudge"]
    assert '<select name="action"' in client.get(QUEUE).content.decode()
    page = act(client, "claim", free, other, taken, foreign)
    html = page.content.decode()
    assert set(page.context["chosen"].possible) == {free, other}
    assert [why for _case, why in page.context["chosen"].refused] == ["It is with Alice already."]
    assert foreign.number not in html and not INLINE.search(html)
    assert make.again(free).officer is None
    done = act(client, "claim", free, other, confirmed="1")
    assert said(done) == ["Done for 2 matters."]
    assert make.again(other).officer == people.bob


def test_somebody_who_was_quicker_is_said_and_not_overwritten(client: Client, people: Cast) -> None:
    one, other = recent(people), recent(people)
    enter(client, people.bob)
    act(client, "claim", one, other)
    actions.claim(one, by=people.alice, at=timezone.now())
    done = act(client, "claim", one, other, confirmed="1", **{f"version_{one.pk}": one.version})
    assert make.again(one).officer == people.alice and make.again(other).officer == people.bob
    assert any(one.number in each for each in said(done))


def test_a_head_gives_many_to_an_officer(client: Client, people: Cast) -> None:
    one, other = recent(people), recent(people, "claimed")
    amy = posted(person("amy"), HOUSING, "officer")
    enter(client, people.bob)
    page = act(client, "assign", one, other)
    assert set(page.context["form"].fields["officer"].queryset) == {amy, people.alice, people.bob}
    act(client, "assign", one, other, confirmed="1", officer=str(amy.pk))
    assert make.again(one).officer == make.again(other).officer == amy
    enter(client, people.alice)
    page = act(client, "assign", one)
    assert [why for _case, why in page.context["chosen"].refused] == [
        "This is not yours to do on this matter."
    ]


def test_a_transfer_without_a_reason_keeps_the_office_chosen(client: Client, people: Cast) -> None:
    case = recent(people)
    enter(client, people.diana)
    water = people.office("swuj")
    page = act(client, "transfer", case, confirmed="1", office=str(water.pk), reason="")
    assert page.status_code == 422 and page.context["form"]["office"].value() == str(water.pk)
    assert make.again(case).office.code == HOUSING
    act(client, "transfer", case, confirmed="1", office=str(water.pk), reason="属供水。")
    assert make.again(case).office == water


def test_what_was_typed_stands_again_where_a_verb_refuses(client: Client, people: Cast) -> None:
    case, moved = recent(people), recent(people)
    enter(client, people.diana)
    zjj = str(people.office().pk)
    page = act(client, "transfer", case, moved, confirmed="1", office=zjj, reason="长长的理由")
    assert page.status_code == 409
    assert "长长的理由" in page.content.decode()
    assert [why for _case, why in page.context["chosen"].refused] == [
        "The matter is with this office already."
    ] * 2


def test_urging_many_carries_the_words(client: Client, people: Cast) -> None:
    case = recent(people, "claimed")
    enter(client, people.alice)
    assert act(client, "nudge", case).context["chosen"].refused
    assert not case.events.filter(verb="nudge").exists()
    enter(client, people.diana)
    act(client, "nudge", case, confirmed="1", text="明日汛期")
    assert case.events.get(verb="nudge", by=people.diana).body == "明日汛期"


def test_all_that_match_are_so_many_at_most(
    client: Client, people: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bulk, "MOST_AT_ONCE", 2)
    made = [recent(people) for _each in range(3)]
    enter(client, people.bob)
    page = act(client, "claim", made[0], tab="unclaimed", select_across="1")
    assert len(page.context["chosen"].possible) == 2 and page.context["chosen"].more
    assert "At most 2 matters at once" in page.content.decode()


# --- exports ---------------------------------------------------------------------------------------------


def test_a_long_list_is_taken_along_for_a_reason_only(
    client: Client, people: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(exporting, "ASKS_A_REASON", 1)
    made = [recent(people), recent(people)]
    enter(client, people.alice)
    asked = act(client, "export_csv", made[0], select_across="1")
    assert asked.status_code == 200 and b"what it is for" in asked.content
    refused = act(client, "export_csv", made[0], select_across="1", confirmed="1", reason=" ")
    assert refused.status_code == 422 and not Event.objects.filter(verb="export").exists()
    sheet = act(client, "export_csv", made[0], select_across="1", confirmed="1", reason="季度例会材料")
    lines = sheet.getvalue().decode("utf-8-sig").splitlines()
    assert [line.split(",")[0] for line in lines[1:]] == [case.number for case in reversed(made)]
    event = Event.objects.get(verb="export")
    assert (event.body, event.params["rows"]) == ("季度例会材料", 2)


def test_the_columns_are_in_words_and_dates_in_local_time(client: Client, people: Cast) -> None:
    at = make.moment("2026-03-02 09:05")
    case = make.claimed(people, at=at)
    enter(client, people.alice)
    lines = act(client, "export_csv", case).getvalue().decode("utf-8-sig").splitlines()
    told = dict(zip(lines[0].split(","), lines[1].split(","), strict=True))
    assert told["office"] == case.office.name_en and told["officer"] == "Alice"
    assert told["company"] == people.company.name
    assert told["received"] == "2026-03-02 09:05"
    due = min(clock.due_at for clock in case.clocks.filter(stopped_at=None))
    assert told["due"] == f"{timezone.localtime(due):%Y-%m-%d %H:%M}"
    book = act(client, "export_xlsx", case)
    assert book.getvalue()[:2] == b"PK"


# --- kept views ------------------------------------------------------------------------------------------


def keep(client: Client, name: str, query: str, **more: Any) -> Any:
    return client.post(FILTERS, {"name": name, "query": query} | more, follow=True)


def test_a_view_is_kept_shown_changed_opened_first_and_dropped(client: Client, people: Cast) -> None:
    late = recent(people, "claimed", days=60)
    recent(people)
    enter(client, people.alice)
    page = keep(client, "逾期的", "?overdue=1&tab=all&after=abc&evil=1&state__exact=")
    assert rows(page) == [late.number]
    kept = SavedFilter.objects.get()
    assert kept.query == "overdue=1&tab=all"
    assert "逾期的" in client.get(QUEUE + "?tab=all").content.decode()
    client.post(f"{FILTERS}{kept.pk}/", {"do": "start"})
    assert client.get(QUEUE).headers["Location"] == f"{QUEUE}?overdue=1&tab=all"
    client.post(f"{FILTERS}{kept.pk}/", {"name": "红灯"})
    assert SavedFilter.objects.get().name == "红灯"
    client.post(f"{FILTERS}{kept.pk}/", {"do": "no-start"})
    assert client.get(QUEUE).status_code == 200
    client.post(f"{FILTERS}{kept.pk}/", {"do": "drop"})
    assert not SavedFilter.objects.exists()


def test_only_one_view_opens_first_and_no_name_stands_twice(client: Client, people: Cast) -> None:
    enter(client, people.alice)
    for name in ("甲", "乙"):
        keep(client, name, "tab=late")
    for row in SavedFilter.objects.all():
        client.post(f"{FILTERS}{row.pk}/", {"do": "start"})
    assert SavedFilter.objects.filter(is_start=True).count() == 1
    again = keep(client, "甲", "tab=mine")
    assert again.status_code == 422 and "You have a view of this name already." in again.content.decode()


def test_the_whole_queue_is_no_view_to_open_it_with(client: Client, people: Cast) -> None:
    enter(client, people.alice)
    assert keep(client, "全部", "evil=1").status_code == 200
    assert not SavedFilter.objects.exists()
    SavedFilter.objects.create(owner=people.alice, name="空", query="", is_start=True)
    assert client.get(QUEUE).status_code == 200


def test_heads_share_with_their_office_and_nobody_else_changes_it(client: Client, people: Cast) -> None:
    office = str(people.office().pk)
    enter(client, people.alice)
    keep(client, "自己的", "tab=late", office=office)
    assert SavedFilter.objects.get(owner=people.alice).office is None
    enter(client, people.bob)
    keep(client, "本局红灯", "tab=late", office=office)
    keep(client, "外局", "tab=late", office=str(people.office("swuj").pk))
    shared = SavedFilter.objects.get(owner=people.bob)
    assert shared.office == people.office()
    for user, sees in ((people.alice, True), (people.charlie, False)):
        enter(client, user)
        assert ("本局红灯" in client.get(QUEUE + "?tab=all").content.decode()) is sees
        assert client.post(f"{FILTERS}{shared.pk}/", {"do": "drop"}).status_code == 404
    assert client.get(FILTERS).status_code == 200
    enter(client, people.wang)
    assert client.get(FILTERS).status_code in {302, 403}


def test_an_empty_tab_says_what_to_do(client: Client, people: Cast) -> None:
    enter(client, people.alice)
    assert "Unclaimed matters" in client.get(QUEUE + "?tab=mine").content.decode()
    assert "Take a filter away" in client.get(QUEUE + "?q=没有的词").content.decode()


def test_lists_mask_a_person_and_numbers_in_titles(client: Client, people: Cast) -> None:
    case = recent(people)
    people.company.name, people.company.sort = "张三丰", "person"
    people.company.save()
    Case.objects.filter(pk=case.pk).update(title="请打13812345678")
    enter(client, people.alice)
    html = client.get(QUEUE + "?tab=all").content.decode()
    assert "张三丰" not in html and "张 *" in html and "13812345678" not in html
    assert "张三丰" not in client.get("/api/v1/cases/").content.decode()
