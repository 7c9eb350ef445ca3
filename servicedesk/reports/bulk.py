"""A desk that was filled past the verbs has its facts derived anew."""

from __future__ import annotations

from servicedesk.desk.bulk import register_afterwards
from servicedesk.reports import facts

register_afterwards(facts.rebuild)
