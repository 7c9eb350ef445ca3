"""History: requests of an older system become cases with their true dates.

`sheets` reads the file, `mapping` finds the columns, `reading` makes requests of the rows, `actions.history`
makes cases of the requests, `taking` does so piece by piece; a kind declares what it adds in `declaring`."""

from servicedesk.desk.history.declaring import (
    Fault,
    Field,
    HistoryDef,
    Past,
    Reader,
    Say,
    histories,
    history_of,
    register_history,
)

__all__ = [
    "Fault",
    "Field",
    "HistoryDef",
    "Past",
    "Reader",
    "Say",
    "histories",
    "history_of",
    "register_history",
]
