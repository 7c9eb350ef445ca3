"""Believable answers to the questions of any item, by the sort of each: kept as the form would keep them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from random import Random
from typing import Any

from stdnum.cn import ric

from approvals.demo.words import table
from approvals.forms.conditions import asked, read
from enterprises.demo.companies import mobile, person
from enterprises.uscc import make_uscc

Row = Mapping[str, Any]
# A region nobody was ever born in, so that an invented number is nobody's.
NOWHERE = "370299"
# Serials of codes that belong to nobody: beyond those of the demo's companies and of those born in it.
STRANGERS = 700_000_000
# Most apply themselves.
USUAL = {"applied_by": "self", "premises": "rented", "taxpayer_type": "small"}
TABLE_ROWS = {"shareholders": 2, "managers": 2, "staff": 3}


@dataclass(frozen=True)
class Known:
    """Who applies, and when: what the desk fills in by itself, and the words of the form that follow."""

    on: date
    user: str
    phone: str
    company: str = ""
    number: str = ""
    representative: str = ""
    town: str = "sanlihe"
    street: str = "北京路88号"

    def facts(self) -> dict[str, str]:
        return {
            "company.name": self.company,
            "company.number": self.number,
            "user.name": self.user,
            "user.phone": self.phone,
        }


class Answering:
    """Answers for one applicant, question by question in the order of the form."""

    def __init__(self, rng: Random, who: Known) -> None:
        self.rng, self.who = rng, who
        self.facts = {name: value for name, value in who.facts().items() if value}

    def of(self, items: Iterable[Row]) -> dict[str, Any]:
        """Answers to all questions of the items that apply, each question once."""
        questions: dict[str, Row] = {}
        for item in items:
            for field in item["fields"]:
                questions.setdefault(str(field["code"]), field)
        given: dict[str, Any] = {}
        rules = {code: (rule,) for code, each in questions.items() if (rule := read(each["condition"]))}
        for code, question in questions.items():
            if asked([code], rules, given.get, questions):
                given |= self.answer(question)
        return given

    def answer(self, question: Row) -> dict[str, Any]:
        sort, code = str(question["sort"]), str(question["code"])
        if not question["is_required"] and sort not in WHOLE and self.rng.random() < 0.4:
            return {}
        if sort in PARTS:
            parts = PARTS[sort](self, question)
            return {f"{code}_{name}": value for name, value in parts.items()}
        return {code: SORTS[sort](self, question)} if sort in SORTS else {}

    def text(self, question: Row) -> str:
        code = str(question["code"])
        known = self.facts.get(str(question.get("known_as") or ""))
        if known:
            return known
        if question.get("check_as"):
            return self.checked(str(question["check_as"]))
        if code in {"name", "person"}:
            return person(self.rng)
        if code == "identity":
            return self.identity()
        if code == "company_name":
            return self.who.company or person(self.rng)
        return str(self.rng.choice(table("texts")[code]))

    def checked(self, check: str) -> str:
        """What passes one of the catalogue's checks and is nobody's."""
        made: dict[str, Callable[[], str]] = {
            "phone": lambda: self.who.phone,
            "identity": self.identity,
            "uscc": lambda: make_uscc(STRANGERS + self.rng.randrange(10**6)),
            "project": lambda: project_code(self.rng, self.who.on),
            "email": lambda: "contact@demo.example.cn",
        }
        return made[check]()

    def identity(self) -> str:
        born = date(1962, 1, 1) + timedelta(days=self.rng.randrange(14000))
        digits = f"{NOWHERE}{born:%Y%m%d}{self.rng.randrange(1000):03d}"
        return digits + str(ric.calc_check_digit(f"{digits}0"))

    def number(self, question: Row) -> str:
        least, most, places = table("numbers")[question["code"]]
        return f"{self.rng.uniform(least, most):.{places}f}"

    def day(self, question: Row) -> str:
        first, last = table("days")[question["code"]]
        return (self.who.on + timedelta(days=self.rng.randint(first, last))).isoformat()

    def choice(self, question: Row) -> str:
        codes = [str(each["code"]) for each in question["choices"]]
        usual = USUAL.get(str(question["code"]))
        return usual if usual in codes and self.rng.random() < 0.7 else self.rng.choice(codes)

    def choices(self, question: Row) -> list[str]:
        codes = [str(each["code"]) for each in question["choices"]]
        taken = set(self.rng.sample(codes, self.rng.randint(1, min(2, len(codes)))))
        return [code for code in codes if code in taken]

    def yes(self, question: Row) -> str:
        return self.rng.choice(("yes", "no"))

    def rows(self, question: Row) -> list[dict[str, Any]]:
        most = TABLE_ROWS.get(str(question["code"]), 2)
        found: list[dict[str, Any]] = [{} for _each in range(self.rng.randint(1, most))]
        for row in found:
            for column in question["columns"]:
                row |= self.answer({"is_required": True, "check_as": "", "known_as": "", **column})
        return found

    def person(self, question: Row) -> dict[str, str]:
        source = str(question.get("known_as") or "")
        mine = self.who.user if source == "user.name" else ""
        legal = self.who.representative if question["code"] == "legal_representative" else ""
        phone = self.who.phone if mine else mobile(self.rng)
        return {"name": mine or legal or person(self.rng), "id": self.identity(), "phone": phone}

    def company(self, question: Row) -> dict[str, str]:
        if question.get("known_as"):
            return {"name": self.who.company, "number": self.who.number}
        return {"name": "青岛沅川建设集团有限公司", "number": self.checked("uscc")}

    def address(self, question: Row) -> dict[str, str]:
        return {"town": self.who.town, "street": self.who.street}


def project_code(rng: Random, on: date) -> str:
    """A code of an investment project as the platform for them would give it out."""
    return f"{on:%y%m}-370281-{rng.choice(('04', '07', '17'))}-01-{rng.randrange(10**6):06d}"


# Optional tables are filled in all the same: without staff nothing is registered.
WHOLE = frozenset({"table"})
SORTS: dict[str, Callable[[Answering, Row], Any]] = {
    "text": Answering.text,
    "long": Answering.text,
    "number": Answering.number,
    "money": Answering.number,
    "date": Answering.day,
    "choice": Answering.choice,
    "choices": Answering.choices,
    "yes": Answering.yes,
    "table": Answering.rows,
}
PARTS: dict[str, Callable[[Answering, Row], dict[str, str]]] = {
    "person": Answering.person,
    "company": Answering.company,
    "address": Answering.address,
}
