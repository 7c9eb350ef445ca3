"""Application messages of WeCom 企业微信: `gettoken`, then `message/send` to a member by their name there.

The token is kept until shortly before it ends, and fetched anew once where the far side says it has ended.
A government edition has another address, `WECOM_URL`, and the same calls."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.core.cache import cache
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import override

from servicedesk.accounts.posting import NotReached, ask
from servicedesk.desk.channels.way import Channel, Refused, Unreached
from servicedesk.desk.models import Notice

TIMEOUT = 6
# Their token lives two hours at most; ours ends earlier, so that none ends on its way.
LONGEST, MARGIN = 7200, 300
ENDED = {40014, 41001, 42001}
# No such member, or none the application may speak to.
NOBODY = {40003, 60111, 81013}
# The same words to the same person within four hours count as one message there: a repetition is swallowed.
SAME_WITHIN = 4 * 3600
TITLE = 64


class WecomChannel(Channel):
    code = Notice.Channel.WECOM

    @property
    def slowest(self) -> int:
        """A token, a message, and both again."""
        return 4 * TIMEOUT

    def send(self, notice: Notice) -> None:
        if not settings.WECOM_CORP:
            raise Refused("WeCom is not set up.")
        said = self._said(notice, token())
        if said["errcode"] in ENDED:
            cache.delete(_kept_as())
            said = self._said(notice, token())
        code, told = said["errcode"], f"{said['errcode']} {str(said.get('errmsg', ''))[:200]}"
        if code in NOBODY or (code == 0 and said.get("invaliduser")):
            raise Refused(told)
        if code != 0:
            raise RuntimeError(told)

    def _said(self, notice: Notice, access: str) -> dict[str, Any]:
        query = urlencode({"access_token": access})
        return _asked("POST", f"/cgi-bin/message/send?{query}", card(notice))


def card(notice: Notice) -> dict[str, Any]:
    """The message: what the app's list shows as a title, when it was written, and the link. Its number keeps
    two pieces of news in the same words apart, of which WeCom would show one."""
    with override(notice.language):
        moment = timezone.localtime(notice.created_at)
        text = f"{date_format(moment, 'DATETIME_FORMAT')} · #{notice.pk}"
        button = _("Open")
    return {
        "touser": notice.address,
        "msgtype": "textcard",
        "agentid": int(settings.WECOM_AGENT),
        "textcard": {
            "title": notice.subject[:TITLE],
            "description": text,
            "url": notice.params.get("link", settings.SITE_URL),
            "btntxt": button[:4],
        },
        "enable_duplicate_check": 1,
        "duplicate_check_interval": SAME_WITHIN,
    }


def token() -> str:
    """The application's token, out of the cache or fetched. Raises `Unreached` or RuntimeError."""
    kept: str | None = cache.get(_kept_as())
    if kept:
        return kept
    query = urlencode({"corpid": settings.WECOM_CORP, "corpsecret": settings.WECOM_SECRET})
    said = _asked("GET", f"/cgi-bin/gettoken?{query}")
    if said["errcode"] != 0 or not said.get("access_token"):
        raise Unreached(f"no token: {said['errcode']} {str(said.get('errmsg', ''))[:200]}")
    lives = min(int(said.get("expires_in", 0)), LONGEST) - MARGIN
    if lives > 0:
        cache.set(_kept_as(), said["access_token"], lives)
    return str(said["access_token"])


def _kept_as() -> str:
    return f"wecom-token:{settings.WECOM_CORP}:{settings.WECOM_AGENT}"


def _asked(method: str, path: str, body: dict[str, Any] | None = None) -> dict[str, Any]:
    sent = json.dumps(body, ensure_ascii=False).encode() if body else b""
    headers = {"Content-Type": "application/json"} if body else {}
    try:
        answer = ask(method, settings.WECOM_URL + path, sent, headers, timeout=TIMEOUT)
    except NotReached as error:
        raise Unreached(str(error)) from error
    try:
        said = json.loads(answer.body)
    except ValueError:
        said = None
    if answer.status != 200 or not isinstance(said, dict) or not isinstance(said.get("errcode"), int):
        raise Unreached(f"{answer.status}: not an answer of WeCom")
    return said
