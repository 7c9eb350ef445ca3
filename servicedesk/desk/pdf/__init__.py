"""Official papers as PDF: `Paper` takes their contents, `Paper.bytes` gives the file."""

from servicedesk.desk.pdf.paper import Paper

__all__ = ["Paper"]
