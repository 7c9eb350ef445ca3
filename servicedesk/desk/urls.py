from django.urls import URLPattern, URLResolver, path

from servicedesk.desk.views import (
    acting,
    calculator,
    check,
    drafts,
    feed,
    files,
    matters,
    news,
    own,
    receipts,
    registering,
    start,
    telling,
    tokens,
    track,
)

app_name = "desk"
urlpatterns: list[URLPattern | URLResolver] = [
    # /account/register/  an account for whoever proved a number or came through the provider
    path("account/register/", registering.register, name="register"),
    # /account/tokens/  API tokens one holds
    path("account/tokens/", tokens.tokens_page, name="tokens"),
    # /account/data/, /account/close/  what is one's own, to take along or to have erased
    path("account/data/", own.take_along, name="own_data"),
    path("account/close/", own.close, name="close_account"),
    # /files/<key>/  what people handed in, to whoever may have it
    path("files/<int:pk>/", files.file, name="file"),
    # /start/<kind>/…  from the empty form to the confirmation
    path("start/<slug:kind>/", start.start, name="start"),
    path("start/<slug:kind>/autosave/", drafts.autosave, name="autosave_new"),
    path("start/<slug:kind>/<int:pk>/", start.draft, name="draft"),
    path("start/<slug:kind>/<int:pk>/autosave/", drafts.autosave, name="autosave"),
    path("start/<slug:kind>/<int:pk>/check/", check.check, name="check"),
    path("start/<slug:kind>/<int:pk>/delete/", drafts.delete, name="draft_delete"),
    # /matters/…  what is mine
    path("matters/", matters.matters, name="matters"),
    path("matters/<slug:number>/", matters.matter, name="matter"),
    path("matters/<slug:number>/received/", check.done, name="done"),
    path("matters/<slug:number>/clocks/<int:pk>/", matters.statement, name="statement"),
    path("matters/<slug:number>/<slug:verb>/", acting.matter_verb, name="matter_verb"),
    # /notices/  what I was told
    path("notices/", news.told, name="notices"),
    path("notices/settings/", telling.settings, name="notice_settings"),
    path("notices/webhooks/", feed.webhooks, name="webhooks"),
    # /calendar/<token>.ics  my deadlines, for whoever knows the address
    path("calendar/<slug:token>.ics", feed.calendar_feed, name="calendar_feed"),
    # /channels/…  what providers tell us, signed
    path("channels/sms/receipts/", receipts.sms_receipts, name="sms_receipts"),
    # /track/, /calculator/  for everyone
    path("track/", track.track, name="track"),
    path("calculator/", calculator.calculator, name="calculator"),
]
