"""The kinds of case this app brings; importing the package registers them."""

from enterprises.kinds import direct_line, look_back, promise

__all__ = ["direct_line", "look_back", "promise"]
