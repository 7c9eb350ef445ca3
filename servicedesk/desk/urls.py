from django.urls import URLPattern, URLResolver, path

from servicedesk.desk.views import files

app_name = "desk"
urlpatterns: list[URLPattern | URLResolver] = [
    # /files/<key>/  what people handed in, to whoever may have it
    path("files/<int:pk>/", files.file, name="file"),
]
