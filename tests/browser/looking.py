"""What is looked for on every page: refusals of the content policy, foreign origins, broken scripts, sideways
scrolling and, with axe, whatever keeps somebody out."""

from __future__ import annotations

import os
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from axe_playwright_python.sync_playwright import Axe

from tests.conftest import collect

AXE = Axe()
RUN = "(rules) => axe.run(rules)"
RULES = {"resultTypes": ["violations"]}
CONTRAST = RULES | {"runOnly": ["color-contrast"]}
# A form with a mistake answers 422 and a lost race 409: Chromium calls that an error, we do not.
EXPECTED = "Failed to load resource: the server responded with a status of 4"
WIDE = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
WHO_IS_WIDE = """() => [...document.querySelectorAll('body *')]
  .filter((each) => each.getBoundingClientRect().right > document.documentElement.clientWidth + 1)
  .slice(0, 5).map((each) => `<${each.localName} class="${each.className}">`).join(' ')"""
# Colours that are still changing are nobody's contrast.
SETTLED = "document.getAnimations().forEach((each) => { try { each.finish() } catch { each.cancel() } })"
# Where pictures of every page of the walk go, for human eyes: WALK_PICTURES=/some/folder.
PICTURES = os.environ.get("WALK_PICTURES", "")


@dataclass
class Report:
    """What all windows of a test have found, and which sorts of page they have seen."""

    findings: list[str] = field(default_factory=list)
    seen: set[str] = field(default_factory=set)

    def is_first(self, *sort: object) -> bool:
        before = len(self.seen)
        self.seen.add(" ".join(map(str, sort)))
        return len(self.seen) > before

    def __str__(self) -> str:
        return "\n".join(["", *dict.fromkeys(self.findings)])


class Watch:
    """Listens to one page, looks at it when told to, and reports what it finds."""

    def __init__(self, page: Any, name: str, origin: str, report: Report) -> None:
        self.page, self.name, self.origin, self.report = page, name, origin, report
        self.looks = 0
        page.on("console", self.said)
        page.on("pageerror", lambda error: self.found(f"script: {error}"))
        page.on("request", self.asked)
        page.on("response", self.answered)

    def found(self, what: str) -> None:
        self.report.findings.append(f"{self.name} {self.width}px {urlsplit(self.page.url).path}: {what}")

    @property
    def width(self) -> int:
        return int(self.page.viewport_size["width"])

    def said(self, message: Any) -> None:
        refused: list[str] = []
        collect(refused, message.text)
        if refused or (message.type == "error" and not message.text.startswith(EXPECTED)):
            self.found(f"console: {message.text}")

    def asked(self, request: Any) -> None:
        if not request.url.startswith((self.origin, "data:", "blob:")):
            self.found(f"asks a foreign origin: {request.url}")

    def answered(self, response: Any) -> None:
        part = response.request.resource_type not in {"document", "xhr", "fetch"}
        if response.status >= 500 or (part and response.status >= 400):
            self.found(f"{response.status} for {response.url}")

    def look(self, *, axe: bool = True) -> None:
        """Look at the page as it stands now."""
        self.looks += 1
        if beyond := self.page.evaluate(WIDE):
            self.found(f"{beyond}px wider than the window: {self.page.evaluate(WHO_IS_WIDE)}")
        # The door looks the same to everybody.
        if axe and (self.report.is_first(self.sort, self.width) or "/account/" not in self.sort):
            self.page.evaluate(AXE.axe_script)
            self.found_by_axe("", RULES)
            if self.report.is_first(self.sort, "in the dark"):
                self.look_in_the_dark()
        self.picture()

    @property
    def sort(self) -> str:
        """The address without what differs from matter to matter."""
        return re.sub(r"\d+", "", urlsplit(self.page.url).path)

    def look_in_the_dark(self) -> None:
        """The contrast of the dark scheme."""
        self.page.emulate_media(color_scheme="dark")
        self.page.evaluate(SETTLED)
        self.found_by_axe("in the dark ", CONTRAST)
        self.page.emulate_media(color_scheme="light")
        self.page.evaluate(SETTLED)

    def found_by_axe(self, when: str, rules: dict[str, Any]) -> None:
        for violation in self.page.evaluate(RUN, rules)["violations"]:
            self.found(f"axe {when}{violation['id']}: {violation['help']}; {first_of(violation['nodes'])}")

    def picture(self) -> None:
        if PICTURES:
            where = urlsplit(self.page.url).path.strip("/").replace("/", "-") or "home"
            path = Path(PICTURES) / f"{self.width}-{self.name}-{self.looks:02}-{where}.png"
            self.page.screenshot(path=path, full_page=True)


def first_of(nodes: Sequence[dict[str, Any]]) -> str:
    """The first three nodes of a violation, with what axe says of them."""
    shown = [
        f"{node['html'][:160]} ({' '.join(node.get('failureSummary', '').split())[:240]})"
        for node in nodes[:3]
    ]
    more = f" and {len(nodes) - 3} more" if len(nodes) > 3 else ""
    return " | ".join(shown) + more
