"""What becomes of a bad rating in the demo: the centre calls back, the office makes good, it is seen."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from enterprises.demo.cast import Role
from enterprises.demo.walk import Story
from servicedesk.desk import actions
from servicedesk.desk.models import Case
from servicedesk.desk.registry import CENTRE

if TYPE_CHECKING:
    from enterprises.demo.story import Teller


def followed(teller: Teller, of: Case, at: datetime) -> Story:
    """The matter the rating opened, walked to its end."""
    case = Case.objects.open().filter(kind="bad-review", bad_review__of=of).select_related("office").first()
    if case is None:
        return
    centre, office = teller.rng.choice(teller.city.of(CENTRE, Role.DISPATCHER)), case.office.code
    officer = case.officer or teller.rng.choice(teller.city.of(office, Role.OFFICER))
    at = teller.walk.later(at, teller.rng.uniform(40, 240))
    yield at
    actions.contact(case, by=centre, at=at, result="reached", text="企业反映联系不及时。")
    at = teller.walk.later(at, teller.rng.uniform(390, 1200))
    yield at
    if case.officer is None:
        actions.claim(case, by=officer, at=at)
    actions.draft_answer(case, by=officer, at=at, text="已当面致歉，调整了首次联系的分工，今后由专人跟进。")
    at = teller.walk.later(at, 60)
    yield at
    actions.sign_off(case, by=teller.rng.choice(teller.city.of(office, Role.HEAD)), at=at)
    at = teller.walk.later(at, teller.rng.uniform(100, 500))
    yield at
    step = case.steps.get(code="check", state="running")
    actions.complete(step, by=centre, at=at, text="企业认可整改情况。")
