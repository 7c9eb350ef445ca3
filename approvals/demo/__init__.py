"""The demo of this room: service items, bundles and construction permits, walked through the real verbs."""

from approvals.demo import single
from enterprises.demo.scene import Service

SERVICES: tuple[Service, ...] = (single.stories,)

__all__ = ["SERVICES"]
