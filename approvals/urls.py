from django.urls import URLPattern, URLResolver, path

from approvals import views_documents

app_name = "approvals"
urlpatterns: list[URLPattern | URLResolver] = [
    # /documents/<key>/, /licences/<key>/  papers of a matter, to whoever may see it
    path("documents/<int:pk>/", views_documents.document, name="document"),
    path("licences/<int:pk>/", views_documents.licence, name="licence"),
    # /verify/…  whether a licence holds, for everyone
    path("verify/", views_documents.verify_code, name="verify_code"),
    path("verify/<slug:token>/", views_documents.verify, name="verify"),
]
