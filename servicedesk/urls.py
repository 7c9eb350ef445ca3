from django.contrib import admin
from django.urls import include, path
from django.views.generic import RedirectView

from servicedesk.accounts import second_factor
from servicedesk.desk import health

urlpatterns = [
    # /healthz, /readyz, /status  for those who watch
    path("healthz", health.healthz, name="healthz"),
    path("readyz", health.readyz, name="readyz"),
    path("status", health.status, name="status"),
    # /desk/…  the staff side: the Django admin
    path("desk/login/", RedirectView.as_view(pattern_name="account_login", query_string=True)),
    path("desk/reports/", include("servicedesk.reports.urls")),
    path("desk/board/", include("enterprises.direct_line.board.urls")),
    path("desk/", admin.site.urls),
    # /account/…  log-in, codes, my account, second factor
    path("account/", include("servicedesk.accounts.urls")),
    path("account/2fa/totp/qr.svg", second_factor.qr, name="totp_qr"),
    path("account/", include("allauth.urls")),
    path("i18n/", include("django.conf.urls.i18n")),
    # /api/v1/…, /api/schema/
    path("api/", include("servicedesk.api")),
    # /…  the portal
    path("", include("servicedesk.desk.urls")),
    path("", include("approvals.urls")),
    path("", include("enterprises.urls")),
    path("", include("servicedesk.portal.urls")),
]
