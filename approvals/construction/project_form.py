"""What is asked of a building project before any permit is applied for."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Any

from django import forms
from django.db import transaction
from django.utils.functional import lazy
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from approvals.forms.fields import tight
from approvals.models import Project, Staging
from approvals.models.construction import project_code
from enterprises.uscc import UsccField
from servicedesk.accounts.models import User
from servicedesk.desk.models import Party
from servicedesk.desk.trail import chain_of_row, record

# At most one of them, and no permit is needed (建筑工程施工许可管理办法 2); the province may adjust both.
SMALL_AMOUNT, SMALL_AREA = Decimal(30), Decimal(300)
NAMED_CLASSES = {
    "01": _("general industrial and civil building"),
    "17": _("water supply and drainage"),
    "18": _("bridge"),
    "19": _("other"),
}


def classes() -> list[tuple[str, Any]]:
    """Classes of the permit number, with the names of those that are published."""
    codes = [f"{number:02}" for number in range(1, 20)]
    return [(code, format_lazy("{} {}", code, NAMED_CLASSES.get(code, ""))) for code in codes]


def is_small(project: Project) -> bool:
    """Whether the project may do without a permit; a hint, which never keeps anybody from applying."""
    return project.amount <= SMALL_AMOUNT or project.area <= SMALL_AREA


class CodeField(forms.CharField):
    """An investment project code as people write it: any dash, spaces between the parts."""

    def to_python(self, value: Any) -> str:
        return tight(value)


class ProjectForm(forms.ModelForm):
    owner = forms.ModelChoiceField(
        Party.objects.none(),
        label=_("Owner"),
        empty_label=None,
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose a company."), "invalid_choice": _("Choose a company.")},
    )
    code = CodeField(
        label=_("Investment project code"),
        max_length=40,
        validators=[project_code],
        help_text=_("From the online platform for investment projects, like 2106-370281-04-01-123456."),
        error_messages={
            "unique": _(
                "This project is entered already. Whoever may act for its owner finds it under “My projects”."
            )
        },
    )
    staging = forms.ChoiceField(
        label=_("How the permit is applied for"),
        choices=[
            (Staging.NONE, _("Not in stages: one permit for the whole")),
            (Staging.TWO, _("In two stages: below ±0.000, then above")),
            (Staging.THREE, _("In three stages: pit and excavation, basement, then above ±0.000")),
        ],
        widget=forms.RadioSelect,
        help_text=_(
            "Each stage has a permit of its own, applied for when what it needs holds. A later stage needs"
            " the earlier one granted, not finished, and the same general contractor."
        ),
    )
    category = forms.ChoiceField(
        label=_("Class"),
        choices=lazy(classes, list),
        help_text=_("It becomes part of the number of the permit."),
    )
    contractor_number = UsccField(strict=False, label=_("Code of the general contractor"))

    class Meta:
        model = Project
        fields = (
            "owner",
            "code",
            "name",
            "site",
            "area",
            "amount",
            "category",
            "staging",
            "contractor",
            "contractor_number",
            "supervisor",
        )
        labels = {
            "name": _("Name of the project"),
            "site": _("Site"),
            "area": _("Floor area, in square metres"),
            "amount": _("Contract amount, in 10,000 yuan"),
            "contractor": _("General contractor"),
            "supervisor": _("Supervising firm"),
        }
        help_texts = {
            "name": _(
                "Name, site and scale as in the works contract (Measures on Construction Permits, art. 6)."
            ),
            "supervisor": _("Where the law requires one."),
        }

    def __init__(self, parties: list[Party], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        owner: Any = self.fields["owner"]
        owner.queryset = Party.objects.filter(pk__in=[party.pk for party in parties]).order_by("name")
        owner.initial = parties[0].pk if len(parties) == 1 else None
        for name in ("area", "amount"):
            figure: Any = self.fields[name]
            figure.min_value = 0
            figure.widget = forms.TextInput({"inputmode": "decimal", "autocomplete": "off"})
        self.fields["contractor_number"].widget.attrs |= {
            "autocapitalize": "characters",
            "spellcheck": "false",
        }

    def clean_area(self) -> Decimal:
        return self._positive("area")

    def clean_amount(self) -> Decimal:
        return self._positive("amount")

    def _positive(self, name: str) -> Decimal:
        given: Decimal = self.cleaned_data[name]
        if given <= 0:
            raise forms.ValidationError(_("Enter a figure above zero."))
        return given


@transaction.atomic
def enter(form: ProjectForm, *, by: User, at: datetime) -> Project:
    """Enter the project of a valid form, with the first event of its own chain, and return it."""
    project: Project = form.save(commit=False)
    project.opened_at = at
    project.save()
    facts = {"code": project.code, "owner": project.owner_id, "staging": project.staging}
    record(chain_of_row(project), "register_add", at=at, by=by, params=facts)
    return project
