"""Forms of the verbs about whose duty a matter is, what belongs together, and what the company said."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any, ClassVar

from django import forms
from django.utils.translation import gettext_lazy as _

from servicedesk.desk.actions.revisiting import RESULTS
from servicedesk.desk.dossier import MOST_NEAR, open_on
from servicedesk.desk.models import Case, Link
from servicedesk.desk.permissions import visible_to
from servicedesk.desk.registry import kind_of
from servicedesk.desk.verb_fields import Offices, Reason, Sentence, Suggested, Text, VerbForm

# So many other matters are offered, the youngest first.
OFFERED = 5

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

    def prepare(self) -> None:
        detail = getattr(self.case, kind_of(self.case.kind).accessor or "", None)
        self.beside = str(getattr(detail, "text", ""))

    def clean_parts(self) -> list[str]:
        return [part.strip() for part in re.split(r"\n\s*\n", self.cleaned_data["parts"]) if part.strip()]


class OtherCaseForm(VerbForm):
    """For verbs that name another case by its number; one the user may not see does not exist. Open
    matters of the same applicant are offered."""

    def suggest_for(self, name: str, fits: Callable[[Case], bool] = lambda other: True) -> None:
        rows = [each for each in self.near() if fits(each)][:OFFERED]
        field = self.fields[name]
        field.widget.rows = [(str(each.number), each.title or str(each.number)) for each in rows]
        if rows:
            said = "；".join(f"{each.number} {each.title}" for each in rows)
            field.help_text = _("Open matters of the same applicant: %(rows)s") % {"rows": said}

    def near(self) -> list[Case]:
        """Open matters of the same applicant that this user may see, the youngest first."""
        read = open_on(self.case)
        if read is not None:
            return [each for each in read.beside if each.seen]
        same = visible_to(self.user, self.at).open().filter(applicant=self.case.applicant_id)
        return list(same.exclude(pk=self.case.pk).order_by("-submitted_at", "-pk")[:MOST_NEAR])

    def other(self, name: str) -> Case:
        number = self.cleaned_data[name].strip().upper()
        found = visible_to(self.user, self.at).submitted().filter(number=number).first()
        if found is None:
            raise forms.ValidationError(_("There is no matter with this number."))
        return found


class LinkForm(OtherCaseForm):
    to = Sentence(label=_("Number of the other matter"), max_length=32, widget=Suggested)
    sort = forms.ChoiceField(
        label=_("How they belong together"),
        choices=[(each.value, each.label) for each in (Link.Sort.RELATED, Link.Sort.DUPLICATE)],
    )

    def prepare(self) -> None:
        self.suggest_for("to")

    def clean_to(self) -> Case:
        return self.other("to")


class MergeForm(OtherCaseForm):
    into = Sentence(label=_("Number of the matter that goes on"), max_length=32, widget=Suggested)
    reason = Reason(label=_("Reason"), help_text=_("The applicant reads this."))

    def prepare(self) -> None:
        self.suggest_for("into", self.may_go_on)

    def may_go_on(self, other: Case) -> bool:
        """A matter is merged into an older one of its kind."""
        first, mine = other.submitted_at, self.case.submitted_at
        return other.kind == self.case.kind and bool(first and mine and first <= mine)

    def clean_into(self) -> Case:
        return self.other("into")


class RefusalForm(VerbForm):
    """With the rightful body of the kind's list, where it has one; else in free words."""

    reason = Reason(label=_("Reason"))
    rightful = Sentence(label=_("Whose matter it is instead"), required=False)

    def prepare(self) -> None:
        if "refuse_acceptance.rightful" in kind_of(self.case.kind).offers:
            free = self.fields["rightful"]
            self.fields["rightful"] = forms.ChoiceField(label=free.label)
            self.offer("refuse_acceptance.rightful")


class EscalateForm(VerbForm):
    """With the level and the one-page brief, where the kind has levels."""

    BRIEF: ClassVar[dict[str, int]] = {
        "title": 40,
        "background": 180,
        "done": 180,
        "disputed": 130,
        "asked": 130,
    }
    reason = Reason(label=_("Reason"))
    level = forms.ChoiceField(label=_("To which level"))
    title = Sentence(label=_("Brief: title"), required=False, max_length=BRIEF["title"])
    background = Text(label=_("Brief: background"), required=False, rows=3, max_length=BRIEF["background"])
    done = Text(label=_("Brief: what was done"), required=False, rows=3, max_length=BRIEF["done"])
    disputed = Text(label=_("Brief: what is disputed"), required=False, rows=2, max_length=BRIEF["disputed"])
    asked = Text(label=_("Brief: what is asked"), required=False, rows=2, max_length=BRIEF["asked"])
    field_order = ("level", "reason", *BRIEF)

    def prepare(self) -> None:
        self.offer("escalate.level")
        if "level" in self.fields:
            self.fields["title"].help_text = _("Of one page, for the levels that ask for one.")
            return
        for name in self.BRIEF:
            del self.fields[name]

    def arguments(self) -> dict[str, Any]:
        given = super().arguments()
        brief = {name: text for name in self.BRIEF if (text := given.pop(name, "").strip())}
        return given | ({"brief": brief} if brief else {})
