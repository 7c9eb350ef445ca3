"""Requests of an older system as matters of the direct line."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime

from django.db.models import Count
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from enterprises import uscc
from enterprises.models import Company, DirectLineMatter, Topic, Town
from servicedesk.desk.history import Field, HistoryDef, Past, Say, register_history
from servicedesk.desk.models import Case, Party
from servicedesk.desk.trail import chain_of_row, record

# Whose requests an older system kept without saying whose they were.
UNKNOWN = "历史导入（原系统未载明申请人）"
LONGEST_NAME = 120

FIELDS = (
    Field("topic", gettext_lazy("Topic"), ("诉求类别", "问题类别", "类别", "topic")),
    Field("town", gettext_lazy("Town"), ("镇街", "所属镇街", "town")),
    Field("company", gettext_lazy("Company"), ("企业名称", "单位名称", "company")),
    Field("uscc", gettext_lazy("Unified social credit code"), ("统一社会信用代码", "信用代码", "uscc")),
)


class DirectLineReader:
    """Topics, towns and parties of one run."""

    def __init__(self) -> None:
        self.topics = {name: row for row in Topic.objects.all() for name in (row.code, row.name)}
        self.towns = {name: row for row in Town.objects.all() for name in (row.code, row.name)}

    def look(self, past: Past, fault: Say, remark: Say) -> None:
        for name, rows in (("topic", self.topics), ("town", self.towns)):
            said = past.words.get(name, "")
            past.facts[name] = rows.get(said)
            if said and said not in rows:
                remark(name, _("“%(name)s” is not in the register; it is kept as a word.") % {"name": said})
        code = uscc.normalise(past.words.get("uscc", ""))
        past.facts["uscc"] = code
        if code and not uscc.check(code).is_good:
            fault("uscc", str(uscc.check(code).message))
        if len(past.words.get("company", "")) > LONGEST_NAME:
            fault("company", _("The name is too long."))

    def applicants(self, pasts: Sequence[Past], at: datetime) -> list[Party]:
        """By the code where there is one, else by the exact name of the one party that has it; a company the
        desk does not know gets a party, and by its code a place in the register."""
        by_code = self._by_code({past.facts["uscc"] for past in pasts} - {""})
        names = {past.words.get("company", "") for past in pasts if not past.facts["uscc"]}
        by_name = self._by_name({name or UNKNOWN for name in names})
        found = []
        for past in pasts:
            code, name = past.facts["uscc"], past.words.get("company", "")
            if code:
                if code not in by_code:
                    by_code[code] = _register(name or code, code, at)
                found.append(by_code[code])
                continue
            key = name or UNKNOWN
            if key not in by_name:
                by_name[key] = Party.objects.create(name=key)
            found.append(by_name[key])
        self._industries = dict(
            Company.objects.filter(party__in={party.pk for party in found}).values_list("party", "industry")
        )
        return found

    def _by_code(self, codes: set[str]) -> dict[str, Party]:
        return {str(party.number): party for party in Party.objects.filter(number__in=codes)}

    def _by_name(self, names: set[str]) -> dict[str, Party]:
        """Parties that alone have their name. Of several of one name none is meant: one without a code is."""
        rows = Party.objects.filter(name__in=names, sort=Party.Sort.COMPANY)
        counted = dict(rows.values_list("name").annotate(number=Count("pk")).order_by())
        alone = [name for name, number in counted.items() if number == 1]
        found = {party.name: party for party in rows.filter(number=None).order_by("-pk")}
        return found | {party.name: party for party in rows.filter(name__in=alone)}

    def details(self, pairs: Sequence[tuple[Case, Past]]) -> Iterator[DirectLineMatter]:
        for case, past in pairs:
            yield DirectLineMatter(
                case=case,
                text=past.text,
                topic=past.facts["topic"],
                town=past.facts["town"],
                industry_id=self._industries.get(case.applicant_id),
            )


def _register(name: str, code: str, at: datetime) -> Party:
    """Enter a company of which only name and code are known."""
    party = Party.objects.create(name=name, number=code)
    company = Company.objects.create(party=party)
    fields = {"name": [None, name], "number": [None, code]}
    record(chain_of_row(company), "register_add", at=at, params={"fields": fields, "source": "history"})
    return party


HISTORY = register_history(HistoryDef(kind="direct-line", reader=DirectLineReader, fields=FIELDS))
