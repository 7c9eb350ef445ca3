from servicedesk.reports.models.facts import CaseFact, ClockFact, MonthTally
from servicedesk.reports.models.monthly import (
    MonthlyReport,
    OpenMonth,
    ReportCorrection,
    ReportMinimum,
    ReportSchedule,
)

__all__ = [
    "CaseFact",
    "ClockFact",
    "MonthTally",
    "MonthlyReport",
    "OpenMonth",
    "ReportCorrection",
    "ReportMinimum",
    "ReportSchedule",
]
