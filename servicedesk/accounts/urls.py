from django.urls import path

from servicedesk.accounts import views

app_name = "accounts"
urlpatterns = [
    # /account/2fa/qr.png  the key being enrolled, as a picture
    path("2fa/qr.png", views.totp_qr, name="totp-qr"),
]
