"""Doubles that speak the providers' protocols over HTTP, check what they are sent, and fail when told."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

Reply = tuple[int, Any]


@contextmanager
def serving(answer: Callable[[str, str, dict[str, str], bytes], Reply]) -> Iterator[str]:
    """A server on this machine; `answer` gets method, path, headers and body."""

    class Handler(BaseHTTPRequestHandler):
        def _any(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            status, said = answer(self.command, self.path, dict(self.headers.items()), body)
            raw = said if isinstance(said, bytes) else json.dumps(said).encode()
            try:
                self.send_response(status)
                if 300 <= status < 400:
                    self.send_header("Location", said["to"])
                self.send_header("Content-Length", str(len(raw)))
                self.end_headers()
                self.wfile.write(raw)
            except OSError:
                return

        do_GET = do_POST = _any

        def log_message(self, *args: Any) -> None:
            return

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()


class Gateway:
    """A gateway for short messages: knows its customers, signatures and templates, and each key once."""

    KEY, SECRET, SIGNATURE = "app-1", "a shared secret", "胶州营商"
    TEMPLATES = {
        "news": {"number", "status", "site"},
        "revisit": {"number", "link"},
        "login-code": {"code", "minutes"},
    }

    def __init__(self) -> None:
        self.taken: dict[str, dict[str, Any]] = {}
        self.asked = 0
        # What it does instead, one for each request, until they are used up.
        self.moods: list[Reply | float] = []

    def answer(self, method: str, path: str, headers: dict[str, str], body: bytes) -> Reply:
        self.asked += 1
        mood = self.moods.pop(0) if self.moods else None
        if isinstance(mood, float):
            time.sleep(mood)
        elif mood is not None:
            return mood
        moment = headers.get("X-Timestamp", "")
        if headers.get("X-App-Key") != self.KEY or headers.get("X-Signature") != self.sign(moment, body):
            return 401, {"code": "signature", "message": "wrong signature of the request"}
        if abs(time.time() - int(moment)) > 300:
            return 401, {"code": "stale", "message": "too old"}
        said = json.loads(body)
        if said["key"] != headers.get("Idempotency-Key"):
            return 400, {"code": "key", "message": "two keys"}
        if said["signature"] != self.SIGNATURE:
            return 422, {"code": "sign", "message": "signature not approved"}
        if set(said["params"]) != self.TEMPLATES.get(said["template"]):
            return 422, {"code": "template", "message": "template or parameters not approved"}
        if not said["phone"].isdecimal():
            return 422, {"code": "phone", "message": "not a number"}
        self.taken.setdefault(said["key"], said | {"id": f"m{len(self.taken) + 1}"})
        return 200, {"id": self.taken[said["key"]]["id"]}

    @classmethod
    def sign(cls, moment: str, body: bytes) -> str:
        return hmac.new(cls.SECRET.encode(), moment.encode() + b"." + body, hashlib.sha256).hexdigest()

    def receipt(self, state: str, reason: str = "", at: float | None = None) -> tuple[bytes, dict[str, str]]:
        """Body and headers of the receipts for everything taken."""
        rows = [
            {"key": key, "id": one["id"], "state": state, "reason": reason} for key, one in self.taken.items()
        ]
        body = json.dumps(rows).encode()
        moment = str(int(at if at is not None else time.time()))
        return body, {"X-Timestamp": moment, "X-Signature": self.sign(moment, body)}


class Wecom:
    """`gettoken` and `message/send` of one organisation; a token may be made to end."""

    CORP, SECRET, AGENT = "ww1", "s3cret", 1000002

    def __init__(self, members: set[str]) -> None:
        self.members = members
        self.tokens: list[str] = []
        self.ended: set[str] = set()
        self.taken: list[dict[str, Any]] = []
        self.busy = 0

    def answer(self, method: str, path: str, headers: dict[str, str], body: bytes) -> Reply:
        asked = parse_qs(urlsplit(path).query)
        if path.startswith("/cgi-bin/gettoken"):
            if (asked["corpid"], asked["corpsecret"]) != ([self.CORP], [self.SECRET]):
                return 200, {"errcode": 40001, "errmsg": "invalid credential"}
            self.tokens.append(f"token-{len(self.tokens) + 1}")
            return 200, {"errcode": 0, "errmsg": "ok", "access_token": self.tokens[-1], "expires_in": 7200}
        token = asked["access_token"][0]
        if token in self.ended:
            return 200, {"errcode": 42001, "errmsg": "access_token expired"}
        if token not in self.tokens:
            return 200, {"errcode": 40014, "errmsg": "invalid access_token"}
        if self.busy:
            self.busy -= 1
            return 200, {"errcode": -1, "errmsg": "system busy"}
        said = json.loads(body)
        assert said["agentid"] == self.AGENT and said["msgtype"] == "textcard"
        assert len(said["textcard"]["title"]) <= 128 and len(said["textcard"]["description"]) <= 512
        if said["touser"] not in self.members:
            return 200, {"errcode": 81013, "errmsg": "user & party & tag all invalid"}
        if said not in self.taken:
            self.taken.append(said)
        return 200, {"errcode": 0, "errmsg": "ok", "msgid": "1"}


class Receiver:
    """A company's program: verifies each call after Standard Webhooks."""

    def __init__(self) -> None:
        self.secret = ""
        self.calls: list[tuple[str, dict[str, Any]]] = []
        self.moods: list[Reply] = []

    def answer(self, method: str, path: str, headers: dict[str, str], body: bytes) -> Reply:
        low = {name.lower(): value for name, value in headers.items()}
        key = base64.b64decode(self.secret.removeprefix("whsec_"))
        said = f"{low['webhook-id']}.{low['webhook-timestamp']}.".encode() + body
        signed = "v1," + base64.b64encode(hmac.new(key, said, hashlib.sha256).digest()).decode()
        assert low["webhook-signature"] == signed
        assert abs(time.time() - int(low["webhook-timestamp"])) < 60
        self.calls.append((low["webhook-id"], json.loads(body)))
        return self.moods.pop(0) if self.moods else (204, b"")
