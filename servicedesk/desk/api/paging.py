"""Pages that stay what they are while rows are added: each begins after the last row of the one before."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from django.db.models import Model, Q, QuerySet
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _
from rest_framework.request import Request

from servicedesk.desk.api.problems import wrong
from servicedesk.desk.paging import Place, beyond
from servicedesk.desk.sieve import key_in

A_PAGE, MOST = 50, 200
Told = dict[str, Any]
Teller = Callable[[Sequence[Any]], list[Told]]


def page_of(request: Request, rows: QuerySet[Any], tell: Teller, moment: str = "") -> Told:
    """A page of rows, the newest first: by their key, or by the moment of that name and then by key.

    `next` is the address of the page after it, None on the last. Raises Refused (400)."""
    size = _size(request)
    order = [f"-{moment}", "-pk"] if moment else ["-pk"]
    found = list(rows.filter(_after(request, moment)).order_by(*order)[: size + 1])
    more = len(found) > size
    return {
        "next": _address(request, _cursor(found[size - 1], moment)) if more else None,
        "results": tell(found[:size]),
    }


def _size(request: Request) -> int:
    asked = request.query_params.get("limit")
    if asked is None:
        return A_PAGE
    size = key_in(asked) or 0
    if not 1 <= size <= MOST:
        raise wrong("limit", _("Between 1 and %(most)d.") % {"most": MOST}, status=400)
    return size


def _after(request: Request, moment: str) -> Q:
    """What lies behind the row the cursor names."""
    cursor = request.query_params.get("cursor")
    if cursor is None:
        return Q()
    try:
        text = base64.urlsafe_b64decode(cursor.encode()).decode()
    except (binascii.Error, ValueError) as error:
        raise _no_cursor() from error
    at, _sign, key = text.rpartition("|")
    pk, when = key_in(key), _instant(at) if moment else None
    if not key.isascii() or pk is None or (moment and when is None):
        raise _no_cursor()
    if not moment:
        return Q(pk__lt=pk)
    return beyond(moment, Place(when, pk), falls=True, tie_falls=True)


def _instant(text: str) -> datetime | None:
    try:
        found = parse_datetime(text)
    except ValueError:
        return None
    return found if found is not None and found.tzinfo is not None else None


def _no_cursor() -> Exception:
    return wrong("cursor", _("This is no cursor of this list."), status=400)


def _cursor(row: Model, moment: str) -> str:
    at = getattr(row, moment).isoformat() if moment else ""
    return base64.urlsafe_b64encode(f"{at}|{row.pk}".encode()).decode()


def _address(request: Request, cursor: str) -> str:
    asked = {name: value for name, value in request.query_params.items() if name != "cursor"}
    return request.build_absolute_uri(f"{request.path}?{urlencode(asked | {'cursor': cursor})}")
