from django.urls import path

from enterprises.direct_line.board import acting, shift_views, views

app_name = "board"
view = views.for_dispatchers

urlpatterns = [
    # /desk/board/  what to dispatch, what came back, urging, the hand-over
    path("", view(views.dispatch), name="dispatch"),
    path("disputes/", view(views.disputes), name="disputes"),
    path("urge/", view(views.urge), name="urge"),
    path("hand-over/", view(shift_views.hand_over), name="hand_over"),
    path("hand-over/<int:pk>/", view(shift_views.sheet), name="sheet"),
    path("hand-over/<int:pk>/sheet.xlsx", view(shift_views.workbook), name="workbook"),
    # a verb on one matter
    path("<str:number>/<slug:verb>/", view(acting.act), name="act"),
]
