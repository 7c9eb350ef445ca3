"""A founder opens a company: eight offices work it, one asks for a paper, one refuses, the rest finishes."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from django.utils import timezone

from approvals.models import Licence
from enterprises.models import Company
from servicedesk.accounts import demo
from servicedesk.accounts.models import User
from servicedesk.desk.invariants import broken
from servicedesk.desk.models import Case
from tests.approvals.opening import ALL, BANK, LICENCE, NAME, NUMBER, SEAL, founder, officer
from tests.browser.conftest import Enter
from tests.browser.walking import Walker
from tests.people import Cast

pytestmark = [pytest.mark.browser, pytest.mark.once, pytest.mark.django_db(transaction=True)]

FORM = "form[data-autosave]"
IDENTITY = "370281199001010010"
PERSON = {"name": "赵一", "id": IDENTITY, "phone": "13800000009"}
# What is typed in each part of the form, in the order of the parts.
PARTS: list[dict[str, str]] = [
    {
        "company_name": NAME,
        "company_type": "llc",
        "registered_capital": "100",
        "industry": "6511 基础软件开发",
        "business_scope": "软件开发；信息技术咨询服务。",
    },
    {
        **{f"legal_representative_{name}": value for name, value in PERSON.items()},
        "managers-0-name": "赵一",
        "managers-0-identity": IDENTITY,
        "managers-0-post": "执行董事",
        "applied_by": "self",
    },
    {"premises": "owned", "company_address_town": "sanlihe", "company_address_street": "北京东路 1 号"},
    {
        "shareholders-0-name": "赵一",
        "shareholders-0-identity": IDENTITY,
        "shareholders-0-amount": "100",
        "shareholders-0-paid_by": "2030-12-31",
    },
    {"seal_set": "official", "bank_branch": "北京东路支行"},
    {
        "taxpayer_type": "small",
        **{f"finance_officer_{name}": value for name, value in PERSON.items()},
        **{f"tax_officer_{name}": value for name, value in PERSON.items()},
    },
    {"contact_phone": "13800000009", "fund_ratio": "5"},
]
PAPERS = ("paper_articles", "paper_shareholder_identity", "paper_appointments", "paper_premises_proof")


@pytest.fixture
def officers(people: Cast) -> dict[str, User]:
    """An officer for each office of the bundle, able to log in."""
    codes = ("xzspj", "gaj", "swj", "rsj", "ybj", "gjj", "bank")
    return {code: able(officer(code)) for code in codes}


def able(user: User) -> User:
    user.set_password(demo.PASSWORD)
    user.save()
    if user.is_staff:
        demo.enrol(user)
    return user


def test_a_company_is_opened_by_eight_offices_though_one_refuses(
    officers: dict[str, User], enter: Enter, photo: Path
) -> None:
    who = founder()
    able(who.user)
    qian = enter(who.user, width=390)
    apply_for_all(qian, photo)
    whole = Case.objects.get(kind="bundle")
    assert (whole.state, whole.children.count()) == ("submitted", 1)
    registrar = enter(officers["xzspj"])
    asks_for_a_paper(registrar, part(LICENCE))
    qian.go(f"/matters/{part(LICENCE).number}/")
    assert "章程缺少股东签字页。" in qian.text()
    qian.do("supplement", text="已补签字页。")
    registers(registrar, part(LICENCE))
    company = Company.objects.get(party__number=NUMBER)
    whole.refresh_from_db()
    assert (company.party.name, whole.about) == (NAME, company.party)
    for code in (code for code in ALL if code not in {LICENCE}):
        office = part(code).office.code
        decides(enter(officers[office]), part(code), "refused" if code == BANK else "granted")
    whole.refresh_from_db()
    assert (whole.state, whole.outcome) == ("closed", "completed")
    assert {code: part(code).outcome for code in (SEAL, BANK)} == {SEAL: "granted", BANK: "refused"}
    sees_how_it_went(qian, whole)
    verified_by_anybody(enter(User(username="nobody"), width=390), qian, part(LICENCE))
    assert broken(timezone.now()) == []


def part(code: str) -> Case:
    return Case.objects.get(parent__kind="bundle", carries__code=code)


def apply_for_all(qian: Walker, photo: Path) -> None:
    """From the home page to the confirmation; each fact once, each paper once."""
    page = qian.page
    qian.go("/")
    qian.press("a:has-text('八合一')", leads="/bundles/company-opening/$")
    assert page.locator(".take input[type=checkbox]:checked").count() == len(ALL)
    qian.press("form button.primary", leads="/account/login/")
    qian.log_in()
    qian.press("main form button.primary", leads=r"/start/bundle/\d+/")
    for answers in PARTS:
        qian.press("main .actions a.primary", leads="section=") if page.locator(FORM).count() == 0 else None
        for name, value in answers.items():
            fill(qian, name, value)
        qian.press(f"{FORM} button.primary")
    for name in PAPERS:
        page.locator(f"input[name={name}]").set_input_files(photo)
    qian.press(f"{FORM} button.primary", leads="/check/$")
    assert NAME in qian.text() and photo.name in qian.text()
    with page.expect_navigation(url=re.compile("/received/$")):
        page.dblclick("form[data-once] button.primary")
    qian.arrive()


def fill(walker: Walker, name: str, value: str) -> None:
    """A question by its name, whatever it is: words, a list, one button of several, a box to tick."""
    field = walker.page.locator(f"{FORM} [name='{name}']")
    if field.first.get_attribute("type") in {"radio", "checkbox"}:
        walker.page.locator(f"{FORM} [name='{name}'][value='{value}']").check()
    else:
        walker.write(FORM, **{name: value})


def asks_for_a_paper(registrar: Walker, licence: Case) -> None:
    registrar.go("/desk/")
    registrar.log_in()
    registrar.go(f"/desk/cases/{licence.number}/")
    registrar.do("claim")
    registrar.do("ask_supplement", text="章程缺少股东签字页。")


def registers(registrar: Walker, licence: Case) -> None:
    """Without the code of the new company the decision is refused, and what was typed is kept."""
    registrar.go(f"/desk/cases/{licence.number}/")
    registrar.do("decide", outcome="granted", text="准予设立登记。")
    page = registrar.page
    assert page.locator("[name=result_number][aria-invalid=true]").count() == 1
    assert page.locator("[name=text]:visible").first.input_value() == "准予设立登记。"
    registrar.do("decide", result_number=NUMBER)


def decides(officer: Walker, case: Case, outcome: str) -> None:
    officer.go(f"/desk/cases/{case.number}/")
    if "/account/login/" in officer.page.url:
        officer.log_in()
    officer.do("claim")
    words = "已办结。" if outcome == "granted" else "开户资料未通过审核。"
    officer.do("decide", outcome=outcome, text=words)


def sees_how_it_went(qian: Walker, whole: Case) -> None:
    """The list and the network say the same: seven done, one refused; the company's number is there."""
    qian.go(f"/matters/{whole.number}/")
    assert NUMBER in qian.text()
    assert qian.page.locator("ol.parts > li.done").count() == len(ALL) - 1
    assert qian.page.locator("ol.parts > li.refused").count() == 1
    assert qian.page.locator("svg.net.wide g.box.done").count() == len(ALL) - 1
    qian.go("/matters/")
    assert NAME in qian.text()


def verified_by_anybody(stranger: Walker, qian: Walker, licence: Case) -> None:
    """The code on the licence leads to a page that says it holds and names no person."""
    qian.go(f"/matters/{licence.number}/")
    assert qian.page.locator("a[href^='/documents/']").count() >= 2
    token = Licence.objects.get(case=licence).token
    stranger.go(f"/verify/{token}/")
    said = stranger.text()
    assert NUMBER in said and NAME in said
    assert "赵一" not in said and "钱二" not in said
