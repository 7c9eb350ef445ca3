"""The kinds of case this app brings; importing the package registers them."""

from enterprises.kinds import bad_review, company_claim, complaint, direct_line, look_back, oversight, promise

__all__ = ["bad_review", "company_claim", "complaint", "direct_line", "look_back", "oversight", "promise"]
