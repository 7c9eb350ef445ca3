"""What is written down in the room: who came, what was raised and answered, what was promised, the minutes.
Nothing of it is a case before the host's office has signed."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import date, datetime

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from enterprises.breakfasts.rights import may_record, require
from enterprises.breakfasts.telling import note, sheet_of
from enterprises.models import Breakfast, BreakfastPromise, Company, RaisedTopic, SignUp, Standing
from servicedesk.accounts.models import Office, User
from servicedesk.desk.errors import BadInput, WrongState
from servicedesk.desk.models import Event
from servicedesk.desk.notices import tell
from servicedesk.desk.permissions import Role, today

Stage = Breakfast.Stage


def recording(breakfast: Breakfast, by: User, at: datetime) -> Breakfast:
    """The locked breakfast, if this person may write in it now; call it inside a transaction."""
    locked = Breakfast.objects.lock(breakfast.pk)
    require(may_record(by, locked, at))
    if locked.stage == Stage.MINUTED:
        raise WrongState("signed", _("The minutes are signed; nothing can be changed any more."))
    if locked.stage not in {Stage.SELECTED, Stage.HELD}:
        raise WrongState("stage", _("This is not possible where the breakfast stands now."))
    return locked


def said(text: str, name: str) -> str:
    if not text.strip():
        raise BadInput("required", _("Please write something here."), name)
    return text.strip()


def guests(breakfast: Breakfast) -> list[SignUp]:
    """Companies with a place, in the order of the list."""
    rows = SignUp.objects.shown().filter(breakfast=breakfast).with_place()
    return list(rows.order_by("position", "pk"))


@transaction.atomic
def attend(breakfast: Breakfast, present: Collection[int], *, by: User, at: datetime) -> None:
    """Write down which sign-ups (by key) were there; all others with a place were not. From then on the
    breakfast was held. Ticks can be mended until the minutes are signed."""
    locked = recording(breakfast, by, at)
    if timezone.localtime(at).date() < locked.day():
        raise WrongState("too-early", _("The breakfast has not been held yet."))
    before = to_be_signed(locked)
    rows = guests(locked)
    for row in rows:
        row.standing = Standing.ATTENDED if row.pk in present else Standing.ABSENT
        row.save(update_fields=["standing"])
    if locked.stage != Stage.HELD:
        locked.stage = Stage.HELD
        locked.save(update_fields=["stage"])
    there = [row.company_id for row in rows if row.standing == Standing.ATTENDED]
    event = note(locked, "attend", by=by, at=at, there=there, of=len(rows))
    if to_be_signed(locked) and not before:
        ask_to_sign(locked, event, at)


def to_be_signed(breakfast: Breakfast) -> bool:
    return breakfast.stage == Stage.HELD and bool(breakfast.minutes)


def ask_to_sign(breakfast: Breakfast, event: Event, at: datetime) -> None:
    """Tell the heads of the host's office, once, that minutes wait for their signature."""
    office = breakfast.seat.office()
    heads = User.objects.serving(office, Role.HEAD, today(at)) if office is not None else []
    people = [user for user in heads if user.pk != event.by_id]
    tell(event, people, "breakfast_sign", {"breakfast": breakfast, "link": sheet_of(breakfast)}, at)


def _guest(breakfast: Breakfast, company: Company) -> Company:
    if company.pk not in {row.company_id for row in guests(breakfast)}:
        raise BadInput("no-guest", _("This company has no place at the breakfast."), "company")
    return company


@transaction.atomic
def write_topic(
    breakfast: Breakfast,
    company: Company,
    *,
    by: User,
    at: datetime,
    words: str,
    answer: str = "",
    topic: RaisedTopic | None = None,
) -> RaisedTopic:
    """Write a topic down, or change one that was."""
    locked = recording(breakfast, by, at)
    row = topic or RaisedTopic(breakfast=locked, by=by, at=at)
    row.company = _guest(locked, company)
    row.words, row.answer = said(words, "words"), answer.strip()
    row.save()
    note(locked, "topic", by=by, at=at, topic=row.pk, company=company.pk)
    return row


@transaction.atomic
def write_promise(
    breakfast: Breakfast,
    company: Company,
    *,
    by: User,
    at: datetime,
    text: str,
    office: Office,
    deadline: date,
    leader: str,
    cooperating: Iterable[Office] = (),
    topic: RaisedTopic | None = None,
    promise: BreakfastPromise | None = None,
) -> BreakfastPromise:
    """Write a promise down, or change one that was. Its deadline lies after today."""
    locked = recording(breakfast, by, at)
    if deadline <= timezone.localtime(at).date():
        raise BadInput("past", _("The deadline must be after today."), "deadline")
    if not office.is_open:
        raise BadInput("office-closed", _("This office receives no matters."), "office")
    row = promise or BreakfastPromise(breakfast=locked, by=by, at=at)
    row.company, row.topic = _guest(locked, company), topic
    row.text, row.leader = said(text, "text"), said(leader, "leader")
    row.office, row.deadline = office, deadline
    row.save()
    others = [each for each in cooperating if each.pk != office.pk]
    row.cooperating.set(others)
    codes = [each.code for each in others]
    facts = {"office": office.code, "cooperating": codes, "deadline": deadline.isoformat()}
    note(locked, "promise", by=by, at=at, body=row.text, promise=row.pk, company=company.pk, **facts)
    return row


@transaction.atomic
def strike_out(row: RaisedTopic | BreakfastPromise, *, by: User, at: datetime) -> None:
    """Take out again what was written down by mistake; that it was stays in the chain."""
    locked = recording(row.breakfast, by, at)
    if isinstance(row, RaisedTopic) and row.promises.exists():
        raise WrongState("has-promise", _("A promise belongs to this topic. Take the promise out first."))
    body = row.words if isinstance(row, RaisedTopic) else row.text
    note(locked, "strike_out", by=by, at=at, body=body, of=row._meta.model_name, row=row.pk)
    row.delete()


@transaction.atomic
def write_minutes(breakfast: Breakfast, text: str, *, by: User, at: datetime) -> None:
    locked = recording(breakfast, by, at)
    if locked.minutes == text.strip():
        return
    before = to_be_signed(locked)
    locked.minutes = text.strip()
    locked.save(update_fields=["minutes"])
    event = note(locked, "minutes", by=by, at=at, body=locked.minutes)
    if to_be_signed(locked) and not before:
        ask_to_sign(locked, event, at)
