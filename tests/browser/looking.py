"""What is looked for on every page: refusals of the content policy, foreign origins, broken scripts, sideways
scrolling and, with axe, whatever keeps somebody out."""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from axe_playwright_python.sync_playwright import Axe

from tests.conftest import collect

AXE = Axe()
RULES = {"resultTypes": ["violations"]}
# These are about the page as a whole: its order, landmarks and ids. The others are about each element.
OF_THE_PAGE = ["cat.semantics", "cat.keyboard", "cat.parsing", "cat.language", "cat.structure"]
LOOK = """async ([sorts, ofThePage, options]) => {
  const whole = axe.getRules(ofThePage).map((rule) => rule.ruleId)
  const others = axe.getRules().map((rule) => rule.ruleId).filter((rule) => !whole.includes(rule))
  const without = (rules) =>
    ({...options, rules: Object.fromEntries(rules.map((rule) => [rule, {enabled: false}]))})
  const include = sorts.map((sort) => window.sorts.get(sort))
  const found = [await axe.run(document, without(others)), await axe.run({include}, without(whole))]
  return found.flatMap((each) => each.violations)
}"""
CONTRAST = """async ([sorts, options]) => {
  const include = sorts.map((sort) => window.sorts.get(sort))
  return (await axe.run({include}, {...options, runOnly: ["color-contrast"]})).violations
}"""
# A form with a mistake answers 422 and a lost race 409: Chromium calls that an error, we do not.
EXPECTED = "Failed to load resource: the server responded with a status of 4"
WIDE = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
# A phone, a tablet held upright, a desk.
WIDTHS = (390, 768, 1440)
WHO_IS_WIDE = """() => [...document.querySelectorAll('body *')]
  .filter((each) => each.getBoundingClientRect().right > document.documentElement.clientWidth + 1)
  .slice(0, 5).map((each) => `<${each.localName} class="${each.className}">`).join(' ')"""
# What axe can tell apart, as numbers. First what has a colour: every element with tags, classes and states of
# itself and all above it. Then every element with all its attributes, whether it holds text and whether it
# overflows, under the same; the order of headings; what is there twice.
SORTS = """() => {
  const state =
    /^(type|role|disabled|open|hidden|aria-(hidden|expanded|current|invalid|pressed|selected)|data-.*)$/
  const colours = new Map(), others = new Map(), ids = new Set()
  const add = (map, sum, each) => map.has(sum) || map.set(sum, each)
  const number = (text) => {
    let sum = 5381
    for (const letter of text) sum = (sum * 33 + letter.codePointAt(0)) % 281474976710597
    return sum
  }
  const go = (each, above) => {
    const states = [...each.attributes].filter(({name}) => state.test(name))
      .map(({name, value}) => name + '=' + value.replace(/[0-9]+/g, ''))
    const colour = number([above, each.localName, [...each.classList].sort(), states.sort()].join('|'))
    add(colours, colour, each)
    const names = [...each.attributes].map(({name, value}) => name + (value ? '' : '=')).sort()
    const beyond = [each.scrollWidth > each.clientWidth, each.scrollHeight > each.clientHeight]
    add(others, number([colour, names, each.textContent.trim() !== '', beyond].join('|')), each)
    if (each.id && ids.has(each.id)) add(others, number('twice ' + each.id), each)
    ids.add(each.id)
    for (const child of each.children) go(child, colour)
  }
  go(document.documentElement, '')
  const headings = [...document.querySelectorAll('h1,h2,h3,h4,h5,h6')].map((each) => each.localName)
  add(others, number(headings.filter((each, place) => each !== headings[place - 1]).join()), document.body)
  window.sorts = new Map([...colours, ...others])
  return [[...colours.keys()], [...others.keys()]]
}"""
# Colours that are still changing are nobody's contrast.
SETTLED = "document.getAnimations().forEach((each) => { try { each.finish() } catch { each.cancel() } })"
# Where pictures of every page of the walk go, for human eyes: WALK_PICTURES=/some/folder.
PICTURES = os.environ.get("WALK_PICTURES", "")


@dataclass
class Report:
    """What all windows of a test have found, and the sorts of element axe has seen, here or before."""

    findings: list[str] = field(default_factory=list)
    seen: set[tuple[object, int]] = field(default_factory=set)

    def new(self, where: object, sorts: Iterable[int]) -> list[int]:
        """Those that are met for the first time there; now they are known."""
        found = [sort for sort in sorts if (where, sort) not in self.seen]
        self.seen.update((where, sort) for sort in found)
        return found

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
        self.look_sideways()
        if axe:
            colours, others = self.page.evaluate(SORTS)
            # A sort of element that was seen at this width need not be seen again, nor in the dark.
            if fresh := self.report.new(self.width, colours + others):
                self.look_with_axe(fresh, self.report.new("in the dark", colours))
                self.look_at_other_widths()
        self.picture()

    def look_sideways(self) -> None:
        if beyond := self.page.evaluate(WIDE):
            self.found(f"{beyond}px wider than the window: {self.page.evaluate(WHO_IS_WIDE)}")

    def look_at_other_widths(self) -> None:
        own = self.page.viewport_size
        for width in WIDTHS:
            self.page.set_viewport_size({"width": width, "height": own["height"]})
            self.look_sideways()
        self.page.set_viewport_size(own)

    def look_with_axe(self, sorts: list[int], dark: list[int]) -> None:
        self.page.evaluate(AXE.axe_script)
        self.found_by_axe("", self.page.evaluate(LOOK, [sorts, OF_THE_PAGE, RULES]))
        if dark:
            self.look_in_the_dark(dark)

    def look_in_the_dark(self, sorts: list[int]) -> None:
        """The contrast of the dark scheme."""
        self.page.emulate_media(color_scheme="dark")
        self.page.evaluate(SETTLED)
        self.found_by_axe("in the dark ", self.page.evaluate(CONTRAST, [sorts, RULES]))
        self.page.emulate_media(color_scheme="light")
        self.page.evaluate(SETTLED)

    def found_by_axe(self, when: str, violations: list[dict[str, Any]]) -> None:
        for violation in violations:
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
