"""Marks, servers and the browser. The cast is in `people.py`, the makers are in `make.py`.

Everything runs on PostgreSQL and Redis. On SQLite runs once more what is marked `sqlite`, as it writes,
locks or counts rows: verbs, alarms, letters, files, races, figures, the kinds, the demo, one walk of the
browser. What asks a database nothing of its own (the clock's arithmetic, words, forms, pages, rights) is
proven once.
"""

import gc
import os
import shutil
from collections.abc import Iterator
from typing import Any

import pytest
from django.core.cache import cache
from django.db import connection, connections

from tests.first_rows import django_db_setup, pytest_runtest_teardown  # noqa: F401 (for every test)

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")

# The browser's loop runs in the test's thread, where Django would otherwise refuse the database.
os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")


def on_sqlite() -> bool:
    return connection.vendor == "sqlite"


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out what belongs to PostgreSQL alone; skip, and say so, what lacks a program."""
    elsewhere = [item for item in items if on_sqlite() and item.get_closest_marker("postgres")]
    if elsewhere:
        config.hook.pytest_deselected(items=elsewhere)
        items[:] = [item for item in items if item not in elsewhere]
    for item in items:
        if item.get_closest_marker("browser") and not CHROMIUM:
            item.add_marker(pytest.mark.skip(reason="could not run: Chromium is not installed"))


def pytest_collection_finish() -> None:
    """What is loaded by now stays: the collector need not walk through it again and again."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 20)


@pytest.fixture(autouse=True)
def empty_cache() -> None:
    cache.clear()


@pytest.fixture
def lock_out(settings: Any) -> None:
    """Wrong passwords count in this test."""
    settings.AXES_ENABLED = True


@pytest.fixture
def second_factor(settings: Any) -> None:
    """Staff without TOTP are led to enrolment in this test, as they are outside the tests."""
    settings.STAFF_NEED_SECOND_FACTOR = True


@pytest.fixture(scope="session")
def chromium(django_db_setup: None) -> Iterator[Any]:  # noqa: F811
    from playwright.sync_api import sync_playwright

    before = connections["default"]
    with sync_playwright() as playwright:
        # Where a loop runs Django would open another connection, which knows nothing of the test database.
        connections["default"] = before
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield browser
        browser.close()


@pytest.fixture
def page(chromium: Any) -> Iterator[Any]:
    """A page at desktop width in Chinese; `page.violations` collects what the content policy refused."""
    context = chromium.new_context(viewport={"width": 1280, "height": 900}, locale="zh-CN")
    page = context.new_page()
    page.violations = []
    page.on("console", lambda said: collect(page.violations, said.text))
    yield page
    context.close()


def collect(violations: list[str], text: str) -> None:
    if "Content Security Policy" in text or "Content-Security-Policy" in text:
        violations.append(text)


def pytest_terminal_summary(terminalreporter: Any) -> None:
    """Show the figures that tests have put on record, whatever became of the test."""
    reports = [*terminalreporter.getreports("passed"), *terminalreporter.getreports("failed")]
    tables = [
        text
        for each in reports
        if each.when == "call"
        for name, text in each.user_properties
        if name == "figures"
    ]
    for table in tables:
        terminalreporter.section("faults")
        terminalreporter.write_line(table)
