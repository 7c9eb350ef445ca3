"""Forms of the verbs about whose duty a matter is, what belongs together, and what the company said."""

from __future__ import annotations

import re

from django import forms
from django.utils.translation import gettext_lazy as _

from servicedesk.desk.actions.revisiting import RESULTS
from servicedesk.desk.models import Case, Link
from servicedesk.desk.permissions import visible_to
from servicedesk.desk.verb_fields import Offices, Reason, Sentence, Text, VerbForm

REVISIT_WORDS = dict(
    zip(RESULTS, (_("Solved"), _("Partly solved"), _("Not solved"), _("Nobody answered")), strict=True)
)


class JoinForm(VerbForm):
    office = Offices(label=_("Co-handling office"))
    text = Text(label=_("What its part is"))


class RuleForm(VerbForm):
    office = Offices(label=_("Office whose duty it is"))
    reason = Reason(
        label=_("Ruling and its reason"), help_text=_("Kept as a precedent; only the desk reads this.")
    )


class RevisitForm(VerbForm):
    result = forms.ChoiceField(
        label=_("What the company said"), choices=list(REVISIT_WORDS.items()), widget=forms.RadioSelect
    )
    level = forms.TypedChoiceField(
        label=_("How content it is"),
        choices=[("", _("did not say")), *[(n, n) for n in range(5, 0, -1)]],
        coerce=int,
        empty_value=None,
        required=False,
        help_text=_("5 is best. Never guess."),
    )
    text = Text(label=_("In its words"), required=False)


class SplitForm(VerbForm):
    parts = Text(label=_("The other parts, with an empty line between two"), rows=6)
    reason = Reason(label=_("Reason"), help_text=_("The applicant reads this."))

    def clean_parts(self) -> list[str]:
        return [part.strip() for part in re.split(r"\n\s*\n", self.cleaned_data["parts"]) if part.strip()]


class OtherCaseForm(VerbForm):
    """For verbs that name another case by its number; one the user may not see does not exist."""

    def other(self, name: str) -> Case:
        number = self.cleaned_data[name].strip().upper()
        found = visible_to(self.user, self.at).submitted().filter(number=number).first()
        if found is None:
            raise forms.ValidationError(_("There is no matter with this number."))
        return found


class LinkForm(OtherCaseForm):
    to = Sentence(label=_("Number of the other matter"), max_length=32)
    sort = forms.ChoiceField(
        label=_("How they belong together"),
        choices=[(each.value, each.label) for each in (Link.Sort.RELATED, Link.Sort.DUPLICATE)],
    )

    def clean_to(self) -> Case:
        return self.other("to")


class MergeForm(OtherCaseForm):
    into = Sentence(label=_("Number of the matter that goes on"), max_length=32)
    reason = Reason(label=_("Reason"), help_text=_("The applicant reads this."))

    def clean_into(self) -> Case:
        return self.other("into")
