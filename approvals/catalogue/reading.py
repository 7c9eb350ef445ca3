"""A file of the catalogue, YAML or xlsx, as one plain structure."""

from __future__ import annotations

from approvals.catalogue import xlsx_in, yaml_in
from approvals.catalogue.facts import Catalogue
from approvals.catalogue.yaml_in import UnreadableFile
from enterprises.spreadsheets import SheetError, decoded

# Every xlsx file is a zip archive.
ARCHIVE = b"PK\x03\x04"
__all__ = ["UnreadableFile", "catalogue_in"]


def catalogue_in(data: bytes) -> Catalogue:
    """The catalogue in the bytes of a file. Raises UnreadableFile, and nothing else, where there is none."""
    if data.startswith(ARCHIVE):
        return xlsx_in.catalogue_of(data)
    try:
        return yaml_in.catalogue_of(decoded(data))
    except SheetError as error:
        raise UnreadableFile(str(error)) from error
