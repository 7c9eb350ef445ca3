"""What becomes of one matter: people do things through the verbs, early, late or not at all."""

from __future__ import annotations

import uuid
from collections.abc import Generator
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random

from django.core.files.uploadedfile import SimpleUploadedFile

from enterprises.demo import reviews
from enterprises.demo.cast import City, Role
from enterprises.demo.grievances import Grievance, urgency_of
from enterprises.demo.scene import Applicant
from enterprises.demo.walk import Story, Walk
from enterprises.models import DirectLineMatter, Topic
from servicedesk.accounts.models import User
from servicedesk.desk import actions, files
from servicedesk.desk.models import Case
from servicedesk.desk.registry import CENTRE

RETURNS = ("not-our-duty", "other-place")
THANKS = ("问题解决了，谢谢！", "办得很快。", "工作人员到现场好几次，很负责。", "")
PDF = (
    b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj "
    b"2 0 obj<</Type/Pages/Kids[]/Count 0>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"
)


@dataclass
class Teller:
    """Tells the stories of matters: chance, the city's people, and the walk that keeps the time."""

    rng: Random
    city: City
    walk: Walk
    topics: dict[str, Topic]

    def story(self, who: Applicant, what: Grievance, at: datetime) -> Story:
        """One matter from its submission; each `yield` is the moment of the next act."""
        yield at
        case = self._submit(who, what, at)
        if self.rng.random() < 0.015:
            at = self.walk.later(at, self.rng.uniform(30, 300))
            yield at
            actions.withdraw(case, by=who.user, at=at, reason="已与对方自行协商解决，撤回。")
            return
        at = self.walk.later(at, self._minutes(11, late=0.04, beyond=30))
        yield at
        if self.rng.random() < 0.02:
            by = self._one(CENTRE, Role.DISPATCHER)
            actions.refuse_acceptance(
                case,
                by=by,
                at=at,
                reason="双方合同纠纷正在法院审理，不属本平台受理范围。",
                rightful="court",
            )
            return
        wrong = self.rng.random() < 0.06
        self._dispatch(case, what, at, self._other(what.office) if wrong else what.office)
        if wrong:
            at = self.walk.later(at, self.rng.uniform(60, 500))
            yield at
            self._return(case, at)
            at = self.walk.later(at, self._minutes(15, late=0.05, beyond=30))
            yield at
            self._dispatch(case, what, at, what.office)
        yield from self._handle(case, who, what, at)

    def _submit(self, who: Applicant, what: Grievance, at: datetime) -> Case:
        case = actions.open_case(
            "direct-line",
            applicant=who.company.party,
            by=who.user,
            at=at - timedelta(minutes=2),
            title=what.text[:40],
        )
        DirectLineMatter.objects.create(
            case=case,
            text=what.text,
            place=what.place,
            contact_name=who.user.name,
            contact_phone=who.phone,
            urgency=urgency_of(what),
            industry=who.company.industry,
        )
        return actions.submit(case, by=who.user, at=at, key=uuid.uuid4(), facts={"text": what.text})

    def _dispatch(self, case: Case, what: Grievance, at: datetime, office: str) -> None:
        by = self._one(CENTRE, Role.DISPATCHER)
        # Sorted first, as the form does it: the limits of a topic rest on it.
        DirectLineMatter.objects.filter(case=case).update(
            topic=self.topics[what.topic], town=case.applicant.company.town_id
        )
        actions.dispatch(case, by=by, at=at, office=self.city.offices[office], title=what.title)

    def _return(self, case: Case, at: datetime) -> None:
        office = Case.objects.values_list("office__code", flat=True).get(pk=case.pk)
        head = self._one(office, Role.HEAD)
        actions.return_to_centre(
            case,
            by=head,
            at=at,
            reason="经核对，该事项的主管职责不在我单位，请另行派单。",
            code=self.rng.choice(RETURNS),
        )

    def _handle(self, case: Case, who: Applicant, what: Grievance, start: datetime) -> Story:
        officer = self._one(what.office, Role.OFFICER)
        head = self._one(what.office, Role.HEAD)
        at = self.walk.later(start, self.rng.uniform(4, 40))
        yield at
        actions.claim(case, by=officer, at=at)
        reached = yield from self._reach(case, who, officer, start, at)
        if reached is None:
            return
        at = self.walk.later(reached, self._minutes(170, late=0.05, beyond=620))
        yield at
        actions.give_opinion(case, by=officer, at=at, text=what.opinion)
        yield from self._beside(case, who, officer, at)
        yield from self._solve(case, who, what, officer, head, start, at)

    def _reach(
        self, case: Case, who: Applicant, officer: User, start: datetime, at: datetime
    ) -> Generator[datetime, None, datetime | None]:
        """Call until somebody answers; returns the moment of the contact, or None when nobody ever did."""
        never = self.rng.random() < 0.02
        at = max(self.walk.later(start, self._minutes(42, late=0.05, beyond=125)), self.walk.later(at, 3))
        tries = 0
        while never or self.rng.random() < 0.07:
            yield at
            tries += 1
            actions.contact(case, by=officer, at=at, result="no_answer", number=who.phone)
            if Case.objects.filter(pk=case.pk, state=Case.State.CLOSED).exists():
                return None
            at = self.walk.later(at, self.rng.uniform(15, 45) if tries < 3 else 400)
        yield at
        actions.contact(
            case, by=officer, at=at, result="reached", number=who.phone, text="已与企业联系人通话，了解情况。"
        )
        return at

    def _beside(self, case: Case, who: Applicant, officer: User, at: datetime) -> Story:
        """Words, questions and urging on the side."""
        if self.rng.random() < 0.25:
            at = self.walk.later(at, self.rng.uniform(60, 700))
            yield at
            actions.message(case, by=who.user, at=at, text="补充一下：现场照片已发给经办人，麻烦看一下。")
        if self.rng.random() < 0.2:
            at = self.walk.later(at, self.rng.uniform(30, 400))
            yield at
            actions.note(case, by=officer, at=at, text="已约企业周内现场核实，需协调相关站所。")
        if self.rng.random() < 0.1:
            other = self.city.offices[self._other(case.office.code)]
            current = Case.objects.values_list("office__code", flat=True).get(pk=case.pk)
            if other.code != current:
                yield from self._consult(case, officer, other.code, at)

    def _consult(self, case: Case, officer: User, other: str, at: datetime) -> Story:
        at = self.walk.later(at, self.rng.uniform(30, 200))
        yield at
        actions.consult(
            case,
            by=officer,
            at=at,
            office=self.city.offices[other],
            text="请贵单位就职责范围内部分提出意见。",
        )
        step = case.steps.filter(code="consult").latest("round")
        at = self.walk.later(at, self.rng.uniform(200, 900))
        yield at
        if Case.objects.open().filter(pk=case.pk).exists():
            actions.reply_consult(
                step, by=self._one(other, Role.OFFICER), at=at, text="我单位无不同意见，可按方案推进。"
            )

    def _solve(
        self,
        case: Case,
        who: Applicant,
        what: Grievance,
        officer: User,
        head: User,
        start: datetime,
        at: datetime,
    ) -> Story:
        kind = self.rng.random()
        done = max(self.walk.later(start, self._solving(kind)), self.walk.later(at, 60))
        if kind > 0.93:
            early = self.walk.later(start, 13 * 390)
            if early > at:
                yield early
                # A matter that was long on its way to the office may be past its limit by then.
                if kind > 0.965 and (clocks := self._extendable(case, early)):
                    self._extend(case, head, clocks, early)
                    done = self.walk.later(start, self.rng.uniform(18, 28) * 390)
                else:
                    actions.nudge(case, by=who.user, at=early, text="时间快到了，请尽快给个说法。")
        yield done
        actions.draft_answer(case, by=officer, at=done, text=what.answer)
        at = self.walk.later(done, self.rng.uniform(15, 240))
        if self.rng.random() < 0.06:
            yield at
            actions.send_back(case, by=head, at=at, reason="请补充完成时间和责任人后再报。")
            at = self.walk.later(at, self.rng.uniform(40, 200))
            yield at
            actions.draft_answer(
                case, by=officer, at=at, text=f"{what.answer}责任人和完成时间已与企业当面确认。"
            )
            at = self.walk.later(at, self.rng.uniform(15, 120))
        yield at
        actions.sign_off(case, by=head, at=at)
        yield from self._end(case, who, what, officer, head, at)

    def _solving(self, kind: float) -> float:
        """Working minutes until the answer is drafted: mostly a week, sometimes beyond the limit."""
        if kind > 0.965:
            return self.rng.uniform(14, 14.5) * 390
        if kind > 0.91:
            return self.rng.uniform(15.5, 19) * 390
        return min(self.rng.gammavariate(2.6, 2.3), 14.0) * 390

    def _extendable(self, case: Case, at: datetime) -> tuple[str, ...]:
        running = case.clocks.running().filter(code__in=("resolve", "company"), due_at__gt=at)
        return tuple(running.order_by("pk").values_list("code", flat=True))

    def _extend(self, case: Case, head: User, clocks: tuple[str, ...], at: datetime) -> None:
        paper = SimpleUploadedFile("多层级协调说明.pdf", PDF, content_type="application/pdf")
        proof = actions.attach(case, by=head, at=at, file=files.check(paper), public=False)
        actions.extend(
            case,
            by=head,
            at=at,
            clocks=clocks,
            term=15,
            reason="涉及上级部门审批，属多层级事项，已提前告知企业。",
            told_at=at - timedelta(minutes=30),
            proof=proof,
        )

    def _end(
        self, case: Case, who: Applicant, what: Grievance, officer: User, head: User, at: datetime
    ) -> Story:
        chance = self.rng.random()
        if chance < 0.10:
            at = self.walk.later(at, 10 * 390)
            yield at
            by = self._one(CENTRE, Role.DISPATCHER)
            actions.close(
                case,
                by=by,
                at=at,
                outcome="answered",
                reason="答复后十个工作日内企业未反馈，按已答复归档，不计为已解决。",
            )
            return
        at = self.walk.later(at, self.rng.expovariate(1 / 500))
        yield at
        if chance < 0.17:
            actions.redo(case, by=who.user, at=at, reason=what.unsolved)
            at = self.walk.later(at, self.rng.uniform(200, 1800))
            yield at
            actions.draft_answer(case, by=officer, at=at, text=f"已重新到现场处理。{what.answer}")
            at = self.walk.later(at, self.rng.uniform(15, 120))
            yield at
            actions.sign_off(case, by=head, at=at)
            at = self.walk.later(at, self.rng.expovariate(1 / 500))
            yield at
        actions.confirm(case, by=who.user, at=at, text=self.rng.choice(THANKS))
        if self.rng.random() < 0.55:
            level = self.rng.choices((5, 4, 3, 2, 1), (55, 28, 10, 5, 2))[0]
            at = at + timedelta(minutes=self.rng.uniform(1, 600))
            yield at
            actions.rate(
                case, by=who.user, at=at, level=level, text="" if level > 2 else "来回跑了几趟，时间太长。"
            )
            yield from reviews.followed(self, case, at)

    def _minutes(self, mean: float, *, late: float, beyond: float) -> float:
        """Working minutes about `mean`; with the chance `late` more than `beyond`."""
        if self.rng.random() < late:
            return beyond * self.rng.uniform(1.05, 2.5)
        return min(self.rng.gammavariate(3, mean / 3), beyond * 0.9)

    def _one(self, office: str, role: str) -> User:
        return self.rng.choice(self.city.of(office, role))

    def _other(self, *offices: str) -> str:
        """An office that is none of these."""
        codes = [code for code in ("zjj", "zhzfj", "gxj", "fgj", "swuj", "scjgj") if code not in offices]
        return self.rng.choice(codes)
