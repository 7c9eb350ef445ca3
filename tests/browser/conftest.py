"""The stage of the walks: the site, its people with their log-ins, the mail sink, the worker, the windows."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.conf import settings as site_settings
from PIL import Image

from servicedesk.accounts import demo
from servicedesk.accounts.models import User
from servicedesk.celery import app
from tests.browser.looking import Report
from tests.browser.walking import Inbox, Walker
from tests.faults.world import Sink, mail_server
from tests.people import Cast, cast, person, posted

HEIGHTS = {390: 844, 1280: 900}
Enter = Callable[..., Walker]
ended_badly = pytest.StashKey[bool]()
# Sorts of element that axe has seen in this run: what is wrong with one fails the first test to show it.
SEEN: set[tuple[object, int]] = set()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[None]) -> Iterator[None]:
    report = yield
    item.stash[ended_badly] = item.stash.get(ended_badly, False) or report.failed  # type: ignore[attr-defined]
    return report


@pytest.fixture
def site(live_server: Any, settings: Any) -> str:
    """The address of the running site, its staff door shut as outside the tests."""
    settings.STAFF_NEED_SECOND_FACTOR = True
    settings.SITE_URL = live_server.url
    # Files of earlier tests have lost their rows; a walk that leaps over months would find them old.
    if Path(settings.STORAGE_ROOT).is_relative_to(settings.VAR):
        shutil.rmtree(settings.STORAGE_ROOT, ignore_errors=True)
    app.control.purge()
    return str(live_server.url)


@pytest.fixture
def people(site: str) -> Cast:
    """The cast, each with a password and members of staff with a second factor."""
    found = cast()
    for user in User.objects.all():
        user.set_password(demo.PASSWORD)
        user.save()
        if user.is_staff:
            demo.enrol(user)
    return found


def able(name: str, office: str, role: str) -> User:
    """Somebody more on the staff, who can log in."""
    user = posted(person(name), office, role)
    user.set_password(demo.PASSWORD)
    user.save()
    demo.enrol(user)
    return user


@contextmanager
def later(start: datetime, days: float) -> Iterator[None]:
    """So long after the start: both the site and its sweep believe it, the browser need not."""
    with time_machine.travel(start + timedelta(days=days), tick=True):
        yield


@pytest.fixture
def enter(chromium: Any, site: str, request: pytest.FixtureRequest) -> Iterator[Enter]:
    """Open a window for a person: `enter(user, width=390)`. What any window finds fails the test."""
    walkers: list[Walker] = []
    report = Report(seen=SEEN)

    def open_window(user: User, *, width: int = 1280, scripts: bool = True) -> Walker:
        context = chromium.new_context(
            viewport={"width": width, "height": HEIGHTS[width]},
            locale="zh-CN",
            java_script_enabled=scripts,
            reduced_motion="reduce",
        )
        walkers.append(Walker(context.new_page(), user, site, report, axe=scripts))
        return walkers[-1]

    yield open_window
    if request.node.stash.get(ended_badly, False):
        take_pictures(walkers, request.node.name)
    for walker in walkers:
        walker.page.context.close()
    assert not report.findings, str(report)


def take_pictures(walkers: list[Walker], name: str) -> None:
    """What everybody saw when the test failed, into var/tests/."""
    folder = Path(site_settings.ROOT) / "var" / "tests"
    for walker in walkers:
        path = folder / f"{name}-{walker.user.username}.png"
        walker.page.screenshot(path=path, full_page=True)
        print(f"{walker.user.username} was at {walker.page.url}: {path.relative_to(site_settings.ROOT)}")


@pytest.fixture
def photo(tmp_path: Path) -> Path:
    path = tmp_path / "厂门口.jpg"
    Image.new("RGB", (64, 48), (90, 120, 130)).save(path)
    return path


@pytest.fixture
def inbox() -> Inbox:
    """Where the short messages of site and worker go."""
    folder = Path(str(site_settings.SMS_FOLDER))
    for old in folder.glob("*.json"):
        old.unlink()
    return Inbox(folder)


@pytest.fixture
def mail() -> Iterator[tuple[Sink, str]]:
    """A mail server and its address."""
    sink = Sink()
    with mail_server(sink) as url:
        yield sink, url
