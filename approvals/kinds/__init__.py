"""The kinds of this room; the engine finds them by importing this package."""

from approvals.kinds.approval import APPROVAL
from approvals.kinds.bundle import BUNDLE_KIND
from approvals.kinds.construction_permit import CONSTRUCTION_PERMIT
from approvals.kinds.permit_life import PERMIT_LIFE

__all__ = ["APPROVAL", "BUNDLE_KIND", "CONSTRUCTION_PERMIT", "PERMIT_LIFE"]
