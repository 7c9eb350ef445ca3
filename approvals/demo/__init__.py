"""The demo of this room: service items, bundles and construction permits, walked through the real verbs."""

from __future__ import annotations

from collections.abc import Iterator

from approvals.demo import bundles, projects, single
from approvals.demo.people import People
from enterprises.demo.scene import Scene, Service
from enterprises.demo.walk import Story


def stories(scene: Scene) -> Iterator[Story]:
    people = People(scene)
    for room in (single, bundles, projects):
        yield from room.stories(scene, people)


SERVICES: tuple[Service, ...] = (stories,)
