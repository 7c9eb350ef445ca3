from servicedesk.reports.models.monthly import (
    MonthlyReport,
    OpenMonth,
    ReportCorrection,
    ReportMinimum,
    ReportSchedule,
)

__all__ = ["MonthlyReport", "OpenMonth", "ReportCorrection", "ReportMinimum", "ReportSchedule"]
