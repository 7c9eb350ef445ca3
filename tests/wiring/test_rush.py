"""More visitors than can be served: those let in are served, the others hear at once when to come again."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.http import HttpRequest, HttpResponse
from django.test import RequestFactory

from servicedesk.accounts import rush

AT_ONCE = 2
Door = tuple[Callable[..., HttpResponse], threading.Event]


@pytest.fixture
def door(
    settings: object, monkeypatch: pytest.MonkeyPatch
) -> tuple[Callable[..., HttpResponse], threading.Event]:
    """The middleware before a view that answers when the event is set."""
    settings.WEB_AT_ONCE = AT_ONCE  # type: ignore[attr-defined]
    go = threading.Event()

    def view(request: HttpRequest) -> HttpResponse:
        if request.path != "/healthz":
            go.wait(10)
        return HttpResponse("ok")

    return rush.in_turn(view), go


def ask(door: Callable[..., HttpResponse], path: str = "/", **cookies: str) -> HttpResponse:
    request = RequestFactory().get(path)
    request.COOKIES.update(cookies)
    return door(request)


def test_so_many_are_served_as_many_wait_and_the_others_come_again(
    door: Door,
) -> None:
    serve, go = door
    with ThreadPoolExecutor(2 * AT_ONCE) as pool:
        inside = [pool.submit(ask, serve) for _ in range(2 * AT_ONCE)]
        refused = until_refused(serve)
        assert refused.headers["Retry-After"] == "5" and refused.headers["Cache-Control"] == "no-store"
        assert ask(serve, "/healthz").status_code == 200
        said = ask(serve, "/api/v1/cases/")
        assert said.status_code == 503 and said.headers["Content-Type"] == "application/problem+json"
        assert 'lang="ru"' in ask(serve, django_language="ru").content.decode()
        go.set()
        assert 200 in {each.result(10).status_code for each in inside}
    assert ask(serve).status_code == 200


def until_refused(serve: Callable[..., HttpResponse]) -> HttpResponse:
    """The first refusal; until everybody has reached the door, one more may be let in, and waits in vain."""
    for _ in range(200):
        answer: list[HttpResponse] = []
        asking = threading.Thread(target=lambda: answer.append(ask(serve)), daemon=True)  # noqa: B023
        asking.start()
        asking.join(0.05)
        if answer:
            return answer[0]
    raise AssertionError


def test_whoever_waits_too_long_is_sent_away(door: Door, monkeypatch: pytest.MonkeyPatch) -> None:
    serve, go = door
    monkeypatch.setattr(rush, "WAIT_SECONDS", 0.01)
    with ThreadPoolExecutor(AT_ONCE) as pool:
        inside = [pool.submit(ask, serve) for _ in range(AT_ONCE)]
        statuses = {ask(serve).status_code for _ in range(3)}
        go.set()
        assert [each.result(10).status_code for each in inside] == [200] * AT_ONCE
    assert 503 in statuses


def test_nobody_is_sent_away_where_no_limit_is_set(settings: object) -> None:
    settings.WEB_AT_ONCE = 0  # type: ignore[attr-defined]

    def view(request: HttpRequest) -> HttpResponse:
        return HttpResponse("ok")

    assert rush.in_turn(view) is view
