"""The rarer ways of a matter, a handful of each: returned and ruled, co-handled, split, merged, parked,
closed for want of a word, asked by telephone and by link, reviewed badly."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from enterprises.demo import reviews
from enterprises.demo.cast import Role
from enterprises.demo.grievances import Grievance, grievances
from enterprises.demo.scene import Applicant, Scene, moment
from enterprises.demo.story import Teller
from enterprises.demo.walk import Act, Story
from enterprises.models import Revisit, RevisitLink, Topic
from servicedesk.accounts.models import User
from servicedesk.desk import actions
from servicedesk.desk.actions.silence import close_one
from servicedesk.desk.models import Case, Link
from servicedesk.desk.registry import CENTRE

# How far back they begin, and how many there are of each when the direct line tells 600 matters.
DAYS = 75
OF_EACH = 4

Tells = Callable[["Rare", Applicant, Grievance, datetime], Story]


def stories(scene: Scene) -> list[Story]:
    rng = scene.rng("duties")
    teller = Rare(rng, scene.city, scene.walk, {topic.code: topic for topic in Topic.objects.all()})
    since = (scene.until - timedelta(days=DAYS)).date()
    # What the centre itself handles it may not ask about.
    texts = [what for what in grievances(rng) if what.office != CENTRE]
    found = []
    for place in range(scene.share(OF_EACH)):
        for number, tell in enumerate(WAYS):
            who = rng.choice(scene.applicants)
            what = texts[(place * len(WAYS) + number) % len(texts)]
            town = who.company.town
            what = what.placed(town.code, town.name) if town else what
            found.append(tell(teller, who, what, moment(rng, since, scene.until)))
    return found


class Rare(Teller):
    def ruled(self, who: Applicant, what: Grievance, at: datetime) -> Story:
        """Two offices say that it is not theirs; the centre rules."""
        yield at
        case = self._submit(who, what, at)
        asked: list[str] = []
        for _twice in range(2):
            at = self.walk.later(at, 12)
            yield at
            asked.append(self._other(what.office, *asked))
            self._dispatch(case, what, at, asked[-1])
            at = self.walk.later(at, self.rng.uniform(60, 300))
            yield at
            self._return(case, at)
        at = self.walk.later(at, 60)
        yield at
        actions.rule(
            case,
            by=self._centre(),
            at=at,
            office=self.city.offices[what.office],
            reason="经会商，该事项主管职责在该单位，由其主办，两个退单单位配合。",
        )
        at = yield from self._worked(case, who, what, at)
        at = yield from self._answered(case, what, at)
        yield from self._asked(case, at, "solved", 4, Revisit.How.PHONE)

    def shared(self, who: Applicant, what: Grievance, at: datetime) -> Story:
        """A second office does its part before the answer goes out; the company answers by its link."""
        case, at = yield from self._begun(who, what, at)
        at = yield from self._worked(case, who, what, at)
        at = self.walk.later(at, 45)
        yield at
        other = self._other(what.office)
        office = self.city.offices[other]
        actions.join(
            case, by=self._centre(), at=at, office=office, text="请贵单位协办职责范围内的部分并书面反馈。"
        )
        at = self.walk.later(at, self.rng.uniform(300, 1100))
        yield at
        step = case.steps.filter(code="assist").latest("round")
        helper = self._one(other, Role.OFFICER)
        actions.reply_consult(
            step, by=helper, at=at, text="我单位负责的部分已完成，现场已与主办单位共同核验。"
        )
        at = yield from self._answered(case, what, at)
        yield from self._asked(case, at, "solved", 5, Revisit.How.LINK)

    def split(self, who: Applicant, what: Grievance, at: datetime) -> Story:
        """Two things in one letter: the second becomes a matter of its own."""
        second = "另外，厂区门前的公交站点距离较远，职工上下班不便，建议增设站点。"
        case, at = yield from self._begun(who, replace(what, text=f"{what.text}\n{second}"), at)
        at = self.walk.later(at, 20)
        yield at
        actions.split(
            case, by=self._centre(), at=at, parts=[second], reason="两件事项分属不同单位，分别办理。"
        )
        part = Link.objects.get(to=case, sort=Link.Sort.SPLIT).case
        at = self.walk.later(at, 10)
        yield at
        about = replace(what, office=self._other(what.office), title="建议厂区门前增设公交站点")
        self._dispatch(part, about, at, about.office)
        for each, told in ((case, what), (part, about)):
            at = yield from self._worked(each, who, told, at)
            at = yield from self._answered(each, told, at)
        yield from self._asked(part, at, "partly", 3, Revisit.How.PHONE)

    def merged(self, who: Applicant, what: Grievance, at: datetime) -> Story:
        """Said twice; the older one answers both. The first call to ask finds nobody in."""
        case, at = yield from self._begun(who, what, at)
        at = self.walk.later(at, self.rng.uniform(60, 400))
        yield at
        again = self._submit(who, replace(what, text=f"再次反映：{what.text}"), at)
        at = self.walk.later(at, 15)
        yield at
        reason = "与较早提交的事项为同一诉求，合并办理。"
        actions.merge(again, by=self._centre(), at=at, into=case, reason=reason)
        at = yield from self._worked(case, who, what, at)
        at = yield from self._answered(case, what, at)
        at = self.walk.later(at, 200)
        yield at
        actions.revisit(case, by=self._centre(), at=at, result="unreached")
        yield from self._asked(case, at, "solved", 4, Revisit.How.PHONE)

    def parked(self, who: Applicant, what: Grievance, at: datetime) -> Story:
        """What has to wait for next year's works is put aside on approval 挂账."""
        case, at = yield from self._begun(who, what, at)
        at = yield from self._worked(case, who, what, at)
        at = self.walk.later(at, self.rng.uniform(400, 1200))
        yield at
        actions.ask_park(
            case,
            by=self._one(what.office, Role.HEAD),
            at=at,
            reason="解决所需工程已列入年度计划，须待开工后方能彻底解决，期间采取临时措施。",
            basis="年度项目计划",
            until=self.walk.later(at, 80 * 390),
        )
        at = self.walk.later(at, self.rng.uniform(60, 300))
        yield at
        actions.park(Case.objects.get(pk=case.pk), by=self._centre(), at=at)

    def silent(self, who: Applicant, what: Grievance, at: datetime) -> Story:
        """Nobody says anything to the answer; the desk closes it as answered, never as solved."""
        case, at = yield from self._begun(who, what, at)
        at = yield from self._worked(case, who, what, at)
        at = yield from self._answered(case, what, at)
        word = case.clocks.get(code="word", stopped_at=None)
        assert word.due_at is not None
        at = self.walk.open_at(word.due_at + timedelta(minutes=1))
        yield at
        close_one(word, at)

    def reviewed(self, who: Applicant, what: Grievance, at: datetime) -> Story:
        """Confirmed and yet rated badly: called back, rectified, looked at."""
        case, at = yield from self._begun(who, what, at)
        at = yield from self._worked(case, who, what, at)
        at = yield from self._answered(case, what, at)
        at = self.walk.later(at, self.rng.uniform(60, 600))
        yield at
        actions.confirm(case, by=who.user, at=at, text="问题解决了，但是过程太慢。")
        at = self.walk.later(at, 5)
        yield at
        actions.rate(case, by=who.user, at=at, level=2, text="打了几次电话才有人上门。")
        yield from reviews.followed(self, case, at)

    def _centre(self) -> User:
        return self._one(CENTRE, Role.DISPATCHER)

    def _begun(self, who: Applicant, what: Grievance, at: datetime) -> Any:
        """Submitted and dispatched; returns the case and the moment."""
        yield at
        case = self._submit(who, what, at)
        at = self.walk.later(at, self.rng.uniform(5, 25))
        yield at
        self._dispatch(case, what, at, what.office)
        return case, at

    def _worked(self, case: Case, who: Applicant, what: Grievance, at: datetime) -> Act:
        """Claimed, talked to, given an opinion."""
        officer = self._one(what.office, Role.OFFICER)
        at = self.walk.later(at, 10)
        yield at
        actions.claim(case, by=officer, at=at)
        at = self.walk.later(at, 30)
        yield at
        actions.contact(case, by=officer, at=at, result="reached", number=who.phone, text="已与企业通话。")
        at = self.walk.later(at, self.rng.uniform(60, 200))
        yield at
        actions.give_opinion(case, by=officer, at=at, text=what.opinion)
        return at

    def _answered(self, case: Case, what: Grievance, at: datetime) -> Act:
        at = self.walk.later(at, self.rng.uniform(400, 2000))
        yield at
        held = Case.objects.select_related("officer").get(pk=case.pk)
        assert held.officer is not None
        actions.draft_answer(case, by=held.officer, at=at, text=what.answer)
        at = self.walk.later(at, 60)
        yield at
        actions.sign_off(case, by=self._one(what.office, Role.HEAD), at=at)
        return at

    def _asked(self, case: Case, at: datetime, result: str, level: int, how: str) -> Story:
        """The follow-up, by the centre's call or by the one-time link."""
        at = self.walk.later(at, self.rng.uniform(120, 600))
        yield at
        by_link = how == Revisit.How.LINK
        if by_link:
            RevisitLink.objects.filter(case=case, used_at=None).update(used_at=at)
        asker = None if by_link else self._centre()
        actions.revisit(case, by=asker, at=at, result=result, level=level, how=how, text="谢谢。")


WAYS: tuple[Tells, ...] = (
    Rare.ruled,
    Rare.shared,
    Rare.split,
    Rare.merged,
    Rare.parked,
    Rare.silent,
    Rare.reviewed,
)
