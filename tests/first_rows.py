"""What the migrations load and the flush of a transactional test takes away: the next test finds it again."""

from __future__ import annotations

import pytest
from django.apps import apps

from approvals.catalogue import first_rows as catalogue
from approvals.construction import first_rows as permits
from enterprises.data import load_all, load_breakfasts, load_direct_line
from servicedesk.accounts.first_rows import load_sms_templates
from servicedesk.desk import calendars, defaults
from servicedesk.desk.models import (
    AlarmRule,
    CalendarDay,
    CalendarNotice,
    Limit,
    OfficeHours,
    SignOffRule,
)


def put_back() -> None:
    """Load the rows of the first migrations unless they are there."""
    if CalendarNotice.objects.exists():
        return
    calendars.forget()
    defaults.load_calendar(CalendarNotice, CalendarDay)
    defaults.load_hours(OfficeHours)
    defaults.load_limits(Limit)
    defaults.load_rules(AlarmRule, SignOffRule)
    load_all(apps)
    catalogue.load_all(apps)
    permits.load_all(apps)
    load_breakfasts(apps)
    load_direct_line(apps)
    load_sms_templates(apps)


@pytest.fixture(autouse=True)
def first_rows(request: pytest.FixtureRequest, _django_db_marker: None) -> None:
    asked = {"db", "transactional_db", "live_server"} & set(request.fixturenames)
    if asked or request.node.get_closest_marker("django_db"):
        request.getfixturevalue("_django_db_helper")
        put_back()
