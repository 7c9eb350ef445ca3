"""What an office enters with its decision."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from approvals.models import Application


class GrantForm(forms.ModelForm):
    class Meta:
        model = Application
        fields = ("result_number",)
        labels = {"result_number": _("Number of the licence or registration")}
        help_texts = {
            "result_number": _("As the register gives it: the code of a new company, say. May stay empty.")
        }
