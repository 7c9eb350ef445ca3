"""The classes of the fields of the reports. They hold numbers of matters and offices, of no person."""

from __future__ import annotations

from servicedesk.desk.privacy.classes import classify

classify("reports.ReportMinimum", basis="public")
classify("reports.MonthlyReport", kind="internal", number="internal", content="internal", digest="internal")
classify(
    "reports.ReportCorrection", cell="internal", reported="internal", found="internal", reason="internal"
)
classify("reports.OpenMonth", numbers="public")
classify("reports.ReportSchedule", section="internal", query="internal")
# What is counted is named as the matter names it; its words stay with the matter.
classify("reports.CaseFact", kind="internal", state="internal", outcome="internal")
classify("reports.ClockFact", kind="internal", code="internal")
classify("reports.MonthTally", kind="internal")
