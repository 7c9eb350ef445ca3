"""Which column is what: as it was said, or guessed from the headings; found in a sheet or refused."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from servicedesk.desk.errors import BadInput
from servicedesk.desk.history.cells import name_of
from servicedesk.desk.history.declaring import HistoryDef
from servicedesk.desk.history.sheets import Sheet


@dataclass(frozen=True)
class Mapped:
    """A sheet whose columns are known: headings and columns by field, the place below the headings."""

    sheet: Sheet
    headings: Mapping[str, str]
    columns: Mapping[str, int]
    first: int


def said_mapping(pairs: Iterable[str], declared: HistoryDef) -> dict[str, str]:
    """{field: heading} of "subject=留言主题" and its like. Raises BadInput."""
    found: dict[str, str] = {}
    for pair in pairs:
        name, sign, heading = pair.partition("=")
        if not sign or not heading.strip():
            raise _refused(_("“%(pair)s” is no mapping; write FIELD=COLUMN.") % {"pair": pair})
        if name.strip() in found:
            raise _refused(_("The field “%(field)s” is mapped twice.") % {"field": name.strip()})
        found[name.strip()] = heading.strip()
    return checked_mapping(found, declared)


def checked_mapping(mapping: Mapping[str, str], declared: HistoryDef) -> dict[str, str]:
    """The mapping, if it can be worked with. Raises BadInput for fields unknown or missing."""
    fields = declared.every_field()
    unknown = [name for name in mapping if name not in fields]
    if unknown:
        said = {"field": unknown[0], "fields": ", ".join(fields)}
        raise _refused(_("There is no field “%(field)s”; possible: %(fields)s.") % said)
    missing = [name for name, each in fields.items() if each.required and name not in mapping]
    if missing:
        raise _refused(_("No column was named for: %(fields)s.") % {"fields": ", ".join(missing)})
    if "answer" in mapping and "answered" not in mapping:
        raise _refused(_("The answers need the column with their dates as well: answered=…"))
    return dict(mapping)


def guessed_mapping(sheets: Sequence[Sheet], declared: HistoryDef) -> dict[str, str]:
    """{field: heading} as far as the first sheet with rows gives itself away."""
    columns = sheets[0].columns()
    by_name = {name_of(column): column for column in reversed(columns)}
    found: dict[str, str] = {}
    for name, each in declared.every_field().items():
        hit = next((by_name[name_of(word)] for word in each.headings if name_of(word) in by_name), None)
        if hit is not None and hit not in found.values():
            found[name] = hit
    return found


def mapped(sheets: Sequence[Sheet], mapping: Mapping[str, str], wanted: str = "") -> Mapped:
    """The sheet (the one called `wanted`, else the first) that has all the columns. Raises BadInput, which
    lists the columns found."""
    if wanted:
        sheets = [sheet for sheet in sheets if sheet.name == wanted] or _no_sheet(sheets, wanted)
    for sheet in sheets:
        found = sheet.headings(mapping.values())
        if found is not None:
            place, columns = found
            return Mapped(sheet, mapping, {name: columns[said] for name, said in mapping.items()}, place + 1)
    there = {name_of(column) for column in sheets[0].columns()}
    lost = [said for said in mapping.values() if name_of(said) not in there] or list(mapping.values())
    raise _refused(
        _("The file has no column “%(column)s”. Its columns: %(columns)s.")
        % {"column": "”, “".join(lost), "columns": columns_of(sheets)}
    )


def columns_of(sheets: Sequence[Sheet]) -> str:
    """The headings sheet by sheet, in one line."""
    each = [(sheet.name, ", ".join(sheet.columns())) for sheet in sheets]
    return each[0][1] if len(each) == 1 else "; ".join(f"{name}: {columns}" for name, columns in each)


def _no_sheet(sheets: Sequence[Sheet], wanted: str) -> list[Sheet]:
    names = ", ".join(sheet.name for sheet in sheets)
    raise _refused(
        _("There is no sheet “%(sheet)s”; there are: %(sheets)s.") % {"sheet": wanted, "sheets": names}
    )


def _refused(sentence: str) -> BadInput:
    return BadInput("bad-mapping", sentence, "map")
