"""A report as a letter: the same tables in plain text and as HTML, each number leading to its cases."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from django.template.loader import render_to_string
from django.utils.translation import gettext as _

from servicedesk.desk.registry import Words
from servicedesk.reports.exports import meanings, told
from servicedesk.reports.overview import period_words
from servicedesk.reports.report import Report
from servicedesk.reports.tables import Table


def as_mail(report: Report, title: Words, about: list[tuple[str, str]], site: str) -> tuple[str, str, str]:
    """Subject, text and HTML. `site` is the address of the desk, for the links; who may not open a case is
    refused there, not here: give a letter only what its reader reads on the page."""
    subject = _("%(title)s, %(days)s") % {"title": title, "days": period_words(report.scope)}
    about_ = list(told(report, about))
    text = "\n".join(_text(report, subject, about_))
    context = {"report": report, "subject": subject, "about": about_, "site": site}
    return subject, text, render_to_string("reports/mail.html", context)


def _text(report: Report, subject: str, about: Iterable[list[Any]]) -> Iterator[str]:
    yield subject
    yield from (": ".join(map(str, row)) for row in about)
    yield from (f"\n{said}" for said in report.remarks)
    for table in report.tables:
        yield f"\n{table.title}"
        yield from _lines(table)
    yield f"\n{_('How it is counted')}"
    yield from (": ".join(str(value) for value in row if value) for row in meanings(report))


def _lines(table: Table) -> Iterator[str]:
    """One line a row: its label, then each number with what it is."""
    heads, *rows = list(table.flat)
    if not rows:
        yield _("Nothing in this period.")
    for label, *values in rows:
        yield f"- {label}: " + ", ".join(
            f"{head} {value}" for head, value in zip(heads[1:], values, strict=True)
        )
