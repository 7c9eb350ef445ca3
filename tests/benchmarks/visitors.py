"""People at the other end of the wire: a connection each, a session, forms filled in."""

from __future__ import annotations

import http.client
import re
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import urlencode

from django.conf import settings

TOKEN = "b" * 32
WAIT = 60
FORM = "/start/direct-line/"
HIDDEN = re.compile(r'name="(key|seal)"[^>]*value="([^"]*)"')


@dataclass
class Answer:
    status: int
    location: str
    text: str
    retry_after: str


Seen = Callable[[Answer], Answer]


def _unseen(answer: Answer) -> Answer:
    return answer


class Visitor:
    def __init__(self, port: int, session: str) -> None:
        self.port, self.session = port, session
        self.line: http.client.HTTPConnection | None = None

    def ask(self, method: str, address: str, form: dict[str, str] | None = None) -> Answer:
        cookies = f"{settings.SESSION_COOKIE_NAME}={self.session}; {settings.CSRF_COOKIE_NAME}={TOKEN}"
        headers = {"Cookie": cookies, "Host": "localhost", "Referer": "http://localhost/"}
        body = None
        if form is not None:
            body = urlencode(form | {"csrfmiddlewaretoken": TOKEN})
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        for last in (False, True):
            if self.line is None:
                self.line = http.client.HTTPConnection("127.0.0.1", self.port, timeout=WAIT)
            try:
                self.line.request(method, address, body, headers)
                got = self.line.getresponse()
                text = got.read().decode(errors="replace")
            except (http.client.RemoteDisconnected, ConnectionResetError, BrokenPipeError):
                # A kept connection that the server has closed meanwhile says nothing about the request.
                self.line = None
                if last:
                    raise
                continue
            said = got.getheader
            return Answer(got.status, said("Location") or "", text, said("Retry-After") or "")
        raise AssertionError

    def get(self, address: str) -> Answer:
        return self.ask("GET", address)

    def draft(self, text: str, seen: Seen = _unseen) -> tuple[str, dict[str, str]]:
        """Fill in the form; return the address and the fields of the page that sends it, or nothing where the
        server asked to come again. `seen` hears of every answer."""
        fields = {"form_key": str(uuid.uuid4()), "text": text, "contact_phone": "15400000001"}
        taken = seen(self.ask("POST", FORM, fields))
        if taken.status in (429, 503):
            return "", {}
        if taken.status != 302:
            raise OSError(f"The form answers {taken.status}.")
        address = taken.location.split("?")[0]
        page = seen(self.get(address))
        if page.status in (429, 503):
            return "", {}
        hidden = dict(HIDDEN.findall(page.text))
        return address, {"key": hidden["key"], "seal": hidden["seal"]}
