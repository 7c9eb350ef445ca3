"""Who is to get a matter: what the rules say, and a trial of the rules on matters already handled."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from enterprises.models import DirectLineMatter, DispatchRule
from enterprises.models.duty import industries_of, rules_in_force
from servicedesk.accounts.models import Office
from servicedesk.desk.dossier import open_on
from servicedesk.desk.models import Case

KEPT = "_suggested"
# Only so many of the unmatched are listed; the number is of all.
LISTED = 200


def rule_for(matter: DirectLineMatter, rules: Sequence[DispatchRule]) -> DispatchRule | None:
    """The first of `rules` (the most particular first) that fits the matter."""
    industries = industries_of(matter.industry)
    return next((rule for rule in rules if rule.fits(matter.topic_id, matter.town_id, industries)), None)


def suggested(case: Case, at: datetime) -> tuple[dict[str, Any], str] | None:
    """First values of the dispatch form by the rules, and which rule they are from; asked once for a page
    that has opened the dossier of the case."""
    if open_on(case) is None:
        return _suggested(case, at)
    kept = vars(case).setdefault(KEPT, [])
    if not kept:
        kept.append(_suggested(case, at))
    found: tuple[dict[str, Any], str] | None = kept[0]
    return found


def _suggested(case: Case, at: datetime) -> tuple[dict[str, Any], str] | None:
    matter = getattr(case, "direct_line", None)
    rule = rule_for(matter, rules_in_force(timezone.localdate(at))) if matter else None
    if rule is None or not rule.office.is_open:
        return None
    why = _("Suggested by the rule: %(rule)s.") % {"rule": rule}
    helpers = "、".join(str(office) for office in rule.assists.all())
    if helpers:
        beside = _("Co-handling: %(offices)s.") % {"offices": helpers}
        why = f"{why} {beside}"
    return {"office": rule.office_id}, why


@dataclass
class Tried:
    """What a rule would have done to matters already handled."""

    rule: DispatchRule
    matched: int = 0
    agreed: int = 0


@dataclass
class Trial:
    """The rules tried on the matters of a period: by rule, and the matters no rule fits."""

    since: date
    until: date
    of: int = 0
    rules: list[Tried] = field(default_factory=list)
    unmatched: list[Case] = field(default_factory=list)
    unmatched_count: int = 0
    other: list[tuple[Case, Office]] = field(default_factory=list)

    @property
    def matched(self) -> int:
        return self.of - self.unmatched_count


def month_before(on: date) -> tuple[date, date]:
    """First and last day of the month before the one `on` lies in."""
    last = date.fromordinal(on.replace(day=1).toordinal() - 1)
    return last.replace(day=1), last


def trial(since: date, until: date, rules: Sequence[DispatchRule], visible: Any) -> Trial:
    """Try the rules on the direct-line matters submitted from `since` to `until` (both included) among
    `visible`; changes nothing. Two queries, whatever the number of rules."""
    found = Trial(since, until, rules=[Tried(rule) for rule in rules])
    by_rule = {each.rule.pk: each for each in found.rules}
    cases = visible.filter(
        kind="direct-line", submitted_at__date__gte=since, submitted_at__date__lte=until
    ).select_related(
        "office", "applicant", "direct_line__industry", "direct_line__topic", "direct_line__town"
    )
    for case in cases.order_by("submitted_at", "pk").iterator(chunk_size=2000):
        found.of += 1
        rule = rule_for(case.direct_line, rules)
        if rule is None:
            found.unmatched_count += 1
            if len(found.unmatched) < LISTED:
                found.unmatched.append(case)
            continue
        tried = by_rule[rule.pk]
        tried.matched += 1
        tried.agreed += case.office_id == rule.office_id
        if case.office_id != rule.office_id and len(found.other) < LISTED:
            found.other.append((case, rule.office))
    return found
