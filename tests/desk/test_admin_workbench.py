"""The workbench: who sees it, what it shows, and that a verb posted from it loses nobody's text."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone
from django.utils.html import escape
from django.utils.translation import override

from servicedesk.desk import actions
from servicedesk.desk.models import Case, Event
from servicedesk.desk.words import shipped_words
from tests import make
from tests.desk.staff import INLINE, at_verb, bench, enter, post
from tests.entering import session_ends
from tests.make import moment
from tests.people import Cast

pytestmark = [pytest.mark.once, pytest.mark.django_db]


@pytest.fixture
def case(people: Cast) -> Case:
    return make.claimed(people, at=timezone.now() - timedelta(minutes=5))


def page(client: Client, case: Case) -> str:
    response = client.get(bench(case))
    assert response.status_code == 200
    return response.content.decode()


def test_letters_lead_to_the_workbench(client: Client, people: Cast, case: Case) -> None:
    enter(client, people.alice)
    response = client.get(f"/desk/cases/{case.number}/")
    assert (response.status_code, response["Location"]) == (302, bench(case))


def test_a_foreign_matter_does_not_exist(client: Client, people: Cast, case: Case) -> None:
    clock = case.clocks.first()
    paths = (bench(case), f"/desk/cases/{case.number}/", f"/desk/cases/{case.number}/clocks/{clock.pk}/")
    for user in (people.charlie, people.alice):
        enter(client, user)
        assert {client.get(path).status_code for path in paths} <= (
            {404} if user is people.charlie else {200, 302}
        )
    enter(client, people.charlie)
    assert post(client, case, "note", text="x").status_code == 404
    assert client.post(f"/desk/cases/{case.number}/show/", {"reason": "x"}).status_code == 404
    assert client.get("/desk/desk/case/999999/change/").status_code == 404
    enter(client, people.wang)
    assert {client.get(path).status_code for path in paths} <= {302, 403, 404}
    assert post(client, case, "withdraw", reason="x").status_code in {302, 403, 404}
    assert make.again(case).state == "accepted"


def test_it_shows_the_matter_masked_the_clocks_and_what_may_be_done(
    client: Client, people: Cast, case: Case
) -> None:
    enter(client, people.alice)
    html = page(client, case)
    assert "13800000001" not in html and "138****0001" in html
    assert "15 working days left" in html and case.number in html
    for verb in ("contact", "return_to_centre", "consult", "note", "message", "attach"):
        assert at_verb(case, verb) in html, verb
    for verb in ("dispatch", "assign", "sign_off", "merge", "confirm"):
        assert at_verb(case, verb) not in html, verb
    assert f'name="version" value="{case.version}"' in html
    assert not INLINE.search(html)


def test_public_words_and_internal_ones_look_different(client: Client, people: Cast, case: Case) -> None:
    now = timezone.now()
    actions.note(case, by=people.alice, at=now, text="去年也积过水")
    actions.message(case, by=people.wang, at=now, text="<b>快点</b>")
    enter(client, people.bob)
    html = page(client, case)
    assert html.count('class="internal"') == 1 and "去年也积过水" in html
    assert "&lt;b&gt;快点" in html and "<b>快点" not in html


def test_full_numbers_are_shown_once_for_a_reason_that_is_logged(
    client: Client, people: Cast, case: Case
) -> None:
    enter(client, people.alice)
    path = f"/desk/cases/{case.number}/show/"
    assert client.post(path, {"reason": " "}).status_code == 422
    assert not Event.objects.filter(verb="unmask").exists()
    assert "13800000001" in client.post(path, {"reason": "回电"}).content.decode()
    event = Event.objects.get(verb="unmask")
    assert (event.chain, event.body, event.params["case"]) == (f"user:{people.alice.pk}", "回电", case.number)
    assert "13800000001" not in page(client, case)
    enter(client, people.frank)
    assert client.post(path, {"reason": "好奇"}).status_code == 404


def test_a_number_called_is_masked_in_the_timeline(client: Client, people: Cast, case: Case) -> None:
    actions.contact(
        case, by=people.alice, at=timezone.now(), result="reached", number="13912345678", text="约好"
    )
    enter(client, people.bob)
    html = page(client, case)
    assert "139****5678" in html and "13912345678" not in html


def test_a_verb_is_done_and_leads_back(client: Client, people: Cast, case: Case) -> None:
    enter(client, people.alice)
    response = post(client, case, "contact", result="reached", number="13800000001", text="约好明天看现场")
    assert (response.status_code, response["Location"]) == (302, bench(case))
    assert case.events.filter(verb="contact", by=people.alice).count() == 1


def test_what_is_wrong_is_said_at_the_field_and_everything_typed_is_kept(
    client: Client, people: Cast, case: Case
) -> None:
    enter(client, people.bob)
    response = post(client, case, "transfer", office="", reason="不属本局职责，请转水务局")
    html = response.content.decode()
    assert response.status_code == 422 and "不属本局职责，请转水务局" in html and 'role="alert"' in html
    refused = post(client, case, "transfer", office=people.office().pk, reason="写错了的地方")
    html = refused.content.decode()
    assert (
        refused.status_code == 400
        and "The matter is with this office already." in html
        and "写错了的地方" in html
    )
    assert 'id="transfer_office_error"' in html
    assert make.again(case).office == people.office()


def test_who_may_not_is_told_so_and_nothing_happens(client: Client, people: Cast, case: Case) -> None:
    enter(client, people.frank)
    response = post(client, case, "contact", result="reached", text="我来打")
    assert response.status_code == 403
    assert "This is not yours to do on this matter." in response.content.decode()
    assert not case.events.filter(verb="contact").exists()


def test_a_lost_race_shows_what_happened_and_gives_the_text_back(
    client: Client, people: Cast, case: Case
) -> None:
    enter(client, people.alice)
    stale = make.again(case).version
    actions.contact(case, by=people.bob, at=timezone.now(), result="reached", text="我已联系")
    actions.note(case, by=people.bob, at=timezone.now(), text="对方很急")
    words = "先抽排，再清淤，再换管。" * 20
    response = post(client, case, "give_opinion", version=stale, text=words)
    html = response.content.decode()
    assert response.status_code == 409
    assert words in html and "我已联系" in html and "对方很急" in html and "Dispatched" not in html
    now = make.again(case).version
    assert f'name="version" value="{now}"' in html
    assert not case.events.filter(verb="give_opinion").exists()
    assert post(client, case, "give_opinion", version=now, text=words).status_code == 302


def test_words_for_what_is_no_longer_possible_can_be_copied(client: Client, people: Cast, case: Case) -> None:
    enter(client, people.alice)
    stale = make.again(case).version
    actions.close(case, by=people.diana, at=timezone.now(), outcome="lapsed", reason="重复")
    response = post(client, case, "return_to_centre", version=stale, reason="这不归我们管")
    html = response.content.decode()
    assert response.status_code == 409 and "这不归我们管" in html and "readonly" in html
    assert f'action="{at_verb(case, "return_to_centre")}"' not in html
    assert post(client, case, "consult", office=1, text="还有一句").status_code == 409


def test_a_page_without_a_version_is_never_obeyed(client: Client, people: Cast, case: Case) -> None:
    enter(client, people.alice)
    for version in ("", "x", "-1"):
        data = {"version": version, "reason": "不归我们"}
        assert client.post(at_verb(case, "return_to_centre"), data).status_code == 409
    assert make.again(case).office == people.office()


def test_who_lost_the_matter_while_writing_gets_the_words_back_and_nothing_else(
    client: Client, people: Cast, case: Case
) -> None:
    enter(client, people.alice)
    seen = client.get(bench(case)).context["seen"]
    actions.transfer(
        case, by=people.bob, at=timezone.now(), office=people.office("swuj"), reason="管网归水务"
    )
    data = {"version": case.version, "seen": seen, "text": "写了半小时的答复"}
    response = client.post(at_verb(case, "message"), data)
    html = response.content.decode()
    assert response.status_code == 409 and "写了半小时的答复" in html and "管网归水务" not in html
    for forged in ("", "x", seen[:-2] + "xx"):
        assert client.post(at_verb(case, "message"), data | {"seen": forged}).status_code == 404


def test_a_transfer_out_of_sight_leads_to_the_queue(client: Client, people: Cast, case: Case) -> None:
    enter(client, people.bob)
    response = post(client, case, "transfer", office=people.office("swuj").pk, reason="管网归水务")
    assert (response.status_code, response["Location"]) == (302, "/desk/desk/case/")


def test_verbs_are_posted_and_unknown_ones_do_not_exist(client: Client, people: Cast, case: Case) -> None:
    enter(client, people.alice)
    assert client.get(at_verb(case, "note"))["Location"] == bench(case)
    assert client.put(at_verb(case, "note")).status_code == 405
    for verb in ("submit", "decide", "__class__", "pause", "nonsense"):
        assert post(client, case, verb).status_code == 404, verb


def test_words_outlive_the_session_they_were_typed_in(client: Client, people: Cast, case: Case) -> None:
    enter(client, people.alice)
    session_ends(client, bench(case))
    response = post(client, case, "message", text="会话过期前写的话")
    assert response.status_code == 302 and "next=" in response["Location"]
    client.force_login(people.alice, backend="servicedesk.accounts.backends.ByNameMailOrPhone")
    again = client.get(at_verb(case, "message"))
    assert again.status_code == 200 and "会话过期前写的话" in again.content.decode()
    assert not case.events.filter(verb="message").exists()
    assert client.get(at_verb(case, "message")).status_code == 302


def test_dispatching_from_the_page_sorts_the_matter(client: Client, people: Cast) -> None:
    fresh = make.submitted(people, at=timezone.now())
    enter(client, people.diana)
    html = page(client, fresh)
    assert "<optgroup" in html and 'id="dispatch_topic"' in html
    data = {"office": people.office().pk, "title": "厂门口积水", "urgency": "", "topic": "", "town": ""}
    assert post(client, fresh, "dispatch", **data).status_code == 302
    assert (make.again(fresh).office, make.again(fresh).title) == (people.office(), "厂门口积水")
    bad = post(client, make.submitted(people, at=timezone.now()), "dispatch", **(data | {"topic": "99999"}))
    assert bad.status_code == 422 and "厂门口积水" in bad.content.decode()


def test_a_file_is_added_or_refused_with_a_sentence(client: Client, people: Cast, case: Case) -> None:
    enter(client, people.alice)
    refused = post(client, case, "attach", files=SimpleUploadedFile("a.exe", b"MZ"), public="on")
    assert refused.status_code == 422 and 'id="attach_files_error"' in refused.content.decode()
    png = b"%PDF-1.4\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF\n"
    added = post(client, case, "attach", files=SimpleUploadedFile("a.pdf", png), public="on")
    assert added.status_code in {302, 422}


def test_a_clock_has_its_statement_and_a_foreign_one_does_not_exist(
    client: Client, people: Cast, case: Case
) -> None:
    enter(client, people.alice)
    for clock in case.clocks.all():
        response = client.get(f"/desk/cases/{case.number}/clocks/{clock.pk}/")
        html = response.content.decode()
        with override(response.headers["Content-Language"]):
            basis = escape(shipped_words(clock.basis))
        assert response.status_code == 200 and basis in html and not INLINE.search(html)
    other = make.claimed(people).clocks.first()
    assert client.get(f"/desk/cases/{case.number}/clocks/{other.pk}/").status_code == 404


def test_the_page_costs_the_same_however_long_its_story(
    client: Client, people: Cast, case: Case, django_assert_max_num_queries: Any
) -> None:
    enter(client, people.bob)
    page(client, case)
    for number in range(30):
        actions.note(case, by=people.alice, at=timezone.now(), text=f"{number}")
        if number < 8:
            actions.consult(case, by=people.alice, at=timezone.now(), office=people.office("swuj"), text="?")
    with django_assert_max_num_queries(25):
        page(client, case)


def test_history_is_the_page_itself(client: Client, people: Cast, case: Case) -> None:
    enter(client, people.alice)
    assert client.get(f"/desk/desk/case/{case.pk}/history/")["Location"] == bench(case)
    enter(client, people.charlie)
    assert client.get(f"/desk/desk/case/{case.pk}/history/").status_code == 404


def test_an_old_matter_still_opens(client: Client, people: Cast) -> None:
    old = make.answered(people, at=moment("2024-02-05 10:00"))
    actions.confirm(old, by=people.wang, at=moment("2024-02-06 10:00"))
    enter(client, people.alice)
    assert "solved" in page(client, old)
