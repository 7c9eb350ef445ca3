"""Companies that hand in matters as a browser does, press again whenever no answer comes, and remember every
matter that was acknowledged."""

from __future__ import annotations

import re
import threading
import time
import uuid
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

import requests

from tests.desk.papers import pdf

START = "/start/direct-line/"
TOKEN = "t" * 32
HIDDEN = re.compile(r'name="(key|seal)" value="([^"]+)"')
RECEIVED = re.compile(r"/matters/([\w-]+)/received/")
# After this long without any good answer the desk counts as gone.
PATIENCE = 60
PAPER = pdf()


class Unanswered(Exception):
    """The desk gave no answer a person could go on from."""


@dataclass
class Company:
    """One person at one browser. `acknowledged` are pairs (what was written, the number it got)."""

    url: str
    cookie: str
    name: str
    acknowledged: list[tuple[str, str]] = field(default_factory=list)
    waits: list[float] = field(default_factory=list)
    again: int = 0

    def __post_init__(self) -> None:
        self.browser = browser(self.cookie)

    def hand_in_until(self, over: threading.Event, pause: float) -> None:
        place = 0
        while not over.wait(pause):
            place += 1
            self.hand_in(f"storm {self.name} {place}", with_paper=place % 4 == 0)

    def hand_in(self, text: str, *, with_paper: bool = False) -> None:
        began = time.monotonic()
        address = self.begin(text, with_paper)
        number = RECEIVED.search(self.sent(address))
        if number is None:
            raise Unanswered(address)
        self.acknowledged.append((text, number[1]))
        self.waits.append(time.monotonic() - began)

    def begin(self, text: str, with_paper: bool = False) -> str:
        """Fill in the form and return the address of the page to check the answers at."""
        typed = {"form_key": str(uuid.uuid4()), "text": text, "contact_phone": "13800000001"}
        files = {"files": ("检测报告.pdf", PAPER, "application/pdf")} if with_paper else None
        return self.insist(lambda: self.browser.post(self.url + START, typed, files=files), {302})

    def sent(self, address: str) -> str:
        """Check the answers and send them; what had changed meanwhile is checked again."""
        while True:
            page = self.insist(lambda: self.browser.get(self.url + address), {200, 302})
            if RECEIVED.search(page):
                return page
            hidden = dict(HIDDEN.findall(page))
            answer = self.insist(lambda: self.browser.post(self.url + address, hidden), {302, 400})  # noqa: B023
            if RECEIVED.search(answer):
                return answer

    def insist(self, ask: Callable[[], requests.Response], good: set[int]) -> str:
        """Press until there is an answer; return where it leads to, or its page."""
        end = time.monotonic() + PATIENCE
        while time.monotonic() < end:
            try:
                response = ask()
            except requests.RequestException:
                response = None
            if response is not None and response.status_code in good:
                return response.headers.get("Location") or response.text
            if response is not None and response.status_code < 500:
                raise Unanswered(f"{response.status_code} {response.url} {response.text[:2000]}")
            self.again += 1
            time.sleep(0.1)
        raise Unanswered(f"{self.url} gave no answer for {PATIENCE} s")

    def press_together(self, text: str, hands: int) -> set[str]:
        """Send one matter with one key by so many hands at once; return the numbers they were told."""
        address = self.begin(text)
        hidden = dict(HIDDEN.findall(self.insist(lambda: self.browser.get(self.url + address), {200})))
        start = threading.Barrier(hands)

        def press(_hand: int) -> str:
            mine = browser(self.cookie)
            start.wait(timeout=30)
            answer = self.insist(lambda: mine.post(self.url + address, hidden), {302})
            found = RECEIVED.search(answer)
            return found[1] if found else answer

        with ThreadPoolExecutor(hands) as pool:
            numbers = set(pool.map(press, range(hands)))
        self.acknowledged += [(text, number) for number in numbers]
        return numbers


def browser(cookie: str) -> requests.Session:
    found = requests.Session()
    found.cookies.update({"sessionid": cookie, "csrftoken": TOKEN})
    found.headers["X-CSRFToken"] = TOKEN
    ask = found.request
    found.request = lambda *words, **more: ask(  # type: ignore[method-assign]
        *words, **{"timeout": 5, "allow_redirects": False} | {k: v for k, v in more.items() if v is not None}
    )
    return found
