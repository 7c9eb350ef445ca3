"""The kinds of case this app brings; importing the package registers them."""

from enterprises.kinds import direct_line

__all__ = ["direct_line"]
