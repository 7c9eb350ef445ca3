"""To whom a matter is suggested to go, and why: a rule, else a ruling, else who ended its likes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _

from enterprises.direct_line.board.ended import Ended, Likes, most
from enterprises.direct_line.board.waiting import KIND, Row
from enterprises.models import DispatchRule, Ruling, Topic, Town
from enterprises.models.duty import industries_of, rules_in_force
from servicedesk.accounts.models import Office, User
from servicedesk.desk.models import Case
from servicedesk.desk.permissions import today
from servicedesk.desk.queue import cases_of_desk

# The latest rulings on the topics of a page.
RULINGS = 60


@dataclass(frozen=True)
class Suggestion:
    """The office with its reason; `rule` is the row it is from, `likes` the matters it rests on."""

    office: Office | None
    why: str
    topic: Topic | None = None
    town: Town | None = None
    guessed: bool = False
    rule: DispatchRule | None = None
    ruling: Ruling | None = None
    likes: tuple[Ended, ...] = ()


class Suggesting:
    """Everything suggestions for some rows rest on, read in a fixed number of queries."""

    def __init__(self, rows: Sequence[Row], user: User, at: datetime) -> None:
        self.offices = {office.pk: office for office in Office.objects.order_by("sort", "code")}
        self.topics = {topic.pk: topic for topic in Topic.objects.all()}
        self.rules = rules_in_force(today(at), assists=False) if rows else []
        self.likes = Likes(rows, user, at)
        self._likes = {row.case.pk: self.likes.of(row) for row in rows}
        self.rulings = self._rulings(rows, user, at)

    def _rulings(self, rows: Sequence[Row], user: User, at: datetime) -> list[Ruling]:
        topics = {topic.pk for row in rows if (topic := self.topic_of(row)[0]) is not None}
        if not topics:
            return []
        seen = cases_of_desk(user, at).filter(kind=KIND, rulings__topic__in=topics)
        found = Ruling.objects.filter(topic__in=topics, case__in=seen).select_related(
            "case", "office", "town"
        )
        return list(found[:RULINGS])

    def topic_of(self, row: Row) -> tuple[Topic | None, bool]:
        """What it is about: as the centre said, else as its likes were; and whether that is a guess."""
        if row.matter.topic is not None:
            return row.matter.topic, False
        likes = self._likes[row.case.pk]
        found = most((each.topic for each in likes), _least(likes))
        return (self.topics.get(found[0]), True) if found else (None, False)

    def town_of(self, row: Row) -> Town | None:
        company = getattr(row.case.applicant, "company", None)
        return row.matter.town or (company.town if company is not None else None)

    def of(self, row: Row) -> Suggestion:
        """Never an office that has given the matter back, nor one that receives none."""
        topic, guessed = self.topic_of(row)
        town, likes = self.town_of(row), self._likes[row.case.pk]
        office, why, rule, ruling = None, "", None, None
        if (rule := self._rule(row, topic, town)) is not None:
            office, why = self.offices[rule.office_id], _("Rule: %(rule)s.") % {"rule": rule}
        elif (ruling := self._ruling(row, topic, town)) is not None:
            office, why = self.offices[ruling.office_id], self._ruled(ruling)
        elif (found := self._ended(likes, town)) and self._may(found[0], row):
            office = self.offices[found[0]]
            why = self._ended_words(found, likes)
        return Suggestion(office, why, topic, town, guessed, rule, ruling, tuple(likes))

    def _ended(self, likes: Sequence[Ended], town: Town | None) -> tuple[int, int, int] | None:
        """The office that ended most of them, as it would be here."""
        return most((self._placed(each.office, town) for each in likes), _least(likes))

    def _placed(self, office: int, town: Town | None) -> int:
        """The office itself; of a town's own office the one of this town, whose code is the town's."""
        if town is None or self.offices[office].sort != Office.Sort.TOWN:
            return office
        return next((pk for pk, each in self.offices.items() if each.code == town.code), office)

    def _ended_words(self, found: tuple[int, int, int], likes: Sequence[Ended]) -> str:
        office, n, of = found
        told = {"n": n, "of": of, "office": self.offices[office].title()}
        if any(each.office == office for each in likes):
            return _("%(n)d of %(of)d like it were ended by %(office)s.") % told
        return _("%(n)d of %(of)d like it were ended by the office of their town.") % told

    def _may(self, office: int, row: Row) -> bool:
        return office not in row.returned_by and office in self.offices and self.offices[office].is_open

    def _rule(self, row: Row, topic: Topic | None, town: Town | None) -> DispatchRule | None:
        industries = industries_of(row.matter.industry)
        where = (topic.pk if topic else None, town.pk if town else None, industries)
        found = next((rule for rule in self.rules if rule.fits(*where)), None)
        return found if found is not None and self._may(found.office_id, row) else None

    def _ruling(self, row: Row, topic: Topic | None, town: Town | None) -> Ruling | None:
        """The latest ruling on the topic, in the same town before others."""
        fits = [
            each
            for each in self.rulings
            if topic is not None
            and each.topic_id == topic.pk
            and each.case_id != row.case.pk
            and self._placed(each.office_id, town) == each.office_id
            and self._may(each.office_id, row)
        ]
        here = [each for each in fits if town is not None and each.town_id == town.pk]
        return next(iter(here or fits), None)

    def _ruled(self, ruling: Ruling) -> str:
        told = {"number": ruling.case.number, "day": ruling.ruled_on.isoformat()}
        return _("Ruled so on %(day)s for %(number)s.") % told


def _least(likes: Sequence[Ended]) -> int:
    """How many must agree: one that says much the same is enough."""
    return 1 if likes and likes[0].is_near else 2


def suggestion_for(case: Case, user: User, at: datetime) -> Suggestion:
    """The suggestion for one matter, as on the board."""
    row = Row(case)
    return Suggesting([row], user, at).of(row)
