"""Import and export of the service managers: by the company's code, the log-in name and the first day."""

from __future__ import annotations

from typing import Any, ClassVar

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from enterprises.columns import Cell, CompanyCell, DateCell
from enterprises.models import ServiceManager
from enterprises.resources import OfCompanyResource, _column
from enterprises.spreadsheets import plain
from servicedesk.accounts.models import User


class StaffCell(Cell):
    """Somebody of the staff, by log-in name."""

    def clean(self, value: Any, row: Any = None, **kwargs: Any) -> User:
        name = plain(value)
        found = User.objects.staff().filter(username=name).first() if name else None
        if found is None:
            raise ValueError(_("Nobody of the staff has the log-in name “%(name)s”.") % {"name": name[:40]})
        return found

    def render(self, value: Any, obj: Any = None, **kwargs: Any) -> str:
        return value.username if value else ""


class ServiceManagerResource(OfCompanyResource):
    labels: ClassVar[dict[str, Promise]] = {
        "uscc": gettext_lazy("unified social credit code"),
        "user": gettext_lazy("log-in name"),
        "since": gettext_lazy("since"),
        "until": gettext_lazy("until"),
    }
    required = ("uscc", "user", "since")

    uscc = _column("uscc", CompanyCell(), "company")
    user = _column("user", StaffCell())
    since = _column("since", DateCell())
    until = _column("until", DateCell())

    class Meta:
        model = ServiceManager
        name = gettext_lazy("service managers")
        fields = ("uscc", "user", "since", "until")
        import_id_fields = ("uscc", "user", "since")

    def get_queryset(self) -> Any:
        return ServiceManager.objects.select_related("company__party", "user")
