"""Somebody without an account registers, claims a company, lets an agent in and out again."""

from __future__ import annotations

import re
from datetime import timedelta
from pathlib import Path

import pytest
from django.utils import timezone

from enterprises.models import CompanyClaim
from servicedesk.accounts.models import User
from servicedesk.desk.invariants import broken
from servicedesk.desk.models import Case, Membership
from tests import make
from tests.browser.conftest import Enter
from tests.browser.walking import Inbox, Walker
from tests.people import Cast

pytestmark = [pytest.mark.browser, pytest.mark.once, pytest.mark.django_db(transaction=True)]

FORM = "form[data-autosave]"
OWNER, REPRESENTATIVE, AGENT = "13900000001", "13900000002", "13900000003"


def test_a_company_is_claimed_approved_and_shared_with_an_agent(
    people: Cast, enter: Enter, inbox: Inbox, photo: Path
) -> None:
    # What a former employee filed for the company, before anybody owned it here.
    older = make.submitted(people, at=timezone.now() - timedelta(hours=1))
    Membership.objects.filter(party=people.company).update(role=Membership.Role.AGENT)
    owner = enter(User(username="owner"), width=390)
    registers(owner, inbox)
    claims(owner, people, photo)
    claim = CompanyClaim.objects.get()
    proves_the_telephone(owner, inbox, claim)
    sees_only_the_claim(owner, claim.case, older)
    approves(enter(people.diana), claim.case)
    sees_everything(owner, older)
    agent = enter(User(username="agent"), width=390)
    invites(owner, people)
    accepts(agent, inbox, older)
    ends(owner, people)
    is_let_in_no_more(agent, older)
    assert broken(timezone.now()) == []


def registers(owner: Walker, inbox: Inbox) -> None:
    owner.go("/account/login/?next=/companies/")
    owner.log_in_by_code(inbox, OWNER, "孙女士")
    assert owner.is_at("/companies/")
    assert User.objects.get(phone=OWNER).name == "孙女士"


def claims(owner: Walker, people: Cast, photo: Path) -> None:
    """Without the photo of the licence the form says so and keeps what was typed."""
    owner.press("main a[href='/companies/claim/']")
    owner.press("main form button.primary", leads="/start/company-claim/")
    said = {"uscc": str(people.company.number), "name": people.company.name}
    owner.write(FORM, **said, representative_name="李先生", representative_phone=REPRESENTATIVE)
    owner.write(FORM, sort="claim", role="owner")
    owner.press(f"{FORM} button.primary")
    assert owner.page.locator(".problem, .errors, [role=alert]").count()
    assert owner.page.locator("[name=representative_phone]").input_value() == REPRESENTATIVE
    owner.choose_files(FORM, photo)
    owner.press(f"{FORM} button.primary", leads="/check/$")
    with owner.page.expect_navigation(url=re.compile("/received/$")):
        owner.page.dblclick("form[data-once] button.primary")
    owner.arrive()


def proves_the_telephone(owner: Walker, inbox: Inbox, claim: CompanyClaim) -> None:
    number = claim.case.number
    owner.press(f"a.btn.primary[href='/matters/{number}/']")
    owner.press(f"a[href='/companies/claims/{number}/phone/']")
    owner.press("form:has([name=send]) button")
    code = inbox.newest(REPRESENTATIVE, "login-code")["code"]
    owner.page.fill("[name=code]", code)
    owner.press("form:has([name=code]) button.primary", leads=f"/matters/{number}/$")
    claim.refresh_from_db()
    assert claim.phone_proven_at is not None


def sees_only_the_claim(owner: Walker, claim: Case, older: Case) -> None:
    owner.go("/matters/")
    assert owner.page.locator(f"a[href='/matters/{claim.number}/']").count()
    assert not owner.page.locator(f"a[href='/matters/{older.number}/']").count()
    owner.go(f"/matters/{older.number}/")
    assert str(older.number) not in owner.text()


def approves(diana: Walker, claim: Case) -> None:
    """The centre finds the claim in My day and in the queue, with its clock, and grants it."""
    diana.visit("/desk/")
    assert str(claim.number) in diana.text()
    diana.go("/desk/desk/case/")
    diana.press(f"#result_list tr:has-text('{claim.number}') a", leads=r"/desk/desk/case/\d+/change/")
    diana.do("decide", outcome="granted", text="营业执照与登记一致，法定代表人已通过验证码确认。")
    claim.refresh_from_db()
    assert (claim.state, claim.outcome) == ("closed", "granted")


def sees_everything(owner: Walker, older: Case) -> None:
    owner.go("/matters/")
    owner.press(f"a[href='/matters/{older.number}/']")
    assert older.direct_line.text in owner.text()


def invites(owner: Walker, people: Cast) -> None:
    owner.go("/companies/")
    owner.press(f"a[href='/companies/{people.company.number}/members/']")
    owner.write("#invite form", phone="不是号码", role="agent")
    owner.press("#invite button.primary")
    assert owner.page.locator("[name=phone][aria-invalid=true]").count() == 1
    owner.write("#invite form", phone=AGENT)
    owner.press("#invite button.primary")
    assert people.company.invitations.count() == 1


def accepts(agent: Walker, inbox: Inbox, older: Case) -> None:
    agent.go(inbox.newest(AGENT, "invitation")["link"])
    agent.log_in_by_code(inbox, AGENT, "周会计")
    agent.press("main form:not([action]) button.primary", leads="/companies/$")
    agent.go(f"/matters/{older.number}/")
    assert older.direct_line.text in agent.text()


def ends(owner: Walker, people: Cast) -> None:
    member = Membership.objects.get(user__phone=AGENT, party=people.company)
    owner.go(f"/companies/{people.company.number}/members/")
    owner.press(f"a[href$='/members/{member.pk}/end/']")
    owner.write("main form", reason="代理记账合同已到期。")
    owner.press("main form button.danger", leads="/members/$")
    assert not owner.page.locator(f"a[href$='/members/{member.pk}/end/']").count()


def is_let_in_no_more(agent: Walker, older: Case) -> None:
    agent.go("/matters/")
    assert not agent.page.locator(f"a[href='/matters/{older.number}/']").count()
    agent.go(f"/matters/{older.number}/")
    assert older.direct_line.text not in agent.text()
