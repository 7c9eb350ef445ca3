"""A person at a browser: logs in at the real door, goes where links lead, fills in forms by their names."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from playwright.sync_api import Page

from servicedesk.accounts import demo
from servicedesk.accounts.models import User
from tests.browser.looking import Report, Watch

# Long for a page, short for a test that hangs; two browsers may share one core.
PATIENCE = 20_000
# Signs of a short message that is sent, and paid, as one.
ONE_PART = 70


@dataclass
class Inbox:
    """The short messages of everybody: outside production each is a file."""

    folder: Path

    def sent(self, phone: str, template: str) -> list[Mapping[str, str]]:
        """What stands in the places of the messages of that sort to that number, the last one last."""
        messages = [
            json.loads(path.read_text(encoding="utf-8")) for path in sorted(self.folder.glob("*.json"))
        ]
        assert all(len(each["text"]) <= ONE_PART for each in messages)
        return [each["params"] for each in messages if (each["phone"], each["template"]) == (phone, template)]

    def newest(self, phone: str, template: str) -> Mapping[str, str]:
        return self.sent(phone, template)[-1]


class Walker:
    """One user in one window. Every arrival on a page is looked at; axe needs scripts."""

    def __init__(self, page: Page, user: User, origin: str, report: Report, *, axe: bool = True) -> None:
        self.page, self.user, self.origin, self.axe = page, user, origin, axe
        self.watch = Watch(page, user.username, origin, report)
        page.set_default_timeout(PATIENCE)

    # Going about

    def go(self, path: str) -> int:
        """Open an address of this site by hand; return the status of the answer."""
        answer = self.page.goto(path if path.startswith("http") else f"{self.origin}{path}")
        self.arrive()
        return answer.status if answer else 0

    def press(self, selector: str, *, leads: str = "") -> None:
        """Press what leads to another page, by its address (a pattern) where that is known."""
        with self.page.expect_navigation():
            self.page.locator(selector).first.click()
        if leads:
            self.page.wait_for_url(re.compile(leads))
        self.arrive()

    def arrive(self) -> None:
        self.page.wait_for_load_state("load")
        self.watch.look(axe=self.axe)

    def is_at(self, path: str) -> bool:
        return self.page.url.partition("?")[0] == f"{self.origin}{path}"

    def sees(self, text: str) -> None:
        self.page.get_by_text(text).first.wait_for()

    def text(self) -> str:
        return self.page.locator("main, #content").first.inner_text()

    # Logging in

    def log_in(self) -> None:
        """Name and password, and the code where the person is staff; from wherever the door was met."""
        if "/account/login/" not in self.page.url:
            self.go("/account/login/")
        self.page.fill("#id_login", self.user.username)
        self.page.fill("#id_password", demo.PASSWORD)
        self.press("form:has(#id_login) button.primary")
        if self.user.is_staff:
            assert "/account/2fa/authenticate/" in self.page.url
            self.page.fill("#id_code", demo.code_of(self.user))
            self.press("form:has(#id_code) button.primary")
        assert "/account/" not in self.page.url, f"{self.user.username} is not let in"

    def visit(self, path: str) -> None:
        """Open an address, through the log-in where it stands in the way."""
        self.go(path)
        if "/account/login/" in self.page.url:
            self.log_in()
        if not self.is_at(path.partition("?")[0]):
            self.go(path)

    def log_in_by_code(self, inbox: Inbox, phone: str, name: str = "") -> None:
        """Number and code, wrong at first; whoever is new says their name and agrees."""
        self.page.fill("#by-code ~ form [name=phone]", phone)
        self.press("#by-code ~ form button.primary", leads="/account/code/enter/$")
        code = inbox.newest(phone, "login-code")["code"]
        self.page.fill("#id_code", f"{(int(code) + 1) % 1_000_000:06d}")
        self.press("form:has(#id_code) button.primary")
        assert self.page.locator("#id_code[aria-invalid=true]").count() == 1
        self.page.fill("#id_code", code)
        self.press("form:has(#id_code) button.primary")
        if name:
            assert "/account/register/" in self.page.url
            self.page.fill("#id_name", name)
            self.page.check("#id_agreed")
            self.press("form:has(#id_agreed) button.primary")
        assert "/account/" not in self.page.url, f"{phone} is not let in"

    def log_out(self) -> None:
        """Leave by the button, wherever the width has put it."""
        button = self.page.locator("form[action='/account/logout/'] button:visible")
        if not button.count():
            self.page.locator("details.menu > summary").click()
        with self.page.expect_navigation():
            button.first.click()
        self.arrive()

    # Filling in

    def write(self, form: str, **fields: Any) -> None:
        """Fill in a form's fields by their names: text, a choice of a list, or a radio button's value."""
        for name, value in fields.items():
            field = self.page.locator(f"{form} [name='{name}']")
            if field.first.get_attribute("type") == "radio":
                self.page.locator(f"{form} [name='{name}'][value='{value}']").check()
            elif field.evaluate("each => each.localName") == "select":
                field.select_option(value)
            else:
                field.fill(value)

    def choose_files(self, form: str, *files: Path) -> None:
        self.page.locator(f"{form} input[type=file]").set_input_files(files)

    def saves_the_draft(self, words: str) -> Any:
        """Within, something is typed; at the end the page has saved a draft that holds these words."""
        return self.page.expect_response(
            lambda answer: "/autosave/" in answer.url and words in (answer.request.post_data or "")
        )

    def do(self, verb: str, **fields: Any) -> None:
        """Do a verb on the workbench or on one's own matter: unfold its form, fill it in, send it."""
        form = f"form[action$='/{verb}/']"
        if not self.page.locator(form).is_visible():
            self.page.locator(f"details:has({form}) > summary").click()
        self.write(form, **fields)
        self.press(f"{form} button")
