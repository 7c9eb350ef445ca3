"""The kinds of this room; the engine finds them by importing this package."""

from approvals.kinds.approval import APPROVAL

__all__ = ["APPROVAL"]
