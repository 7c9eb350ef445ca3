"""All rows of the engine at one moment, so that a test can say that nothing has changed."""

from __future__ import annotations

from typing import Any

from servicedesk.desk.models import (
    Alarm,
    Case,
    Clock,
    Event,
    Extension,
    Link,
    Message,
    Notice,
    NumberSeries,
    Pause,
    Promise,
    Step,
    SubmissionKey,
)

TABLES = (
    Alarm,
    Case,
    Clock,
    Event,
    Extension,
    Link,
    Message,
    Notice,
    NumberSeries,
    Pause,
    Promise,
    Step,
    SubmissionKey,
)


def picture() -> dict[str, list[tuple[Any, ...]]]:
    return {table.__name__: list(table.objects.order_by("pk").values_list()) for table in TABLES}
