"""What the gateway says of the messages it took: delivered, or not."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from servicedesk.accounts import sms
from servicedesk.desk import delivery

MOST = 256 * 1024
AT_ONCE = 500


@csrf_exempt
@require_POST
def sms_receipts(request: HttpRequest) -> HttpResponse:
    """A list of {key, id, state: "delivered" | "failed", reason}, signed as our own requests are.

    It may be sent again: what is known already changes nothing."""
    if not settings.SMS_SECRET:
        raise Http404
    if int(request.headers.get("Content-Length") or 0) > MOST:
        return HttpResponse(status=413)
    now = timezone.now()
    moment, signed = request.headers.get("X-Timestamp", ""), request.headers.get("X-Signature", "")
    if not sms.is_genuine(moment, request.body, signed, now):
        return HttpResponse(status=401)
    receipts = _read(request.body)
    if receipts is None:
        return HttpResponse(status=400)
    return JsonResponse({"taken": sum(_take(*each, now) for each in receipts)})


def _read(body: bytes) -> list[tuple[str, str, bool, str]] | None:
    """(key, id, arrived, reason) of each receipt; None where it is not what was agreed."""
    try:
        said = json.loads(body)
    except ValueError:
        return None
    if not isinstance(said, list) or len(said) > AT_ONCE or not all(map(_is_receipt, said)):
        return None
    return [(row["key"], row["id"], row["state"] == "delivered", _words(row.get("reason"))) for row in said]


def _words(reason: Any) -> str:
    return "".join(sign for sign in str(reason or "") if sign.isprintable())[:100]


def _is_receipt(row: Any) -> bool:
    if not isinstance(row, dict):
        return False
    key, told = row.get("key"), row.get("id")
    if not (isinstance(key, str) and isinstance(told, str) and (key + told).isprintable()):
        return False
    return 0 < len(told) <= 80 and row.get("state") in {"delivered", "failed"}


@transaction.atomic
def _take(key: str, told: str, ok: bool, reason: str, now: datetime) -> bool:
    """Both rows or none: that of the message, and where one of our notices was in it, that of the notice."""
    if not sms.settle(key, told, ok, reason, now):
        return False
    delivery.arrived(key, ok, f"receipt: {reason}", now)
    return True
