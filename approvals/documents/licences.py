"""Licences 证照: what a grant brings, and whether it holds now, which is asked and never stored."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.conf import settings
from django.db.models import QuerySet
from django.urls import reverse
from django.utils import timezone

from approvals.documents import chinese
from approvals.documents.regimes import full_name
from approvals.models import Application, Licence
from servicedesk.clock import add_months
from servicedesk.desk.actions.law import LAPSE, befallen
from servicedesk.desk.masks import masked
from servicedesk.desk.models import Case, Event, Party
from servicedesk.desk.numbers import SECRET_ALPHABET
from servicedesk.desk.pdf import Paper
from servicedesk.desk.wording import spoken

TOKEN = 20  # of 30 letters: 98 bits, and still short enough to be typed from paper
VALID, NOT_YET, EXPIRED, LAPSED, REVOKED, REPLACED = (
    "valid", "not_yet", "expired", "lapsed", "revoked", "replaced"
)  # fmt: skip


@dataclass(frozen=True)
class Standing:
    """Whether a licence holds on a day, since when it does not, and why."""

    state: str
    since: date | None = None
    why: str = ""

    @property
    def holds(self) -> bool:
        return self.state == VALID


def grant_licence(case: Case, event: Event, at: datetime, *, number: str = "") -> Licence:
    """Make the licence a granted case brings, inside the verb's transaction; the same case gives one, however
    often it is asked for. It belongs to whom the case concerns, else to the applicant; without a number of
    its own it bears what the office entered, or the number of the case."""
    item = case.opening["item"]
    first = timezone.localdate(event.effective_at)
    entered = Application.objects.filter(case=case).values_list("result_number", flat=True).first()
    licence, _new = Licence.objects.get_or_create(
        case=case,
        defaults={
            "item_code": item["code"],
            "name": item.get("result") or item["name"],
            "holder": case.about or case.applicant,
            "office": case.office,
            "number": number or entered or str(case.number),
            "token": new_token(),
            "valid_from": first,
            "valid_until": last_day(first, item.get("licence_months")),
        },
    )
    return licence


def new_token() -> str:
    return "".join(secrets.choice(SECRET_ALPHABET) for _letter in range(TOKEN))


def last_day(first: date, months: int | None) -> date | None:
    """Last day of so many months that begin on `first`; None without end."""
    return add_months(first, months) - timedelta(days=1) if months else None


def standing_of(licence: Licence, at: datetime) -> Standing:
    """How the licence stands at a moment. What ended it first by an act counts before a date that passed."""
    on = timezone.localdate(at)
    if licence.revoked_on is not None and licence.revoked_on <= on:
        return Standing(REVOKED, licence.revoked_on, licence.revoked_why)
    if (lapsed := _lapsed_on(licence.life, at)) is not None:
        return Standing(LAPSED, lapsed)
    successor = licence.replaced_by
    if successor is not None and successor.valid_from <= on:
        return Standing(REPLACED, successor.valid_from, successor.number)
    if licence.valid_from > on:
        return Standing(NOT_YET, licence.valid_from)
    if licence.valid_until is not None and licence.valid_until < on:
        return Standing(EXPIRED, licence.valid_until)
    return Standing(VALID)


def _lapsed_on(life: Case | None, at: datetime) -> date | None:
    """The day a licence lapsed by law (自行废止), whether or not a sweep has recorded it yet."""
    if life is None:
        return None
    if life.outcome == Case.Outcome.LAPSED and life.closed_at is not None:
        return timezone.localdate(life.closed_at) if life.closed_at <= at else None
    found = befallen(life, at)
    if found is None or found[0] != LAPSE or found[1].due_at is None:
        return None
    return timezone.localdate(found[1].due_at)


def whole() -> QuerySet[Licence]:
    """Licences with everything their pages read, in one query."""
    return Licence.objects.select_related(
        "holder", "office__parent", "life", "replaced_by", "case__applicant", "case__office"
    )


def shown_holder(licence: Licence) -> str:
    """The holder as everybody may read it: a company in full, a natural person masked (个人信息保护法 6)."""
    holder = licence.holder
    return holder.name if holder.sort == Party.Sort.COMPANY else masked(holder.name, "name")


def normalised(code: str) -> str:
    """A token as it may have been typed: in small letters, in groups, with gaps."""
    return "".join(letter for letter in code.upper() if letter in SECRET_ALPHABET)


def grouped(token: str) -> str:
    return "-".join(token[place : place + 5] for place in range(0, len(token), 5))


def address_of(licence: Licence) -> str:
    path = reverse("approvals:verify", kwargs={"token": licence.token})
    return f"{settings.SITE_URL}{path}"


def certificate_of(licence: Licence) -> bytes:
    """The licence as a PDF with the code that leads to its public page; the same licence, the same bytes."""
    office = full_name(licence.office)
    paper = Paper(spoken(licence.name, "zh-hans"), number=f"编号：{licence.number}", office=office)
    paper.facts(_rows(licence))
    paper.qr(
        address_of(licence),
        f"扫描二维码查验本证照是否有效。\n查验码：{grouped(licence.token)}\n查验地址：{settings.SITE_URL}{reverse('approvals:verify_code')}",
    )
    paper.signature(office, chinese.day(licence.valid_from))
    paper.remark("本证照的效力以扫码查验的当前状态为准；未加盖电子印章的，以加盖印章的证照为准。")
    return paper.bytes()


def _rows(licence: Licence) -> list[tuple[str, Any]]:
    item = licence.case.opening.get("item") or {}
    rows = [("持有人", licence.holder.name)]
    if licence.holder.sort == Party.Sort.COMPANY and licence.holder.number:
        rows.append(("统一社会信用代码", licence.holder.number))
    until = chinese.day(licence.valid_until) if licence.valid_until else "长期"
    return [
        *rows,
        ("事项", spoken(item.get("name") or licence.name, "zh-hans")),
        ("编号", licence.number),
        ("有效期", f"{chinese.day(licence.valid_from)}至{until}"),
        ("发证机关", full_name(licence.office)),
        ("办件编号", str(licence.case.number)),
    ]
