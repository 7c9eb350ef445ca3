"""A company opening: one form, a case at every office, a company at the end of the first of them."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from approvals.bundles.birth import SANDBOX, industry_of
from approvals.models import Application, HandedIn
from enterprises import uscc
from enterprises.models import Company
from servicedesk.desk import actions
from servicedesk.desk.audit import findings
from servicedesk.desk.errors import BadInput
from servicedesk.desk.invariants import broken
from servicedesk.desk.models import Attachment, Case, Event, Membership, Notice, Party
from servicedesk.desk.permissions import actions_for, visible_to
from servicedesk.desk.registry import kind_of
from servicedesk.desk.replay import differences
from servicedesk.desk.verb_forms import form_for, perform
from tests.approvals import opening
from tests.approvals.opening import ALL, BANK, LICENCE, NAME, NUMBER, SEAL, TAX, Founder
from tests.make import MONDAY, again, moment
from tests.people import Cast, cast, person

pytestmark = [pytest.mark.once, pytest.mark.django_db]
TEN, ELEVEN = moment("2026-03-02 10:00"), moment("2026-03-02 11:00")


@pytest.fixture
def people() -> Cast:
    return cast()


@pytest.fixture
def qian(people: Cast) -> Founder:
    return opening.founder()


# What may be chosen


def opens(**asked: Any) -> dict[str, Any]:
    found = kind_of("bundle").opens
    assert found is not None
    return found({name: value if isinstance(value, list) else [value] for name, value in asked.items()})


def test_without_a_choice_everything_is_applied_for_in_the_order_of_the_bundle() -> None:
    assert opens(bundle="company-opening") == {"bundle_code": "company-opening", "chosen": ALL}


def test_any_part_may_be_taken() -> None:
    assert opens(bundle="company-opening", take=[TAX, LICENCE])["chosen"] == [LICENCE, TAX]
    assert opens(bundle="company-opening", take=[TAX])["chosen"] == [TAX]


@pytest.mark.parametrize("asked", [{}, {"bundle": "nothing"}, {"bundle": "company-opening", "take": ["no"]}])
def test_what_is_not_offered_cannot_be_started(asked: dict[str, Any]) -> None:
    with pytest.raises(LookupError):
        opens(**asked)


def test_whoever_has_no_company_cannot_leave_out_the_licence(qian: Founder) -> None:
    with pytest.raises(BadInput, match="licence|执照"):
        opening.submitted(qian, [TAX, SEAL])


def test_a_company_of_the_register_may_leave_out_the_licence(people: Cast) -> None:
    Company.objects.create(party=people.company)
    wang = Founder(people.wang, people.company)
    whole = opening.submitted(wang, [TAX, BANK])
    assert opening.looks(whole) == {TAX: "running", BANK: "running"}
    assert all(step.after == [] for step in whole.steps.all())


# One form


def asked_by(kind: str, opening: dict[str, Any]) -> list[str]:
    form: Any = kind_of(kind).form_of(opening)
    return list(form.base_fields)


def known_to(who: Founder, **asked: Any) -> dict[str, Any]:
    form: Any = kind_of("bundle").form_of(opens(bundle="company-opening", **asked))
    return dict(form.known(who.party, who.user))


def test_each_fact_and_each_paper_is_asked_for_once() -> None:
    names = asked_by("bundle", opens(bundle="company-opening"))
    assert names.count("company_name") == 1
    assert len(names) == len(set(names))
    assert names.count("paper_business_licence") == 1
    alone = [asked_by("approval", {"item_code": code}) for code in ALL]
    assert set(names) == {name for fields in alone for name in fields}


def test_what_the_register_knows_of_a_company_is_filled_in(people: Cast) -> None:
    Company.objects.create(party=people.company, legal_representative="李四")
    wang = Founder(people.wang, people.company)
    found = known_to(wang, take=[TAX, BANK])
    assert found["company_name"] == people.company.name
    assert found["legal_representative_name"] == "李四"


def test_nothing_is_known_of_a_company_that_is_still_to_be(people: Cast) -> None:
    Company.objects.create(party=people.company, legal_representative="李四")
    wang = Founder(people.wang, people.company)
    found = known_to(wang)
    assert not {"company_name", "legal_representative_name", "company_address_street"} & found.keys()


def test_each_part_has_the_answers_its_item_asks_for_and_no_others(qian: Founder) -> None:
    whole = opening.licensed(opening.submitted(qian), at=TEN)
    licence = Application.objects.get(case=opening.part(whole, LICENCE)).answers
    fund = Application.objects.get(case=opening.part(whole, "housing-fund")).answers
    assert licence["company_name"] == fund["company_name"] == NAME
    assert licence["legal_representative_id"]
    assert "fund_ratio" not in licence
    assert set(fund) <= {"company_name", "staff", "fund_ratio", "contact_phone"}
    assert fund["fund_ratio"] == "5"


def paper(case: Case, code: str, by: Any, at: datetime = MONDAY) -> Attachment:
    file = Attachment.objects.create(
        case=case, by=by, sha256="0" * 64, size=3, name="章程.pdf", mime="application/pdf", path="a/b", at=at
    )
    HandedIn.objects.create(case=case, code=code, attachment=file)
    return file


def test_each_part_has_the_papers_its_item_asks_for_without_a_second_upload(qian: Founder) -> None:
    draft = opening.draft(qian)
    articles, licence = paper(draft, "articles", qian.user), paper(draft, "business-licence", qian.user)
    whole = actions.submit(draft, by=qian.user, at=MONDAY, key=uuid.uuid4(), facts={})
    opening.licensed(whole, at=TEN)
    first = HandedIn.objects.get(case=opening.part(whole, LICENCE))
    assert (first.code, first.attachment.path, first.attachment.sha256) == (
        "articles",
        articles.path,
        articles.sha256,
    )
    assert first.attachment.pk != articles.pk
    others = HandedIn.objects.filter(case__parent=whole).exclude(pk=first.pk)
    assert {row.code for row in others} == {"business-licence"}
    assert {row.attachment.name for row in others} == {licence.name}
    assert others.count() == 7


# The gate, and side by side


def test_the_licence_gates_the_rest_which_run_side_by_side(qian: Founder) -> None:
    whole = opening.submitted(qian)
    assert whole.number is not None
    assert whole.number.startswith("TC-")
    assert opening.looks(whole) == {LICENCE: "running"} | dict.fromkeys(ALL[1:], "waiting")
    assert Case.objects.filter(parent=whole).count() == 1
    whole = opening.licensed(whole, at=TEN)
    assert opening.looks(whole) == {LICENCE: "done"} | dict.fromkeys(ALL[1:], "running")
    offices = {step.code: step.opens.office.code for step in whole.steps.all() if step.opens}
    assert (offices[SEAL], offices[TAX], offices[BANK]) == ("gaj", "swj", "bank")


def test_steps_are_called_as_their_items_in_every_language(qian: Founder) -> None:
    step = opening.submitted(qian).steps.get(code=SEAL)
    assert step.label == {
        "zh-hans": "公章刻制备案",
        "en": "Filing of company seals",
        "ru": "Учёт печатей компании",
    }


def test_parts_are_due_as_the_bundle_promises_and_the_whole_in_half_a_working_day(qian: Founder) -> None:
    whole = opening.submitted(qian)
    clock = whole.clocks.get(code="whole")
    assert (clock.term, clock.unit, clock.due_at) == (195, "working_minutes", moment("2026-03-02 13:45"))
    promised = opening.part(whole, LICENCE).clocks.get(code="promised")
    assert (promised.term, promised.due_at) == (105, moment("2026-03-02 10:45"))


def test_the_whole_is_completed_with_its_last_part(qian: Founder) -> None:
    whole = opening.licensed(opening.submitted(qian), at=TEN)
    for code in ALL[1:]:
        assert again(whole).state == "submitted"
        opening.finish(opening.part(whole, code), at=ELEVEN)
    whole = again(whole)
    assert (whole.state, whole.outcome) == ("closed", "completed")
    clock = whole.clocks.get(code="whole")
    assert (clock.stopped_at, clock.late) == (ELEVEN, False)
    assert broken(ELEVEN) == []


def test_a_refused_licence_blocks_everything_and_ends_the_whole(qian: Founder) -> None:
    whole = opening.submitted(qian)
    opening.decide(opening.part(whole, LICENCE), at=TEN, outcome="refused")
    whole = again(whole)
    assert (whole.state, whole.outcome) == ("closed", "refused")
    assert set(opening.looks(whole).values()) == {"returned", "skipped"}
    assert not Company.objects.filter(party__name=NAME).exists()
    assert broken(TEN) == []


def test_a_refused_seal_blocks_nothing_else(qian: Founder) -> None:
    whole = opening.licensed(opening.submitted(qian), at=TEN)
    opening.decide(opening.part(whole, SEAL), at=ELEVEN, outcome="refused")
    seal = again(opening.part(whole, SEAL))
    for step in seal.steps.filter(state="running"):
        actions.complete(step, by=opening.officer("gaj"), at=ELEVEN)
    assert opening.looks(whole)[TAX] == "running"
    for code in [code for code in ALL if code not in {LICENCE, SEAL}]:
        opening.finish(opening.part(whole, code), at=ELEVEN)
    whole = again(whole)
    assert (whole.state, whole.outcome) == ("closed", "completed")


def test_who_withdraws_the_whole_ends_what_is_open_and_keeps_what_was_granted(qian: Founder) -> None:
    whole = opening.licensed(opening.submitted(qian), at=TEN)
    opening.finish(opening.part(whole, TAX), at=TEN)
    actions.withdraw(again(whole), by=qian.user, at=ELEVEN, reason="不办了")
    outcomes = {step.code: step.opens.outcome for step in again(whole).steps.all() if step.opens}
    assert (outcomes[LICENCE], outcomes[TAX]) == ("granted", "granted")
    assert {outcomes[code] for code in ALL if code not in {LICENCE, TAX}} == {"withdrawn"}
    assert Company.objects.filter(party__name=NAME).exists()


# Rights


def test_an_office_acts_on_its_own_part_and_sees_no_other(qian: Founder) -> None:
    whole = opening.licensed(opening.submitted(qian), at=TEN)
    police, tax = opening.officer("gaj"), opening.part(whole, TAX)
    seen = set(visible_to(police, TEN).filter(parent=whole))
    assert seen == {opening.part(whole, SEAL)}
    assert actions_for(police, tax, TEN) == []
    assert "claim" in actions_for(police, opening.part(whole, SEAL), TEN)
    assert not {"pause", "resume"} & set(actions_for(opening.officer("xzspj"), whole, TEN))


# Birth


def test_the_company_is_born_with_its_code_when_the_licence_is_granted(qian: Founder) -> None:
    whole = opening.licensed(opening.submitted(qian), at=TEN)
    company = Company.objects.get(party__number=NUMBER)
    assert (company.name, company.party.sort, company.party.phone) == (NAME, "company", "13800000009")
    assert (company.legal_representative, str(company.registered_on)) == ("赵一", "2026-03-02")
    assert company.registered_address == "三里河街道北京东路1号"
    assert (company.town and company.town.code, company.industry and company.industry.code) == (
        "sanlihe",
        "6511",
    )
    member = Membership.objects.get(party=company.party)
    assert (member.user, member.role, str(member.since)) == (qian.user, "owner", "2026-03-02")
    assert Event.objects.get(chain=f"register:membership:{member.pk}").verb == "register_add"
    event = Event.objects.get(chain=f"register:company:{company.pk}")
    assert (event.verb, event.by, event.params["case"]) == (
        "register_add",
        opening.officer("xzspj"),
        opening.part(whole, LICENCE).pk,
    )
    assert event.params["fields"]["legal_representative"] is None
    assert event.params["fields"]["number"] == [None, NUMBER]
    assert list(findings()) == []


def test_founder_and_company_both_see_the_whole_and_every_part(people: Cast, qian: Founder) -> None:
    whole = opening.licensed(opening.submitted(qian), at=TEN)
    company = Company.objects.get(party__number=NUMBER)
    sun = person("sun", staff=False)
    Membership.objects.create(user=sun, party=company.party, since=MONDAY.date())
    family = {whole, *Case.objects.filter(parent=whole)}
    assert len(family) == 9
    assert all(
        case.about_id == company.party_id for case in Case.objects.filter(pk__in=[c.pk for c in family])
    )
    assert set(visible_to(qian.user, TEN)) == set(visible_to(sun, TEN)) == family
    assert set(visible_to(people.zhao, TEN)) == set()


def test_the_register_wants_a_code_and_a_right_one(qian: Founder) -> None:
    whole = opening.submitted(qian)
    for number in ("", "  ", "91370281MA0000015X", "123"):
        with pytest.raises(BadInput) as refused:
            opening.decide(opening.part(whole, LICENCE), at=TEN, number=number)
        assert refused.value.field == "result_number"
    assert again(opening.part(whole, LICENCE)).state == "submitted"
    assert not Party.objects.filter(name=NAME).exists()


def test_a_code_or_a_name_that_is_taken_is_refused_and_nothing_is_half_done(
    people: Cast, qian: Founder
) -> None:
    Company.objects.create(party=people.company)
    whole = opening.submitted(qian)
    assert people.company.number is not None
    with pytest.raises(BadInput) as refused:
        opening.decide(opening.part(whole, LICENCE), at=TEN, number=people.company.number)
    assert refused.value.field == "result_number"
    again_whole = opening.submitted(qian, company_name=people.company.name)
    with pytest.raises(BadInput, match=people.company.name):
        opening.decide(opening.part(again_whole, LICENCE), at=TEN, number=NUMBER)
    assert not Party.objects.filter(number=NUMBER).exists()
    assert Company.objects.count() == 1
    assert opening.looks(again_whole)[SEAL] == "waiting"


def test_the_officer_reads_at_the_field_what_is_wrong_with_the_code(qian: Founder, client: Client) -> None:
    whole = opening.submitted(qian)
    part, officer = opening.part(whole, LICENCE), opening.officer("xzspj")
    actions.claim(part, by=officer, at=MONDAY)
    part = again(part)
    client.force_login(officer, backend="servicedesk.accounts.backends.ByNameMailOrPhone")
    sent = {"version": part.version, "outcome": "granted", "text": "准予登记。", "result_number": ""}
    response = client.post(reverse("admin:case-verb", args=[part.number, "decide"]), sent)
    assert response.status_code == 400
    assert 'id="decide_result_number_error"' in response.content.decode()
    sent["result_number"] = NUMBER.lower()
    response = client.post(reverse("admin:case-verb", args=[part.number, "decide"]), sent)
    assert response.status_code == 302
    assert Company.objects.filter(party__number=NUMBER).exists()
    assert Application.objects.get(case=part).result_number == NUMBER


def test_what_the_officer_entered_is_there_before_the_verb_looks_for_it(qian: Founder) -> None:
    part, officer = opening.part(opening.submitted(qian), LICENCE), opening.officer("xzspj")
    actions.claim(part, by=officer, at=MONDAY)
    part = again(part)
    given = {"outcome": "granted", "text": "准予。", "result_number": NUMBER}
    form = form_for("decide", part, officer, TEN, given)
    assert form.is_valid()
    perform(form, "decide", version=part.version)
    assert Company.objects.get().number == NUMBER


def test_the_demonstration_gives_a_code_of_its_sandbox(qian: Founder, settings: Any) -> None:
    settings.DEMO = True
    whole = opening.submitted(qian)
    part = opening.part(whole, LICENCE)
    opening.decide(part, at=TEN)
    other = opening.submitted(qian, company_name="青岛另一家有限公司", at=TEN)
    opening.decide(opening.part(other, LICENCE), at=TEN)
    numbers = [company.number for company in Company.objects.order_by("pk")]
    assert len(set(numbers)) == 2
    assert numbers[0] == uscc.make_uscc(SANDBOX + part.pk)
    assert all(uscc.check(number).is_good and number.startswith("91370281MA") for number in numbers)
    assert Application.objects.get(case=part).result_number == numbers[0]
    company = Company.objects.get(party__number=numbers[0])
    assert Event.objects.get(chain=f"register:company:{company.pk}").params["sandbox"] is True


def test_a_licence_applied_for_alone_brings_the_company_too(people: Cast, qian: Founder) -> None:
    case = actions.open_case(
        "approval", applicant=qian.party, by=qian.user, at=MONDAY, opening={"item_code": LICENCE}
    )
    Application.objects.create(case=case, answers=opening.ANSWERS)
    case = actions.submit(case, by=qian.user, at=MONDAY, key=uuid.uuid4(), facts={})
    opening.decide(case, at=TEN, number=NUMBER)
    company = Company.objects.get()
    assert again(case).about == company.party


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("6511 基础软件开发", "6511"),
        ("c制造业", "C"),
        ("65", "65"),
        ("造东西的", None),
        ("99999", None),
        ("", None),
    ],
)
def test_the_industry_is_read_from_the_head_of_what_was_written(text: str, code: str | None) -> None:
    found = industry_of(text)
    assert (found.code if found else None) == code


# The promise over the whole


def again_due(whole: Case) -> datetime | None:
    return whole.clocks.get(code="whole").due_at


def test_the_whole_waits_while_a_part_waits_for_papers_and_goes_on_when_none_does(qian: Founder) -> None:
    whole = opening.licensed(opening.submitted(qian), at=moment("2026-03-02 09:30"))
    due = whole.clocks.get(code="whole").due_at
    for code, at in ((TAX, TEN), (BANK, moment("2026-03-02 10:15"))):
        part = opening.part(whole, code)
        officer = opening.officer(part.office.code)
        actions.claim(part, by=officer, at=at)
        actions.ask_supplement(again(part), by=officer, at=at, text="缺办税员身份证件。")
    clock = whole.clocks.get(code="whole")
    assert clock.due_at is None
    assert whole.pauses.filter(until=None).count() == 1
    actions.supplement(
        again(opening.part(whole, TAX)), by=qian.user, at=moment("2026-03-02 10:30"), text="补"
    )
    assert whole.clocks.get(code="whole").due_at is None
    actions.supplement(again(opening.part(whole, BANK)), by=qian.user, at=ELEVEN, text="补")
    clock.refresh_from_db()
    # An hour of standing still, between 10:00 and 11:00.
    assert [due, again_due(whole)] == [moment("2026-03-02 13:45"), moment("2026-03-02 14:45")]
    told = [(promise.why, promise.due_at) for promise in clock.promises.all()]
    assert told == [("start", due), ("pause", None), ("resume", clock.due_at)]
    pause = whole.pauses.get()
    assert (pause.category, pause.basis, pause.by) == (
        "supplement",
        "胶州市企业开办“八合一”套餐承诺（默认值，可由主管部门修改）",
        None,
    )
    verbs = [event.verb for event in whole.events.order_by("seq") if event.verb in {"pause", "resume"}]
    assert verbs == ["pause", "resume"]
    assert list(differences()) == []


def test_the_registration_waits_by_the_regulation_itself(qian: Founder) -> None:
    whole = opening.submitted(qian)
    part, officer = opening.part(whole, LICENCE), opening.officer("xzspj")
    actions.claim(part, by=officer, at=MONDAY)
    actions.ask_supplement(again(part), by=officer, at=TEN, text="章程缺签名。")
    assert whole.pauses.get().basis == "《中华人民共和国市场主体登记管理条例》第十九条"
    subjects = Notice.objects.filter(recipient=qian.user, event__verb="pause").count()
    assert subjects >= 1


def test_a_part_that_is_withdrawn_while_it_waits_lets_the_whole_go_on(qian: Founder) -> None:
    whole = opening.licensed(opening.submitted(qian), at=moment("2026-03-02 09:30"))
    part, officer = opening.part(whole, TAX), opening.officer("swj")
    actions.claim(part, by=officer, at=TEN)
    actions.ask_supplement(again(part), by=officer, at=TEN, text="缺。")
    actions.withdraw(again(part), by=qian.user, at=ELEVEN, reason="以后再办")
    assert whole.clocks.get(code="whole").due_at == moment("2026-03-02 14:45")
    assert opening.looks(whole)[TAX] == "returned"
    assert opening.looks(whole)[BANK] == "running"


def test_the_end_of_the_whole_ends_the_waiting_with_it(qian: Founder) -> None:
    whole = opening.submitted(qian)
    part, officer = opening.part(whole, LICENCE), opening.officer("xzspj")
    actions.claim(part, by=officer, at=MONDAY)
    actions.ask_supplement(again(part), by=officer, at=TEN, text="缺。")
    actions.withdraw(again(whole), by=qian.user, at=ELEVEN, reason="不办了")
    assert again(whole).state == again(part).state == "closed"
    assert not whole.pauses.filter(until=None).exists()
    assert broken(ELEVEN) == []
