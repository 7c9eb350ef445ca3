"""A person without a pointer: Tab, Enter, arrows and the keys of the pages."""

from __future__ import annotations

import re
from typing import Any

from tests.browser.walking import Walker

MOST_TABS = 160
MOST_CHOICES = 90
# Whether the focus has arrived, and whether anything shows where it is.
ARRIVED = """(selector) => {
  const at = document.activeElement
  if (!at || !at.matches(selector)) return null
  return getComputedStyle(at).outlineStyle !== 'none'
}"""
# Everything that can be seen and acted upon; of a group of radio buttons one.
CONTROLS = """() => {
  const names = new Set()
  const all = document.querySelectorAll('a[href], button, input, select, textarea, summary, [tabindex="0"]')
  window.controls = [...all].filter((each) => {
    const shown = each.checkVisibility({visibilityProperty: true})
    if (each.matches(':disabled, [tabindex="-1"], [type=hidden]') || !shown) return false
    if (each.type !== 'radio') return true
    const group = (each.form?.action || '') + each.name
    return !names.has(group) && Boolean(names.add(group))
  })
  window.reached = new Set()
  document.activeElement?.blur()
  return window.controls.length
}"""
NOTE = """() => {
  const at = document.activeElement
  if (!at || at === document.body) return null
  const first = !window.reached.size ? at : [...window.reached][0]
  if (window.reached.size && at === first) return 'around'
  window.reached.add(at)
  const seen = getComputedStyle(at).outlineStyle !== 'none'
  return seen ? '' : at.outerHTML.slice(0, 120)
}"""
MISSED = """() => window.controls.filter((each) => {
  if (window.reached.has(each)) return false
  return each.type !== 'radio' || ![...window.reached].some((other) => other.name === each.name)
}).map((each) => each.outerHTML.slice(0, 120))"""

# At which row of a list one stands.
PLACE = "[...document.querySelectorAll('#result_list tbody tr')].findIndex((row) => row.matches('.at'))"
COMPOSED = "(how) => document.body.dispatchEvent(new KeyboardEvent('keydown', how))"


def tab_to(walker: Walker, selector: str, *, back: bool = False) -> None:
    """Press Tab until it is there, and see that it shows where it is."""
    for _ in range(MOST_TABS):
        walker.page.keyboard.press("Shift+Tab" if back else "Tab")
        shows = walker.page.evaluate(ARRIVED, selector)
        if shows is not None:
            assert shows, f"nothing shows that {selector} has the focus"
            return
    raise AssertionError(f"{selector} cannot be reached with Tab")


def type_into(walker: Walker, selector: str, words: str) -> None:
    tab_to(walker, selector)
    write_over(walker, words)


def write_over(walker: Walker, words: str) -> None:
    """Write into the field that has the focus, in place of what stands there."""
    walker.page.keyboard.press("Control+A")
    walker.page.keyboard.type(words)


def enter_on(walker: Walker, selector: str, leads: str, *, back: bool = False) -> None:
    tab_to(walker, selector, back=back)
    strike(walker, "Enter", leads)


def strike(walker: Walker, key: str, leads: str, *, look: bool = True) -> None:
    """Press a key that leads to another page; one met a moment ago in the same shape is not looked at."""
    with walker.page.expect_navigation(url=re.compile(leads)):
        walker.page.keyboard.press(key)
    if look:
        walker.arrive()


def choose(walker: Walker, selector: str, value: str) -> None:
    """Go through the choices of a list with the arrow, down and then up, until this one is there."""
    tab_to(walker, selector)
    field = walker.page.locator(selector).first
    for key in ("ArrowDown", "ArrowUp"):
        for _ in range(MOST_CHOICES):
            if field.input_value() == value:
                return
            before = field.input_value()
            walker.page.keyboard.press(key)
            if field.input_value() == before:
                break
    raise AssertionError(f"{value} is no choice of {selector}")


def reaches_everything(walker: Walker) -> None:
    """Tab comes by every control of the page, and each shows that it has the focus."""
    page: Any = walker.page
    number = page.evaluate(CONTROLS)
    unseen: list[str] = []
    for _ in range(number + MOST_TABS):
        page.keyboard.press("Tab")
        said = page.evaluate(NOTE)
        if said == "around":
            break
        if said:
            unseen.append(said)
    missed = page.evaluate(MISSED)
    assert not missed, f"Tab does not come by {missed[:5]}"
    assert not unseen, f"nothing shows the focus at {unseen[:5]}"


def place(walker: Walker) -> int:
    """At which row of the list one stands; -1 for none."""
    return int(walker.page.evaluate(PLACE))


def composed(walker: Walker, key: str, composing: bool) -> None:
    """A key as an input method sends it."""
    walker.page.evaluate(COMPOSED, {"key": key, "isComposing": composing, "bubbles": True})


def switch(walker: Walker, should: str) -> None:
    """The list of keys opens by a key even when the others sleep; the switch is in it."""
    if not walker.page.evaluate("document.querySelector('details.keys').open"):
        walker.page.keyboard.press("?")
    if walker.page.evaluate("document.activeElement.matches('[data-keyboard-switch]')"):
        walker.page.keyboard.press("Enter")
    else:
        tab_to(walker, "[data-keyboard-switch]")
        walker.page.keyboard.press("Enter")
    button = walker.page.locator("[data-keyboard-switch]")
    assert button.get_attribute("aria-pressed") == should
