"""What the verbs are called: on a button, and in a timeline once done."""

from __future__ import annotations

from django.conf import settings
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import override

# verb: (on the button, when it is done)
WORDS: dict[str, tuple[str | Promise, str | Promise]] = {
    "submit": (_("Submit"), _("Submitted")),
    "accept": (_("Accept"), _("Accepted")),
    "ask_supplement": (_("Ask for missing papers"), _("Asked for missing papers")),
    "supplement": (_("Hand in papers"), _("Papers handed in")),
    "refuse_acceptance": (_("Do not accept"), _("Not accepted")),
    "dispatch": (_("Dispatch"), _("Dispatched")),
    "rule": (_("Rule whose duty it is"), _("Duty ruled by the centre")),
    "recall": (_("Undo the dispatch"), _("Dispatch undone")),
    "claim": (_("Claim"), _("Claimed")),
    "assign": (_("Assign to an officer"), _("Assigned")),
    "transfer": (_("Transfer to another office"), _("Transferred")),
    "return_to_centre": (_("Return to the centre"), _("Returned to the centre")),
    "start": (_("Start the step"), _("Step started")),
    "contact": (_("Log a contact"), _("Contact")),
    "pause": (_("Stop the clock"), _("Clock stopped")),
    "resume": (_("Restart the clock"), _("Clock restarted")),
    "extend": (_("Extend the limit"), _("Limit extended")),
    "ask_extension": (_("Ask for more time"), _("More time asked for")),
    "refuse_extension": (_("Refuse more time"), _("More time refused")),
    "report": (_("Report"), _("Reported")),
    "complete": (_("Complete the step"), _("Step completed")),
    "skip": (_("Skip the step"), _("Step skipped")),
    "give_opinion": (_("Give the opinion"), _("Opinion given")),
    "consult": (_("Consult another office"), _("Another office consulted")),
    "reply_consult": (_("Answer the consultation"), _("Consultation answered")),
    "join": (_("Bring in a co-handling office"), _("Co-handling office brought in")),
    "release": (_("Release a co-handling office"), _("Co-handling office released")),
    "draft_answer": (_("Draft the answer"), _("Answer drafted")),
    "sign_off": (_("Sign off and send"), _("Answered")),
    "send_back": (_("Send back for changes"), _("Draft sent back")),
    "decide": (_("Decide"), _("Decided")),
    "confirm": (_("Confirm it is solved"), _("Confirmed as solved")),
    "redo": (_("Not solved: take it up again"), _("Taken up again")),
    "rate": (_("Rate"), _("Rated")),
    "revisit": (_("Log the follow-up call"), _("Follow-up call")),
    "appeal": (_("Appeal against the review"), _("Appeal against the review")),
    "grant_appeal": (_("Find the review mistaken"), _("Review found mistaken")),
    "refuse_appeal": (_("Refuse the appeal"), _("Appeal refused")),
    "ask_park": (_("Ask to park"), _("Asked to park")),
    "refuse_park": (_("Refuse to park"), _("Parking refused")),
    "park": (_("Park"), _("Parked")),
    "review_parked": (_("Log the review"), _("Parked matter reviewed")),
    "unpark": (_("Take up again"), _("No longer parked")),
    "withdraw": (_("Withdraw"), _("Withdrawn")),
    "nudge": (_("Urge"), _("Urged")),
    "escalate": (_("Escalate"), _("Escalated")),
    "note": (_("Write an internal note"), _("Internal note")),
    "message": (_("Write a message"), _("Message")),
    "attach": (_("Add a file"), _("File added")),
    "split": (_("Split into several"), _("Split")),
    "link": (_("Link to another matter"), _("Linked")),
    "merge": (_("Merge into another matter"), _("Merged")),
    "close": (_("Close the matter"), _("Closed")),
    "deem_accepted": (_("Deemed accepted"), _("Deemed accepted by law")),
    "lapse": (_("Lapsed"), _("Lapsed by law")),
    "fall_silent": (_("Closed without word"), _("Closed: no word from the applicant")),
    "concern": (_("Concerns"), _("Concerns a company now")),
    "repoint": (_("Move to another entry"), _("Moved to another entry of the company")),
    "alarm": (_("Reminder"), _("Reminder")),
    "import_history": (_("Import"), _("Imported from an older system")),
    "redate": (_("Date anew"), _("Dated anew for a calendar notice")),
}


def button_words(verb: str) -> str:
    return str(WORDS[verb][0])


def done_words(verb: str, language: str | None = None) -> str:
    """Return what the timeline calls the verb, in Chinese unless another language is asked for."""
    with override(language or settings.LANGUAGE_CODE):
        return str(WORDS[verb][1]) if verb in WORDS else verb


def said_words(verb: str) -> str:
    """Return what the timeline calls the verb in the active language."""
    return str(WORDS[verb][1]) if verb in WORDS else verb
