"""The stages of a breakfast: opened for sign-up, selected, cancelled. What happens in the room is in `room`,
what is signed afterwards in `minutes`."""

from __future__ import annotations

from collections import defaultdict
from datetime import date, datetime

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from enterprises.breakfasts.rights import may_manage, require
from enterprises.breakfasts.selection import Verdict, Wish, choose
from enterprises.breakfasts.sign_ups import HAS_PLACE, renumber
from enterprises.breakfasts.telling import facts_of, news, note
from enterprises.models import Breakfast, Rule, SignUp, Standing
from servicedesk.accounts.models import User
from servicedesk.desk.errors import BadInput, WrongState
from servicedesk.desk.notices import tell_many

Stage = Breakfast.Stage
OUTCOMES = {
    Standing.SELECTED: HAS_PLACE,
    Standing.WAITING: gettext_lazy("Your company is on the waiting list of the breakfast."),
    Standing.PASSED: gettext_lazy("Your company has no place at the breakfast this time."),
}
MOVED = gettext_lazy("Time or place of the breakfast has changed.")
CANCELLED = gettext_lazy("The breakfast has been cancelled.")


def _stand(breakfast: Breakfast, *stages: str) -> None:
    if breakfast.stage not in stages:
        raise WrongState("stage", _("This is not possible where the breakfast stands now."))


@transaction.atomic
def open_sign_up(breakfast: Breakfast, *, by: User, at: datetime) -> bool:
    """Let companies sign up; the calendar on the portal shows it from now on."""
    locked = Breakfast.objects.lock(breakfast.pk)
    require(may_manage(by, at))
    if locked.stage == Stage.OPEN:
        return False
    _stand(locked, Stage.PLANNED)
    if locked.closes_at <= at:
        raise WrongState("past", _("Sign-up would be closed already. Set a later closing moment first."))
    locked.stage = Stage.OPEN
    locked.save(update_fields=["stage"])
    note(locked, "open", by=by, at=at)
    return True


@transaction.atomic
def select(breakfast: Breakfast, *, by: User, at: datetime) -> list[SignUp]:
    """Give out the places by the rules, once, after sign-up has closed, and tell every company the outcome
    and why. Pressed again it changes nothing and returns nothing."""
    locked = Breakfast.objects.lock(breakfast.pk)
    require(may_manage(by, at))
    if locked.stage == Stage.SELECTED:
        return []
    _stand(locked, Stage.OPEN)
    if at <= locked.closes_at:
        raise WrongState("still-open", _("Companies may still sign up. Select once sign-up has closed."))
    rows = {row.pk: row for row in SignUp.objects.shown().filter(breakfast=locked, standing=Standing.ASKED)}
    found = [_decided(rows[verdict.key], verdict, at) for verdict in verdicts(locked, list(rows.values()))]
    locked.stage = Stage.SELECTED
    locked.save(update_fields=["stage"])
    note(locked, "select", by=by, at=at, sign_ups=len(found), quota=locked.quota)
    told = [(row, note(locked, "decision", by=None, at=at, **facts_of(row))) for row in found]
    tell_many([news(row, event, OUTCOMES[Standing(row.standing)], at) for row, event in told], at)
    return found


def verdicts(breakfast: Breakfast, rows: list[SignUp]) -> list[Verdict]:
    """What the rules say of these sign-ups, were sign-up closed now."""
    themes = breakfast.industries.values_list("code", flat=True)
    places = _places(breakfast, [row.company_id for row in rows])
    wishes = [
        Wish(
            row.pk,
            row.at,
            row.company.industry.path() if row.company.industry else (),
            places[row.company_id],
        )
        for row in rows
    ]
    return choose(
        wishes, themes=themes, day=breakfast.day(), months=breakfast.months_between, quota=breakfast.quota
    )


def _places(breakfast: Breakfast, companies: list[int]) -> dict[int, list[date]]:
    """Days of the other breakfasts at which each company has, or had, a place."""
    others = SignUp.objects.with_place().filter(company__in=companies).exclude(breakfast=breakfast)
    rows = others.exclude(breakfast__stage=Stage.CANCELLED).values_list("company", "breakfast__starts_at")
    found: dict[int, list[date]] = defaultdict(list)
    for company, starts_at in rows:
        found[company].append(timezone.localtime(starts_at).date())
    return found


def _decided(row: SignUp, verdict: Verdict, at: datetime) -> SignUp:
    row.standing, row.rule, row.facts = verdict.standing, verdict.rule, verdict.facts
    row.position, row.decided_at = verdict.position, at
    row.save()
    return row


@transaction.atomic
def give_place(sign_up: SignUp, *, by: User, at: datetime, reason: str) -> None:
    """Give a free place to a company out of turn, for a reason the company reads too."""
    breakfast = Breakfast.objects.lock(sign_up.breakfast_id)
    require(may_manage(by, at))
    _stand(breakfast, Stage.SELECTED)
    row = SignUp.objects.shown().get(pk=sign_up.pk)
    if row.standing not in {Standing.WAITING, Standing.PASSED, Standing.ASKED}:
        raise WrongState("standing", _("This company does not wait for a place."))
    if not reason.strip():
        raise BadInput("required", _("Say why; the company reads it."), "reason")
    seated = SignUp.objects.filter(breakfast=breakfast).with_place()
    taken = set(seated.values_list("position", flat=True))
    free = next((place for place in range(1, breakfast.quota + 1) if place not in taken), None)
    if free is None or len(seated) >= breakfast.quota:
        raise WrongState("no-place", _("Every place is taken."))
    row.standing, row.rule, row.facts = Standing.SELECTED, Rule.BY_HAND, {"reason": reason.strip()[:300]}
    row.position, row.decided_at = free, at
    row.save()
    renumber(breakfast)
    event = note(breakfast, "place_by_hand", by=by, at=at, **facts_of(row))
    tell_many([news(row, event, HAS_PLACE, at)], at)


@transaction.atomic
def cancel(breakfast: Breakfast, *, by: User, at: datetime, reason: str) -> bool:
    """Call it off and tell every company that had signed up. It counts for no rotation and for no months."""
    locked = Breakfast.objects.lock(breakfast.pk)
    require(may_manage(by, at))
    if locked.stage == Stage.CANCELLED:
        return False
    _stand(locked, Stage.PLANNED, Stage.OPEN, Stage.SELECTED)
    if not reason.strip():
        raise BadInput("required", _("Say why it is cancelled; the companies read it."), "reason")
    locked.stage, locked.cancelled_for = Stage.CANCELLED, reason.strip()[:300]
    locked.save(update_fields=["stage", "cancelled_for"])
    note(locked, "cancel", by=by, at=at, body=locked.cancelled_for)
    rows = SignUp.objects.shown().filter(breakfast=locked).exclude(standing=Standing.DECLINED)
    told = [(row, note(locked, "cancelled", by=None, at=at, sign_up=row.pk)) for row in rows]
    tell_many([news(row, event, CANCELLED, at, reason=False) for row, event in told], at)
    return True


def tell_of_move(breakfast: Breakfast, *, by: User, at: datetime) -> None:
    """Tell the companies that another time or place was entered; nobody else planned by it yet."""
    if breakfast.stage not in {Stage.OPEN, Stage.SELECTED}:
        return
    standing = [Standing.ASKED, Standing.SELECTED, Standing.WAITING]
    rows = SignUp.objects.shown().filter(breakfast=breakfast, standing__in=standing)
    told = [(row, note(breakfast, "moved", by=by, at=at, sign_up=row.pk)) for row in rows]
    tell_many([news(row, event, MOVED, at, reason=False) for row, event in told], at)
