"""Forms of the verbs that start, end, stop and lengthen: steps and clocks."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from servicedesk.desk.actions.law import pending_request
from servicedesk.desk.actions.parking import asked_for
from servicedesk.desk.dossier import files_of
from servicedesk.desk.models import Attachment, Pause, Step
from servicedesk.desk.permissions import PARKED, steps_for
from servicedesk.desk.registry import kind_of
from servicedesk.desk.verb_fields import Day, Pick, Reason, Sentence, Text, VerbForm
from servicedesk.desk.words import category_words


class StepForm(VerbForm):
    """For the verbs done to one step, which the person chooses among those where it is possible."""

    verb = ""
    step = Pick(label=_("Step"))

    def prepare(self) -> None:
        steps = steps_for(self.user, self.verb, self.case, self.at)
        self.fields["step"].offer(steps, lambda step: f"{step} · {step.office}")  # type: ignore[attr-defined]


class StartForm(StepForm):
    verb = "start"


class CompleteForm(StepForm):
    verb = "complete"
    text = Text(label=_("Words"), required=False)


class SkipForm(StepForm):
    verb = "skip"
    reason = Reason(label=_("Reason"))


class ReplyForm(StepForm):
    verb = "reply_consult"
    text = Text(label=_("Answer"))


class PauseForm(VerbForm):
    category = forms.ChoiceField(label=_("What the clock waits for"))
    step = Pick(label=_("For which step"), required=False)
    reason = Reason(label=_("Reason"), max_length=500, help_text=_("The applicant reads this."))
    basis = Sentence(label=_("Legal basis"), max_length=200)
    document = Sentence(label=_("Document number"), max_length=80, required=False)
    since = Day(label=_("Since"), required=False, help_text=_("Empty: from now on."))
    planned_until = Day(label=_("Planned until"), required=False)

    def prepare(self) -> None:
        clocks = kind_of(self.case.kind).clocks_of(self.case.opening)
        known = sorted({name for clock in clocks for name in clock.pauses} - {PARKED})
        self.fields["category"].choices = [(name, category_words(name)) for name in known]  # type: ignore[attr-defined]
        running = [step for step in self.case.steps.all() if step.state == Step.State.RUNNING]
        self.fields["step"].offer(running, str)  # type: ignore[attr-defined]


class ResumeForm(VerbForm):
    pause = Pick(label=_("Which standstill ends"))

    def prepare(self) -> None:
        rows = [row for row in self.case.pauses.all() if row.until is None and row.category != PARKED]
        self.fields["pause"].offer(rows, pause_words)  # type: ignore[attr-defined]

    def arguments(self) -> dict[str, Any]:
        row: Pause = self.cleaned_data["pause"]
        return {"category": row.category, "step": row.step}


def pause_words(row: Pause) -> str:
    words = category_words(row.category)
    return f"{words} · {row.step}" if row.step else words


class ReleaseForm(StepForm):
    verb = "release"
    reason = Reason(label=_("Reason"))


class AskParkForm(VerbForm):
    until = Day(label=_("Until when"))
    reason = Reason(label=_("Reason"), max_length=500, help_text=_("The applicant reads this."))
    basis = Sentence(label=_("Basis"), max_length=200)


class ParkForm(AskParkForm):
    """What the office asked for stands in it, to be approved or put otherwise."""

    def prepare(self) -> None:
        for name, value in (asked_for(self.case) or {}).items():
            self.fields[name].initial = value


class ExtendForm(VerbForm):
    clocks = forms.MultipleChoiceField(label=_("Which limits"), widget=forms.CheckboxSelectMultiple)
    term = forms.IntegerField(label=_("By how many"), min_value=1, help_text=_("In the unit of the limit."))
    reason = Reason(label=_("Reason"), max_length=500, help_text=_("The applicant reads this."))
    basis = Sentence(label=_("Basis"), max_length=200, required=False)
    told_at = Day(label=_("When the applicant was told"), help_text=_("Before the limit is extended."))
    proof = Pick(label=_("Paper that shows why"), required=False)

    def prepare(self) -> None:
        kind = kind_of(self.case.kind)
        rows = [clock for clock in self.case.clocks.all() if clock.stopped_at is None]
        declared = {clock.code: kind.clock(clock.code, self.case.opening) for clock in rows}
        may_grow = [clock for clock in rows if (own := declared[clock.code]) and own.most(clock.unit)]
        self.fields["clocks"].choices = [(clock.code, str(clock)) for clock in may_grow]  # type: ignore[attr-defined]
        # By one number only what counts in one unit.
        alike = [clock.code for clock in may_grow if clock.unit == may_grow[0].unit]
        self.fields["clocks"].initial = alike
        asking = may_grow if "ask_extension" in kind.verbs else []
        asked = next((row for clock in asking if (row := pending_request(self.case, clock))), None)
        if asked is not None:
            self.fields["term"].initial = asked.params["term"]
            self.fields["told_at"].initial = self.at
        proof = self.fields["proof"]
        proof.required = kind.extension_needs_proof
        stored = [row for row in files_of(self.case) if row.state == Attachment.State.STORED]
        proof.offer(stored, str)  # type: ignore[attr-defined]
        if not stored:
            proof.help_text = _("Add the file to the matter first.")

    def arguments(self) -> dict[str, Any]:
        return self.cleaned_data | {"clocks": tuple(self.cleaned_data["clocks"])}


class AskExtensionForm(VerbForm):
    term = forms.IntegerField(label=_("By how many"), min_value=1, help_text=_("In the unit of the limit."))
    reason = Reason(label=_("Reason"))


class ReportForm(VerbForm):
    on = forms.DateField(label=_("On which day?"), widget=forms.DateInput(attrs={"type": "date"}))
    text = Reason(label=_("Words"), required=False)
