"""The briefing sheet for the host: who comes, what kind of company each is, what it wants to talk about."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import datetime

from django.conf import settings
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import override

from enterprises.models import Breakfast, SignUp, Tag, method_on
from servicedesk.desk.models import Case
from servicedesk.desk.pdf import Paper

SEPARATOR = "、"


def briefing(breakfast: Breakfast, at: datetime) -> bytes:
    """The sheet as a PDF, in Chinese whoever prints it: it is for the host."""
    with override(settings.LANGUAGE_CODE):
        return paper(breakfast, guests(breakfast), at).bytes()


def guests(breakfast: Breakfast) -> list[SignUp]:
    rows = SignUp.objects.shown().filter(breakfast=breakfast).with_place()
    return list(rows.prefetch_related("company__years", "company__tags__sort").order_by("position", "pk"))


def paper(breakfast: Breakfast, rows: Sequence[SignUp], at: datetime) -> Paper:
    number = _("No. %(number)d") % {"number": breakfast.number}
    found = Paper(_("Entrepreneurs’ breakfast: briefing"), number=number)
    found.facts(_facts(breakfast, rows))
    found.heading(_("Companies"))
    method, open_ = method_on(timezone.localtime(at).date()), open_matters(rows)
    headers = [_("Company"), _("Industry"), _("Size"), _("Tags"), _("Open matters")]
    table = []
    for row in rows:
        company = row.company
        tags = SEPARATOR.join(tag.sort.title() for tag in _current(company.tags.all(), at))
        industry = company.industry.title() if company.industry else ""
        size = str(company.size(method).label)
        table.append([company.name, industry, size, tags, str(open_[company.party_id])])
    found.table(headers, table)
    found.heading(_("What they want to talk about"))
    for place, row in enumerate(rows, 1):
        found.addressee(f"{place}. {row.company.name}")
        found.paragraph(row.topics)
    return found


def _facts(breakfast: Breakfast, rows: Sequence[SignUp]) -> list[tuple[str, str]]:
    industries = SEPARATOR.join(each.title() for each in breakfast.industries.all())
    facts = [
        (_("Host"), breakfast.seat.title()),
        (_("When"), date_format(timezone.localtime(breakfast.starts_at), "DATETIME_FORMAT")),
        (_("Where"), breakfast.place),
        (_("Theme"), breakfast.theme),
        (_("Industries"), industries),
        (_("Companies and people"), f"{len(rows)} / {sum(row.people for row in rows)}"),
    ]
    return [(label, value) for label, value in facts if value]


def _current(tags: Iterable[Tag], at: datetime) -> list[Tag]:
    """Tags that hold on the day; of prefetched rows, so that no query is made for each company."""
    on = timezone.localtime(at).date()
    return [
        tag for tag in tags if tag.valid_from <= on and (tag.valid_until is None or tag.valid_until >= on)
    ]


def open_matters(rows: Sequence[SignUp]) -> Counter[int]:
    """How many matters each of the companies (by the key of its party) has open."""
    parties = [row.company.party_id for row in rows]
    found = Case.objects.open().filter(applicant__in=parties).values_list("applicant", flat=True)
    return Counter(found)
