"""The classes of the fields of the catalogue, of applications and of what is issued."""

from __future__ import annotations

from servicedesk.desk.privacy.classes import SECRET, classify

# The catalogue is public by law (优化营商环境条例 35)
classify("approvals.NamedItem", code="public", name="public")
classify("approvals.ServiceItem", code="public", name="public", summary="public", conditions="public")
classify("approvals.ServiceItem", fee="public", result="public", task_code="public", special="public")
classify("approvals.ServiceItem", implementation_code="public", sections="public")
classify("approvals.ItemLaw", title="public", number="public", article="public")
classify("approvals.ItemPaper", code="public", name="public", note="public", condition="public")
classify("approvals.ItemPaper", sample="public")
classify("approvals.ItemField", code="public", section="public", label="public", hint="public")
classify("approvals.ItemField", choices="public", columns="public", bounds="public", condition="public")
classify("approvals.ItemField", known_as="internal", mask="internal")
classify("approvals.Bundle", code="public", name="public", summary="public", basis="public")
classify("approvals.Bundle", sections="public")
classify("approvals.BundleItem", item_code="public", after="public")
classify("approvals.StageRule", code="public", label="public", suffix="public")
classify("approvals.StageCondition", code="public", label="public", basis="public")

# Applications: an answer may be a number of identity
classify("approvals.Application", answers="sensitive", result_number="internal")
classify("approvals.BundleApplication", bundle_code="internal", answers="sensitive")
classify("approvals.StageApplication", stage_code="internal", answers="sensitive", contractor="internal")
classify("approvals.StageApplication", contractor_number="public")
classify("approvals.HandedIn", code="internal")
classify("approvals.Project", code="public", name="public", site="public", category="public")
classify("approvals.Project", contractor="public", contractor_number="public", supervisor="public")

# What is issued is on record for as long as it holds
classify("approvals.PermitLife", stage_code="public", number="public")
classify("approvals.Document", facts="internal", digest="public", sha256="internal", path="internal")
classify("approvals.Licence", item_code="public", name="public", number="public", token=SECRET)
classify("approvals.Licence", revoked_why="internal")
