"""The applicant's verbs on the portal: which form each has, what it is called, what it does."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django import forms
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from servicedesk.accounts.models import User
from servicedesk.desk import actions
from servicedesk.desk import forms as asked
from servicedesk.desk.errors import BadInput
from servicedesk.desk.models import Case
from servicedesk.desk.story import levels
from servicedesk.desk.uploading import add_files


@dataclass(frozen=True)
class Applicants:
    """One verb of the applicant's: `losing` names what is lost by it, before it is done."""

    form: type[asked.VerbForm]
    act: Callable[..., Any]
    heading: str | Promise
    button: str | Promise
    done: str | Promise
    losing: str | Promise = ""


def attach_all(case: Case, *, by: User, at: datetime, files: list[Any]) -> None:
    """Attach every file that may be kept. Raises BadInput with a sentence for each that may not."""
    problems = add_files(case, files, by=by, at=at)
    if problems:
        raise BadInput("files", " ".join(problems), "files")


APPLICANTS: dict[str, Applicants] = {
    "supplement": Applicants(
        asked.SupplementForm,
        actions.supplement,
        _("Hand in what is missing"),
        _("Hand in"),
        _("Your papers are handed in. The office checks them now."),
    ),
    "confirm": Applicants(
        asked.ConfirmForm,
        actions.confirm,
        _("Confirm that it is solved"),
        _("Yes, it is solved"),
        _("Thank you. The matter is closed as solved."),
    ),
    "redo": Applicants(
        asked.RedoForm,
        actions.redo,
        _("It is not solved"),
        _("Not solved: take it up again"),
        _("The matter is taken up again. Your own clock goes on as if it had never stopped."),
    ),
    "rate": Applicants(
        asked.RateForm,
        actions.rate,
        _("Rate how it was handled"),
        _("Send my rating"),
        _("Thank you for your rating."),
    ),
    "report": Applicants(
        asked.ReportForm,
        actions.report,
        _("Report that it is done"),
        _("Report"),
        _("Thank you. Your report is recorded."),
    ),
    "ask_extension": Applicants(
        asked.AskExtensionForm,
        actions.ask_extension,
        _("Ask for more time"),
        _("Ask for more time"),
        _("Your request is recorded in time. The office decides on it."),
    ),
    "message": Applicants(
        asked.MessageForm, actions.message, _("Write to the office"), _("Send"), _("Your message is sent.")
    ),
    "attach": Applicants(
        asked.AttachForm, attach_all, _("Add photos or papers"), _("Add"), _("The files are added.")
    ),
    "nudge": Applicants(
        asked.NudgeForm,
        actions.nudge,
        _("Urge the office"),
        _("Urge now"),
        _("The office has been urged."),
    ),
    "withdraw": Applicants(
        asked.WithdrawForm,
        actions.withdraw,
        _("Withdraw the matter"),
        _("Withdraw for good"),
        _("The matter is withdrawn."),
        losing=_(
            "All clocks stop, nobody works on it any more, and every promised date lapses. It cannot be"
            " taken up again; you would have to submit it anew. What was written and done so far stays"
            " readable here."
        ),
    ),
}


def form_for(verb: str, case: Case, *args: Any, **kwargs: Any) -> asked.VerbForm:
    """The verb's form on this case, with ids of its own so that several stand on one page."""
    kwargs.setdefault("auto_id", f"id_{verb}_%s")
    if verb == "rate":
        kwargs["levels"] = levels(case)
    return APPLICANTS[verb].form(case, *args, **kwargs)


def act(verb: str, case: Case, form: forms.Form, *, by: User, at: datetime) -> None:
    """Do what the form says. Raises DeskError."""
    APPLICANTS[verb].act(case, by=by, at=at, **form.cleaned_data)
