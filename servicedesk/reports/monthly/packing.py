"""Office files with the same bytes whenever they are made: no moment of making in them."""

from __future__ import annotations

import io
import re
import zipfile
from datetime import UTC, datetime

BEGINNING = (1980, 1, 1, 0, 0, 0)
CORE = "docProps/core.xml"
MODIFIED = re.compile(rb"(<dcterms:(?:created|modified)[^>]*>)[^<]*(<)")


def packed(file: bytes, at: datetime) -> bytes:
    """The same parts in the same order, dated `at` inside and not at all outside."""
    stamp = at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ").encode()
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(file)) as given, zipfile.ZipFile(out, "w") as made:
        for name in given.namelist():
            blob = given.read(name)
            if name == CORE:
                blob = MODIFIED.sub(rb"\g<1>" + stamp + rb"\g<2>", blob)
            info = zipfile.ZipInfo(name, BEGINNING)
            info.compress_type = zipfile.ZIP_DEFLATED
            info.external_attr = 0o600 << 16
            made.writestr(info, blob)
    return out.getvalue()
