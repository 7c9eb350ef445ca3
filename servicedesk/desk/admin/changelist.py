"""The changelist of the queue: keyset pages instead of numbered ones, and no count of everything."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.contrib.admin.views.main import ORDER_VAR, PAGE_VAR, ChangeList
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from servicedesk.desk import paging
from servicedesk.desk.admin.filters import chosen_tab
from servicedesk.desk.admin.register import who
from servicedesk.desk.paging import BY_NEAREST, BY_NEWEST, Order, Page
from servicedesk.desk.queue import Tab, complete, narrowed

AFTER, BEFORE = "after", "before"
# What the columns order by; a million names are not sorted for a page of fifty (`CaseAdmin.get_sortable_by`).
ORDERS: dict[str, Order] = {
    "clock": BY_NEAREST,
    "received": Order("submitted_at", tie_falls=False),
    "company": Order("applicant__name"),
    "holder": Order("officer__name", may_lack=True),
}


class Queue(ChangeList):
    """A page of the queue. `place` parameters are no filters, and are forgotten when a filter changes."""

    page: Page
    order: Order
    tab: Tab
    is_all: bool
    leads_back: str

    def get_filters_params(self, params: Any = None) -> Any:
        for name in (AFTER, BEFORE, PAGE_VAR):
            self.params.pop(name, None)
            self.filter_params.pop(name, None)
        return super().get_filters_params(params)

    def get_ordering(self, request: HttpRequest, queryset: Any) -> list[Any]:
        """Of the query filters and bulk verbs work on; the page has its own, `order`."""
        return ["-pk"]

    def get_ordering_field_columns(self) -> dict[int, Any]:
        if ORDER_VAR in self.params:
            return dict(super().get_ordering_field_columns())
        shown = "received" if self.is_all else "clock"
        return {self._columns().index(shown): "desc" if self.is_all else "asc"}

    def _columns(self) -> list[str]:
        return [str(getattr(each, "__name__", each)) for each in self.list_display]

    def chosen_order(self) -> Order:
        """As a column's head was pressed; else work as it is due, and everything there was by its day."""
        asked = str(self.params.get(ORDER_VAR, "")).split(".")[0]
        columns, number = self._columns(), asked.lstrip("-")
        name = (
            columns[int(number)]
            if number.isascii() and number.isdigit() and int(number) < len(columns)
            else ""
        )
        if name not in ORDERS or (self.sortable_by is not None and name not in self.sortable_by):
            return BY_NEWEST if self.is_all else self._nearest()
        found = self._nearest() if name == "clock" else ORDERS[name]
        if not asked.startswith("-"):
            return found
        return replace(found, falls=True, tie_falls=True)

    def _nearest(self) -> Order:
        return replace(BY_NEAREST, may_lack=not self.tab.dated)

    def url_for_result(self, result: Any) -> str:
        """With what leads back here."""
        return f"{super().url_for_result(result)}{self.leads_back}"

    def get_results(self, request: HttpRequest) -> None:
        # The stock list adds it to each row's address by resolving that once more.
        self.leads_back, self.preserved_filters = f"?{self.preserved_filters}".rstrip("?"), ""
        self.tab = chosen_tab(request)
        self.is_all = self.tab.code == "all"
        self.order = self.chosen_order()
        # The head of a column asks by the column itself, be it a name or a function.
        columns = zip(self.list_display, self._columns(), strict=True)
        sortable: Any = self.sortable_by
        self.sortable_by = [each for each, name in columns if name in sortable]  # type: ignore[misc]
        before, after = request.GET.get(BEFORE, ""), request.GET.get(AFTER, "")
        place = paging.read(before or after, self.order, back=bool(before))
        if request.method == "POST" and ACTION_CHECKBOX_NAME in request.POST:
            # A bulk verb shows no page.
            self.page = Page([])
        else:
            rows = self.queryset.order_by()
            if self.is_all:
                rows = narrowed(rows, who(request), timezone.now())
            self.page = paging.page_of(rows, self.order, place, self.list_per_page)
        self.result_list = complete(self.page.rows)
        shown, more = len(self.result_list), bool(self.page.before or self.page.after)
        self.result_count = shown + more
        self.result_words = self._found(shown, more)
        self.full_result_count = None
        self.show_full_result_count = self.can_show_all = self.multi_page = False
        self.show_admin_actions = True

    def _found(self, shown: int, more: bool) -> str:
        if more:
            return _("more than %(n)d found") % {"n": self.list_per_page}
        return ngettext("%(n)d found", "%(n)d found", shown) % {"n": shown}

    @property
    def before_address(self) -> str:
        return self.get_query_string({BEFORE: self.page.before}) if self.page.before else ""

    @property
    def after_address(self) -> str:
        return self.get_query_string({AFTER: self.page.after}) if self.page.after else ""

    @property
    def first_address(self) -> str:
        return self.get_query_string() if self.page.before else ""
