from django.urls import URLPattern, URLResolver, path

from approvals import views_bundles, views_documents, views_guide, views_projects

app_name = "approvals"
urlpatterns: list[URLPattern | URLResolver] = [
    # /guides/, /guides/<code>/  what an item or a bundle asks, and how long it takes
    path("guides/", views_guide.guides, name="guides"),
    path("guides/<slug:code>/", views_guide.one, name="guide"),
    # /bundles/<code>/  what a bundle consists of, when it would be done, and the way to its form
    path("bundles/<slug:code>/", views_bundles.bundle, name="bundle"),
    # /documents/<key>/, /licences/<key>/  papers of a matter, to whoever may see it
    path("documents/<int:pk>/", views_documents.document, name="document"),
    path("licences/<int:pk>/", views_documents.licence, name="licence"),
    # /verify/…  whether a licence holds, for everyone
    path("verify/", views_documents.verify_code, name="verify_code"),
    path("verify/<slug:token>/", views_documents.verify, name="verify"),
    # /projects/…  building projects and their construction permits
    path("projects/", views_projects.projects, name="projects"),
    path("projects/new/", views_projects.project_new, name="project_new"),
    path("projects/<slug:code>/", views_projects.project, name="project"),
    path("projects/<slug:code>/apply/<slug:stage>/", views_projects.project_apply, name="project_apply"),
]
