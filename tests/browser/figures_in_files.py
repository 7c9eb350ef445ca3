"""The figures of a report as a file holds them and as the screen shows them, from what the API tells."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from tests.browser.walking import Walker

Row = list[str]


def saved(walker: Walker, selector: str, path: Path) -> Path:
    with walker.page.expect_download() as coming:
        walker.page.locator(selector).first.click()
    coming.value.save_as(path)
    return path


def cells_of(sheet: Any) -> list[Row]:
    rows = sheet.iter_rows(values_only=True)
    found = [["" if cell is None else str(cell) for cell in row] for row in rows]
    return [strip(row) for row in found]


def strip(row: Row) -> Row:
    """Without the empty cells that a wider row left behind."""
    while row and row[-1] == "":
        row = row[:-1]
    return row


def flat(line: dict[str, Any]) -> Row:
    """A row of the API as a file holds it."""
    found = [f"{line['label']} · {line['sub']}" if line["sub"] else line["label"]]
    for cell in line["cells"]:
        if cell["whole"] is not None:
            found += [str(cell["part"]), str(cell["whole"])]
        found.append(cell["text"])
    return found


def seen(line: dict[str, Any]) -> Row:
    """A row of the API as the screen shows it, without blanks."""
    rates = [
        f"{cell['text']}{cell['part']}/{cell['whole']}" if cell["whole"] else cell["text"]
        for cell in line["cells"]
    ]
    return ["".join(each.split()) for each in (line["label"] + line["sub"], *rates)]
