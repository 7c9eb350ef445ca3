"""Six matters of the direct line whose ways are drawn by hand, asked about on 10 April 2026.

two plain      ^ dispatch contact opinion solve confirm $
returned       ^ dispatch contact(water) dispatch contact(housing) opinion solve …
to and fro     ^ dispatch contact(housing) contact(water) contact(housing) opinion solve confirm $
taken up again ^ dispatch contact opinion solve confirm solve confirm $
waiting        ^ dispatch contact(water, nobody has claimed it) …

Every matter is dispatched ten minutes after it was submitted, and claimed ten minutes after that."""

from __future__ import annotations

from datetime import datetime, timedelta

from servicedesk.desk import actions
from servicedesk.desk.models import Case
from tests.people import Cast
from tests.reports.month import Month, at

# How often what directly follows what, and in how many cases.
FOLLOWS = {
    ("^", "dispatch"): (6, 6),
    ("dispatch", "contact"): (7, 6),
    ("contact", "dispatch"): (1, 1),
    ("contact", "contact"): (2, 1),
    ("contact", "opinion"): (5, 5),
    ("opinion", "solve"): (5, 5),
    ("solve", "confirm"): (5, 4),
    ("confirm", "solve"): (1, 1),
    ("confirm", "$"): (4, 4),
}
PLAIN = ("dispatch", "contact", "opinion", "solve", "confirm", "$")


class Ways(Month):
    def claimed(self, name: str, when: datetime, to: str = "zjj") -> Case:
        case = self.received(name, when, to)
        by = self.people.alice if to == "zjj" else self.people.charlie
        actions.claim(case, by=by, at=when + timedelta(minutes=20))
        return self[name]

    def done(self, name: str, day: int) -> None:
        """Contacted an hour after the claim's hour, answered and confirmed on the next days."""
        self.contacted(name, at(day, "10:20"), at(day, "15:00"))
        self.answered(name, at(day + 1, "10:00"))
        self.confirmed(name, at(day + 2, "10:00"))

    def plain(self) -> None:
        for name, day in (("plain", 2), ("as plain", 3)):
            self.claimed(name, at(day, "09:00"))
            self.done(name, day)

    def returned(self) -> None:
        case = self.claimed("returned", at(4, "09:00"), to="swuj")
        people = self.people
        actions.return_to_centre(case, by=people.charlie, at=at(4, "10:00"), reason="不属我局职责。")
        actions.dispatch(case, by=people.diana, at=at(4, "10:20"), office=people.office("zjj"), title="退单")
        actions.claim(case, by=people.alice, at=at(4, "10:30"))
        self.contacted("returned", at(4, "11:00"), at(4, "16:00"))

    def to_and_fro(self) -> None:
        people = self.people
        case = self.claimed("to and fro", at(5, "09:00"))
        for office, hour in (("swuj", "10:00"), ("zjj", "11:00")):
            actions.transfer(
                case, by=people.diana, at=at(5, hour), office=people.office(office), reason="职责交叉。"
            )
        actions.claim(case, by=people.alice, at=at(5, "11:30"))
        self.contacted("to and fro", at(5, "14:00"), at(5, "16:00"))
        self.answered("to and fro", at(6, "10:00"))
        self.confirmed("to and fro", at(6, "11:00"))

    def taken_up_again(self) -> None:
        self.claimed("taken up again", at(9, "09:00"))
        self.contacted("taken up again", at(9, "10:20"), at(9, "15:00"))
        self.answered("taken up again", at(10, "10:00"))
        self.refused("taken up again", at(11, "10:00"))
        self.answered("taken up again", at(12, "10:00"))
        self.confirmed("taken up again", at(12, "16:00"))

    def waiting(self) -> None:
        self.received("waiting", at(10, "09:00"), to="swuj")


def ways(people: Cast) -> Ways:
    """Write all six."""
    found = Ways(people)
    found.plain()
    found.returned()
    found.to_and_fro()
    found.taken_up_again()
    found.waiting()
    return found
