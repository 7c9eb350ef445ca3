"""The registers in the admin. Who may see and change them is asked of `servicedesk.desk.permissions`."""

from enterprises.admin import (
    breakfast,
    company,
    duty,
    hand_over,
    merge,
    oversight,
    registers,
    service_manager,
)

__all__ = ["breakfast", "company", "duty", "hand_over", "merge", "oversight", "registers", "service_manager"]
