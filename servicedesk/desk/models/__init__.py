"""The engine's tables. Only `servicedesk.desk.actions` (and the sweep) writes them."""

from servicedesk.desk.models.alarm import Alarm, AlarmRule
from servicedesk.desk.models.calendar import CalendarDay, CalendarNotice, OfficeHours
from servicedesk.desk.models.case import Case, Link, Message, NumberSeries, Step, SubmissionKey
from servicedesk.desk.models.clock import Clock, Extension, Limit, Pause, Promise, SignOffRule
from servicedesk.desk.models.outbox import Notice
from servicedesk.desk.models.party import Membership, Party
from servicedesk.desk.models.trail import Attachment, ChainRoot, Event

__all__ = [
    "Alarm",
    "AlarmRule",
    "Attachment",
    "CalendarDay",
    "CalendarNotice",
    "Case",
    "ChainRoot",
    "Clock",
    "Event",
    "Extension",
    "Limit",
    "Link",
    "Membership",
    "Message",
    "Notice",
    "NumberSeries",
    "OfficeHours",
    "Party",
    "Pause",
    "Promise",
    "SignOffRule",
    "Step",
    "SubmissionKey",
]
