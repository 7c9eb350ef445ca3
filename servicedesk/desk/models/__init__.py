"""The engine's tables. Only `servicedesk.desk.actions` (and the sweep) writes them."""

from servicedesk.desk.models.alarm import Alarm, AlarmRule
from servicedesk.desk.models.calendar import CalendarDay, CalendarNotice, OfficeHours
from servicedesk.desk.models.canned import CannedText
from servicedesk.desk.models.case import Case, Link, Message, NumberSeries, Step, SubmissionKey
from servicedesk.desk.models.clock import Clock, Extension, Limit, Pause, Promise, SignOffRule
from servicedesk.desk.models.finding import CaseWords, SavedFilter
from servicedesk.desk.models.history import HistoryImport, PastRow
from servicedesk.desk.models.keeping import AccountClosing, Erasure, ErasureItem, RetentionRule
from servicedesk.desk.models.outbox import Notice
from servicedesk.desk.models.party import Membership, Party
from servicedesk.desk.models.telling import (
    CalendarFeed,
    NoticeChoices,
    OwnReminder,
    ReminderWish,
    WebhookEndpoint,
)
from servicedesk.desk.models.token import ApiToken
from servicedesk.desk.models.trail import Attachment, ChainRoot, Event, Touched
from servicedesk.desk.models.watching import Watch

__all__ = [
    "AccountClosing",
    "Alarm",
    "AlarmRule",
    "ApiToken",
    "Attachment",
    "CalendarDay",
    "CalendarFeed",
    "CalendarNotice",
    "CannedText",
    "Case",
    "CaseWords",
    "ChainRoot",
    "Clock",
    "Erasure",
    "ErasureItem",
    "Event",
    "Extension",
    "HistoryImport",
    "Limit",
    "Link",
    "Membership",
    "Message",
    "Notice",
    "NoticeChoices",
    "NumberSeries",
    "OfficeHours",
    "OwnReminder",
    "Party",
    "PastRow",
    "Pause",
    "Promise",
    "ReminderWish",
    "RetentionRule",
    "SavedFilter",
    "SignOffRule",
    "Step",
    "SubmissionKey",
    "Touched",
    "Watch",
    "WebhookEndpoint",
]
