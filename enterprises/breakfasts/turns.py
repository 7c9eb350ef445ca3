"""The rotation as it stands in the rows: whose turn it is for a breakfast, and who was skipped and why."""

from __future__ import annotations

from datetime import date, datetime

from django.utils import timezone

from enterprises.breakfasts.rotation import in_turn
from enterprises.models import Breakfast, Seat, SeatSkip
from servicedesk.accounts.models import User


def turns(before: datetime, besides: int | None = None) -> list[Seat]:
    """Hosts in the order of their turn for a breakfast at that moment: what comes later counts for nothing,
    and neither does the breakfast itself (`besides`)."""
    seats = {seat.code: seat for seat in Seat.objects.all()}
    order = in_turn(list(seats), last_days(before, besides))
    return [seats[code] for code in order]


def last_days(before: datetime, besides: int | None = None) -> dict[str, date]:
    """Day on which each host was served last; hosts who never were are missing."""
    earlier = Breakfast.objects.served().filter(starts_at__lt=before)
    if besides is not None:
        earlier = earlier.exclude(pk=besides)
    rows = earlier.order_by("starts_at").values_list("seat__code", "starts_at")
    return {code: timezone.localtime(moment).date() for code, moment in rows}


def skipped(breakfast: Breakfast) -> list[Seat]:
    """Hosts whose turn came before that of this breakfast's host."""
    order = turns(breakfast.starts_at, breakfast.pk)
    return order[: [seat.pk for seat in order].index(breakfast.seat_id)]


def keep_skips(breakfast: Breakfast, reason: str, *, by: User, at: datetime) -> list[SeatSkip]:
    """Keep one row for each host that is passed over now, and none for any other; return those kept."""
    over = skipped(breakfast)
    breakfast.skips.exclude(seat__in=over).delete()
    known = {row.seat_id: row for row in breakfast.skips.all()}
    for seat in over:
        row = known.get(seat.pk)
        if row is None:
            known[seat.pk] = SeatSkip.objects.create(
                breakfast=breakfast, seat=seat, reason=reason, by=by, at=at
            )
        elif row.reason != reason:
            row.reason, row.by, row.at = reason, by, at
            row.save()
    return list(known.values())
