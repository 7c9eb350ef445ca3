"""The guide pages 办事指南: every item and bundle in force, for everyone."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any
from urllib.parse import urlencode

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import NoReverseMatch, reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from approvals.catalogue import guide
from approvals.catalogue.facts import part_subject
from approvals.catalogue.snapshot import whole
from approvals.models import Bundle, ServiceItem
from servicedesk.desk.wording import spoken

Life = ServiceItem.Life
# Items with a start page of their own.
OWN_PAGES = {"construction-permit": "approvals:projects"}


@dataclass(frozen=True)
class Entry:
    """A line of the list."""

    row: ServiceItem | Bundle
    summary: str
    promise: str
    is_bundle: bool = False

    def answers(self, asked: str) -> bool:
        """Whether every word of a search stands in what the row says, in whichever language."""
        said = [*self.row.name.values(), *self.row.summary.values(), self.row.code, self.row.office.name]
        text = " ".join(said).casefold()
        return all(word in text for word in asked.casefold().split())


def _bundles(on: date) -> Any:
    return Bundle.objects.published(on).select_related("office").order_by("position", "code", "edition")


@require_safe
def guides(request: HttpRequest) -> HttpResponse:
    """The list: by life cycle, searched by words, narrowed to an office or a life cycle."""
    on = timezone.localdate()
    asked = request.GET.get("q", "").strip()[:100]
    office, life = request.GET.get("office", ""), request.GET.get("life", "")
    entries = _entries(on)
    offices = sorted({entry.row.office for entry in entries}, key=lambda each: each.code)
    shown = [
        entry
        for entry in entries
        if entry.answers(asked) and office in {"", entry.row.office.code} and life in {"", entry.row.life}
    ]
    by_life = [(each, [entry for entry in shown if entry.row.life == each]) for each in Life]
    page = {
        "asked": asked,
        "office": office,
        "life": life,
        "offices": offices,
        "lives": Life,
        "groups": [(each.label, rows) for each, rows in by_life if rows],
        "count": len(shown),
    }
    return render(request, "approvals/guides.html", page)


def _entries(on: date) -> list[Entry]:
    """Bundles first, then items; of a code with two editions the newer one. Three queries."""
    bundles = {bundle.code: bundle for bundle in _bundles(on)}
    rows = ServiceItem.objects.published(on).select_related("office").order_by("position", "code", "edition")
    items = {item.code: item for item in rows}
    limits = guide.limits_of([*bundles, *items], on)
    return [
        Entry(row, spoken(row.summary), guide.promise_words(limits, row.code, on), row.code in bundles)
        for row in [*bundles.values(), *items.values()]
    ]


@require_safe
def one(request: HttpRequest, code: str) -> HttpResponse:
    """The guide of an item or of a bundle."""
    on = timezone.localdate()
    item = whole(ServiceItem.objects.all()).current(code, on)  # type: ignore[attr-defined]
    if item is not None:
        return render(request, "approvals/guide.html", _item_page(item, on))
    bundle = _bundles(on).prefetch_related("items").filter(code=code).last()
    if bundle is None:
        raise Http404
    return render(request, "approvals/guide.html", _bundle_page(bundle, on))


def _item_page(item: ServiceItem, on: date) -> dict[str, Any]:
    limits = guide.limits_of([item.code], on)
    bundles = {bundle.code: bundle for bundle in _bundles(on).filter(items__item_code=item.code)}
    return {
        "row": item,
        "item": item,
        "words": {name: spoken(getattr(item, name)) for name in ("summary", "conditions", "fee", "result")},
        "promise": guide.promise_words(limits, item.code, on),
        "terms": guide.terms(limits, item.code, on),
        "laws": item.laws.all(),
        "papers": guide.papers([item]),
        "questions": guide.questions(item.sections, [item]),
        "steps": list(guide.steps(item)),
        "bundles": bundles.values(),
        "start": start_of_item(item),
    }


def _bundle_page(bundle: Bundle, on: date) -> dict[str, Any]:
    codes = [part.item_code for part in bundle.items.all()]
    rows = whole(ServiceItem.objects.published(on).filter(code__in=codes)).order_by("edition")
    found = {item.code: item for item in rows}
    items = [found[code] for code in codes if code in found]
    limits = guide.limits_of([bundle.code, *codes, *(part_subject(bundle.code, code) for code in codes)], on)
    parts = [
        {
            "item": found[part.item_code],
            "after": [str(found[code]) for code in part.after if code in found],
            "is_optional": part.is_optional,
            "promise": guide.part_words(limits, bundle.code, part.item_code, on),
        }
        for part in bundle.items.all()
        if part.item_code in found
    ]
    return {
        "row": bundle,
        "bundle": bundle,
        "words": {"summary": spoken(bundle.summary)},
        "promise": guide.promise_words(limits, bundle.code, on),
        "terms": guide.terms(limits, bundle.code, on),
        "parts": parts,
        "papers": guide.papers(items),
        "questions": guide.questions(bundle.sections, items),
        "steps": list(guide.bundle_steps(bundle)),
        "start": _url("approvals:bundle", bundle.code),
    }


def start_of_item(item: ServiceItem) -> str:
    """Where an application for the item begins; nothing where it cannot be made online or alone."""
    if item.code in OWN_PAGES:
        return _url(OWN_PAGES[item.code])
    if not item.is_online or item.is_part_only:
        return ""
    start = _url("desk:start", "approval")
    return f"{start}?{urlencode({'item': item.code})}" if start else ""


def _url(name: str, *args: str) -> str:
    """Address of a page; nothing where this house has no such page."""
    try:
        return reverse(name, args=args)
    except NoReverseMatch:
        return ""
