"""Names of files as people wrote them, made fit to be shown and to be saved on any machine."""

from __future__ import annotations

import re
import unicodedata

LONGEST = 120  # as the column of the attachment
LONGEST_BYTES = 240  # most file systems end at 255
# Controls, formats (among them the bidirectional ones), lone surrogates, line and paragraph separators.
INVISIBLE = {"Cc", "Cf", "Cs", "Zl", "Zp"}
FORBIDDEN = re.compile(r'[<>:"|?*%;]')
# Written before the last extension, these make a program look like a paper where extensions are hidden.
PROGRAM = re.compile(
    r"\.(?=(?:exe|com|scr|bat|cmd|ps1|vbs?|js|jse|wsf|hta|jar|msi|lnk|apk|sh|php\d?|phtml|jsp|aspx?|cgi|py|pl"
    r"|html?|xhtml|svg|xml|docm|xlsm|pptm)(?:\.|$))",
    re.IGNORECASE,
)


def clean_name(written: str) -> str:
    """Return the last part of the name, normalised, visible, short, its extension in small ASCII.

    Full-width brackets and numbers in circles stay as they were written; what only looks like a dot, a slash
    or a Latin extension becomes one, so that nobody is shown another extension than the one that was checked.
    """
    seen = "".join(_seen(char) for char in unicodedata.normalize("NFC", written))
    last = re.split(r"[/\\]", seen)[-1]
    stem, _, ending = last.rpartition(".")
    extension = unicodedata.normalize("NFKC", ending).strip().lower()
    return _shortened(_calm(stem), extension) if stem.strip(" .") else _calm(last)


def extension_of(name: str) -> str:
    """`pdf` for `plan.PDF`; nothing for a name without extension."""
    return name.rpartition(".")[2].lower() if "." in name else ""


def _seen(char: str) -> str:
    if unicodedata.category(char) in INVISIBLE:
        return " " if char in "\t\n\r\u2028\u2029" else ""
    folded = unicodedata.normalize("NFKC", char)
    return folded if folded in {".", "/", "\\", " "} else char


def _calm(stem: str) -> str:
    stem = PROGRAM.sub("_", FORBIDDEN.sub("_", stem))
    return re.sub(r"\s+", " ", stem).strip(" .")[:LONGEST]


def _shortened(stem: str, extension: str) -> str:
    room, space = LONGEST - len(extension) - 1, LONGEST_BYTES - len(extension.encode()) - 1
    stem = stem[: max(room, 0)]
    while len(stem.encode()) > space and stem:
        stem = stem[:-1]
    return f"{stem.rstrip(' .')}.{extension}"
