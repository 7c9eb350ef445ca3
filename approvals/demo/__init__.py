"""The demo of this room: service items, bundles and construction permits, walked through the real verbs."""

from enterprises.demo.scene import Service

SERVICES: tuple[Service, ...] = ()

__all__ = ["SERVICES"]
