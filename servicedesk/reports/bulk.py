"""What a desk that was filled for measuring has beside its cases: their facts."""

from __future__ import annotations

from servicedesk.desk.bulk.declaring import register_afterwards
from servicedesk.reports.facts import rebuild

register_afterwards(rebuild)
