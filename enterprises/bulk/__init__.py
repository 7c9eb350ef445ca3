"""Matters of the direct line by the hundred thousand, for measuring the desk (`manage.py bulk_cases`)."""

from __future__ import annotations

from enterprises.bulk.companies import applicants
from enterprises.bulk.matters import CLASSES, matters
from enterprises.bulk.stories import STORIES
from enterprises.models import Revisit
from servicedesk.desk.bulk import Bulk, register_bulk

DIRECT_LINE = register_bulk(
    Bulk(
        kind="direct-line",
        stories=STORIES,
        classes=CLASSES,
        applicants=applicants,
        matters=matters,
        varies={
            "DirectLineMatter.topic_id": "topic",
            "DirectLineMatter.town_id": "town",
            "DirectLineMatter.industry_id": "industry",
        },
        also=(Revisit,),
    )
)
