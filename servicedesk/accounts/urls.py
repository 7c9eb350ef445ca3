from django.urls import path
from django.views.generic import RedirectView

from servicedesk.accounts.views import account, code, provider, sessions

urlpatterns = [
    # /account/  my account
    path("", account.account, name="account"),
    path("phone/", account.phone, name="account_phone"),
    path("phone/enter/", account.phone_enter, name="account_phone_enter"),
    path("mail/", account.mail, name="account_mail"),
    path("mail/<str:token>/", account.mail_confirm, name="account_mail_confirm"),
    path("password/remove/", account.password_remove, name="account_password_remove"),
    path("sessions/end/", sessions.end, name="account_sessions_end"),
    path("2fa/totp/activate/", account.activate_totp),
    # /account/code/…  log-in with a code sent to a mobile number, and the proof that it is still you
    path("code/", code.ask, name="code_ask"),
    path("code/enter/", code.enter, name="code_enter"),
    path("prove/", code.prove, name="account_prove"),
    # /account/provider/…  the province's identity provider
    path("provider/", provider.start, name="provider_start"),
    path("provider/callback/", provider.callback, name="provider_callback"),
    path("provider/link/", provider.link, name="provider_link"),
    path("provider/unlink/", provider.unlink, name="provider_unlink"),
    # The package's page for addresses: ours does it without its tables.
    path("email/", RedirectView.as_view(pattern_name="account_mail"), name="account_email_elsewhere"),
]
