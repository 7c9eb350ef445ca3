"""Rows a construction permit lives by: the term to begin works, who is reminded of it, and which conditions
the law asks of some projects only. Loaded once by a migration; from then on they are the city's to change."""

from __future__ import annotations

from datetime import date
from typing import Any

SINCE = date(2018, 1, 1)
SUBJECT, CLOCK = "permit-life", "start"
BASIS = "中华人民共和国建筑法第九条；建筑工程施工许可管理办法（住房和城乡建设部令第18号）第八条"
# (working days before the end, to whom): the owner first, the office a day later. It is no office's lateness,
# so there is neither a red card nor an escalation.
REMINDERS = ((-20, "applicant"), (-19, "officer"), (-5, "applicant"), (-4, "officer"))
# Houses are cleared where there are any, fire design is examined of special projects (消防法 12)…
OF_SOME = ("clearance", "supervisor", "fire-design", "air-defence")
# …and a planning permit is needed where the law asks for one: later stages never go without.
OF_SOME_AT_FIRST = ("works-planning",)
FIRST_STAGES = ("whole", "pit")


def load_all(apps: Any) -> None:
    """Write what is not there yet, with the models of `apps`."""
    limits = apps.get_model("desk", "Limit").objects
    if not limits.filter(subject=SUBJECT, clock=CLOCK).exists():
        # An owner may act online until midnight; the last day rolls (民法典 203).
        limits.create(
            subject=SUBJECT,
            clock=CLOCK,
            term=3,
            unit="months",
            rolls=True,
            ends="midnight",
            basis=BASIS,
            valid_from=SINCE,
        )
    load_reminders(apps.get_model("desk", "AlarmRule"))
    conditions = apps.get_model("approvals", "StageCondition").objects
    conditions.filter(code__in=OF_SOME).update(may_not_apply=True)
    conditions.filter(code__in=OF_SOME_AT_FIRST, rule__code__in=FIRST_STAGES).update(may_not_apply=True)


def load_reminders(model: Any) -> None:
    if model.objects.filter(subject=SUBJECT).exists():
        return
    model.objects.bulk_create(
        model(
            subject=SUBJECT,
            clock=CLOCK,
            rung=rung,
            offset=offset,
            unit="working_days",
            whom=whom,
            effect="remind",
            valid_from=SINCE,
        )
        for rung, (offset, whom) in enumerate(REMINDERS, start=1)
    )
