"""What an office does with an application, one step at a time: checks the papers, asks for what is missing,
accepts, looks, decides, delivers; early, late or not at all."""

from __future__ import annotations

import uuid
from collections import Counter
from collections.abc import Generator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from random import Random

from django.utils import timezone

from approvals.bundles.birth import sandbox_number
from approvals.bundles.offered import LICENCE as COMPANY_SETUP
from approvals.catalogue.snapshot import Snapshot
from approvals.demo.answers import Answering
from approvals.demo.papers import Folder
from approvals.demo.people import Somebody
from approvals.demo.words import table, words
from approvals.models import Application, ServiceItem
from enterprises.demo.cast import City, Role
from enterprises.demo.walk import Act, Story, Walk
from servicedesk.accounts.models import User
from servicedesk.desk import actions
from servicedesk.desk.models import Case, Clock

Procedure = ServiceItem.Procedure
DAY = 390
# Shares of applications with files, and with a word between applicant and office.
WITH_PAPERS, WITH_WORDS = 0.25, 0.12
# Items whose grant brings a unified social credit code.
NEW = frozenset({"sole-trader", COMPANY_SETUP})


@dataclass
class OfficeTeller:
    rng: Random
    city: City
    walk: Walk
    folder: Folder = field(default_factory=Folder)
    numbers: Counter[tuple[str, str, int]] = field(default_factory=Counter)

    # --- an application that stands alone ----------------------------------------------------------

    def application(self, who: Somebody, item: Snapshot, fate: str, at: datetime) -> Story:
        yield at
        case = self._submit(who, item, at)
        officer = self.one(case.office.code, Role.OFFICER)
        if item["procedure"] != Procedure.LICENCE:
            at = yield from self._claim(case, officer, at)
            at = yield from self._filing(case, who, officer, fate, at)
        else:
            found = yield from self._acceptance(case, who, officer, fate, at)
            if found is None:
                return
            at = yield from self._licence(case, who, officer, fate, found)
        if fate != "withdrawn":
            yield from self._delivered(case, officer, at)

    def _submit(self, who: Somebody, item: Snapshot, at: datetime) -> Case:
        """The draft with its answers, some with papers, sent at once."""
        begun = at - timedelta(minutes=self.rng.uniform(4, 25))
        opening = {"item_code": item["code"]}
        case = actions.open_case("approval", applicant=who.party, by=who.user, at=begun, opening=opening)
        answers = Answering(self.rng, who.known(at)).of([item])
        Application.objects.create(case=case, answers=answers)
        if self.rng.random() < WITH_PAPERS:
            self.folder.hand_in(case, [item], by=who.user, at=begun, most=2)
        return actions.submit(case, by=who.user, at=at, key=uuid.uuid4(), facts={"answers": answers})

    def _claim(self, case: Case, officer: User, at: datetime) -> Act:
        at = self.walk.later(at, self.rng.uniform(5, 50))
        yield at
        actions.claim(case, by=officer, at=at)
        return at

    def _filing(self, case: Case, who: Somebody, officer: User, fate: str, at: datetime) -> Act:
        """What is decided from receipt: a registration, a filing, a public service."""
        if fate == "missing":
            at = yield from self.supplemented(case, who.user, officer, at)
        due = self.due(case, "promised")
        share = self.rng.uniform(1.15, 1.8) if fate == "late" else self.rng.uniform(0.1, 0.8)
        at = self.walk.within(at, due, share)
        yield at
        (self.refuse if fate == "refused" else self.decide)(case, officer, at)
        return at

    def _acceptance(
        self, case: Case, who: Somebody, officer: User, fate: str, at: datetime
    ) -> Generator[datetime, None, datetime | None]:
        """Until it is accepted; None where it never is (行政许可法 32)."""
        if fate == "silence":
            at = self.walk.later(at, self.rng.uniform(6, 7) * DAY)
            yield at
            actions.claim(case, by=officer, at=at)
            return at
        at = yield from self._claim(case, officer, at)
        if fate == "waiting":
            yield from self.waiting(case, officer, at)
            return None
        if fate == "missing":
            at = yield from self.supplemented(case, who.user, officer, at)
        at = self.walk.later(at, self.rng.uniform(0.1, 2.2) * DAY)
        yield at
        if fate == "not_accepted":
            reason, rightful = words("accepted_not"), self.rng.choice(words("rightful"))
            actions.refuse_acceptance(case, by=officer, at=at, reason=reason, rightful=rightful)
            return None
        actions.accept(case, by=officer, at=at)
        return at

    def _licence(self, case: Case, who: Somebody, officer: User, fate: str, at: datetime) -> Act:
        """From acceptance to the decision, under the promised and the statutory limit."""
        yield from self._said(case, who, officer, at)
        if fate == "withdrawn":
            at = self.walk.later(at, self.rng.uniform(0.3, 1.5) * DAY)
            yield at
            reason = self.rng.choice(words("withdrawn"))
            actions.withdraw(case, by=who.user, at=at, reason=reason)
            return at
        if fate == "special":
            at = yield from self._special(case, officer, at)
        if fate == "extended":
            return (yield from self._extended(case, officer, at))
        due = self.due(case, "promised")
        share = self.rng.uniform(1.1, 2.2) if fate == "late" else self.rng.uniform(0.25, 0.9)
        at = max(self.walk.within(at, due, share), self.walk.later(at, 20))
        yield at
        (self.refuse if fate == "refused" else self.decide)(case, officer, at)
        return at

    def _special(self, case: Case, officer: User, at: datetime) -> Act:
        """Experts, a hearing, a look on the spot: their time does not count (行政许可法 45)."""
        at = self.walk.later(at, self.rng.uniform(0.3, 1.2) * DAY)
        yield at
        category = self.rng.choice(case.opening["item"]["special"])
        actions.pause(
            case,
            by=officer,
            at=at,
            category=category,
            reason=words("special")[category],
            basis="《中华人民共和国行政许可法》第四十五条",
            document=self.numbered(case, "特告", at),
        )
        at = self.walk.later(at, self.rng.uniform(4, 9) * DAY)
        yield at
        actions.resume(case, by=officer, at=at, category=category)
        return at

    def _extended(self, case: Case, officer: User, at: datetime) -> Act:
        """The head lengthens the statutory limit (行政许可法 42); the decision comes within it."""
        due = self.due(case, "statutory")
        at = self.walk.within(at, due, self.rng.uniform(0.6, 0.85))
        yield at
        actions.extend(
            case,
            by=self.one(case.office.code, Role.HEAD),
            at=at,
            clocks=("statutory",),
            term=case.opening["item"]["extension"],
            reason=self.rng.choice(words("extended")),
            basis="《中华人民共和国行政许可法》第四十二条",
            told_at=at - timedelta(minutes=20),
        )
        at = self.walk.within(at, self.due(case, "statutory"), self.rng.uniform(0.4, 0.9))
        yield at
        self.decide(case, officer, at)
        return at

    def _said(self, case: Case, who: Somebody, officer: User, at: datetime) -> Story:
        if self.rng.random() > WITH_WORDS:
            return
        place = self.rng.randrange(len(words("asked")))
        at = self.walk.later(at, self.rng.uniform(10, 60))
        yield at
        actions.message(case, by=who.user, at=at, text=words("asked")[place])
        at = self.walk.later(at, self.rng.uniform(5, 30))
        yield at
        actions.message(case, by=officer, at=at, text=words("answered")[place])

    def _delivered(self, case: Case, officer: User, at: datetime) -> Story:
        step = case.steps.filter(code="deliver", state="running").first()
        if step is None:
            return
        at = self.walk.later(at, self.rng.uniform(0.2, 3) * DAY)
        yield at
        actions.complete(step, by=officer, at=at, text=self.rng.choice(words("delivered")))

    # --- what parts of a bundle and stages of a project do alike -------------------------------------

    def supplemented(
        self,
        case: Case,
        user: User,
        officer: User,
        at: datetime,
        asked: str = "missing",
        after: tuple[float, float] = (20, 200),
    ) -> Act:
        """What is missing is asked for once, so many minutes later, and comes within days."""
        at = yield from self.waiting(case, officer, at, asked, after)
        at = self.walk.later(at, self.rng.uniform(0.4, 4) * DAY)
        yield at
        actions.supplement(case, by=user, at=at, text=self.rng.choice(words("supplied")))
        return at

    def waiting(
        self,
        case: Case,
        officer: User,
        at: datetime,
        asked: str = "missing",
        after: tuple[float, float] = (20, 200),
    ) -> Act:
        at = self.walk.later(at, self.rng.uniform(*after))
        yield at
        actions.ask_supplement(case, by=officer, at=at, text=self.rng.choice(words(asked)))
        return at

    def decide(self, case: Case, officer: User, at: datetime, text: str = "") -> None:
        number = self._number(case, case.opening["item"], at)
        if number:
            Application.objects.filter(case=case).update(result_number=number)
        text = text or self.rng.choice(words("granted"))
        actions.decide(case, by=officer, at=at, outcome=Case.Outcome.GRANTED, text=text)

    def refuse(self, case: Case, officer: User, at: datetime, why: str = "") -> None:
        why = why or REFUSALS.get(case.opening["item"]["procedure"], "not_done")
        text = self.rng.choice(words(why))
        actions.decide(case, by=officer, at=at, outcome=Case.Outcome.REFUSED, text=text)

    def _number(self, case: Case, item: Snapshot, at: datetime) -> str:
        """What the officer enters with a grant; the code of somebody new is one of the sandbox."""
        if item["code"] in NEW:
            return sandbox_number(case)
        if not item["is_licensed"] or item["procedure"] == Procedure.REGISTRATION or "stage" in item:
            return ""
        return self.numbered(case, "准", at)

    def numbered(self, case: Case, sort: str, at: datetime) -> str:
        """The next number of a paper of that sort at the office, in its year."""
        head, year = table("heads").get(case.office.code, "胶"), timezone.localdate(at).year
        self.numbers[head, sort, year] += 1
        return f"{head}{sort}〔{year}〕{self.numbers[head, sort, year]}号"

    def due(self, case: Case, code: str) -> datetime:
        found = Clock.objects.running().get(case=case, code=code).due_at
        assert found is not None
        return found

    def one(self, office: str, role: str) -> User:
        return self.rng.choice(self.city.of(office, role))


REFUSALS = {
    Procedure.LICENCE: "refused",
    Procedure.RECEIPT: "refused",
    Procedure.REGISTRATION: "not_registered",
}
