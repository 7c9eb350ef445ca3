"""The catalogue, papers and licences in the admin."""

from approvals.admin import catalogue, documents

__all__ = ["catalogue", "documents"]
