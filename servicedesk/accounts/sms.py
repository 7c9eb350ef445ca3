"""Short messages: an approved signature and template, one part, an idempotency key, and daily caps.

The gateway's protocol: `POST SMS_URL` with a JSON object {key, phone, signature, template, params}; headers
`X-App-Key`, `X-Timestamp` (seconds), `X-Signature` (hex HMAC-SHA256 over "<timestamp>.<body>") and
`Idempotency-Key`. 2xx with {"id": "…"} accepts; the same key again answers the same id and sends nothing.
Receipts come to /channels/sms/receipts/, signed alike."""

from __future__ import annotations

import hashlib
import hmac
import json
import re
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path

from django.conf import settings
from django.utils import timezone

from servicedesk.accounts.posting import Answer, NotReached, ask
from servicedesk.accounts.sms_rows import LEAST, ONE_PART, SITE, SmsMessage, SmsTemplate, length, places

# Refusals that another try cannot mend: the number or the text is wrong.
FINAL = {400, 404, 410, 422}
# Seconds by which the moment of a receipt may differ from ours.
FRESH = 300
PHONE = re.compile(r"\+?[0-9]{7,15}")


class SmsRefused(Exception):
    """Nothing was sent, or nobody knows. `final`: another try with the same words cannot help."""

    def __init__(self, code: str, said: str, *, final: bool = False) -> None:
        super().__init__(f"{code}: {said}")
        self.code, self.final = code, final


def is_on() -> bool:
    """Whether messages can be sent at all: by the gateway, or outside production as files."""
    return bool(settings.SMS_URL or settings.SMS_FOLDER)


def plain(phone: str) -> str:
    """The number without what people write between its digits. Raises `SmsRefused`."""
    number = re.sub(r"[\s()（）–—-]", "", phone)
    if not PHONE.fullmatch(number):
        raise SmsRefused("phone", "not a number that receives messages", final=True)
    return number


def send(
    phone: str, template: str, params: Mapping[str, str], key: str, *, at: datetime | None = None
) -> str:
    """Hand one message to the gateway and return its id there; with a key used before, that message's id.

    Raises `SmsRefused`: unknown or switched-off template, wrong parameters, too long even when shortened, the
    daily cap of the number or of the template reached, the gateway out of reach or unwilling."""
    at = at or timezone.now()
    number = plain(phone)
    row = SmsTemplate.objects.filter(code=template, is_on=True).first()
    if row is None or not is_on():
        raise SmsRefused("off", f"“{template}” is not in use", final=True)
    fitted = fit(row, params)
    message, _new = SmsMessage.objects.get_or_create(
        key=key, defaults={"phone": number, "template": template, "created_at": at}
    )
    if message.provider_id:
        return message.provider_id
    _within_caps(row, message, at)
    given = _post(row, message, fitted) if settings.SMS_URL else _write(row, message, fitted)
    sent = SmsMessage.objects.filter(pk=message.pk)
    sent.update(provider_id=given)
    # A receipt may be quicker than the answer.
    sent.filter(state=SmsMessage.State.SENDING).update(state=SmsMessage.State.ACCEPTED)
    return given


def fit(row: SmsTemplate, params: Mapping[str, str]) -> dict[str, str]:
    """The values of the template's places, shortened where that is allowed until the whole is one part.

    Raises `SmsRefused` where a value is missing or the text stays too long."""
    given = {name: _clean(name, value) for name, value in params.items()} | {SITE: settings.SITE_URL}
    names = set(places(row.text))
    if missing := names - set(given):
        raise SmsRefused("params", f"no value for {', '.join(sorted(missing))}", final=True)
    values = {name: given[name] for name in names}
    while (excess := length(row.whole(values)) - ONE_PART) > 0:
        _shorten(values, excess)
    return values


# The signature's brackets; and what makes a telephone show a word as a link.
TELLTALE = str.maketrans({"【": "[", "】": "]", ".": "．", "/": "／"})


def _clean(name: str, value: str) -> str:
    """One line; and where no link belongs, nothing that a telephone would open."""
    line = "".join(sign for sign in " ".join(str(value).split()) if sign.isprintable())
    return line if name == "link" else line.translate(TELLTALE)


def _shorten(values: dict[str, str], excess: int) -> None:
    """Take what is too much from the longest value that may lose something."""
    room = {name: length(value) - LEAST[name] for name, value in values.items() if name in LEAST}
    name = max(room, key=lambda name: room[name], default=None)
    if name is None or room[name] <= 0:
        raise SmsRefused("too-long", "more than one part", final=True)
    keep = length(values[name]) - min(excess, room[name]) - 1
    value = values[name].removesuffix("…")
    while length(value) > keep:
        value = value[:-1]
    values[name] = value + "…"


def _within_caps(row: SmsTemplate, message: SmsMessage, at: datetime) -> None:
    """Refuse what is above the day's caps. The row is written before it is counted: two at once see both."""
    midnight = timezone.localtime(at).replace(hour=0, minute=0, second=0, microsecond=0)
    today = SmsMessage.objects.filter(template=row.code, created_at__gte=midnight)
    if today.filter(phone=message.phone).count() > row.per_number or today.count() > row.per_day:
        # It does not count: who asks too often must not be kept out longer than the day.
        message.delete()
        raise SmsRefused("cap", "the cap of the day is reached")


def _post(row: SmsTemplate, message: SmsMessage, values: Mapping[str, str]) -> str:
    said = {
        "key": message.key,
        "phone": message.phone,
        "signature": settings.SMS_SIGNATURE,
        "template": row.provider_id,
        "params": dict(values),
    }
    body = json.dumps(said, ensure_ascii=False, sort_keys=True).encode()
    moment = str(int(timezone.now().timestamp()))
    headers = {
        "Content-Type": "application/json",
        "Idempotency-Key": message.key,
        "X-App-Key": settings.SMS_KEY,
        "X-Timestamp": moment,
        "X-Signature": signature(moment, body),
    }
    try:
        answer = ask("POST", settings.SMS_URL, body, headers, timeout=settings.SMS_TIMEOUT)
    except NotReached as error:
        raise SmsRefused("unreached", str(error)) from error
    return _accepted(answer)


def _accepted(answer: Answer) -> str:
    """The provider's id out of its answer. Raises `SmsRefused`."""
    try:
        said = json.loads(answer.body)
    except ValueError:
        said = None
    if not isinstance(said, dict):
        said = {}
    if 200 <= answer.status < 300 and said.get("id"):
        return str(said["id"])[:80]
    code = str(said.get("code", "gateway"))[:40]
    # A gateway likes to repeat the number it refuses; our logs hold none.
    told = f"{answer.status} {re.sub(r'[0-9]{5,}', '…', str(said.get('message', '')))[:80]}"
    raise SmsRefused(code, told, final=answer.status in FINAL)


def signature(moment: str, body: bytes) -> str:
    """Hex HMAC-SHA256 over "<timestamp>.<body>", in both directions."""
    return hmac.new(settings.SMS_SECRET.encode(), f"{moment}.".encode() + body, hashlib.sha256).hexdigest()


def is_genuine(moment: str, body: bytes, signed: str, at: datetime) -> bool:
    """Whether the gateway has said this, not longer ago than a receipt may be under way."""
    if not (settings.SMS_SECRET and moment.isascii() and moment.isdecimal() and len(moment) < 12):
        return False
    is_fresh = abs(at.timestamp() - int(moment)) <= FRESH
    return hmac.compare_digest(signature(moment, body).encode(), signed.encode()) and is_fresh


def settle(key: str, provider_id: str, ok: bool, reason: str, at: datetime) -> bool:
    """Take a receipt; return False where no message is meant, or what is known already stands against it.

    What was delivered stays delivered; what failed may still be delivered late."""
    State = SmsMessage.State
    meant = SmsMessage.objects.filter(key=key, provider_id__in=["", provider_id]).exclude(
        state=State.DELIVERED if ok else State.FAILED
    )
    if not ok:
        meant = meant.exclude(state=State.DELIVERED)
    said = {"state": State.DELIVERED if ok else State.FAILED, "reason": "" if ok else reason[:120]}
    return bool(meant.update(provider_id=provider_id, settled_at=at, **said))


def _write(row: SmsTemplate, message: SmsMessage, values: Mapping[str, str]) -> str:
    """Without a gateway the message becomes a file, as mail does: the newest name is the newest message."""
    folder = Path(settings.SMS_FOLDER or "")
    folder.mkdir(parents=True, exist_ok=True)
    said = {
        "phone": message.phone,
        "template": row.code,
        "params": dict(values),
        "text": row.whole(values),
        "key": message.key,
    }
    name = f"{timezone.now():%Y%m%d-%H%M%S-%f}-{message.pk}.json"
    (folder / name).write_text(json.dumps(said, ensure_ascii=False, indent=1), encoding="utf-8")
    return f"file-{message.pk}"
