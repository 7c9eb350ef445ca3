"""How an address answers: somebody is let in, or turned away."""

from __future__ import annotations

from django.core.cache import cache
from django.db import transaction
from django.http import HttpResponseBase

from tests.matrix.world import DOORS, World

NO_SUCH_METHOD = 405
# A page, a way on, or a refusal of what was said: whoever gets one of these was let in.
LET_IN = frozenset({200, 201, 202, 204, 301, 302, 303, 400, 409, 410, 412, 415, 422, 428})


def answer(world: World, who: str, method: str, address: str) -> str:
    """ "in", "out", or "-" where the method is not offered. Whatever was written is undone. A 5xx is an error
    of its own, told as the status."""
    client = world.client(who)
    # How often one may ask is another matter.
    cache.clear()
    with transaction.atomic():
        response = client.generic(method, address, b"", "application/x-www-form-urlencoded")
        said = _said(response)
        transaction.set_rollback(True)
    return said


def _said(response: HttpResponseBase) -> str:
    status = response.status_code
    if status == NO_SUCH_METHOD:
        return "-"
    if status in {301, 302, 303} and response.headers["Location"].startswith(DOORS):
        return "out"
    if status in LET_IN:
        return "in"
    return "out" if status in {401, 403, 404} else str(status)
