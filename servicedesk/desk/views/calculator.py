"""The working-day calculator: anyone may ask, and an answer has an address that can be shared."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from servicedesk.clock import ClockError, Reckoning
from servicedesk.desk import drafting
from servicedesk.desk.calculator import CalculatorForm
from servicedesk.desk.clock_sentences import field_of, sentence
from servicedesk.desk.models.clock import Unit

# A statement of more rows than this is cut on the page; the API gives all of them.
MOST_ROWS = 1500


@require_safe
def calculator(request: HttpRequest) -> HttpResponse:
    asked = drafting.without_nulls(request.GET)
    if not asked:
        present = timezone.localtime().replace(second=0, microsecond=0)
        return render(request, "portal/calculator.html", {"form": CalculatorForm(initial=first(present))})
    form = CalculatorForm(asked)
    reckoning = form.reckoned() if form.is_valid() else None
    context = {"form": form} | (answered(form, reckoning) if reckoning else {})
    return render(request, "portal/calculator.html", context, status=200 if "rows" in context else 422)


def first(present: Any) -> dict[str, Any]:
    return {"start": present, "term": 5, "unit": Unit.WORKING_DAYS}


def answered(form: CalculatorForm, reckoning: Reckoning) -> dict[str, Any]:
    """What the page shows of an answer; nothing, and an error on the form, if it is refused."""
    try:
        rows = reckoning.statement()
        due = reckoning.due()
        remaining = reckoning.remaining() if due is None else None
    except ClockError as error:
        form.add_error(field_of(error), sentence(error))
        return {}
    return {
        "rows": rows[:MOST_ROWS],
        "is_cut": len(rows) > MOST_ROWS,
        "due": due,
        "remaining": remaining,
        "provisional": reckoning.provisional,
        "unit": reckoning.term.unit,
        "term": reckoning.term.amount,
        "start": reckoning.start,
    }
