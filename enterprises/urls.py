from django.urls import URLPattern, URLResolver, path
from django.views.generic import RedirectView

from enterprises import views_breakfasts, views_claims, views_members, views_revisit

app_name = "enterprises"
urlpatterns: list[URLPattern | URLResolver] = [
    # /companies/…  mine, for which I act now, who else may act for them
    path("company/", RedirectView.as_view(pattern_name="enterprises:companies"), name="company"),
    path("companies/", views_members.companies, name="companies"),
    path("companies/acting/", views_members.act_for, name="act_for"),
    path("companies/claim/", views_claims.claim, name="claim"),
    path("companies/claims/<str:number>/phone/", views_claims.claim_phone, name="claim_phone"),
    path("companies/objections/<int:pk>/", views_claims.claim_objection, name="claim_objection"),
    # Short, because it travels in a message of seventy characters.
    path("i/<str:token>", views_members.invitation, name="invitation"),
    path("companies/<str:uscc>/members/", views_members.company_members, name="members"),
    path("companies/<str:uscc>/members/<int:pk>/end/", views_members.member_end, name="member_end"),
    path("companies/<str:uscc>/members/<int:pk>/limit/", views_members.member_limit, name="member_limit"),
    path(
        "companies/<str:uscc>/invitations/<int:pk>/revoke/",
        views_members.invitation_revoke,
        name="invitation_revoke",
    ),
    # /r/<token>  is it solved? once, without a log-in; short as well
    path("r/<str:token>", views_revisit.revisit, name="revisit"),
    # /breakfasts/…  the calendar, one breakfast, a company's own sign-up
    path("breakfasts/", views_breakfasts.calendar, name="breakfasts"),
    path("breakfasts/<int:pk>/", views_breakfasts.breakfast, name="breakfast"),
    path("breakfasts/<int:pk>/sign-up/", views_breakfasts.sign_up, name="breakfast_sign_up"),
    path("breakfasts/<int:pk>/<int:key>/decline/", views_breakfasts.decline, name="breakfast_decline"),
    path("breakfasts/<int:pk>/<int:key>/naming/", views_breakfasts.naming, name="breakfast_naming"),
]
