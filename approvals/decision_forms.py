"""What an office enters with its decision."""

from __future__ import annotations

from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from approvals.bundles.offered import LICENCE
from approvals.models import Application


class GrantForm(forms.ModelForm):
    class Meta:
        model = Application
        fields = ("result_number",)
        labels = {"result_number": gettext_lazy("Number of the licence or registration")}
        help_texts = {"result_number": gettext_lazy("As the register gives it. May stay empty.")}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.case.opening.get("item_code") == LICENCE:
            field = self.fields["result_number"]
            field.label = _("Unified social credit code of the new company")
            field.help_text = _("Needed with a grant: the company enters the register with it.")
            if settings.DEMO:
                field.help_text = _("Left empty, this demonstration gives a number of its sandbox.")
