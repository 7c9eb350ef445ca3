"""What becomes of a delivered permit to build: works begin, more time is asked for, or it lapses by law."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random

from django.utils import timezone

from approvals.construction.lives import START
from approvals.demo.office import DAY, OfficeTeller
from approvals.demo.words import words
from enterprises.demo.cast import Role
from enterprises.demo.walk import Act, Story
from servicedesk.accounts.models import User
from servicedesk.desk import actions
from servicedesk.desk.models import Case

MONTHS = 3
# Days before the end of the term at which more time is asked for.
BEFORE = (6, 10)


@dataclass
class LifeTeller:
    rng: Random
    office: OfficeTeller

    def story(self, life: Case, user: User, fate: str, at: datetime) -> Story:
        """`fate` is one of began, waits, forgotten, asks, extended, refused, lapses."""
        if fate in {"waits", "forgotten"}:
            return
        if fate == "began":
            yield from self._begun(life, user, at, self.rng.uniform(6, 16))
            return
        at = yield from self._asked(life, user)
        if fate == "asks":
            return
        at = yield from self._answered(life, at, refused=fate == "refused")
        if fate == "lapses":
            at = yield from self._asked(life, user)
            yield from self._answered(life, at, refused=False)
            return
        # Refused, the owner begins in the days that are left.
        days = (0.5, 2) if fate == "refused" else (10, 40)
        yield from self._begun(life, user, at, self.rng.uniform(*days))

    def _begun(self, life: Case, user: User, at: datetime, days: float) -> Story:
        at = self.office.walk.later(at, days * DAY)
        yield at
        on = timezone.localdate(at)
        actions.report(life, by=user, at=at, on=on, text=words("began"))

    def _asked(self, life: Case, user: User) -> Act:
        """More time is asked for before the term runs out (建筑法 9)."""
        walk = self.office.walk
        due = self.office.due(life, START)
        at = walk.open_at(due - timedelta(days=self.rng.uniform(*BEFORE)))
        at = walk.later(at, self.rng.uniform(5, 120))
        yield at
        reason = self.rng.choice(words("more_time"))
        actions.ask_extension(life, by=user, at=at, term=MONTHS, reason=reason)
        return at

    def _answered(self, life: Case, at: datetime, *, refused: bool) -> Act:
        head = self.office.one(life.office.code, Role.HEAD)
        at = self.office.walk.later(at, self.rng.uniform(0.5, 2) * DAY)
        yield at
        if refused:
            actions.refuse_extension(life, by=head, at=at, reason=words("more_refused"))
            return at
        actions.extend(
            life,
            by=head,
            at=at,
            clocks=(START,),
            term=MONTHS,
            reason=words("more_given"),
            basis="《中华人民共和国建筑法》第九条",
            told_at=at,
        )
        return at
