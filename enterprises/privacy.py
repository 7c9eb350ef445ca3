"""The classes of the fields of the enterprises' registers and matters."""

from __future__ import annotations

from servicedesk.desk.privacy.classes import SECRET, classify

# Words an official chooses from, in three languages
TITLED = (
    "Industry",
    "Topic",
    "Town",
    "Urgency",
    "ReturnReason",
    "Seat",
    "TagSort",
    "EscalationLevel",
    "OutsideBody",
)
for titled in TITLED:
    classify(f"enterprises.{titled}", name="public", name_en="public", name_ru="public", code="public")
classify("enterprises.Industry", section="public")
classify("enterprises.Town", region="public")
classify("enterprises.TagSort", basis="public")
classify("enterprises.SizeScope", basis="public", code="public", sector="public")
classify("enterprises.SizeBound", basis="public", sector="public")

# Companies and who stands for them
classify(
    "enterprises.Company",
    legal_representative="personal:name",
    registered_address="public",
    business_address="internal",
    uscc_override_reason="internal",
)
classify("enterprises.Contact", name="personal:name", phone="personal:phone")
classify("enterprises.Tag", issuer="internal", evidence="internal")
classify("enterprises.CompanyMerge", reason="internal", moved="internal", undone_reason="internal")
classify("enterprises.Invitation", phone="personal:phone", token_hash=SECRET)
classify(
    "enterprises.CompanyClaim",
    uscc="public",
    name="public",
    representative_name="personal:name",
    representative_phone="personal:phone",
    why="personal",
)
classify("enterprises.ClaimObjection", text="personal")

# The direct line
classify(
    "enterprises.DirectLineMatter",
    text="personal",
    place="personal",
    contact_name="personal:name",
    contact_phone="personal:phone",
    rating_text="personal",
)
classify("enterprises.BadReview", text="personal")
classify("enterprises.DispatchRule", source="internal")
classify("enterprises.Ruling", reason="internal")
classify("enterprises.HandOver", note="internal", snapshot="internal")
classify("enterprises.RevisitLink", digest=SECRET)

# Complaints, orders and what is put before a leader
classify(
    "enterprises.ComplaintMatter",
    text="personal",
    contact_name="personal:name",
    contact_phone="personal:phone",
)
classify("enterprises.OutsideBody", what_for="public", what_for_en="public", what_for_ru="public")
classify("enterprises.OutsideBody", phone="public", address="public", basis="public", url="public")
classify("enterprises.EscalationBrief", title="internal", background="internal", done="internal")
classify("enterprises.EscalationBrief", disputed="internal", asked="internal")
classify("enterprises.OversightOrder", demand="internal", result="internal")
classify("enterprises.Circular", text="internal")

# Breakfasts and what came of them
classify("enterprises.Breakfast", place="public", theme="public", cancelled_for="public", minutes="internal")
classify("enterprises.SeatSkip", reason="internal")
classify("enterprises.SignUp", topics="personal", facts="internal")
classify("enterprises.RaisedTopic", words="personal", answer="internal")
# A leader's name stands under a public promise.
classify("enterprises.BreakfastPromise", text="public", leader="public")
classify("enterprises.PromiseMatter", text="public", raised="personal", leader="public", cooperating="public")
classify("enterprises.LookBackMatter", text="public")
