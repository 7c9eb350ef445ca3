"""The birth of a company: when the licence is granted its record is made, its founder becomes its owner, and
both see every matter of its opening."""

from __future__ import annotations

import re
from collections.abc import Collection
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from approvals.bundles.offered import LICENCE
from approvals.forms import AnswersForm
from approvals.models import Application, NamedItem
from enterprises import uscc
from enterprises.models import Company, Industry, Town
from servicedesk.accounts.models import User
from servicedesk.desk import actions
from servicedesk.desk.actions.frame import Work
from servicedesk.desk.errors import BadInput
from servicedesk.desk.models import Case, Event, Membership, Party
from servicedesk.desk.permissions import parties_of, today
from servicedesk.desk.trail import chain_of_row, changes, record

NUMBER = "result_number"
# Codes of the demonstration come from here on: none of its ready-made companies has one of them.
SANDBOX = 500_000_000
# What the register keeps of whom, and says of it no more than that it was written.
PERSONAL = frozenset({"legal_representative"})
# Answers the register knows, beside those that say so themselves.
OF_COMPANY = {
    "company_name": "company.name",
    "legal_representative_name": "company.legal_representative",
    "company_address_town": "company.town",
    "company_address_street": "company.address",
}
INDUSTRY = re.compile(r"^\s*([A-T]|\d{2,4})(?!\d)")


def bear(work: Work, event: Event) -> None:
    """Bring the company into the register when its licence is granted, in the transaction that grants it.
    Raises BadInput, at the number's field where it is the number, and nothing has happened."""
    case = work.case
    granted = event.verb == "decide" and case.outcome == Case.Outcome.GRANTED
    if not granted or case.opening["item_code"] != LICENCE or _is_born(case):
        return
    # One birth at a time: of two companies of one name the second hears of the first.
    NamedItem.objects.select_for_update().get(code=LICENCE)
    application = Application.objects.get(case=case)
    number = free_number(application, case)
    party = _party(application.answers, number, case)
    company = _company(party, application.answers, work)
    _enter(company, work)
    for founder in founders(case, work):
        _own(party, founder, work)
    if application.result_number != number:
        Application.objects.filter(pk=application.pk).update(result_number=number)
    _let_see(party, work)


def ask_for(form: type[AnswersForm], codes: Collection[str]) -> type[AnswersForm]:
    """The form of these items with what the register fills in: of a company that is still to be nothing, of
    one that is there all that it knows."""
    if LICENCE in codes:
        known = {name: source for name, source in form.sources.items() if not source.startswith("company.")}
    else:
        known = {name: source for name, source in OF_COMPANY.items() if name in form.base_fields} | dict(
            form.sources
        )
    form.sources = known
    return form


def _is_born(case: Case) -> bool:
    return case.about_id is not None and Company.objects.filter(party=case.about_id).exists()


def free_number(application: Application, case: Case) -> str:
    """The code the officer entered, checked and not given to anybody; the sandbox's next one in a demo where
    none was entered."""
    typed = application.result_number
    if not typed.strip() and settings.DEMO:
        return sandbox_number(case)
    if not typed.strip():
        raise BadInput("no-number", _("Enter the unified social credit code of the new company."), NUMBER)
    try:
        number = uscc.require(typed)
    except ValidationError as error:
        raise BadInput("bad-number", error.messages[0], NUMBER) from error
    if Party.objects.filter(number=number).exists():
        raise BadInput("number-taken", _("A company with this code is already registered."), NUMBER)
    return number


def sandbox_number(case: Case) -> str:
    """A code with right check digits that belongs to nobody: each case has one of its own."""
    return uscc.make_uscc(SANDBOX + case.pk)


def is_sandbox(number: str, case: Case) -> bool:
    """Whether the code was made for this case and stands in no register outside this desk."""
    return number == sandbox_number(case)


def _party(answers: dict[str, Any], number: str, case: Case) -> Party:
    name = str(answers.get("company_name") or "").strip()
    if not name:
        raise BadInput("no-name", _("The application names no company; ask for its name."))
    if Company.objects.filter(party__name=name).exists():
        raise BadInput(
            "name-taken",
            _("A company called “%(name)s” is in the register already; refuse, or ask for another name.")
            % {"name": name},
        )
    phone = str(answers.get("contact_phone") or answers.get("legal_representative_phone") or "")
    return Party.objects.create(
        name=name[:120], number=number, sort=Party.Sort.COMPANY, phone=phone, language=case.applicant.language
    )


def _company(party: Party, answers: dict[str, Any], work: Work) -> Company:
    town = Town.objects.filter(code=str(answers.get("company_address_town") or "")).first()
    street = str(answers.get("company_address_street") or "").strip()
    address = street if town is None or town.name in street else f"{town.name}{street}"
    return Company.objects.create(
        party=party,
        legal_representative=str(answers.get("legal_representative_name") or "")[:80],
        registered_address=address[:200],
        business_address=address[:200],
        town=town,
        industry=industry_of(str(answers.get("industry") or "")),
        registered_on=today(work.effective_at),
    )


def industry_of(text: str) -> Industry | None:
    """The line of GB/T 4754 that “3311 金属结构制造” begins with, or that is called so."""
    found = INDUSTRY.match(text.upper())
    if found:
        return Industry.objects.filter(code=found[1]).first()
    return Industry.objects.filter(name=text.strip()).order_by("-level").first()


def _own(party: Party, founder: User, work: Work) -> None:
    role, since = Membership.Role.OWNER, today(work.at)
    membership = Membership.objects.create(user=founder, party=party, role=role, since=since)
    facts = {
        "user": (None, founder),
        "party": (None, party),
        "role": (None, role.value),
        "since": (None, since),
    }
    params = {"fields": changes(facts, frozenset()), "case": work.case.pk}
    record(chain_of_row(membership), "register_add", at=work.at, by=work.by, params=params)


def _enter(company: Company, work: Work) -> None:
    """The first event of the company's own chain, as the register's pages write it."""
    names = ("legal_representative", "registered_address", "business_address", "town", "industry")
    facts: dict[str, Any] = {name: getattr(company, name) for name in (*names, "registered_on")}
    facts |= {"name": company.name, "number": company.number}
    fields = changes({name: (None, value) for name, value in facts.items() if value}, PERSONAL)
    params: dict[str, Any] = {"fields": fields, "case": work.case.pk}
    if is_sandbox(company.number, work.case):
        params["sandbox"] = True
    record(chain_of_row(company), "register_add", at=work.at, by=work.by, params=params)


def founders(case: Case, work: Work) -> list[User]:
    """Who owns the new record: whoever applied, if they act for the applicant; where the centre took it down,
    everybody who does."""
    on = today(work.at)
    opener = case.opened_by
    if opener is not None and case.applicant_id in parties_of(opener, on):
        return [opener]
    acting = Membership.objects.current(on).filter(party=case.applicant_id, user__is_active=True)
    acting = acting.filter(is_confirmed=True)
    return list(User.objects.filter(pk__in=acting.values("user")).order_by("pk"))


def _let_see(party: Party, work: Work) -> None:
    """Let founder and company both see the whole and every part of it that there is."""
    case = work.case
    family = [case]
    if case.parent_id is not None:
        others = Case.objects.filter(parent=case.parent_id).exclude(pk=case.pk).order_by("pk")
        family = [Case.objects.get(pk=case.parent_id), case, *others]
    for each in family:
        actions.concern(each, party, at=work.at)
    case.about = party
