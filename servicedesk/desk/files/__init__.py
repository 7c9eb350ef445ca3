"""Files people hand in: checked before anything is kept, stored under generated names, found again by hash.

`check` looks at an upload and answers `Checked`; `attach` (a verb) puts its bytes on the shelf with `store`
and writes the row; `find` says whether a person may have a file, and `open_stored` gives its bytes only if
they are still what was handed in. `nightwatch` asks for `orphans`; whoever keeps a shelf of its own asks
for what is `astray` on it.
"""

from servicedesk.desk.files.checking import Checked, check
from servicedesk.desk.files.readers import find, held, shown_to
from servicedesk.desk.files.shelf import (
    NotKept,
    NotThere,
    astray,
    delete,
    delete_orphans,
    open_stored,
    orphans,
    remove,
    store,
)

__all__ = [
    "Checked",
    "NotKept",
    "NotThere",
    "astray",
    "check",
    "delete",
    "delete_orphans",
    "find",
    "held",
    "open_stored",
    "orphans",
    "remove",
    "shown_to",
    "store",
]
