"""Fill a scratch demo, walk through its main pages in Chromium and take their pictures."""

import argparse
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from io import BytesIO
from itertools import product
from pathlib import Path
from typing import Any
from urllib.request import urlopen

from PIL import Image
from playwright.sync_api import Browser, Page, sync_playwright

ROOT = Path(__file__).resolve().parent.parent
SHOTS = ROOT / "var" / "screenshots"
README = {"portal": (1280, 860), "desk": (1280, 860)}
SIZES = {1440: 900, 390: 844}
MOST_BYTES = 300_000
UNWANTED = {
    "DATABASE_URL",
    "REDIS_URL",
    "CACHE_URL",
    "EMAIL_URL",
    "SECRET_KEY",
    "ENVIRONMENT",
    "DEBUG",
    "SECURE",
}

# What the hourly tasks count: the facts of the reports, the months of the open figures.
COUNT = """
from django.core.management import call_command
from django.utils import timezone
from servicedesk.reports.monthly.public import keep_months
call_command("rebuild_facts")
keep_months(timezone.now(), 13)
"""

QUEUE = "/desk/desk/case/?tab=office"
# Who sees which pages.
PAGES = {
    "portal": {
        "home": "/",
        "log-in": "/account/login/",
        "start": "/start/direct-line/",
        "matters": "/matters/",
        "figures": "/figures/",
        "calculator": "/calculator/?start=2026-09-28T09:00&term=15&unit=working_days",
    },
    "dispatcher": {"board": "/desk/board/"},
    "officer": {"my-day": "/desk/", "queue": QUEUE},
    "manager": {
        "reports": "/desk/reports/",
        "paths": "/desk/reports/paths/",
    },
}
MONTHLY = "/desk/reports/monthly/"
# The list something is opened from, the link to the first of it, and the name of its picture.
FIRSTS = {
    "portal": ("/matters/", "a.title[href^='/matters/']", "matter"),
    "officer": (QUEUE, "#result_list a[href*='/change/']", "workbench"),
    "manager": (MONTHLY, f"tbody a[href^='{MONTHLY}']", "monthly"),
}
# Lines of the demo's table: two companies, a founder, a builder, a dispatcher, an officer, a head, a leader,
# a supervisor, a manager.
LINES = {"portal": 0, "dispatcher": 4, "officer": 5, "manager": 9}


def scratch(var: str) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if name not in UNWANTED}
    return kept | {"VAR_ROOT": var, "DEMO": "1", "DJANGO_SETTINGS_MODULE": "servicedesk.settings"}


@contextmanager
def site(cases: int) -> Iterator[str]:
    """The address of a desk filled with the demo, gone afterwards."""
    with tempfile.TemporaryDirectory(prefix="servicedesk-pictures-") as var:
        env = scratch(var)
        subprocess.run([sys.executable, "script/prepare.py"], cwd=ROOT, env=env)
        demo = [sys.executable, "manage.py", "demo", "--cases", str(cases)]
        subprocess.run(demo, cwd=ROOT, env=env, check=True)
        subprocess.run([sys.executable, "manage.py", "shell", "-c", COUNT], cwd=ROOT, env=env, check=True)
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            address = f"127.0.0.1:{probe.getsockname()[1]}"
        words = [str(Path(sys.executable).parent / "gunicorn"), "servicedesk.wsgi", "--bind", address]
        server = subprocess.Popen([*words, "--threads", "4", "--log-level", "warning"], cwd=ROOT, env=env)
        try:
            await_answer(f"http://{address}/healthz")
            yield f"http://{address}"
        finally:
            server.terminate()
            server.wait(timeout=20)


def await_answer(url: str) -> None:
    end = time.monotonic() + 60
    while True:
        try:
            urlopen(url, timeout=5).close()  # noqa: S310
            return
        except OSError:
            if time.monotonic() > end:
                raise
            time.sleep(0.1)


def log_in(browser: Browser, url: str, place: int) -> Any:
    """Log in as the person in that line of the demo's table, with the code beside the name."""
    page = browser.new_page(base_url=url, locale="zh-CN")
    page.goto("/account/login/")
    person = page.locator(".demo tbody tr").nth(place)
    name = person.locator("[data-fill]")
    code = person.locator("td").last.evaluate("each => each.lastChild.textContent.trim()")
    page.fill("#id_password", str(name.get_attribute("data-with")))
    page.fill("#id_login", str(name.get_attribute("data-fill")))
    page.press("#id_password", "Enter")
    if code.isdecimal():
        page.fill("#id_code", code)
        page.press("#id_code", "Enter")
    page.wait_for_url(lambda address: "/account/" not in address)
    state = page.context.storage_state()
    page.context.close()
    return state


def window(browser: Browser, url: str, state: Any, width: int, height: int, scheme: Any) -> Page:
    context = browser.new_context(
        base_url=url,
        locale="zh-CN",
        storage_state=state,
        viewport={"width": width, "height": height},
        color_scheme=scheme,
        reduced_motion="reduce",
    )
    return context.new_page()


def open_first(page: Page, who: str) -> None:
    """The first matter of one's list on the portal, of the office's queue on the desk; the monthly report."""
    path, link, _name = FIRSTS[who]
    page.goto(path)
    page.locator(link).first.click()
    page.wait_for_load_state("load")


def make_report(browser: Browser, url: str, state: Any) -> None:
    """Have the report of the last month drafted."""
    page = window(browser, url, state, 1440, 900, "light")
    page.goto(MONTHLY)
    page.locator("form.scope .btn.primary").click()
    page.wait_for_load_state("load")
    page.context.close()


def take_all(browser: Browser, url: str, states: dict[str, Any]) -> None:
    SHOTS.mkdir(parents=True, exist_ok=True)
    for who, width, scheme in product(PAGES, SIZES, ("light", "dark")):
        page = window(browser, url, states[who], width, SIZES[width], scheme)
        for name, path in PAGES[who].items():
            if name == "log-in":
                take_log_in(browser, url, width, SIZES[width], scheme)
                continue
            page.goto(path)
            save(page, name, width, scheme)
        if who in FIRSTS:
            open_first(page, who)
            save(page, FIRSTS[who][2], width, scheme)
        page.context.close()


def take_log_in(browser: Browser, url: str, width: int, height: int, scheme: Any) -> None:
    stranger = window(browser, url, None, width, height, scheme)
    stranger.goto(PAGES["portal"]["log-in"])
    save(stranger, "log-in", width, scheme)
    stranger.context.close()


def save(page: Page, name: str, width: int, scheme: str) -> None:
    path = SHOTS / f"{name}-{width}-{scheme}.png"
    page.screenshot(path=path, full_page=True)
    print(path.relative_to(ROOT), flush=True)


def take_readme(browser: Browser, url: str, states: dict[str, Any]) -> None:
    """The two pictures of the README, in few enough colours to be small."""
    for face, (width, height) in README.items():
        page = window(browser, url, states["officer"] if face == "desk" else None, width, height, "light")
        if face == "portal":
            page.goto("/")
        else:
            open_first(page, "officer")
        picture = (
            Image.open(BytesIO(page.screenshot())).convert("RGB").quantize(128, dither=Image.Dither.NONE)
        )
        path = ROOT / "docs" / f"{face}.png"
        path.parent.mkdir(exist_ok=True)
        picture.save(path, optimize=True)
        size = path.stat().st_size
        assert size < MOST_BYTES, f"{path.name} is {size} bytes"
        print(f"{path.relative_to(ROOT)}: {size // 1024} KB", flush=True)
        page.context.close()


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--readme", action="store_true", help="also refresh docs/portal.png and docs/desk.png")
    asked.add_argument("--cases", type=int, default=120)
    given = asked.parse_args()
    chromium = shutil.which("chromium") or shutil.which("chromium-browser")
    with site(given.cases) as url, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        states = {who: log_in(browser, url, line) for who, line in LINES.items()}
        make_report(browser, url, states["manager"])
        take_all(browser, url, states)
        if given.readme:
            take_readme(browser, url, states)
        browser.close()


if __name__ == "__main__":
    main()
