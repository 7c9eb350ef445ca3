"""The centre's rulings on duty, kept as precedents."""

from __future__ import annotations

from typing import TYPE_CHECKING

from enterprises.models import DirectLineMatter, Ruling
from servicedesk.accounts.models import Office
from servicedesk.desk.models import Case, Event
from servicedesk.desk.permissions import today

if TYPE_CHECKING:
    from servicedesk.desk.actions.frame import Work

SHOWN = 3


def keep_ruling(work: Work, event: Event) -> None:
    """Keep what was ruled, with what the matter was about and who had returned it before."""
    matter = DirectLineMatter.objects.get(case=work.case)
    ruling = Ruling.objects.create(
        case=work.case,
        office=work.case.office,
        topic=matter.topic,
        town=matter.town,
        reason=event.body,
        ruled_on=today(work.at),
    )
    ruling.returned_by.set(Office.objects.filter(code__in=event.params.get("returned_by", [])))


def precedents(case: Case) -> list[Ruling]:
    """The latest rulings on matters of the same topic, this one's own left out."""
    matter = getattr(case, "direct_line", None)
    if matter is None or matter.topic_id is None:
        return []
    rows = Ruling.objects.filter(topic=matter.topic_id).exclude(case=case)
    return list(rows.select_related("office", "case", "town")[:SHOWN])
