"""The catalogue, papers and licences in the admin."""

from approvals.admin import documents

__all__ = ["documents"]
