"""Reading reports of a few matters made for one figure each; asked on 10 April, like the month beside."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from urllib.parse import parse_qsl

from servicedesk.accounts.models import User
from servicedesk.desk import actions
from servicedesk.desk.models import Attachment, Case
from servicedesk.reports.asking import reader_for, reader_of_list, report_of, section_of
from servicedesk.reports.figures import BY_NAME
from servicedesk.reports.forms import CasesForm, ScopeForm
from servicedesk.reports.report import Report
from servicedesk.reports.tables import Cell, Line, Number, Rate, Table
from tests.make import moment
from tests.reports.month import MARCH, NOW, Month


def report(user: User, name: str, when: datetime = NOW, **asked: str) -> Report:
    """The section as this person reads it; March of the direct line unless said otherwise."""
    section = section_of(name)
    form = ScopeForm(MARCH | asked, reader_for(section, user, when), when)
    assert form.is_valid(), form.errors
    return report_of(section, form)


def table(found: Report, name: str) -> Table:
    return next(each for each in found.tables if each.name == name)


def lines(found: Table) -> list[Line]:
    return [*found.lines, *([found.total] if found.total else [])]


def row(found: Table, label: str) -> Line:
    return next(line for line in lines(found) if line.label == label)


def cells(line: Line) -> list[str]:
    return [
        f"{cell} ({cell.part}/{cell.whole})" if isinstance(cell, Rate) else str(cell) for cell in line.cells
    ]


def numbers(found: Report) -> list[Number]:
    """Every count of a report that leads to its cases."""
    given: list[Cell] = [cell for each in found.tables for line in lines(each) for cell in line.cells]
    given += [number for _name, _label, number in found.head]
    given += [rate for _label, rate in found.rates]
    parts = [
        each for cell in given for each in ([cell.part, cell.whole] if isinstance(cell, Rate) else [cell])
    ]
    return [each for each in parts if isinstance(each, Number)]


def listed(user: User, url: str, when: datetime = NOW) -> set[Any]:
    """Keys of the cases the address of a number lists."""
    asked = dict(parse_qsl(url.split("?")[1]))
    form = CasesForm(asked, reader_of_list(asked, user, when), when)
    assert form.is_valid(), form.errors
    figure = BY_NAME[form.cleaned_data["figure"]]
    return set(figure.cases(form.narrowed(), form.cleaned_data["limit"]).values_list("pk", flat=True))


def wrong_links(user: User, found: Report) -> list[tuple[str, int]]:
    """Numbers that lead to another number of cases than they say."""
    return [(each.url, each.value) for each in numbers(found) if len(listed(user, each.url)) != each.value]


def named(cases: dict[str, Case], keys: set[Any]) -> set[str]:
    return {name for name, case in cases.items() if case.pk in keys}


def at(day: int, time: str) -> datetime:
    return moment(f"2026-03-{day:02} {time}")


def answered(hand: Month, name: str, day: int, when: str = "10:00") -> None:
    """Received, contacted and given an opinion that morning, answered the day after."""
    hand.claimed(name, at(day, "09:00"))
    hand.contacted(name, at(day, "09:40"), at(day, "09:50"))
    hand.answered(name, at(day + 1, when))


def asked(
    hand: Month, name: str, day: int, result: str, level: int | None = None, time: str = "09:30"
) -> None:
    actions.revisit(hand[name], by=hand.people.diana, at=at(day, time), result=result, level=level)


def extended(hand: Month, name: str, when: datetime, term: int = 3) -> None:
    case, bob = hand[name], hand.people.bob
    proof = Attachment.objects.create(case=case, by=bob, sha256="0" * 64, size=1, name="批示.pdf", at=when)
    told: dict[str, Any] = {"reason": "涉及两级政府。", "told_at": when, "proof": proof}
    actions.extend(case, by=bob, at=when, clocks=("resolve", "company"), term=term, **told)
