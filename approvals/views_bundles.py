"""The page of a bundle: what it consists of, what waits for what, when it would be done, and the way to its
form."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from approvals.bundles.network import drawn
from approvals.bundles.offered import LICENCE, Contents, choice, current, is_due, parts_of
from approvals.bundles.outlook import imagined, promised_terms
from servicedesk.accounts.models import Office
from servicedesk.clock import Term
from servicedesk.desk.actions.limits import limits_of
from servicedesk.desk.wording import spoken
from servicedesk.desk.words import term_words


@dataclass(frozen=True)
class Offer:
    """One item of the bundle as it is offered and drawn."""

    code: str
    name: str
    office: str
    after: tuple[str, ...]
    waits_for: tuple[str, ...]
    promise: str
    is_taken: bool
    is_due: bool
    look: str = "waiting"

    @property
    def words(self) -> str:
        return self.promise

    @property
    def is_birth(self) -> bool:
        return self.code == LICENCE


@require_safe
def bundle(request: HttpRequest, code: str) -> HttpResponse:
    """`?take=…` is a choice to be worked out; without it all of it. 404 for what is not offered."""
    at = timezone.now()
    found = current(code, timezone.localdate(at))
    if found is None:
        raise Http404
    try:
        taken = choice(found[0], request.GET.getlist("take"))
    except LookupError:
        raise Http404 from None
    chosen = Contents(*found, parts_of(found[0], taken))
    return render(request, "approvals/bundles/bundle.html", context_of(chosen, taken, at))


def context_of(chosen: Contents, taken: list[str], at: datetime) -> dict[str, Any]:
    bundle, expected = chosen.bundle, imagined(chosen, at)
    offers = offers_of(bundle, taken, at)
    after = {part["code"]: tuple(part["after"]) for part in chosen.parts}
    whole = limits_of(bundle["code"], at).get("promised")
    return {
        "code": bundle["code"],
        "name": spoken(bundle["name"]),
        "summary": spoken(bundle["summary"]),
        "basis": bundle["basis"],
        "promise": term_words(whole.term, whole.unit) if whole else "",
        "offers": offers,
        "forecast": expected,
        "networks": drawn([offer for offer in offers if offer.code in after], expected.critical),
        "sentences": sentences(),
        "now": at,
    }


def offers_of(bundle: Mapping[str, Any], taken: list[str], at: datetime) -> list[Offer]:
    parts = bundle["items"]
    terms = promised_terms(bundle["code"], [part["code"] for part in parts], at)
    found = Office.objects.filter(code__in={part["office"] for part in parts})
    offices = {office.code: office.title() for office in found}
    names = {part["code"]: spoken(part["name"]) for part in parts}
    return [
        Offer(
            code=part["code"],
            name=names[part["code"]],
            office=offices.get(part["office"], ""),
            after=tuple(part["after"]),
            waits_for=tuple(names[code] for code in part["after"]),
            promise=said(terms[part["code"]].get("promised")),
            is_taken=part["code"] in taken,
            is_due=is_due(part),
        )
        for part in parts
    ]


def said(term: Term | None) -> str:
    return term_words(term.amount, term.unit) if term else ""


def sentences() -> list[str]:
    return [
        _("You send one form; every office gets the part it decides on, and only its own papers."),
        _("What waits for nothing else begins at once, side by side; you see on one page who has what."),
        _(
            "If papers are missing the office tells you everything at once; until they come the promise"
            " stands still."
        ),
        _("A part that is refused stops only what waits for it."),
    ]
