from django.urls import path

from enterprises.direct_line.board import acting, shift_views, views
from servicedesk.desk.admin.register import keepers

app_name = "board"
view = views.let_in

urlpatterns = [
    # /desk/board/  what to dispatch, what came back, urging, the hand-over
    path("", view(views.dispatch), name="dispatch"),
    path("disputes/", view(views.disputes), name="disputes"),
    path("urge/", view(views.urge), name="urge"),
    path("hand-over/", view(shift_views.hand_over), name="hand_over"),
    path("hand-over/<int:pk>/", view(shift_views.sheet, keepers), name="sheet"),
    path("hand-over/<int:pk>/sheet.xlsx", view(shift_views.workbook, keepers), name="workbook"),
    # a verb on one matter
    path("<str:number>/<slug:verb>/", view(acting.act), name="act"),
]
