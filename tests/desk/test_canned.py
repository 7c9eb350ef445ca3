"""Ready texts: begun with by a link or a click, filled as plain words, kept by who may keep them."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.test import Client
from django.utils import timezone

from servicedesk.desk import canned
from servicedesk.desk.first_texts import TEXTS
from servicedesk.desk.models import CannedText, Case, Event
from servicedesk.desk.verb_forms import FORMS
from tests import make
from tests.desk.staff import INLINE, bench, enter, form_of
from tests.people import Cast

pytestmark = pytest.mark.django_db
LIST = "/desk/desk/cannedtext/"


@pytest.fixture
def case(people: Cast) -> Case:
    return make.claimed(people, at=timezone.now() - timedelta(minutes=5))


def ready(text: str = "您好，{number}。", **facts: object) -> CannedText:
    return CannedText.objects.create(title="一句话", text=text, **facts)


def test_the_desk_begins_with_ten_texts_for_real_verbs() -> None:
    assert list(CannedText.objects.values_list("title", flat=True)) == [title for title, *_rest in TEXTS]
    for row in CannedText.objects.all():
        row.full_clean()
        assert row.verb in FORMS


def test_a_link_begins_the_form_and_sends_nothing(client: Client, people: Cast, case: Case) -> None:
    row = ready("编号 {number}，{company}，{office}：<b>{nothing", verb="note")
    enter(client, people.alice)
    before = Event.objects.count()
    page = client.get(f"{bench(case)}?verb=note&canned={row.pk}").content.decode()
    words = f"编号 {case.number}，{people.company.name}，{people.office().name}：&lt;b&gt;{{nothing"
    assert f"\n{words}</textarea>" in page
    assert 'class="verb note" open' in page
    assert Event.objects.count() == before
    assert not INLINE.search(page)


def test_a_draft_is_kept_before_the_text(client: Client, people: Cast) -> None:
    case = make.drafted(people, at=timezone.now() - timedelta(minutes=5))
    row = ready("另附说明。", verb="sign_off")
    page = enter(client, people.bob).get(f"{bench(case)}?verb=sign_off&canned={row.pk}").content.decode()
    assert "已清淤，积水已退。\n另附说明。" in page


@pytest.mark.parametrize(
    ("facts", "offered"),
    [
        ({}, True),
        ({"verb": "note"}, True),
        ({"verb": "message"}, False),
        ({"kind": "direct-line"}, True),
        ({"kind": "promise"}, False),
        ({"is_valid": False}, False),
    ],
)
def test_a_text_is_offered_where_it_is_for(
    people: Cast, case: Case, facts: dict[str, str], offered: bool
) -> None:
    row = ready(**facts)
    at = timezone.now()
    form = FORMS["note"](case=case, user=people.alice, at=at)
    found = canned.for_verb(canned.texts_for(case, people.alice, at), "note", form)
    assert (row.pk in {text.pk for text in found}) is offered


def test_an_offices_texts_are_its_own(people: Cast, case: Case) -> None:
    row = ready(office=people.office("swuj"))
    at = timezone.now()
    assert row.pk not in {text.pk for text in canned.texts_for(case, people.alice, at)}
    assert row.pk in {text.pk for text in canned.texts_for(case, people.charlie, at)}


def test_what_cannot_be_filled_is_refused() -> None:
    with pytest.raises(ValidationError, match="phone"):
        CannedText(title="甲", text="请拨 {phone}").full_clean()


def test_a_head_keeps_those_of_the_own_office_and_the_centre_all(client: Client, people: Cast) -> None:
    for_all, theirs = ready(), ready(office=people.office("swuj"))
    enter(client, people.bob)
    new = {"title": "甲", "text": "乙", "position": "0", "is_valid": "on", "verb": "note", "kind": ""}
    assert client.post(f"{LIST}add/", new).status_code == 200
    assert client.post(f"{LIST}add/", new | {"office": theirs.office_id}).status_code == 200
    assert client.post(f"{LIST}add/", new | {"office": people.office().pk}).status_code == 302
    own = CannedText.objects.get(title="甲")
    change = f"{LIST}{own.pk}/change/"
    assert client.post(change, form_of(client, change, title="丙")).status_code == 302
    for foreign in (for_all, theirs):
        assert client.post(f"{LIST}{foreign.pk}/change/", new).status_code == 403
        assert client.post(f"{LIST}{foreign.pk}/delete/", {"post": "yes"}).status_code == 403
    enter(client, people.alice)
    assert client.get(f"{LIST}add/").status_code == 403
    enter(client, people.diana)
    change = f"{LIST}{for_all.pk}/change/"
    assert client.post(change, form_of(client, change, title="丁")).status_code == 302
    assert CannedText.objects.get(pk=for_all.pk).title == "丁"
