"""What can be applied for, by the four life cycles 全生命周期, and the same to be searched: the catalogue
as the public sees it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from urllib.parse import urlencode

from django.core.cache import cache
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from approvals.models import Bundle, ServiceItem
from servicedesk.desk.wording import spoken

KEPT_SECONDS = 60
SHOWN = 5
Life = ServiceItem.Life
HEADINGS: dict[str, str | Promise] = {
    Life.ENTERPRISE: _("Running an enterprise"),
    Life.PROJECT: _("Building a project"),
    Life.INNOVATION: _("Innovating and starting up"),
    Life.PERSON: _("For natural persons"),
}


@dataclass(frozen=True)
class Entry:
    """One thing that can be applied for. `words` holds its names in every language, for the search."""

    life: str
    title: str
    about: str
    url: str
    words: str


@dataclass(frozen=True)
class LifeCycle:
    code: str
    heading: str | Promise
    entries: list[Entry]
    more: int
    url: str


def entries(on: date) -> list[Entry]:
    """Bundles first, then single items, as they are in force that day; kept a minute for each language."""
    key = f"portal.entries.{on}.{get_language()}"
    found: list[Entry] | None = cache.get(key)
    if found is None:
        found = [*_bundles(on), *_items(on)]
        cache.set(key, found, KEPT_SECONDS)
    return found


def _bundles(on: date) -> Iterable[Entry]:
    for row in Bundle.objects.published(on).order_by("position", "code", "edition"):
        yield _entry(row, reverse("approvals:bundle", args=[row.code]))


def _items(on: date) -> Iterable[Entry]:
    for row in ServiceItem.objects.published(on).order_by("position", "code", "edition"):
        yield _entry(row, reverse("approvals:guide", args=[row.code]))


def _entry(row: Bundle | ServiceItem, url: str) -> Entry:
    words = " ".join([*row.name.values(), *row.summary.values()])
    return Entry(row.life, str(row), spoken(row.summary), url, words)


def life_cycles(on: date) -> list[LifeCycle]:
    """The four, each with its first entries and how many more there are."""
    every = entries(on)
    found = []
    for code, heading in HEADINGS.items():
        mine = [entry for entry in every if entry.life == code]
        url = f"{reverse('approvals:guides')}?{urlencode({'life': code})}"
        found.append(LifeCycle(code, heading, mine[:SHOWN], max(0, len(mine) - SHOWN), url))
    return found
