"""What becomes of a breakfast's promise: most are struck off and still kept when somebody looks again."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from random import Random

from django.utils import timezone

from enterprises.data import rows
from enterprises.demo.cast import City, Role
from enterprises.demo.walk import Story, Walk
from enterprises.models import PromiseMatter
from servicedesk.accounts.models import User
from servicedesk.desk import actions
from servicedesk.desk.models import Case, Membership
from servicedesk.desk.registry import CENTRE

DAY = 390
UNKEPT = "回访发现问题又出现：企业反映近期再次发生，原承诺没有落实到位，重新办理。"
# So many days after its deadline, at the end of the history, one promise is still open.
LATE_SINCE = (3, 30)


@dataclass
class PromiseTeller:
    rng: Random
    city: City
    walk: Walk
    reopened: bool = False
    late: bool = False

    def story(self, case: Case, at: datetime) -> Story:
        matter = PromiseMatter.objects.get(case=case)
        what = next(row for row in rows("demo-breakfasts") if row["promise"] == matter.text)
        office, applicant = case.office.code, self._acting(case)
        officer, head = self._one(office, Role.OFFICER), self._one(office, Role.HEAD)
        at = self.walk.later(at, self.rng.uniform(20, 600))
        yield at
        actions.claim(case, by=officer, at=at)
        assert matter.deadline is not None
        days = (matter.deadline - timezone.localdate(at)).days
        if self._stays_open(matter.deadline):
            return
        # One in nine comes after its day.
        late = self.rng.random() < 0.11
        share = self.rng.uniform(1.03, 1.3) if late else self.rng.uniform(0.25, 0.85)
        yield from self._advised(case, at)
        at = self.walk.open_at(at + timedelta(days=max(1, days * share)))
        yield at
        actions.draft_answer(case, by=officer, at=at, text=what["done"])
        at = self.walk.later(at, self.rng.uniform(20, 200))
        yield at
        actions.sign_off(case, by=head, at=at)
        yield from self._struck_off(case, applicant, at)
        yield from self._looked_at(case, what, (officer, head, applicant))

    def _stays_open(self, deadline: date) -> bool:
        """Whether this is the one promise that nobody kept until the end of the history."""
        first, last = LATE_SINCE
        behind = (timezone.localdate(self.walk.until) - deadline).days
        if self.late or not first <= behind <= last:
            return False
        self.late = True
        return True

    def _advised(self, case: Case, at: datetime) -> Story:
        """The offices asked to help answer within days."""
        asked = list(case.steps.filter(code="consult").select_related("office").order_by("round"))
        for step in asked:
            at = self.walk.later(at, self.rng.uniform(1, 4) * DAY)
            yield at
            actions.reply_consult(
                step,
                by=self._one(step.office.code, Role.OFFICER),
                at=at,
                text="我单位已明确配合事项和联系人。",
            )

    def _struck_off(self, case: Case, applicant: User, at: datetime) -> Story:
        at = self.walk.later(at, self.rng.uniform(0.2, 3) * DAY)
        yield at
        actions.confirm(case, by=applicant, at=at, text="承诺事项已经落实，满意。")
        at = self.walk.later(at, self.rng.uniform(0.2, 2) * DAY)
        yield at
        step = case.steps.filter(code="verify", state="running").get()
        actions.complete(
            step, by=self._one(CENTRE, Role.DISPATCHER), at=at, text="已电话和现场核实，情况属实，予以销号。"
        )

    def _looked_at(self, case: Case, what: dict[str, str], people: tuple[User, User, User]) -> Story:
        """Twice, some days before each look is due; once the promise turns out not to be kept any more."""
        while (look := self._next_look(case)) is not None:
            due = look.clocks.running().get().due_at
            assert due is not None
            at = self.walk.open_at(due - timedelta(days=self.rng.uniform(0.5, 6)))
            yield at
            by = self._one(CENTRE, Role.DISPATCHER)
            if not self.reopened:
                self.reopened = True
                yield from self._again(case, what, people, at)
                continue
            actions.complete(
                look.steps.get(code="look"), by=by, at=at, text="电话回访并查看现场，承诺保持落实。"
            )

    def _again(
        self, case: Case, what: dict[str, str], people: tuple[User, User, User], at: datetime
    ) -> Story:
        officer, head, applicant = people
        actions.redo(case, by=self._one(CENTRE, Role.DISPATCHER), at=at, reason=UNKEPT)
        at = self.walk.later(at, self.rng.uniform(2, 6) * DAY)
        yield at
        actions.draft_answer(case, by=officer, at=at, text=f"已重新整改并建立巡查制度。{what['done']}")
        at = self.walk.later(at, self.rng.uniform(20, 200))
        yield at
        actions.sign_off(case, by=head, at=at)
        yield from self._struck_off(case, applicant, at)

    def _next_look(self, case: Case) -> Case | None:
        return Case.objects.open().filter(look_back__promise=case).order_by("look_back__turn", "pk").first()

    def _acting(self, case: Case) -> User:
        return Membership.objects.filter(party=case.applicant).select_related("user").order_by("pk")[0].user

    def _one(self, office: str, role: str) -> User:
        return self.rng.choice(self.city.of(office, role))
