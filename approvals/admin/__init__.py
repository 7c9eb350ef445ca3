"""The catalogue, papers, licences and building projects in the admin."""

from approvals.admin import catalogue, construction, documents

__all__ = ["catalogue", "construction", "documents"]
