"""The kinds of case this app brings; importing the package registers them."""

from enterprises.kinds import company_claim, direct_line, look_back, promise

__all__ = ["company_claim", "direct_line", "look_back", "promise"]
