"""A small month whose figures are worked out by hand beside each matter.

March 2026 has no holiday; an office day is 6.5 hours (09:00–12:00, 13:30–17:00). The direct line promises to
dispatch in 30 minutes, contact in 2 hours, give an opinion in 1 working day and solve it in 15 working days,
from the office's receipt (`resolve`) and from the submission (`company`). Everything is asked on 10 April."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from servicedesk.accounts.models import User
from servicedesk.desk import actions
from servicedesk.desk.models import Attachment, Case
from servicedesk.reports.forms import CasesForm, ScopeForm
from servicedesk.reports.readers import reader_of
from servicedesk.reports.scope import Scope
from tests import make
from tests.make import moment
from tests.people import Cast

NOW = moment("2026-04-10 12:00")
MARCH = {"period": "dates", "since": "2026-03-01", "until": "2026-03-31", "kind": "direct-line"}


def at(day: int, time: str, month: int = 3) -> datetime:
    return moment(f"2026-{month:02}-{day:02} {time}")


@dataclass
class Month:
    people: Cast
    cases: dict[str, Case] = field(default_factory=dict)

    def __getitem__(self, name: str) -> Case:
        return make.again(self.cases[name])

    # --- acts --------------------------------------------------------------------------------------

    def received(self, name: str, when: datetime, to: str = "zjj") -> Case:
        """Submitted, and dispatched ten minutes later."""
        people = self.people
        case = self.cases[name] = make.submitted(people, at=when)
        actions.dispatch(
            case, by=people.diana, at=when + timedelta(minutes=10), office=people.office(to), title=name
        )
        return self[name]

    def claimed(self, name: str, when: datetime, to: str = "zjj") -> Case:
        case = self.received(name, when, to)
        by = self.people.alice if to == "zjj" else self.people.charlie
        actions.claim(case, by=by, at=when + timedelta(minutes=10))
        return self[name]

    def contacted(self, name: str, when: datetime, opinion: datetime) -> None:
        case, alice = self.cases[name], self.people.alice
        actions.contact(case, by=alice, at=when, result="reached", number="13800000001")
        actions.give_opinion(case, by=alice, at=opinion, text="先抽排，再清淤。")

    def answered(self, name: str, when: datetime) -> None:
        case = self.cases[name]
        actions.draft_answer(case, by=self.people.alice, at=when, text="已清淤。")
        actions.sign_off(case, by=self.people.bob, at=when)

    def confirmed(self, name: str, when: datetime, rating: int | None = None) -> None:
        case, wang = self.cases[name], self.people.wang
        actions.confirm(case, by=wang, at=when)
        if rating:
            actions.rate(case, by=wang, at=when, level=rating)

    def refused(self, name: str, when: datetime) -> None:
        actions.redo(self.cases[name], by=self.people.wang, at=when, reason="又积水了。")

    # --- matters -----------------------------------------------------------------------------------

    def kept(self) -> None:
        """Everything in time; 20.5 office hours from submission to answer; very satisfied."""
        self.claimed("kept", at(2, "09:00"))
        self.contacted("kept", at(2, "10:00"), at(2, "15:00"))
        self.answered("kept", at(5, "10:00"))
        self.confirmed("kept", at(6, "09:00"), rating=5)

    def late_contact(self) -> None:
        """Contacted after 230 minutes; not solved at first, then solved after 46.5 hours; dissatisfied."""
        self.claimed("late contact", at(3, "09:00"))
        self.contacted("late contact", at(3, "14:30"), at(3, "16:00"))
        self.answered("late contact", at(9, "10:00"))
        self.refused("late contact", at(10, "10:00"))
        self.answered("late contact", at(12, "10:00"))
        self.confirmed("late contact", at(13, "10:00"), rating=1)

    def returned(self) -> None:
        """The water office gives it back in time; answered by the housing office, which the company says
        solves nothing: its own promise runs on, past 25 March."""
        case = self.claimed("returned", at(4, "09:00"), to="swuj")
        people = self.people
        actions.return_to_centre(case, by=people.charlie, at=at(4, "10:00"), reason="不属我局职责。")
        actions.dispatch(
            case, by=people.diana, at=at(4, "10:20"), office=people.office("zjj"), title="returned"
        )
        actions.claim(case, by=people.alice, at=at(4, "10:20"))
        self.contacted("returned", at(4, "11:00"), at(4, "16:00"))
        self.answered("returned", at(6, "10:00"))
        self.refused("returned", at(31, "16:00"))

    def extended(self) -> None:
        """Due on 23 March, extended to the 26th, answered on the 25th after 109.5 hours; never rated."""
        case = self.claimed("extended", at(2, "11:00"))
        self.contacted("extended", at(2, "11:35"), at(3, "10:00"))
        proof = Attachment.objects.create(
            case=case, by=self.people.bob, sha256="0" * 64, size=1, name="批示.pdf", at=at(19, "09:00")
        )
        actions.extend(
            case,
            by=self.people.bob,
            at=at(20, "10:00"),
            clocks=("resolve", "company"),
            term=3,
            reason="涉及两级政府。",
            told_at=at(20, "09:30"),
            proof=proof,
        )
        self.answered("extended", at(25, "10:00"))
        self.confirmed("extended", at(26, "10:00"))

    def withdrawn(self) -> None:
        """Nobody had called for six hours when the company took it back: neither kept nor broken."""
        case = self.received("withdrawn", at(5, "09:00"))
        actions.withdraw(case, by=self.people.wang, at=at(5, "16:00"), reason="已自行解决。")

    def unreached(self) -> None:
        """Three calls on two half-days, nobody answers."""
        case = self.claimed("unreached", at(9, "09:00"))
        for when in (at(9, "10:00"), at(9, "14:00"), at(10, "09:30")):
            actions.contact(case, by=self.people.alice, at=when, result="no_answer", number="13800000001")

    def overdue(self) -> None:
        """Due on 31 March at five, and still open."""
        self.claimed("overdue", at(10, "09:00"))
        self.contacted("overdue", at(10, "10:00"), at(10, "15:00"))

    def young(self) -> None:
        """Its answer is due in April; what was due in March is done."""
        self.claimed("young", at(30, "09:00"))
        self.contacted("young", at(30, "10:00"), at(30, "14:00"))

    def february(self) -> None:
        """Of another month altogether."""
        self.claimed("february", at(2, "09:00", 2))
        self.contacted("february", at(2, "10:00", 2), at(2, "15:00", 2))
        self.answered("february", at(3, "10:00", 2))
        self.confirmed("february", at(4, "10:00", 2), rating=4)


def month(people: Cast) -> Month:
    """Write the whole month."""
    found = Month(people)
    for act in (
        *(found.february, found.kept, found.late_contact, found.returned, found.extended),
        *(found.withdrawn, found.unreached, found.overdue, found.young),
    ):
        act()
    return found


def scope_of(user: User, when: datetime = NOW, **asked: str) -> Scope:
    """The scope an address would ask for; March of the direct line unless said otherwise."""
    form = ScopeForm(MARCH | asked, reader_of(user, when), when)
    assert form.is_valid(), form.errors
    return form.scope()


def cases_form(user: User, when: datetime = NOW, **asked: str) -> CasesForm:
    return CasesForm(MARCH | asked, reader_of(user, when), when)
