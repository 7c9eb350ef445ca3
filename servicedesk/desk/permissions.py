"""Who may do what: `may` and `visible_to` are asked by every surface, and nobody else decides."""

from __future__ import annotations

from datetime import datetime

from django.db.models import Exists, OuterRef, Q
from django.utils import timezone

from servicedesk.accounts.models import Post, User
from servicedesk.desk import moves, undoing
from servicedesk.desk.models import Case, SignOffRule, Step
from servicedesk.desk.models.case import CaseQuerySet
from servicedesk.desk.registry import CaseKind, kind_of
from servicedesk.desk.serving import (
    Role as Role,
)
from servicedesk.desk.serving import (
    above as above,
)
from servicedesk.desk.serving import (
    below as below,
)
from servicedesk.desk.serving import (
    claimed_parties as claimed_parties,
)
from servicedesk.desk.serving import (
    holds as holds,
)
from servicedesk.desk.serving import (
    is_dispatcher as is_dispatcher,
)
from servicedesk.desk.serving import (
    looked_after as looked_after,
)
from servicedesk.desk.serving import (
    parties_of as parties_of,
)
from servicedesk.desk.serving import (
    posts_of as posts_of,
)
from servicedesk.desk.serving import (
    reach as reach,
)
from servicedesk.desk.serving import (
    sees_all as sees_all,
)
from servicedesk.desk.serving import (
    stands_apart as stands_apart,
)
from servicedesk.desk.serving import (
    stands_for as stands_for,
)
from servicedesk.desk.serving import (
    subject_to as subject_to,
)
from servicedesk.desk.serving import (
    today as today,
)
from servicedesk.desk.serving import (
    who_may_know as who_may_know,
)
from servicedesk.desk.signers import signer_of as signer_of

APPLICANT, HOLDER, OFFICER, HEAD = "applicant", "holder", "officer", "head"
DISPATCHER, LEADER, SUPERVISOR, MANAGER = "dispatcher", "leader", "supervisor", "manager"
WORKS = frozenset({HOLDER, HEAD})
PARKED = "parked"
STAFF = frozenset({HOLDER, OFFICER, HEAD, DISPATCHER, LEADER, SUPERVISOR})

# verb: the capacities in which a person may use it. A kind may say otherwise in its own declaration.
RIGHTS: dict[str, frozenset[str]] = {
    "submit": frozenset({APPLICANT, DISPATCHER}),
    "supplement": frozenset({APPLICANT}),
    "withdraw": frozenset({APPLICANT}),
    "confirm": frozenset({APPLICANT}),
    "rate": frozenset({APPLICANT}),
    "redo": frozenset({APPLICANT, DISPATCHER}),
    "accept": WORKS,
    "ask_supplement": WORKS,
    "refuse_acceptance": WORKS | {DISPATCHER},
    "dispatch": frozenset({DISPATCHER}),
    "rule": frozenset({DISPATCHER}),
    "recall": frozenset({DISPATCHER}),
    "claim": frozenset({OFFICER, HEAD}),
    "assign": frozenset({HEAD}),
    "transfer": frozenset({HEAD, DISPATCHER}),
    "return_to_centre": WORKS,
    "start": WORKS,
    "contact": WORKS,
    "pause": WORKS,
    "resume": WORKS,
    "extend": frozenset({HEAD, LEADER}),
    "ask_extension": frozenset({APPLICANT}),
    "refuse_extension": frozenset({HEAD, LEADER}),
    "report": frozenset({APPLICANT}),
    "complete": WORKS,
    "skip": WORKS,
    "give_opinion": WORKS,
    "consult": WORKS,
    "reply_consult": frozenset({OFFICER, HEAD}),
    "join": frozenset({HOLDER, HEAD, DISPATCHER}),
    "release": frozenset({DISPATCHER}),
    "draft_answer": WORKS,
    "sign_off": frozenset({HEAD, HOLDER, LEADER}),
    "send_back": frozenset({HEAD, LEADER}),
    "decide": WORKS,
    "revisit": frozenset({DISPATCHER, SUPERVISOR}),
    "appeal": WORKS,
    "grant_appeal": frozenset({DISPATCHER}),
    "refuse_appeal": frozenset({DISPATCHER}),
    "ask_park": WORKS,
    "refuse_park": frozenset({LEADER, DISPATCHER}),
    # Who asks does not approve.
    "park": frozenset({LEADER, DISPATCHER}),
    "review_parked": WORKS,
    "unpark": WORKS | {DISPATCHER},
    "nudge": frozenset({APPLICANT, HEAD, DISPATCHER, LEADER, SUPERVISOR}),
    "escalate": frozenset({HEAD, DISPATCHER, SUPERVISOR}),
    "note": STAFF,
    "message": frozenset({APPLICANT, HOLDER, HEAD, DISPATCHER}),
    "attach": frozenset({APPLICANT, HOLDER, HEAD, DISPATCHER}),
    "split": frozenset({DISPATCHER}),
    "link": frozenset({DISPATCHER, HEAD}),
    "merge": frozenset({DISPATCHER}),
    "close": frozenset({DISPATCHER}),
}


def visible_to(user: User, at: datetime | None = None) -> CaseQuerySet:
    """Cases the user may know of. Being superuser gives none: the machine's keeper holds no case rights."""
    on = today(at or timezone.now())
    parties = parties_of(user, on)
    mine = Q(applicant__in=parties) | Q(about__in=parties)
    if claimed := claimed_parties(user, on):
        mine = mine | Q(applicant__in=claimed, opened_by=user.pk)
    if is_dispatcher(user, on):
        # A draft is its applicant's own; the centre keeps those it takes down at the telephone.
        mine = mine | Q(state=Case.State.DRAFT, opened_by=user.pk)
    # What is said against an office stays hidden from it, whatever other post its people hold.
    told = ~Q(state=Case.State.DRAFT) & (Q(against=None) | ~Q(against__in=subject_to(user, on)))
    for served in looked_after(user, on):
        # 服务企业经理人: they read what the firms they look after have handed in, never a complaint; and
        # reading is all, for they meet the case in no capacity.
        mine = mine | (Q(applicant__in=served, against=None) & ~Q(state=Case.State.DRAFT))
    if sees_all(user, on):
        return Case.objects.filter(mine | told)
    offices = reach(user, frozenset({Role.OFFICER, Role.HEAD, Role.LEADER}), on)
    if offices:
        steps = Step.objects.filter(case=OuterRef("pk"), office__in=offices).exclude(
            state__in=[Step.State.WAITING, Step.State.RETURNED]
        )
        mine = mine | (told & (Q(office__in=offices) | Q(Exists(steps))))
    return Case.objects.filter(mine)


def capacities(user: User, case: Case, at: datetime, step: Step | None = None) -> set[str]:
    """In what capacities the user meets this case. The applicant is nothing else in their own case."""
    on = today(at)
    if {case.applicant_id, case.about_id} & parties_of(user, on):
        return {APPLICANT}
    if case.opened_by_id == user.pk and case.applicant_id in claimed_parties(user, on):
        return {APPLICANT}
    if case.against_id is not None and case.against_id in subject_to(user, on):
        return set()
    if case.state == Case.State.DRAFT:
        taken_down = case.opened_by_id == user.pk and is_dispatcher(user, on)
        return {APPLICANT, DISPATCHER} if taken_down else set()
    office = step.office_id if step else case.office_id
    officer = step.officer_id if step and step.officer_id else case.officer_id
    found = set()
    for capacity, roles in (
        (OFFICER, {Role.OFFICER, Role.HEAD}),
        (HEAD, {Role.HEAD}),
        (LEADER, {Role.LEADER}),
    ):
        if office in reach(user, frozenset(roles), on):
            found.add(capacity)
    if OFFICER in found and officer in stands_for(user, on):
        found.add(HOLDER)
    if is_dispatcher(user, on):
        found.add(DISPATCHER)
    for capacity, role in ((SUPERVISOR, Role.SUPERVISOR), (MANAGER, Role.MANAGER)):
        if holds(user, role, on):
            found.add(capacity)
    return found


def rights_of(kind: CaseKind, verb: str) -> frozenset[str]:
    return kind.rights.get(verb, RIGHTS.get(verb, frozenset()))


def step_for(case: Case, verb: str, kind: CaseKind) -> Step | None:
    """The running step on which the kind has this verb happen; None when there is no such step running."""
    code = kind.at_step.get(verb)
    running = (each for each in case.steps.all() if each.state == Step.State.RUNNING)
    return next((each for each in running if each.code == code), None)


def ready(case: Case, verb: str, kind: CaseKind) -> bool:
    """Whether the case, quite apart from who asks, is where `verb` is possible now."""
    if verb not in kind.verbs or moves.next_state(verb, case.state) is None:
        return False
    if case.state not in kind.states.get(verb, {case.state}):
        return False
    if verb in kind.at_step and step_for(case, verb, kind) is None:
        return False
    if verb in {"sign_off", "send_back"}:
        step = step_for(case, verb, kind)
        return step is not None and step.outcome == "drafted"
    if verb == "report":
        return any(
            each.holder == "applicant" and each.state == Step.State.RUNNING for each in case.steps.all()
        )
    if verb == "redo" and case.state == Case.State.CLOSED:
        return case.outcome in kind.reopens
    if verb in {"appeal", "grant_appeal", "refuse_appeal"}:
        return ("appeal" in case.opening) != (verb == "appeal")
    if verb in {"park", "refuse_park"} and "ask_park" in kind.verbs:
        return case.opening.get("parking") is not None
    if verb == "review_parked":
        return any(pause.category == PARKED and pause.until is None for pause in case.pauses.all())
    if verb in {"resume", "unpark"}:
        return any(pause.until is None for pause in case.pauses.all())
    return not (verb == "claim" and case.officer_id is not None)


def may(user: User, verb: str, case: Case, at: datetime | None = None, step: Step | None = None) -> bool:
    """Whether the user may use `verb` on the case now (state, step and person all considered). Of a verb done
    to a step, without one: whether there is any step for it."""
    moment = at or timezone.now()
    kind = kind_of(case.kind)
    if verb in moves.STEP_VERBS and step is None:
        return bool(steps_for(user, verb, case, moment))
    if not ready(case, verb, kind) or refusal(case, verb, kind, moment):
        return False
    if verb == "revisit" and case.office_id in {post.office_id for post in posts_of(user, today(moment))}:
        # 回访: never by the office that handled the matter.
        return False
    found = capacities(user, case, moment, step)
    wanted = rights_of(kind, verb)
    if verb == "sign_off" and found & wanted:
        return _may_sign(user, case, found, moment)
    return bool(found & wanted)


def refusal(case: Case, verb: str, kind: CaseKind, at: datetime) -> str | None:
    """Why what happened, or a rule of the kind's own, does not allow `verb` now, as a sentence; None where
    nothing stands against it."""
    if verb == "recall" and undoing.dispatched(case, kind, at) is None:
        return undoing.too_late(kind)
    reason = kind.refuses.get(verb)
    return reason(case, at) if reason else None


def _may_sign(user: User, case: Case, found: set[str], at: datetime) -> bool:
    if SUPERVISOR in found & kind_of(case.kind).rights.get("sign_off", frozenset()):
        # The supervision office signs its own answers where the kind lets it.
        return True
    whom = signer_of(case, at)
    if whom == SignOffRule.Whom.OFFICER:
        return bool(found & {HOLDER, HEAD})
    wanted = HEAD if whom == SignOffRule.Whom.HEAD else LEADER
    return wanted in found


def steps_for(user: User, verb: str, case: Case, at: datetime) -> list[Step]:
    """Steps of the case to which this user may do a step's verb now."""
    move = moves.STEP_VERBS[verb]
    standing = (step for step in case.steps.all() if moves.next_step_state(move, step.state))
    return [step for step in standing if fits(step, verb) and may(user, verb, case, at, step)]


def fits(step: Step, verb: str) -> bool:
    """Whether a step's verb is for a step like this one. A consultation is no step of the path: only its
    answer ends it. A step that another matter carries ends with that matter."""
    beside = step.code in moves.BESIDE
    return beside == (verb in moves.BESIDE_VERBS) and step.opens_id is None


def actions_for(user: User, case: Case, at: datetime | None = None) -> list[str]:
    """Verbs this user may use on the case now, in the order of `moves.CASE_MOVES`."""
    moment = at or timezone.now()
    return [verb for verb in moves.CASE_MOVES if may(user, verb, case, moment)]


def may_unmask(user: User, case: Case, at: datetime) -> bool:
    """Whether the user's work on this very case may need the applicant's number or name in full."""
    return bool(capacities(user, case, at) & {HOLDER, HEAD, DISPATCHER})


def may_register(user: User, action: str, at: datetime | None = None) -> bool:
    """Whether the user may `view` or `change` the registers (companies, offices, limits, calendar)."""
    on = today(at or timezone.now())
    if action == "view":
        return any(post.role not in Post.WITHOUT_CASES for post in posts_of(user, on))
    return is_dispatcher(user, on) or holds(user, Role.MANAGER, on)
