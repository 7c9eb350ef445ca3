"""Throw-away databases beside the tests' own, whose constraints may be dropped and whose rows be spoilt."""

from __future__ import annotations

import inspect
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import psycopg
from django.db import connection, connections, models

from tests.faults.storm import copy, servers
from tests.faults.world import database_url


def server() -> str:
    return database_url().rpartition("/")[0]


def order(*statements: str) -> None:
    with psycopg.connect(f"{server()}/postgres", autocommit=True) as manager:
        for statement in statements:
            manager.execute(statement)


@contextmanager
def copied(name: str) -> Iterator[str]:
    """A database of that name which holds what is committed in the tests' own."""
    order(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)", f"CREATE DATABASE {name}")
    try:
        copy(servers().postgres_programs(), database_url(), f"{server()}/{name}")
        yield name
    finally:
        order(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")


@contextmanager
def cloned(template: str) -> Iterator[None]:
    """Work in a clone of that database; nobody may be connected to it."""
    name = f"{template}_clone"
    order(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)", f"CREATE DATABASE {name} TEMPLATE {template}")
    try:
        with inside(name):
            yield
    finally:
        order(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")


@contextmanager
def inside(name: str) -> Iterator[None]:
    """Every thread's default connection leads to that database; the usual one waits with what it began."""
    usual, said = connections["default"], connections.settings["default"]
    connections.settings["default"] = said | {"NAME": name}
    connections["default"] = connections.create_connection("default")
    try:
        yield
    finally:
        connections["default"].close()
        connections.settings["default"] = said
        connections["default"] = usual


def drop_constraints(model: type[models.Model], *names: str) -> None:
    with connection.schema_editor() as editor:
        for each in model._meta.constraints:
            if each.name in names:
                editor.remove_constraint(model, each)


def mutate(patch: Any, home: Any, name: str, was: str, becomes: str) -> None:
    """Replace in the function `name` of the module `home` one piece of its source for another; AssertionError
    where that piece is not (or no longer) there once."""
    function = getattr(home, name)
    source, made = inspect.getsource(function), {}
    assert source.count(was) == 1, f"{home.__name__}.{name} no longer says {was!r}"
    exec(source.replace(was, becomes), vars(sys.modules[function.__module__]), made)
    patch.setattr(home, name, made[name])
