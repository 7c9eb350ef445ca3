"""What every kind must be able to do: a new kind is proven by being registered. Where the suite cannot guess
(an opening snapshot, words a detail row needs, a verb done in a way of its own), a `Recipe` says so."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from itertools import pairwise
from typing import Any

import pytest
from django.apps import apps
from django.db import transaction
from django.test import Client
from django.urls import NoReverseMatch, reverse

from servicedesk.accounts.models import Office, Post, User
from servicedesk.desk import actions
from servicedesk.desk.errors import NotAllowed
from servicedesk.desk.invariants import broken
from servicedesk.desk.ladder import Ladders
from servicedesk.desk.models import Alarm, Case, Clock, Event, Notice
from servicedesk.desk.permissions import actions_for, may, steps_for
from servicedesk.desk.reckon import account_of, statement
from servicedesk.desk.registry import HANDLING, CaseKind
from servicedesk.desk.ringing import ring
from tests import kinds, make
from tests.approvals import make as approvals
from tests.approvals import opening, permits
from tests.desk.doing import DOING, Do
from tests.desk.picture import picture
from tests.enterprises import claiming, overseeing
from tests.people import Cast, cast, person, posted

START = make.MONDAY
# What leads a matter on, the furthest first: whatever may be done of it is done next.
FORWARD = (
    "confirm", "report", "sign_off", "draft_answer", "decide", "give_opinion", "contact", "complete",
    "accept", "claim", "dispatch", "close",
)  # fmt: skip
MOST = 60


@dataclass(frozen=True)
class Recipe:
    """What cannot be guessed of a kind."""

    opening: dict[str, Any] = field(default_factory=dict)
    # What its detail row needs, or what makes it once the rows are prepared.
    detail: dict[str, Any] | Callable[[], dict[str, Any]] = field(default_factory=dict)
    doing: dict[str, Do] = field(default_factory=dict)
    # Writes the rows the kind needs before a case of it can be opened.
    prepare: Callable[[], object] = lambda: None
    # What its start page is asked with: "?item=…"; None where it is begun from a page of its own.
    query: str | None = ""


def _granted(case: Case, by: User | None, at: datetime) -> Event:
    return actions.close(case, by=by, at=at, outcome="granted", reason="送达")


RECIPES: dict[str, Recipe] = {
    "direct-line": Recipe(
        detail={"text": "厂门口积水。", "contact_name": "王", "contact_phone": "13800000001"}
    ),
    "promise": Recipe(
        opening={"office": "zjj"},
        detail={"text": "三个月内修通厂前道路。", "leader": "分管副市长", "deadline": date(2026, 6, 1)},
    ),
    "company-claim": Recipe(
        detail={
            "uscc": claiming.NEW,
            "name": "青岛胶州湾新材料有限公司",
            "representative_name": "李某",
            "representative_phone": claiming.PHONE,
            "phone_proven_at": START,
        }
    ),
    "bad-review": Recipe(detail={"level": 1, "text": "一直没有人联系。"}),
    "complaint": Recipe(
        detail=lambda: {
            "office": Office.objects.get(code="gsgs"),
            "text": "窗口三次不收材料，也不说明理由。",
            "contact_name": "王",
            "contact_phone": "13800000001",
        }
    ),
    "oversight": Recipe(opening={"office": "zjj"}, detail=overseeing.detail),
    "look-back": Recipe(detail={"text": "三个月内修通厂前道路。"}),
    "approval": Recipe(
        opening={"item_code": "test-licence"},
        prepare=approvals.item,
        query="?item=test-licence",
        doing={"decide": opening.granted},
    ),
    "bundle": Recipe(
        # What gates the rest, and two parts that wait for it: eight would show nothing more.
        opening=opening.OPENING | {"chosen": [opening.LICENCE, opening.SEAL, opening.TAX]},
        detail={"answers": opening.ANSWERS},
        prepare=opening.prepare,
        query="?bundle=company-opening",
    ),
    "construction-permit": Recipe(
        opening=permits.OPENING, detail=permits.stage_facts, prepare=permits.prepare, query=None
    ),
    "permit-life": Recipe(
        detail=permits.life_facts,
        prepare=permits.prepare,
        doing={"report": lambda case, by, at: actions.report(case, by=by, at=at, on=START.date())},
    ),
    "test-permit": Recipe(opening={"steps": kinds.ROWS}),
    "test-item": Recipe(doing={"close": _granted}),
}


class Undo(Exception):
    """Thrown to take back what was done only to look at it."""


class Walk:
    """One matter of a kind, led to its end through the verbs by whoever may."""

    def __init__(self, kind: CaseKind, people: Cast) -> None:
        self.kind, self.people, self.at = kind, people, START
        self.recipe = RECIPES.get(kind.code, Recipe())
        self.recipe.prepare()
        self.strangers = _strangers(kind, people)
        self.draft = self._opened()

    def _opened(self) -> Case:
        case = actions.open_case(
            self.kind.code,
            applicant=self.people.company,
            by=self.people.wang,
            at=self.at,
            title="测试",
            opening=self.recipe.opening,
        )
        if self.kind.detail is not None:
            facts = self.recipe.detail if isinstance(self.recipe.detail, dict) else self.recipe.detail()
            apps.get_model(self.kind.detail)._default_manager.create(case=case, **facts)
        return case

    def submitted(self) -> Case:
        return actions.submit(self.draft, by=self.people.wang, at=self.at, key=uuid.uuid4(), facts={})

    def case(self) -> Case:
        return make.again(self.draft)

    def to_the_end(self) -> Iterator[tuple[Case, str, User]]:
        """Yield each next act before it is done; a matter carried by children waits for them."""
        for _ in range(MOST):
            found = self._next()
            if found is None:
                return
            yield found
            case, verb, user = found
            self.at += timedelta(minutes=1)
            self.do(make.again(case), verb, user)

    def do(self, case: Case, verb: str, user: User) -> Any:
        if verb == "complete":
            return actions.complete(steps_for(user, verb, case, self.at)[0], by=user, at=self.at)
        doing = RECIPES.get(case.kind, Recipe()).doing.get(verb, DOING[verb])
        return doing(case, user, self.at)

    def _next(self) -> tuple[Case, str, User] | None:
        family = [self.case(), *Case.objects.filter(parent=self.draft).exclude(state="closed")]
        users = list(User.objects.filter(is_superuser=False).order_by("-is_staff", "pk"))
        for case in family[1:] + family[:1]:
            for verb in FORWARD:
                for user in users:
                    if may(user, verb, case, self.at):
                        return case, verb, user
        return None


def _strangers(kind: CaseKind, people: Cast) -> list[User]:
    """An officer this kind has nothing to do with, another company, and the machine's keepers."""
    opening = RECIPES.get(kind.code, Recipe()).opening
    busy = {step.office for step in kind.steps_of(opening)} | {kind.receives_of(opening), HANDLING, "zjj"}
    elsewhere = Office.objects.exclude(code__in=busy).filter(parent__isnull=False).order_by("pk")[0]
    root = person("root")
    User.objects.filter(pk=root.pk).update(is_superuser=True)
    return [
        posted(person("elsewhere"), elsewhere.code, Post.Role.OFFICER),
        posted(person("auditor"), "dcs", Post.Role.AUDITOR),
        User.objects.get(pk=root.pk),
        people.zhao,
    ]


class KindSuite:
    """Inherited with a fixture `kind`."""

    @pytest.fixture
    def walk(self, kind: CaseKind) -> Walk:
        return Walk(kind, cast())

    def test_opens_as_a_draft_and_is_let_in_with_a_number_a_secret_and_its_steps(self, walk: Walk) -> None:
        assert (walk.draft.state, walk.draft.number) == ("draft", None)
        case = walk.submitted()
        assert case.number is not None
        assert case.number.startswith(walk.kind.prefix_of(case.opening) + "-")
        assert len(case.secret) == 10
        declared = [step.code for step in walk.kind.steps_of(case.opening)]
        assert [step.code for step in case.steps.all()] == declared
        assert case.steps.filter(state="running").exists()

    def test_walks_to_its_end_through_the_verbs_of_those_who_may(self, walk: Walk) -> None:
        walk.submitted()
        done = [(verb, user) for _, verb, user in walk.to_the_end()]
        case = walk.case()
        assert case.state == "closed", done
        assert case.outcome
        assert not case.clocks.running().exists()
        assert not Alarm.objects.filter(clock__case=case, settled_at=None).exists()
        assert broken(walk.at) == []

    def test_refuses_strangers_at_every_verb_and_nothing_changes(self, walk: Walk) -> None:
        walk.submitted()
        for case, verb, _ in walk.to_the_end():
            if verb == "complete":
                continue  # it asks whose step it is before it asks who asks
            before = picture()
            for stranger in walk.strangers:
                with pytest.raises(NotAllowed):
                    walk.do(make.again(case), verb, stranger)
            assert picture() == before, verb

    def test_offers_strangers_no_button_on_the_whole_way(self, walk: Walk) -> None:
        walk.submitted()
        for case, _, _ in walk.to_the_end():
            for stranger in walk.strangers:
                assert actions_for(stranger, case, walk.at) == []

    def test_reminds_each_rung_of_each_clock_exactly_once(self, walk: Walk) -> None:
        walk.submitted()
        heard: set[str] = set()
        for _ in walk.to_the_end():
            with pytest.raises(Undo), transaction.atomic():
                heard |= ring_to_the_end(walk.case(), walk.at)
                raise Undo
        started = set(Clock.objects.filter(case=walk.draft).values_list("code", flat=True))
        assert heard == started

    @pytest.mark.once
    def test_its_pages_answer_on_the_whole_way(self, walk: Walk, client: Client) -> None:
        if walk.kind.startable and walk.recipe.query is not None:
            answers(client, walk.people.wang, "desk:start", walk.kind.code, query=walk.recipe.query)
        walk.submitted()
        for _ in walk.to_the_end():
            # The pages are opened today: what the law has done by now is recorded, and taken back here.
            with pytest.raises(Undo), transaction.atomic():
                case_pages(walk.case(), walk.people, client)
                raise Undo
        case_pages(walk.case(), walk.people, client)
        other_pages(walk.case(), walk.people, client)

    def test_every_statement_accounts_for_each_second_and_unit(self, walk: Walk) -> None:
        walk.submitted()
        for _ in walk.to_the_end():
            for clock in walk.case().clocks.all():
                adds_up(clock, clock.stopped_at or walk.at)
                adds_up(clock, clock.stopped_at or walk.at + timedelta(days=60))


def ring_to_the_end(case: Case, at: datetime) -> set[str]:
    """Let time pass until nothing is left to say; return the codes of the clocks that spoke their ladders."""
    pending = Alarm.objects.filter(clock__case=case, settled_at=None).order_by("rings_at")
    for _ in range(MOST):
        alarm = pending.first()
        if alarm is None:
            break
        at = max(at, alarm.rings_at + timedelta(seconds=1))
        ring(at)
        ring(at)
    for clock in case.clocks.running():
        told = list(clock.alarms.filter(fate="told").order_by("pk").values_list("rung", flat=True))
        assert told == [rule.rung for rule, _ in Ladders(at).above(clock, 0)]
    for event in Event.objects.filter(case=case, verb="alarm"):
        notices = Notice.objects.filter(event=event, channel__in=["app", "digest"])
        people = list(notices.values_list("recipient", flat=True))
        assert people
        assert len(people) == len(set(people))
    assert broken(at) == []
    return set(case.clocks.running().values_list("code", flat=True))


def adds_up(clock: Clock, until: datetime) -> None:
    account = account_of(clock)
    rows = statement(clock, until)
    assert all(one.end == other.start for one, other in pairwise(rows))
    if rows:
        assert rows[0].start == clock.started_at
    left = account.remaining(until)
    minutes = clock.unit == "working_minutes"
    whole = clock.term + sum(each.term for each in clock.extensions.all()) if minutes else account.total
    assert sum(row.units for row in rows) + left == pytest.approx(whole)


def case_pages(case: Case, people: Cast, client: Client) -> None:
    """As the company, and as those who see the matter on the desk."""
    answers(client, people.wang, "desk:matter", case.number)
    answers(client, people.diana, "admin:desk_case_change", case.pk)


def other_pages(case: Case, people: Cast, client: Client) -> None:
    answers(client, people.wang, "desk:matters")
    answers(client, people.grace, "admin:desk_case_changelist")
    for clock in case.clocks.filter(public=True):
        answers(client, people.wang, "desk:statement", case.number, clock.pk)


def answers(client: Client, user: User, name: str, *args: Any, query: str = "") -> None:
    """The page of that name answers the user; where no room has the route yet, there is nothing to ask."""
    try:
        path = reverse(name, args=args)
    except NoReverseMatch:
        return
    client.force_login(user, backend="servicedesk.accounts.backends.ByNameMailOrPhone")
    response = client.get(path + query)
    assert response.status_code == 200, (path, response.status_code)
