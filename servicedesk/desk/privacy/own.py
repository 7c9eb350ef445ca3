"""The classes of the fields of accounts and of the desk."""

from __future__ import annotations

from servicedesk.desk.privacy.classes import SECRET, classify

# People and their ways in
classify(
    "accounts.User",
    password=SECRET,
    username="personal",
    name="personal:name",
    phone="personal:phone",
    email="personal:email",
    wecom_id="personal",
)
classify("accounts.Office", code="public", name="public", name_en="public", name_ru="public")
classify("accounts.Office", duties="public", phone="public")
classify("accounts.PhoneCode", phone=SECRET, browser=SECRET, digest=SECRET)
classify("accounts.Identity", issuer="internal", subject="sensitive")
classify("accounts.Sitting", key=SECRET, how="internal", address="personal", device="personal")
classify("accounts.Recovery", reason="internal")
classify("accounts.BrokenGlass", reason="internal", password=SECRET, opened_by="internal")
classify("accounts.Deputy", reason="internal")
classify("accounts.SmsTemplate", code="internal", provider_id="internal", text="public")
classify("accounts.SmsMessage", key="internal", phone="personal:phone", template="internal")
classify("accounts.SmsMessage", provider_id="internal", reason="internal")

# Whom matters are for
classify(
    "desk.Party",
    # Of a company public, of a person masked where it is shown: the same column holds both.
    name="personal",
    number="sensitive",
    sealed_number="sensitive",
    email="personal:email",
    phone="personal:phone",
)

# Matters and what is said on them
classify("desk.Case", number="internal", kind="internal", title="personal", opening="personal")
classify("desk.Case", secret=SECRET)
# What is erased from a matter goes from its words as well.
classify("desk.CaseWords", text="personal", grams="personal")
classify("desk.SavedFilter", name="internal", query="personal")
classify("desk.Step", code="internal", label="public", holder="internal", after="internal")
classify("desk.Step", outcome="internal")
classify("desk.Message", text="personal")
classify("desk.Attachment", sha256="internal", name="personal", mime="internal", path="internal")
classify("desk.SubmissionKey", key="internal", fingerprint="internal")
classify("desk.NumberSeries", series="internal")
classify("desk.PastRow", kind="internal", number="internal", fingerprint="internal", file="internal")
classify("desk.HistoryImport", kind="internal", name="internal", path="internal", sheet="internal")
classify("desk.HistoryImport", mapping="internal", report="internal")

classify("desk.CannedText", title="internal", text="internal", verb="internal", kind="internal")

# Terms
classify("desk.Limit", subject="public", clock="public", basis="public")
classify("desk.Clock", code="public", label="public", basis="public", pausable="internal")
classify("desk.Clock", stopped_by="internal")
classify("desk.Pause", category="public", reason="internal", basis="public", document="internal")
classify("desk.Extension", reason="internal", basis="public")
classify("desk.Promise", why="internal", how="internal")
classify("desk.SignOffRule", subject="internal")
classify("desk.AlarmRule", subject="internal", clock="internal")
classify("desk.Alarm", last_error="internal")
classify("desk.CalendarNotice", number="public", title="public", source="public")
classify("desk.CalendarDay", name="public")
classify("desk.OfficeHours", segments="public")

# What happened and what was told
classify(
    "desk.Event",
    chain="internal",
    verb="internal",
    click="internal",
    # Sealed into the digest: nothing personal may ever stand in it.
    params="internal",
    title="internal",
    body="personal",
    salt=SECRET,
    seal="internal",
    digest="internal",
)
classify("desk.ChainRoot", root="public", signature="public")
classify("desk.Notice", address="personal", language="internal", subject="personal", body="personal")
classify("desk.Notice", template="internal", params="personal", last_error="internal", token=SECRET)
classify("desk.NoticeChoices", channels="internal")
classify("desk.CalendarFeed", token=SECRET)
classify("desk.WebhookEndpoint", url="internal", secret=SECRET, stopped_because="internal")
classify("desk.ApiToken", name="internal", hint="internal", digest=SECRET)

# How long it is kept
classify("desk.RetentionRule", subject="public", basis="public")
classify("desk.Erasure", reason="internal")
classify("desk.AccountClosing", words="personal", reason="internal")
