"""The eyes of the walks: each fault they are there for is seen."""

from __future__ import annotations

from typing import Any

import pytest

from tests.browser.looking import Report, Watch

pytestmark = [pytest.mark.browser, pytest.mark.once, pytest.mark.django_db(transaction=True)]

ADD = "document.body.insertAdjacentHTML('beforeend', '{}')"
FAULTS = {
    "wider than the window": "Object.assign(document.querySelector('h1').style, {minWidth: '3000px'})",
    "axe image-alt": ADD.format("<img>"),
    "Content Security Policy": ADD.format('<b style="color: red">red</b>'),
    "script: torn": "setTimeout(() => { throw new Error('torn') })",
    "404 for": "document.head.append(Object.assign(document.createElement('script'), {src: '/no.js'}))",
}


def test_a_foreign_origin_is_seen(page: Any, site: str) -> None:
    report = Report()
    Watch(page, "stranger", site, report)
    page.goto(f"{site}/help/")
    with page.expect_request("http://127.0.0.1:9/"):
        page.evaluate("() => { open('http://127.0.0.1:9/', '_self') }")
    assert "asks a foreign origin" in str(report)


@pytest.mark.parametrize("what", FAULTS)
def test_a_fault_is_seen(what: str, page: Any, site: str) -> None:
    report = Report()
    watch = Watch(page, "stranger", site, report)
    page.goto(f"{site}/help/")
    watch.look()
    assert not report.findings, str(report)
    page.evaluate(f"() => {{ {FAULTS[what]} }}")
    page.wait_for_load_state("networkidle")
    watch.look()
    assert what in str(report)
