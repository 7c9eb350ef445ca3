from django.urls import URLPattern, URLResolver, path

from enterprises import views, views_breakfasts

app_name = "enterprises"
urlpatterns: list[URLPattern | URLResolver] = [
    # /company/  what the register says of mine
    path("company/", views.company, name="company"),
    # /breakfasts/…  the calendar, one breakfast, a company's own sign-up
    path("breakfasts/", views_breakfasts.calendar, name="breakfasts"),
    path("breakfasts/<int:pk>/", views_breakfasts.breakfast, name="breakfast"),
    path("breakfasts/<int:pk>/sign-up/", views_breakfasts.sign_up, name="breakfast_sign_up"),
    path("breakfasts/<int:pk>/<int:key>/decline/", views_breakfasts.decline, name="breakfast_decline"),
    path("breakfasts/<int:pk>/<int:key>/naming/", views_breakfasts.naming, name="breakfast_naming"),
]
