"""One small form a verb, in one table. The workbench draws them, the API reads them; each turns what a person
gave into the arguments of the verb's function and decides nothing that the verb decides."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django import forms
from django.db import transaction
from django.utils.module_loading import import_string
from django.utils.translation import gettext_lazy as _

from servicedesk.accounts.models import User
from servicedesk.desk import actions, moves
from servicedesk.desk.actions.frame import lock
from servicedesk.desk.actions.working import CONTACT_RESULTS, drafted
from servicedesk.desk.dossier import open_on
from servicedesk.desk.errors import BadInput
from servicedesk.desk.files import check
from servicedesk.desk.masks import masked
from servicedesk.desk.models import Case
from servicedesk.desk.permissions import Role, today
from servicedesk.desk.registry import kind_of
from servicedesk.desk.verb_clock_forms import (
    AskExtensionForm,
    AskParkForm,
    CompleteForm,
    ExtendForm,
    ParkForm,
    PauseForm,
    ReleaseForm,
    ReplyForm,
    ReportForm,
    ResumeForm,
    SkipForm,
    StartForm,
)
from servicedesk.desk.verb_duty_forms import (
    EscalateForm,
    JoinForm,
    LinkForm,
    MergeForm,
    RefusalForm,
    RevisitForm,
    RuleForm,
    SplitForm,
)
from servicedesk.desk.verb_fields import Offices, People, Reason, Sentence, Text, VerbForm
from servicedesk.desk.verb_note_form import NoteForm

Outcome = Case.Outcome
CONTACT_WORDS = dict(
    zip(
        CONTACT_RESULTS,
        (_("Reached: we talked"), _("No answer"), _("Wrong number"), _("Reached, did not want to talk")),
        strict=True,
    )
)


class NothingForm(VerbForm):
    """A button is enough."""


class TextForm(VerbForm):
    text = Text(label=_("Words"))


class OpinionForm(VerbForm):
    text = Text(label=_("How the office means to handle it"), help_text=_("The applicant reads this."))


class MissingForm(VerbForm):
    text = Text(label=_("What is missing"), help_text=_("Name everything at once; the applicant reads this."))


class MessageForm(VerbForm):
    text = Text(label=_("Message to the applicant"), help_text=_("The applicant reads this."))


class ReviewForm(VerbForm):
    text = Text(label=_("Where it stands"), help_text=_("The applicant reads this."))


class NudgeForm(VerbForm):
    text = Text(label=_("What is urgent"), required=False)


class AnswerForm(VerbForm):
    text = Text(label=_("Answer"), help_text=_("It goes out once it is signed."))

    def prepare(self) -> None:
        self.fields["text"].initial = drafted(self.case)


class SignForm(VerbForm):
    text = Text(label=_("Answer as it goes out"), help_text=_("Change the wording here if you must."))

    def prepare(self) -> None:
        self.fields["text"].initial = drafted(self.case)


class ReasonForm(VerbForm):
    reason = Reason(label=_("Reason"))


class ReturnForm(ReasonForm):
    """With the reason's code, where the kind has a list of them."""

    code = forms.ChoiceField(label=_("Why it comes back"))
    field_order = ("code", "reason")

    def prepare(self) -> None:
        self.offer("return_to_centre.code")


class DispatchForm(VerbForm):
    office = Offices(label=_("Office"))
    title = Sentence(
        label=_("Title"), max_length=200, required=False, help_text=_("In a few words; it is public.")
    )

    def prepare(self) -> None:
        self.fields["title"].initial = self.case.title


class TransferForm(VerbForm):
    office = Offices(label=_("To which office"))
    reason = Reason(label=_("Reason"), help_text=_("The applicant reads this."))


class AssignForm(VerbForm):
    officer = People(label=_("Officer"))

    def prepare(self) -> None:
        roles = [Role.OFFICER, Role.HEAD]
        self.fields["officer"].serve(self.case.office_id, roles, today(self.at))  # type: ignore[attr-defined]
        read = open_on(self.case)
        if read is not None:
            self.fields["officer"].show(each for each in read.colleagues if each.handles)  # type: ignore[attr-defined]


class ContactForm(VerbForm):
    result = forms.ChoiceField(
        label=_("How the call ended"), choices=list(CONTACT_WORDS.items()), widget=forms.RadioSelect
    )
    number = Sentence(label=_("Number called"), max_length=32, required=False)
    text = Text(label=_("What was said"), required=False)

    def prepare(self) -> None:
        if given := self.given():
            shown = _("Empty: the number that was given, %(number)s.") % {"number": masked(given, "phone")}
            self.fields["number"].help_text = shown

    def given(self) -> str:
        """The number the matter came with. It is shown in full for a logged reason only; calling it is one
        thing, reading it another."""
        kind = kind_of(self.case.kind)
        name = next((name for name, mask in kind.masks.items() if mask == "phone"), "")
        return str(getattr(getattr(self.case, kind.accessor or "", None), name, "") or "")

    def arguments(self) -> dict[str, Any]:
        return self.cleaned_data | {"number": self.cleaned_data["number"] or self.given()}


class ConsultForm(VerbForm):
    office = Offices(label=_("Office to ask"))
    text = Text(label=_("Question"))


class DecideForm(VerbForm):
    outcome = forms.ChoiceField(
        label=_("Decision"),
        choices=[(each.value, each.label) for each in (Outcome.GRANTED, Outcome.REFUSED)],
        widget=forms.RadioSelect,
    )
    text = Text(label=_("Reasons"), help_text=_("The applicant reads this."))


class CloseForm(ReasonForm):
    # Never as solved: only the applicant can say so. Some outcomes have verbs of their own.
    ENDS = (Outcome.ANSWERED, Outcome.COMPLETED, Outcome.LAPSED, Outcome.NOT_ACCEPTED, Outcome.UNREACHED)
    outcome = forms.ChoiceField(label=_("How it ends"), choices=[(each.value, each.label) for each in ENDS])
    field_order = ("outcome", "reason")


class AttachForm(VerbForm):
    files = forms.FileField(label=_("File"))  # type: ignore[assignment]
    public = forms.BooleanField(label=_("The applicant may see it"), required=False, initial=True)

    def clean_files(self) -> Any:
        kept = [row.size for row in self.case.attachments.all()]
        try:
            return check(self.cleaned_data["files"], count=len(kept), total=sum(kept))
        except BadInput as error:
            raise forms.ValidationError(str(error.message)) from error

    def arguments(self) -> dict[str, Any]:
        return {"file": self.cleaned_data["files"], "public": self.cleaned_data["public"]}


class RateForm(VerbForm):
    level = forms.TypedChoiceField(
        label=_("Level"), choices=[(n, n) for n in range(5, 0, -1)], coerce=int, widget=forms.RadioSelect
    )
    text = Text(label=_("Words"), required=False)


class WordsForm(VerbForm):
    text = Text(label=_("Words"), required=False)


# Submitting is no form of this table: it carries a key and the kind's own form.
FORMS: dict[str, type[VerbForm]] = {
    "accept": NothingForm,
    "ask_supplement": MissingForm,
    "supplement": TextForm,
    "refuse_acceptance": RefusalForm,
    "dispatch": DispatchForm,
    "rule": RuleForm,
    "recall": NothingForm,
    "claim": NothingForm,
    "assign": AssignForm,
    "transfer": TransferForm,
    "return_to_centre": ReturnForm,
    "start": StartForm,
    "contact": ContactForm,
    "pause": PauseForm,
    "resume": ResumeForm,
    "extend": ExtendForm,
    "ask_extension": AskExtensionForm,
    "refuse_extension": ReasonForm,
    "report": ReportForm,
    "complete": CompleteForm,
    "skip": SkipForm,
    "give_opinion": OpinionForm,
    "consult": ConsultForm,
    "reply_consult": ReplyForm,
    "join": JoinForm,
    "release": ReleaseForm,
    "draft_answer": AnswerForm,
    "sign_off": SignForm,
    "send_back": ReasonForm,
    "decide": DecideForm,
    "confirm": WordsForm,
    "redo": ReasonForm,
    "revisit": RevisitForm,
    "rate": RateForm,
    "appeal": ReasonForm,
    "grant_appeal": ReasonForm,
    "refuse_appeal": ReasonForm,
    "ask_park": AskParkForm,
    "refuse_park": ReasonForm,
    "park": ParkForm,
    "review_parked": ReviewForm,
    "unpark": NothingForm,
    "withdraw": ReasonForm,
    "nudge": NudgeForm,
    "escalate": EscalateForm,
    "note": NoteForm,
    "message": MessageForm,
    "attach": AttachForm,
    "split": SplitForm,
    "link": LinkForm,
    "merge": MergeForm,
    "close": CloseForm,
}


def form_for(
    verb: str, case: Case, user: User, at: datetime, data: Any = None, files: Any = None
) -> VerbForm:
    """The verb's form for this case, with the kind's detail form where it has one for the verb."""
    form = FORMS[verb](data, files, case=case, user=user, at=at, auto_id=f"{verb}_%s")
    kind = kind_of(case.kind)
    if verb in kind.suggests:
        form.suggest(kind.suggests[verb](case, at))
    path = kind.detail_forms.get(verb)
    detail = getattr(case, kind.accessor or "", None)
    if path and detail is not None:
        form.detail = import_string(path)(data, instance=detail, auto_id=f"{verb}_%s")
    return form


@transaction.atomic
def perform(form: VerbForm, verb: str, *, version: int | None) -> Any:
    """Do the verb with what its valid form holds, and save the detail along, or neither. Raises DeskError."""
    given = form.arguments()
    target = given.pop("step") if verb in moves.STEP_VERBS else form.case
    if verb not in moves.QUIET:
        given["version"] = version
    if form.detail is not None and form.detail.changed_data:
        # First, for what the verb brings about may rest on it; and locked as every verb does.
        lock(form.case)
        form.detail.save(commit=False).save(update_fields=form.detail.changed_data)
    return getattr(actions, verb)(target, by=form.user, at=form.at, **given)
