"""Which verb is legal in which state, on one screen. Kinds choose among the verbs; nobody adds a state."""

from __future__ import annotations

from servicedesk.desk.models import Case, Step

DRAFT, SUBMITTED, SUPPLEMENTING, ACCEPTED, DECIDED, CLOSED = (
    Case.State.DRAFT,
    Case.State.SUBMITTED,
    Case.State.SUPPLEMENTING,
    Case.State.ACCEPTED,
    Case.State.DECIDED,
    Case.State.CLOSED,
)
UNDER_WAY = (SUBMITTED, ACCEPTED)
OPEN = (SUBMITTED, SUPPLEMENTING, ACCEPTED, DECIDED)


def stays(*states: str) -> dict[str, str]:
    return {state: state for state in states}


# verb: {state the case is in: state it is in afterwards}
CASE_MOVES: dict[str, dict[str, str]] = {
    "submit": {DRAFT: SUBMITTED},
    "accept": {SUBMITTED: ACCEPTED},
    "ask_supplement": {SUBMITTED: SUPPLEMENTING, ACCEPTED: SUPPLEMENTING},
    "supplement": {SUPPLEMENTING: SUBMITTED},
    "refuse_acceptance": {SUBMITTED: CLOSED},
    "dispatch": {SUBMITTED: ACCEPTED, ACCEPTED: ACCEPTED},
    "rule": {SUBMITTED: ACCEPTED},
    "recall": {ACCEPTED: SUBMITTED},
    "claim": stays(SUBMITTED, ACCEPTED),
    "assign": stays(SUBMITTED, ACCEPTED, SUPPLEMENTING, DECIDED),
    "transfer": stays(ACCEPTED),
    "return_to_centre": {ACCEPTED: SUBMITTED},
    "start": stays(*UNDER_WAY),
    "contact": stays(ACCEPTED),
    "pause": stays(*UNDER_WAY),
    "resume": stays(*UNDER_WAY),
    "extend": stays(*UNDER_WAY),
    "ask_extension": stays(*UNDER_WAY),
    "refuse_extension": stays(*UNDER_WAY),
    "report": stays(ACCEPTED),
    "complete": stays(*UNDER_WAY, DECIDED),
    "skip": stays(*UNDER_WAY),
    "give_opinion": stays(ACCEPTED),
    "consult": stays(*UNDER_WAY),
    "reply_consult": stays(*UNDER_WAY, DECIDED),
    "join": stays(ACCEPTED),
    "release": stays(*UNDER_WAY, DECIDED),
    "draft_answer": stays(ACCEPTED),
    "sign_off": {ACCEPTED: DECIDED},
    "send_back": stays(ACCEPTED),
    "decide": dict.fromkeys(UNDER_WAY, DECIDED),
    "confirm": {DECIDED: CLOSED},
    "redo": {DECIDED: ACCEPTED, CLOSED: ACCEPTED},
    "revisit": stays(DECIDED),
    "rate": stays(DECIDED, CLOSED),
    "appeal": stays(ACCEPTED),
    "grant_appeal": {ACCEPTED: CLOSED},
    "refuse_appeal": stays(ACCEPTED),
    "ask_park": stays(ACCEPTED),
    "refuse_park": stays(ACCEPTED),
    "park": stays(ACCEPTED),
    "review_parked": stays(ACCEPTED),
    "unpark": stays(ACCEPTED),
    "withdraw": dict.fromkeys(OPEN, CLOSED),
    "nudge": stays(*OPEN),
    "escalate": stays(*OPEN),
    "note": stays(*OPEN, CLOSED),
    "message": stays(*OPEN, CLOSED),
    "attach": stays(DRAFT, *OPEN),
    "split": stays(*UNDER_WAY),
    "link": stays(*OPEN, CLOSED),
    "merge": dict.fromkeys(UNDER_WAY, CLOSED),
    "close": dict.fromkeys(OPEN, CLOSED),
    "deem_accepted": {SUBMITTED: ACCEPTED},
    "lapse": dict.fromkeys(OPEN, CLOSED),
    "fall_silent": {DECIDED: CLOSED},
    "concern": stays(*OPEN, CLOSED),
    "repoint": stays(DRAFT, *OPEN, CLOSED),
}

# Nobody's to use: what the law or a declared term does by itself, and whom a case has come to
# concern or to stand for.
BY_ITSELF = frozenset({"deem_accepted", "lapse", "fall_silent", "concern", "repoint"})

# Where a verb may lead besides, by what it finds: the last of three calls nobody answers ends the matter, the
# end of the last step ends the whole, papers handed in after acceptance leave it accepted, what another case
# brought about is accepted as it is let in, and what the company confirmed may still be verified.
BESIDES: dict[str, frozenset[str]] = {
    "submit": frozenset({ACCEPTED}),
    "contact": frozenset({CLOSED}),
    "complete": frozenset({CLOSED}),
    "decide": frozenset({CLOSED}),
    "report": frozenset({CLOSED}),
    "confirm": frozenset({DECIDED}),
    "supplement": frozenset({ACCEPTED}),
    "revisit": frozenset({CLOSED}),
}

# what befalls a step: {state before: state after}. A finished step is never rewound: a return or a redo
# opens its next round.
STEP_MOVES: dict[str, dict[str, str]] = {
    "start": {Step.State.WAITING: Step.State.RUNNING},
    "pause": {Step.State.RUNNING: Step.State.PAUSED},
    "resume": {Step.State.PAUSED: Step.State.RUNNING},
    "complete": {Step.State.RUNNING: Step.State.DONE},
    "skip": {Step.State.WAITING: Step.State.SKIPPED, Step.State.RUNNING: Step.State.SKIPPED},
    "return": {
        Step.State.WAITING: Step.State.RETURNED,
        Step.State.RUNNING: Step.State.RETURNED,
        Step.State.PAUSED: Step.State.RETURNED,
    },
}

# Codes of steps beside the path, at another office: what it is asked 征求意见, its part of the matter 协办.
# No other step waits for them; the office's answer ends them, or the centre that releases it.
CONSULTATION, ASSISTANCE = "consult", "assist"
BESIDE = frozenset({CONSULTATION, ASSISTANCE})

# Verbs done to one step, which the person chooses: the move each makes.
STEP_VERBS = {
    "start": "start",
    "complete": "complete",
    "skip": "skip",
    "reply_consult": "complete",
    "release": "skip",
}
# The verbs for steps beside the path.
BESIDE_VERBS = frozenset({"reply_consult", "release"})

# Verbs that leave the version: they change neither state, holder, dates nor the applicant's text.
QUIET = frozenset(
    {
        "nudge",
        "note",
        "message",
        "attach",
        "rate",
        "link",
        "reply_consult",
        "consult",
        "alarm",
        "concern",
        "repoint",
    }
)


def next_state(verb: str, state: str) -> str | None:
    """State of the case after `verb`, or None when the verb is not legal in `state`."""
    return CASE_MOVES[verb].get(state)


def led_to(verb: str, state: str, besides: str | None = None) -> str:
    """State a verb that was let in leaves the case in; `besides` is one of BESIDES, or the table's own."""
    usual = next_state(verb, state) or state
    if besides not in {None, usual} | BESIDES.get(verb, frozenset()):
        raise ValueError(f"{verb} never leads from {state} to {besides}.")
    return besides or usual


def diagram() -> str:
    """Return the states and the verbs that change them as a Mermaid diagram."""
    verbs: dict[tuple[str, str], set[str]] = {}
    for verb, ways in CASE_MOVES.items():
        for before, after in ways.items():
            for end in {after} | BESIDES.get(verb, frozenset()):
                if before != end:
                    verbs.setdefault((before, end), set()).add(verb)
    arrows = sorted(f"    {way[0]} --> {way[1]}: {', '.join(sorted(found))}" for way, found in verbs.items())
    return "\n".join(["stateDiagram-v2", f"    [*] --> {DRAFT}", *arrows, f"    {CLOSED} --> [*]", ""])


def next_step_state(move: str, state: str) -> str | None:
    return STEP_MOVES[move].get(state)
