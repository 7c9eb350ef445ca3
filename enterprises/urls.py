from django.urls import URLPattern, URLResolver, path

from enterprises import views

app_name = "enterprises"
urlpatterns: list[URLPattern | URLResolver] = [
    # /company/  what the register says of mine
    path("company/", views.company, name="company"),
]
