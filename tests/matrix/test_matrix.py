"""Who gets in where: every address of the house × one safe and one unsafe method × everybody, written down in
`table.py`. An address without its row fails; so does a row without its address."""

from __future__ import annotations

import logging
from collections.abc import Iterator

import pytest

from tests.matrix.asking import answer
from tests.matrix.table import EVERYBODY, TABLE, who
from tests.matrix.world import Route, World, addresses, build, routes

ROOMS = sorted({route.room for route in routes()})


@pytest.fixture
def world(db: None, monkeypatch: pytest.MonkeyPatch) -> Iterator[World]:
    # Who is let in is decided before anything is drawn; drawing ten thousand pages would show nothing more.
    monkeypatch.setattr("django.template.backends.django.Template.render", lambda *args, **more: "")
    logging.disable(logging.CRITICAL)
    yield build()
    logging.disable(logging.NOTSET)


def test_every_address_has_its_row_and_every_row_its_address() -> None:
    assert {route.key for route in routes()} == {key.partition(" ")[0] for key in TABLE}


def who_asks(route: Route) -> tuple[str, ...]:
    """Everybody; of those who are no staff one speaks for all at the desk's own door."""
    spoken_for = {"zhao", "vera"} if route.pattern.startswith("desk/") else set()
    return tuple(name for name in EVERYBODY if name not in spoken_for)


def found(route: Route, world: World, label: str, address: str) -> dict[str, str]:
    return {
        method: " ".join(
            name if said == "in" else f"{name}={said}"
            for name in who_asks(route)
            if (said := answer(world, name, method, address)) not in {"out", "-"}
        )
        for method in ("GET", "POST")
    }


@pytest.mark.once
@pytest.mark.django_db
@pytest.mark.parametrize("room", ROOMS)
def test_nobody_gets_in_but_those_in_the_table(world: World, room: str) -> None:
    wrong: list[str] = []
    for route in routes():
        if route.room != room:
            continue
        for label, address in addresses(route, world):
            key = f"{route.key} {label}".strip()
            said = found(route, world, label, address)
            asked = set(who_asks(route))
            expected = {
                method: " ".join(name for name in who(text) if name in asked)
                for method, text in zip(said, TABLE[key], strict=True)
            }
            wrong += [
                f"{method} {key}: {said[method]!r} instead of {expected[method]!r}"
                for method in said
                if said[method] != expected[method]
            ]
    assert not wrong, "\n".join(wrong)
