"""Which paper a verb owes the applicant, and what that paper will say: plain facts, taken down once."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date
from typing import Any

from django.db.models import Count
from django.utils import timezone

from approvals.documents import chinese
from approvals.documents.issue import Facts, issue
from approvals.documents.regimes import full_name, regime_of, reviewer_of
from approvals.models import Application, Document, HandedIn, Licence
from servicedesk.desk.actions.frame import Work
from servicedesk.desk.calendars import calendar_of, current_version
from servicedesk.desk.models import Case, Clock, Event, NumberSeries, Party, Pause
from servicedesk.desk.models.clock import Unit
from servicedesk.desk.wording import spoken

Sort = Document.Sort
OWED = {
    "submit": Sort.RECEIPT,
    "accept": Sort.ACCEPTANCE,
    "deem_accepted": Sort.ACCEPTANCE,
    "ask_supplement": Sort.SUPPLEMENT,
    "refuse_acceptance": Sort.REFUSAL,
    "pause": Sort.SPECIAL,
    "extend": Sort.EXTENSION,
    "decide": Sort.DECISION,
}
DELIVERED = "deliver:done"
ZH = "zh-hans"
# How people number the lines of a list themselves: 1. 1、 （1） 一、 （一）
NUMBERED = re.compile(
    r"^\s*(?:[（(][0-9一二三四五六七八九十]{1,3}[）)]|[0-9]{1,2}[.、．)）](?!\d)|[一二三四五六七八九十]{1,3}、)\s*"
)


def papers_of(work: Work, event: Event) -> list[Document]:
    """Issue what this verb owes the applicant, and return it; nothing for most verbs.

    Called at the end of the verb, in its transaction."""
    sorts = owed(work)
    if sorts and work.case.parent_id is not None:
        _first_the_cases(work)
    return [
        issue(work.case, sort, event=event, at=event.at, facts=facts_of(sort, work, event)) for sort in sorts
    ]


def owed(work: Work) -> list[str]:
    """Sorts of paper this verb owes. A bundle is received once as a whole; all else is owed by its parts."""
    if "item" not in work.case.opening:
        return [Sort.RECEIPT] if work.verb == "submit" else []
    sorts: list[str] = [OWED[work.verb]] if work.verb in OWED else []
    if work.case.parent_id is not None:
        sorts = [sort for sort in sorts if sort != Sort.RECEIPT]
    return [*sorts, Sort.DELIVERY] if DELIVERED in work.moments else sorts


def _first_the_cases(work: Work) -> None:
    """Wait for the series of cases before that of papers, as every submission does: the end of a part may
    open further parts in this transaction, and the two would wait for each other in a circle."""
    name, year = work.kind.prefix_of(work.case.opening), timezone.localtime(work.effective_at).year
    series = NumberSeries.objects.filter(series=name, year=year)
    list(series.select_for_update(no_key=True).values_list("pk", flat=True))


def facts_of(sort: str, work: Work, event: Event) -> Facts:
    return common(work.case, event) | OF_SORT[sort](work, event)


def common(case: Case, event: Event) -> Facts:
    """What every paper says: the matter, the applicant, the office as it signs, and the day."""
    item = subject_of(case)
    office = case.office
    return {
        "regime": regime_of(item, office),
        "office": full_name(office),
        "reviewer": reviewer_of(office),
        "phone": office.phone,
        "case": case.number,
        "item": spoken(item.get("name") or {}, ZH) or case.title,
        "item_sort": item.get("sort", ""),
        "laws": [chinese.law(*law) for law in item.get("laws", [])],
        "applicant": case.applicant.name,
        "is_company": case.applicant.sort == Party.Sort.COMPANY,
        "applicant_number": _number(case.applicant),
        "about": case.about.name if case.about else "",
        "about_number": _number(case.about) if case.about else "",
        "received": _moment(case.submitted_at),
        "date": _moment(event.at),
    }


def subject_of(case: Case) -> Facts:
    """The item that was applied for, or the bundle; a part of a bundle has both and is its item."""
    for name in ("item", "bundle"):
        if isinstance(case.opening.get(name), dict):
            return dict(case.opening[name])
    return {}


def _number(party: Party) -> str:
    """A company's code; a person's number is printed nowhere."""
    return (party.number or "") if party.sort == Party.Sort.COMPANY else ""


def _receipt(work: Work, event: Event) -> Facts:
    names = {paper["code"]: paper for item in _items(work.case) for paper in item.get("papers", [])}
    handed = (
        HandedIn.objects.filter(case=work.case).values("code").annotate(files=Count("pk")).order_by("code")
    )
    papers = [_paper(row["code"], row["files"], names) for row in handed]
    others = work.case.attachments.filter(state="stored", public=True, paper=None).count()
    parts = [spoken(item["name"], ZH) for item in _items(work.case)] if "items" in work.case.opening else []
    return {"papers": papers, "others": others, "parts": parts, "limits": _limits(work)}


def _items(case: Case) -> list[Facts]:
    """Snapshots of what was applied for: one item, or all items of a bundle."""
    items = case.opening.get("items")
    if isinstance(items, dict):
        return list(items.values())
    return [case.opening["item"]] if "item" in case.opening else []


def _paper(code: str, files: int, names: dict[str, Facts]) -> list[Any]:
    known = names.get(code)
    return [spoken(known["name"], ZH), known["form"], files] if known else [code, "", files]


def _acceptance(work: Work, event: Event) -> Facts:
    return {
        "accepted": _moment(work.case.accepted_at),
        "by_law": work.verb == "deem_accepted",
        "limits": _limits(work),
    }


def _supplement(work: Work, event: Event) -> Facts:
    lines = [NUMBERED.sub("", line).strip() for line in event.body.splitlines()]
    return {"missing": [line for line in lines if line]}


def _refusal(work: Work, event: Event) -> Facts:
    return {"reason": event.body, "rightful": event.params.get("rightful", "")}


def _special(work: Work, event: Event) -> Facts:
    pause = event.params["pauses"][-1]
    row = work.case.pauses.get(pk=pause["id"])
    return {
        "category": row.category,
        "procedure": chinese.category(row.category),
        "basis": row.basis,
        "reason": row.reason,
        "since": _moment(row.since),
        "planned_until": _moment(row.planned_until),
        "planned_days": _working_days(row, work.case.office_id) if row.planned_until else None,
        "document": row.document,
    }


def _working_days(row: Pause, office: int) -> int:
    """Working days the pause is planned to take, its first day not counted."""
    calendar = calendar_of(office, current_version())
    first, last = timezone.localdate(row.since), timezone.localdate(row.planned_until)
    days = (date.fromordinal(day) for day in range(first.toordinal() + 1, last.toordinal() + 1))
    return sum(map(calendar.is_working, days))


def _extension(work: Work, event: Event) -> Facts:
    made = {(each["code"], each["round"]): each["term"] for each in event.params["extensions"]}
    clocks = [clock for clock in work.case.clocks.all() if (clock.code, clock.round) in made]
    extended = [
        [spoken(clock.label, ZH), chinese.term(made[clock.code, clock.round], clock.unit), _due(clock)]
        for clock in clocks
    ]
    return {"extended": extended, "reason": event.body}


def _decision(work: Work, event: Event) -> Facts:
    item = work.case.opening.get("item") or {}
    return {
        "is_granted": event.params.get("outcome") == Case.Outcome.GRANTED,
        "text": event.body,
        "result": spoken(item.get("result") or {}, ZH),
        "result_number": result_number_of(work.case),
        "is_delivered": bool(item.get("is_delivered")),
    }


def result_number_of(case: Case) -> str:
    """Number of the licence the grant brought, else what the office entered."""
    licence = Licence.objects.filter(case=case).values_list("number", flat=True).first()
    entered = Application.objects.filter(case=case).values_list("result_number", flat=True).first()
    return licence or entered or ""


def _delivery(work: Work, event: Event) -> Facts:
    decisions = Document.objects.filter(case=work.case, sort=Sort.DECISION).order_by("pk")
    licence = Licence.objects.filter(case=work.case).first()
    papers = [[chinese.title(paper), chinese.number(paper)] for paper in decisions]
    if licence is not None:
        papers.append([spoken(licence.name, ZH), licence.number])
    return {"delivered": papers, "how": event.body, "delivered_at": _moment(event.effective_at)}


OF_SORT: dict[str, Callable[[Work, Event], Facts]] = {
    Sort.RECEIPT: _receipt,
    Sort.ACCEPTANCE: _acceptance,
    Sort.SUPPLEMENT: _supplement,
    Sort.REFUSAL: _refusal,
    Sort.SPECIAL: _special,
    Sort.EXTENSION: _extension,
    Sort.DECISION: _decision,
    Sort.DELIVERY: _delivery,
}


def _limits(work: Work) -> list[list[str]]:
    """The running limits the applicant may hold the office to: what, how long, until when, by which rule."""
    running = work.case.clocks.running().filter(public=True)
    return [
        [spoken(clock.label, ZH), chinese.term(clock.term, clock.unit), _due(clock), clock.basis]
        for clock in running.order_by("started_at", "pk")
    ]


def _due(clock: Clock) -> str:
    if clock.due_at is None:
        return ""
    return chinese.moment(clock.due_at) if clock.unit == Unit.WORKING_MINUTES else chinese.day(clock.due_at)


def _moment(at: Any) -> str:
    return at.isoformat() if at else ""
