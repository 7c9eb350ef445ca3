"""The pages of a form in sections: the list of tasks, and which page comes after which."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from servicedesk.desk import asking, drafting, kept
from servicedesk.desk.asking import Section
from servicedesk.desk.models import Case
from servicedesk.desk.registry import CaseKind

DONE, MISSING, UNTOUCHED, OPTIONAL = "done", "missing", "untouched", "optional"
Row = dict[str, Any]
# Where a section leads that was opened from the page on which all answers are checked.
THEN_CHECK = "check"


@dataclass(frozen=True)
class Task:
    """One section as the list shows it. What was never opened and asks for nothing is `optional`."""

    section: Section
    state: str
    url: str

    @property
    def is_open(self) -> bool:
        return self.state in {MISSING, UNTOUCHED}


def url_of(case: Case, section: str = "", **more: str) -> str:
    """The draft's page, or that of one of its sections."""
    asked = {name: value for name, value in {"section": section, **more}.items() if value}
    place = reverse("desk:draft", args=[case.kind, case.pk])
    return f"{place}?{urlencode(asked)}" if asked else place


def tasks_of(case: Case) -> list[Task]:
    """The sections that ask for anything, in order, each with its state."""
    form, detail = drafting.kept_form(case), drafting.detail_of(case)
    asked, errors = set(asking.asked(type(form), detail)), set(form.errors)
    papers = asking.papers(type(form), case) or {}
    tasks = []
    for section in asking.sections(type(form)):
        names = asked & set(section.names)
        touched = any(papers.get(name) or kept.touched(detail, name) for name in names)
        state = state_of(touched=touched, wrong=bool(names & errors))
        if names:
            tasks.append(Task(section, state, url_of(case, section.code)))
    return tasks


def state_of(*, touched: bool, wrong: bool) -> str:
    if touched:
        return MISSING if wrong else DONE
    return UNTOUCHED if wrong else OPTIONAL


def next_url(tasks: list[Task]) -> str | None:
    """Where “Continue” leads: the first section that lacks anything; None where none does."""
    return next((task.url for task in tasks if task.is_open), None)


def onward(case: Case, section: str, then: str = "") -> str:
    """Where a section that was filled in leads: to the next that is not done, and last to the check page."""
    check = reverse("desk:check", args=[case.kind, case.pk])
    if not section:
        return check
    tasks = tasks_of(case)
    missing = next_url(tasks)
    if then == THEN_CHECK and missing is None:
        return check
    later = list(after(tasks, section))
    return next((task.url for task in later if task.state != DONE), missing or check)


def after(tasks: Iterable[Task], section: str) -> Iterator[Task]:
    passed = False
    for task in tasks:
        if passed:
            yield task
        passed = passed or task.section.code == section


def show_tasks(request: HttpRequest, kind: CaseKind, case: Case) -> HttpResponse:
    tasks = tasks_of(case)
    context = {
        "kind": kind,
        "case": case,
        "heading": heading_of(kind, case),
        "tasks": tasks,
        "next": next_url(tasks),
        "done": sum(task.state == DONE for task in tasks),
    }
    return render(request, "portal/tasks.html", context)


def heading_of(kind: CaseKind, case: Case) -> str:
    return str(asking.title(kind, drafting.form_class(case)))


def groups_of(case: Case, rows: list[Row]) -> list[tuple[Section | None, list[Row]]]:
    """The rows of the check page by section, each with the page on which it is changed."""
    sections = asking.sections(drafting.form_class(case))
    page = {name: url_of(case, each.code, then=THEN_CHECK) for each in sections for name in each.names}
    rows = [row | {"url": f"{page.get(str(row['name']), url_of(case))}#id_{row['name']}"} for row in rows]
    if not sections:
        return [(None, rows)]
    found = [(each, [row for row in rows if row["name"] in each.names]) for each in sections]
    return [(each, those) for each, those in found if those]
