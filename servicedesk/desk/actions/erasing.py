"""Erasing what is past its term: words, files and contact data go, digests, dates and who did what stay.

The machine only writes the list; a named person reads it and confirms it with a reason, and a very long one
needs a second person. What was confirmed is carried out case by case, each once, and goes on after a fall."""

from __future__ import annotations

import logging
from datetime import datetime
from typing import Any

from django.db import models, transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from servicedesk.accounts.models import SmsMessage, User
from servicedesk.desk import finding
from servicedesk.desk.actions.intake import need
from servicedesk.desk.actions.locking import lock
from servicedesk.desk.errors import NotAllowed, WrongState
from servicedesk.desk.files.shelf import SHELF, remove
from servicedesk.desk.models import (
    Attachment,
    Case,
    Erasure,
    ErasureItem,
    Event,
    Message,
    Notice,
    RetentionRule,
)
from servicedesk.desk.permissions import Role, holds, today
from servicedesk.desk.privacy.classes import erasable
from servicedesk.desk.privacy.terms import before, due, is_due, midnight, months_of
from servicedesk.desk.rounds import register_round
from servicedesk.desk.trail import chain_of_case, chain_of_row, record

log = logging.getLogger(__name__)

What, Stage = RetentionRule.What, Erasure.Stage
OPEN = (Stage.WAITING, Stage.SECOND)
# A list longer than this is confirmed by two people: a wrong row of the rules would show first in its length.
BRAKE = 500
AT_ONCE = 200
# Words of an opening that came from an older system.
TOLD_BEFORE = frozenset({"file", "row", "imported_at", "number", "limits_of"})


def may_erase(user: User, at: datetime) -> bool:
    return holds(user, Role.MANAGER, today(at))


@transaction.atomic
def prepare(at: datetime) -> Erasure | None:
    """Write down what is past its term, for a person to confirm; nothing where nothing is, or where a list
    waits already. A list that still waits for its first reader is written anew."""
    waiting = Erasure.objects.select_for_update().exclude(stage__in=[Stage.DONE, Stage.DROPPED])
    known = waiting.first()
    if known is not None and known.stage != Stage.WAITING:
        return None
    rows = list(due(at))
    if known is not None:
        known.delete()
    if not rows:
        return None
    made = Erasure.objects.create(prepared_at=at, stage=Stage.WAITING, count=len({row.case for row in rows}))
    ErasureItem.objects.bulk_create(
        (ErasureItem(erasure=made, case_id=row.case, what=row.what, due_on=row.until) for row in rows),
        batch_size=1000,
    )
    return made


@transaction.atomic
def confirm(erasure: Erasure, *, by: User, at: datetime, reason: str) -> Erasure:
    """Say that what stands on the list is to be erased. A long list then waits for a second person.

    Raises NotAllowed for who is no manager and for one person twice, WrongState for a list that is over."""
    row = _open(erasure, by, at)
    why = need(reason, "reason")
    if row.stage == Stage.SECOND:
        if row.by_id == by.pk:
            raise NotAllowed("second", _("A list this long needs a second person to confirm it."))
        row.second, row.stage = by, Stage.CONFIRMED
    else:
        row.by, row.reason = by, why[:300]
        row.stage = Stage.SECOND if row.count > BRAKE else Stage.CONFIRMED
    row.save()
    facts = {"matters": row.count, "stage": row.stage}
    record(chain_of_row(row), "erasure_confirm", at=at, by=by, params=facts, body=why)
    return row


@transaction.atomic
def drop(erasure: Erasure, *, by: User, at: datetime, reason: str) -> None:
    """Erase nothing of the list. What is past its term will stand on the next one."""
    row = _open(erasure, by, at)
    record(chain_of_row(row), "erasure_drop", at=at, by=by, body=need(reason, "reason"))
    row.stage, row.settled_at, row.reason = Stage.DROPPED, at, reason.strip()[:300]
    row.by = row.by or by
    row.save()


def _open(erasure: Erasure, by: User, at: datetime) -> Erasure:
    if not may_erase(by, at):
        raise NotAllowed("not-allowed", _("Only a manager confirms what is erased."))
    row = Erasure.objects.select_for_update().get(pk=erasure.pk)
    if row.stage not in OPEN:
        raise WrongState("settled", _("This list is settled already."))
    return row


def carry_on(at: datetime, most: int = AT_ONCE) -> int:
    """Go on with confirmed lists and return how many sorts of data were erased."""
    done = 0
    for row in Erasure.objects.filter(stage=Stage.CONFIRMED).order_by("pk"):
        items = list(row.items.filter(erased_at=None).select_related("case").order_by("case", "pk")[:most])
        done += sum(_erased(item, row, at) for item in items)
        if len(items) < most:
            _settle(row, at)
    return done


@transaction.atomic
def _settle(erasure: Erasure, at: datetime) -> None:
    row = Erasure.objects.select_for_update().get(pk=erasure.pk)
    if row.stage == Stage.CONFIRMED:
        rows = empty_registers(at)
        row.stage, row.settled_at = Stage.DONE, at
        row.save()
        left = row.items.filter(erased_at=None)
        facts = {"erased": row.items.exclude(erased_at=None).count(), "left": left.count(), "registers": rows}
        record(chain_of_row(row), "erasure_done", at=at, by=row.second or row.by, params=facts)


@transaction.atomic
def _erased(item: ErasureItem, erasure: Erasure, at: datetime) -> bool:
    """Erase one sort of data of one case, unless it was taken up again in the meantime."""
    case = lock(item.case_id)
    mine = ErasureItem.objects.select_for_update().get(pk=item.pk)
    if mine.erased_at is not None or not is_due(case, mine.what, at):
        return False
    {What.CONTACT: _contact, What.TEXTS: _texts, What.FILES: _files}[What(mine.what)](case, at)
    finding.keep(case)
    mine.erased_at = at
    mine.save(update_fields=["erased_at"])
    record(
        chain_of_case(case),
        "erase",
        at=at,
        by=erasure.second or erasure.by,
        case=case,
        params={"what": mine.what, "erasure": erasure.pk},
        title=_("Erased after its term"),
    )
    return True


def _contact(case: Case, at: datetime) -> None:
    """Numbers and names to reach people: in the details, in the notes of calls, on what was sent."""
    _empty_details(case, contact=True)
    _erase_events(Event.objects.filter(chain=chain_of_case(case), verb="contact"), at)
    _empty_addresses(Notice.objects.filter(event__case=case))


def _texts(case: Case, at: datetime) -> None:
    """What people wrote, wherever it stands; the events keep their seals, dates and names of verbs."""
    _empty_details(case, contact=False)
    _erase_events(Event.objects.filter(chain=chain_of_case(case)), at)
    Message.objects.filter(case=case).update(text="")
    told = Notice.objects.filter(event__case=case)
    told.update(subject="", body="", params={}, last_error="")
    opening = dict(case.opening)
    if "history" in opening:
        opening["history"] = {name: told for name, told in opening["history"].items() if name in TOLD_BEFORE}
    Case.objects.filter(pk=case.pk).update(title="", opening=opening)


def _files(case: Case, at: datetime) -> None:
    """The bytes go after the commit; a fall before that leaves them without a row, for the night to find."""
    rows = list(Attachment.objects.filter(case=case, state=Attachment.State.STORED))
    Attachment.objects.filter(pk__in=[row.pk for row in rows]).update(
        state=Attachment.State.ERASED, name="", path=""
    )
    paths = {row.path for row in rows if row.path}
    shared = set(Attachment.objects.filter(path__in=paths).values_list("path", flat=True))
    for path in paths - shared:
        transaction.on_commit(lambda path=path: _remove(path))  # type: ignore[misc]


def _remove(path: str) -> None:
    try:
        remove(path, SHELF)
    except (OSError, ValueError):
        log.warning("An erased file could not be removed; the night tries again.")


def _erase_events(events: models.QuerySet[Event], at: datetime) -> None:
    events.filter(erased_at=None).exclude(body="").update(body="", erased_at=at)


def _empty_addresses(notices: models.QuerySet[Notice]) -> None:
    settled = notices.exclude(state=Notice.State.QUEUED)
    settled.filter(recipient__isnull=False).update(address="")
    for pk in (
        settled.filter(recipient=None).exclude(address__startswith="erased-").values_list("pk", flat=True)
    ):
        Notice.objects.filter(pk=pk).update(address=f"erased-{pk}")


def _empty_details(case: Case, *, contact: bool) -> None:
    """Empty the personal fields of every row of another room that belongs to the case."""
    for relation in Case._meta.related_objects:
        model: Any = relation.related_model
        if model._meta.app_label == Case._meta.app_label:
            continue
        empty = {
            field.name: empty_value(field) for field in erasable(model, contact=contact) if not field.unique
        }
        if empty:
            model._default_manager.filter(**{relation.field.name: case}).update(**empty)


def empty_value(field: models.Field) -> Any:
    """What stands in an erased field."""
    if field.null:
        return None
    if isinstance(field, models.JSONField):
        return field.get_default() if field.has_default() else {}
    return b"" if isinstance(field, models.BinaryField) else ""


def empty_registers(at: datetime) -> dict[str, int]:
    """Empty what registers hold past their own terms; return how many rows of each."""
    rules = months_of(today(at))
    done: dict[str, int] = {}
    if months := rules.get(("sms", What.ROWS)):
        sent = SmsMessage.objects.filter(created_at__lt=midnight(before(today(at), months)))
        done["sms"] = sent.exclude(phone="").update(phone="")
    if months := rules.get(("log-ins", What.ROWS)):
        entered = Event.objects.filter(Q(chain__startswith="user:") & Q(verb__startswith="log_in"))
        old = entered.filter(at__lt=midnight(before(today(at), max(months, 6))), erased_at=None)
        done["log-ins"] = old.exclude(body="").update(body="", erased_at=at)
    return done


register_round(carry_on)
