"""The API: what each app offers in its `api` (a list `urlpatterns`), the schema, and a page to read it."""

from csp.constants import SELF
from csp.decorators import csp_update
from django.apps import apps
from django.urls import URLPattern, URLResolver, include, path, re_path
from django.utils.module_loading import module_has_submodule
from drf_spectacular.views import SpectacularAPIView, SpectacularSwaggerSplitView

from servicedesk.desk.api.door import ByStranger, Missing

OURS = ("servicedesk.desk", "enterprises", "approvals", "servicedesk.reports")

docs = SpectacularSwaggerSplitView.as_view(url_name="api-schema", template_name="api/docs.html")

urlpatterns: list[URLPattern | URLResolver] = [
    path("v1/", include(f"{config.name}.api"))
    for config in apps.get_app_configs()
    if config.name in OURS and module_has_submodule(config.module, "api")
]
urlpatterns += [
    path("schema/", SpectacularAPIView.as_view(throttle_classes=(ByStranger,)), name="api-schema"),
    # The reading page alone may show data: images: its icons are made so.
    path("docs/", csp_update({"img-src": [SELF, "data:"]})(docs), name="api-docs"),
    # Whatever else begins so is told as the API tells things, and redirected nowhere.
    re_path(r"^v1/", Missing.as_view()),
]
