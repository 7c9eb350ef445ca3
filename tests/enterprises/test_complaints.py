"""Complaints about an office: handled by another one, seen by nobody of the one they are about."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils import timezone

from enterprises.models import ComplaintMatter, ComplaintRoute
from enterprises.models.complaint import handler_of
from enterprises.oversight import complaints
from enterprises.oversight.forms import ComplaintForm
from servicedesk.accounts.models import Office, Post, User
from servicedesk.desk import actions
from servicedesk.desk.deadlines import deadlines_of
from servicedesk.desk.errors import BadInput, NotAllowed
from servicedesk.desk.files import check
from servicedesk.desk.models import Attachment, Case, Clock, Notice
from servicedesk.desk.permissions import capacities, may, subject_to, visible_to
from servicedesk.desk.recipients import Recipients
from servicedesk.desk.ringing import ring
from servicedesk.reports import counting
from tests.api.asking import submit
from tests.desk.papers import picture, upload
from tests.enterprises.overseeing import WORDS, client_of, complaint
from tests.make import MONDAY, again, claimed, submitted
from tests.people import Cast, cast, person, posted

pytestmark = pytest.mark.django_db
TODAY = date(2026, 3, 2)


@pytest.fixture
def people() -> Cast:
    return cast()


def branch(code: str, above: str) -> Office:
    return Office.objects.create(code=code, name=f"下属{code}", parent=Office.objects.get(code=above))


# --- to whom it goes -------------------------------------------------------------------------------


def test_the_rows_name_who_handles_it_and_never_the_office_itself(people: Cast) -> None:
    found = {code: handler_of(people.office(code), TODAY) for code in ("zjj", "fwzx", "dcs", "zfb", "city")}
    assert {code: office.code for code, office in found.items() if office} == {
        "zjj": "dcs",
        "fwzx": "dcs",
        "dcs": "zfb",
        "zfb": "dcs",
        "city": "swb",
    }


def test_a_row_of_its_own_goes_first_from_its_day_on_and_holds_below_it(people: Cast) -> None:
    below = branch("zjj-a", "zjj")
    row = ComplaintRoute(office=people.office("zjj"), handled_by=people.office("sfj"), valid_from=TODAY)
    row.full_clean()
    row.save()
    for office in (people.office("zjj"), below):
        handlers = [handler_of(office, day) for day in (TODAY - timedelta(days=1), TODAY)]
        assert [each.code for each in handlers if each] == ["dcs", "sfj"]


@pytest.mark.parametrize("handled_by", ["zjj", "zjj-a"])
def test_no_row_may_name_the_office_itself_or_one_below(people: Cast, handled_by: str) -> None:
    branch("zjj-a", "zjj")
    row = ComplaintRoute(office=people.office("zjj"), handled_by=people.office(handled_by), valid_from=TODAY)
    with pytest.raises(ValidationError) as refused:
        row.full_clean()
    assert "handled_by" in refused.value.message_dict


def test_where_no_row_names_another_office_it_is_not_taken(people: Cast) -> None:
    ComplaintRoute.objects.exclude(office=None).delete()
    form = ComplaintForm({"office": people.office("dcs").pk, "text": "…", "contact_phone": "13800000001"})
    assert form.errors["office"].as_data()[0].code == "no-route"
    with pytest.raises(BadInput) as refused:
        complaint(people, "dcs")
    assert refused.value.field == "office"


def test_a_company_files_one_on_the_portal(people: Cast) -> None:
    client = client_of(people.wang)
    page = client.get(reverse("desk:start", args=["complaint"]))
    assert page.status_code == 200
    offices = {str(value) for value, _ in _choices(page)}
    assert {str(office.pk) for office in Office.objects.all()} <= offices
    case = complaint(people, at=timezone.now() - timedelta(hours=1))
    assert client.get(reverse("desk:matter", args=[case.number])).status_code == 200


def _choices(page: object) -> list[tuple[object, object]]:
    form = next(each["form"] for each in page.context if "form" in each)  # type: ignore[attr-defined]
    return [
        row
        for value, label in form.fields["office"].choices
        for row in (label if isinstance(label, list) else [(value, label)])
    ]


# --- how it is handled -----------------------------------------------------------------------------


def test_the_supervision_office_takes_it_to_its_answer_under_its_clocks(people: Cast) -> None:
    case = complaint(people)
    assert (case.office.code, case.against, str(case.number)[:3]) == ("dcs", people.office("zjj"), "TS-")
    terms = dict(Clock.objects.filter(case=case).values_list("code", "term"))
    assert terms == {"contact": 1, "result": 15}
    frank, at = people.frank, MONDAY + timedelta(hours=1)
    actions.accept(case, by=frank, at=at)
    actions.claim(again(case), by=frank, at=at)
    actions.contact(again(case), by=frank, at=at, result="reached")
    assert not Clock.objects.running().filter(case=case, code="contact").exists()
    step = again(case).steps.get(code="investigate")
    actions.complete(step, by=frank, at=at, text="查实。")
    actions.draft_answer(again(case), by=frank, at=at, text="已责令改正。")
    actions.sign_off(again(case), by=frank, at=at)
    actions.confirm(again(case), by=people.wang, at=at)
    assert again(case).outcome == "solved"


def test_it_is_extended_by_seven_days_once(people: Cast) -> None:
    case = complaint(people)
    at = MONDAY + timedelta(hours=1)
    actions.accept(case, by=people.frank, at=at)
    given: dict[str, Any] = {
        "clocks": ("result",),
        "reason": "案情复杂。",
        "told_at": at,
        "by": people.frank,
        "at": at,
    }
    with pytest.raises(BadInput):
        actions.extend(again(case), term=8, **given)
    actions.extend(again(case), term=7, **given)
    with pytest.raises(BadInput):
        actions.extend(again(case), term=1, **given)


@pytest.mark.parametrize("to", ["zjj", "zjj-a"])
def test_its_office_is_not_even_asked(people: Cast, to: str) -> None:
    branch("zjj-a", "zjj")
    case = complaint(people)
    actions.accept(case, by=people.frank, at=MONDAY)
    actions.claim(again(case), by=people.frank, at=MONDAY)
    with pytest.raises(BadInput) as refused:
        actions.consult(again(case), by=people.frank, at=MONDAY, office=people.office(to), text="?")
    assert refused.value.code == "complained-of"


# --- who never learns of it ------------------------------------------------------------------------


def of_the_office(people: Cast) -> list[User]:
    """Everybody who serves at the office or below, some of them elsewhere too."""
    branch("zjj-a", "zjj")
    both = posted(posted(person("both"), "zjj", Post.Role.OFFICER), "dcs", Post.Role.SUPERVISOR)
    below = posted(person("below"), "zjj-a", Post.Role.HEAD)
    return [people.alice, people.bob, people.erin, both, below]


def test_nobody_of_the_office_or_below_sees_it_on_any_page(people: Cast) -> None:
    alice, _bob, _erin, both, below = of_the_office(people)
    case = complaint(people, at=timezone.now() - timedelta(hours=1))
    number, clock = str(case.number), Clock.objects.filter(case=case)[0]
    for user in (alice, both, below):
        client = client_of(user)
        named = [
            reverse("admin:desk_case_change", args=[case.pk]),
            reverse("admin:case", args=[number]),
            reverse("admin:case-clock", args=[number, clock.pk]),
            reverse("desk:matter", args=[number]),
            reverse("api-case", args=[number]),
        ]
        assert {place: client.get(place).status_code for place in named} == dict.fromkeys(named, 404)
        for place in (
            reverse("admin:index"),
            reverse("admin:desk_case_changelist") + "?q=不收材料",
            reverse("admin:desk_case_changelist") + "?tab=all&kind=complaint",
            reverse("api-cases") + "?q=不收材料",
            reverse("desk:notices"),
        ):
            body = client.get(place, follow=True).content.decode()
            assert number not in body, (user, place)
            assert WORDS not in body, (user, place)


def test_nobody_of_the_office_may_do_or_hear_anything(people: Cast) -> None:
    users = of_the_office(people)
    case = complaint(people)
    file = actions.attach(case, by=people.wang, at=MONDAY, file=check(upload("a.jpg", picture())))
    for user in users:
        assert not visible_to(user, MONDAY).filter(pk=case.pk).exists()
        assert capacities(user, case, MONDAY) == set()
        assert not any(may(user, verb, case, MONDAY) for verb in ("claim", "note", "nudge", "accept"))
        assert not deadlines_of(user, MONDAY, of_office=True).filter(case=case).exists()
        assert not Attachment.objects.filter(pk=file.pk, case__in=visible_to(user, MONDAY)).exists()
        assert client_of(user).get(reverse("desk:file", args=[file.pk])).status_code == 404
    assert visible_to(people.frank, MONDAY).filter(pk=case.pk).exists()
    at = MONDAY
    for _ in range(40):
        at += timedelta(days=1)
        ring(at)
    told = set(Notice.objects.filter(event__case=case).values_list("recipient", flat=True))
    assert people.frank.pk in told
    assert not told & {user.pk for user in users}


def test_alarms_find_somebody_else_even_for_a_complaint_about_the_centre(people: Cast) -> None:
    case = complaint(people, "fwzx")
    Post.objects.filter(user=people.frank).update(until=TODAY)
    clock = Clock.objects.filter(case=case, code="result").select_related("case", "step")[0]
    posted(person("gina"), "zfb", Post.Role.SUPERVISOR)
    heard = Recipients(TODAY + timedelta(days=1)).of("centre", clock)
    assert [user.username for user in heard] == ["gina"]


def test_the_centre_knows_nothing_of_a_complaint_about_itself(people: Cast) -> None:
    case = complaint(people, "fwzx", at=timezone.now() - timedelta(hours=1))
    assert not visible_to(people.diana).filter(pk=case.pk).exists()
    for user in (people.diana, people.grace):
        client = client_of(user)
        for place in ("admin:desk_notice_changelist", "admin:desk_alarm_changelist", "reports:cases"):
            asked = {"figure": "received", "period": "month", "kind": "complaint"}
            page = client.get(reverse(place), asked if place.startswith("reports") else {}, follow=True)
            assert str(case.number) not in page.content.decode(), (user, place)


def test_its_numbers_leave_it_out_for_those_it_is_about(people: Cast) -> None:
    from servicedesk.reports.readers import reader_of
    from tests.reports.month import scope_of

    complaint(people, "fwzx")
    at = MONDAY + timedelta(days=1)
    seen = {
        user.username: counting.counted(scope_of(user, at, period="month", kind="complaint")).total.get(
            "received", 0
        )
        for user in (people.grace, people.frank)
    }
    assert seen == {"grace": 0, "frank": 1}
    assert reader_of(people.grace, at).unknown == subject_to(people.grace, TODAY)


# --- what turns out to be one ----------------------------------------------------------------------


def test_the_centre_takes_a_matter_for_a_complaint_and_the_company_follows_one_thing(people: Cast) -> None:
    matter = claimed(people)
    assert visible_to(people.alice, MONDAY).filter(pk=matter.pk).exists()
    actions.attach(matter, by=people.wang, at=MONDAY, file=check(upload("a.jpg", picture())))
    case = complaints.recognise(matter, by=people.diana, at=MONDAY, office=people.office("zjj"))
    matter = again(matter)
    assert (matter.state, matter.outcome, matter.against) == ("closed", "merged", people.office("zjj"))
    assert (case.office.code, case.against, case.applicant) == ("dcs", people.office("zjj"), people.company)
    assert ComplaintMatter.objects.get(case=case).text == "厂门口积水，货车进不来。"
    assert [file.name for file in case.attachments.all()] == ["a.jpg"]
    assert case.attachments.get().path != matter.attachments.get().path
    seen = visible_to(people.alice, MONDAY).filter(pk__in=[matter.pk, case.pk])
    assert not seen.exists()
    assert matter.events.filter(body__contains=str(case.number), public=True).exists()
    told = Notice.objects.filter(event__case__in=[matter, case], recipient=people.alice, event__verb="close")
    assert not told.exists()
    assert list(Case.objects.open().filter(applicant=people.company)) == [case]


def test_a_complaint_about_the_centre_is_not_the_centres_to_recognise(people: Cast) -> None:
    matter = submitted(people)
    with pytest.raises(BadInput) as refused:
        complaints.recognise(matter, by=people.diana, at=MONDAY, office=people.office("fwzx"))
    assert refused.value.code == "own-office"
    with pytest.raises(NotAllowed):
        complaints.recognise(matter, by=people.alice, at=MONDAY, office=people.office("zjj"))
    case = complaints.recognise(matter, by=people.frank, at=MONDAY, office=people.office("fwzx"))
    assert not visible_to(people.diana, MONDAY).filter(pk__in=[case.pk, matter.pk]).exists()


def test_it_is_recognised_on_a_page_of_the_desk(people: Cast) -> None:
    matter = submitted(people, at=timezone.now() - timedelta(hours=1))
    client = client_of(people.diana)
    place = reverse("admin:enterprises_complaintroute_recognise", args=[matter.pk])
    workbench = client.get(reverse("admin:desk_case_change", args=[matter.pk])).content.decode()
    assert place in workbench
    assert client.get(place).status_code == 200
    assert client.post(place, {"office": people.office("fwzx").pk}).status_code == 422
    done = client.post(place, {"office": people.office("zjj").pk})
    case = Case.objects.get(kind="complaint")
    assert done.headers["Location"] == reverse("admin:desk_case_change", args=[case.pk])
    assert client_of(people.alice).get(place).status_code == 404


def test_nobody_writes_the_row_about_their_own_office(people: Cast) -> None:
    row = ComplaintRoute.objects.get(office__code="dcs")
    place = reverse("admin:enterprises_complaintroute_change", args=[row.pk])
    page = client_of(people.frank).get(place)
    assert b'name="_save"' not in page.content
    assert b'name="_save"' in client_of(people.grace).get(place).content


def test_a_complaint_by_the_api_goes_the_same_way(people: Cast) -> None:
    said = {"office": people.office("zjj").pk, "text": WORDS, "contact_phone": "13800000001"}
    sent = submit(client_of(people.wang), {"kind": "complaint", "answers": said})
    assert sent.status_code == 201, sent.content
    assert Case.objects.get(kind="complaint").office.code == "dcs"


def test_a_day_in_a_draft_is_shown_again_as_the_browser_reads_it() -> None:
    kept = ComplaintMatter(since=date(2026, 3, 2))
    assert 'value="2026-03-02"' in str(ComplaintForm(instance=kept)["since"])
