"""The brake on what the desk does by itself: whether it is pulled, since when and why. `actions.silence`
pulls it; a named person releases it."""

from __future__ import annotations

from servicedesk.desk.models import Event

BRAKE = "brake"
HELD, RELEASED = "brake_held", "brake_released"


def last() -> Event | None:
    """What happened to the brake last."""
    return Event.objects.filter(chain=BRAKE).order_by("-seq").first()


def held() -> Event | None:
    """The event by which the brake was pulled, until somebody releases it."""
    found = last()
    return found if found is not None and found.verb == HELD else None
