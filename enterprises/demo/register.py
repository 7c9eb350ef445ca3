"""Put the demo's companies into the register, in a handful of statements."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import asdict

from django.db import transaction

from enterprises.demo.companies import DemoCompany
from enterprises.models import Company, CompanyYear, Contact, Industry, Tag, TagSort, Town
from servicedesk.desk.models import Party


@transaction.atomic
def enrol(found: Iterable[DemoCompany]) -> list[Company]:
    """Register the companies that are not there yet; return all of them, in the order given."""
    wanted = list(found)
    numbers = [each.uscc for each in wanted]
    known = set(Party.objects.filter(number__in=numbers).values_list("number", flat=True))
    _create([each for each in wanted if each.uscc not in known])
    registered = {
        company.number: company for company in Company.objects.named().filter(party__number__in=numbers)
    }
    return [registered[number] for number in numbers]


def _create(fresh: Sequence[DemoCompany]) -> None:
    parties = [Party(name=each.name, number=each.uscc, phone=each.contacts[0].phone) for each in fresh]
    parties = Party.objects.bulk_create(parties)
    towns = dict(Town.objects.values_list("code", "pk"))
    industries = dict(Industry.objects.values_list("code", "pk"))
    made = Company.objects.bulk_create(
        Company(
            party=party,
            legal_representative=each.legal_representative,
            registered_on=each.registered_on,
            registered_address=each.registered_address,
            business_address=each.business_address,
            town_id=towns[each.town],
            industry_id=industries[each.industry],
        )
        for party, each in zip(parties, fresh, strict=True)
    )
    _add_details(list(zip(made, fresh, strict=True)))


def _add_details(pairs: Sequence[tuple[Company, DemoCompany]]) -> None:
    sorts = {sort.code: sort for sort in TagSort.objects.all()}
    Contact.objects.bulk_create(
        Contact(company=c, **asdict(each)) for c, demo in pairs for each in demo.contacts
    )
    CompanyYear.objects.bulk_create(
        CompanyYear(company=c, **asdict(each)) for c, demo in pairs for each in demo.years
    )
    Tag.objects.bulk_create(
        Tag(company=c, **(asdict(each) | {"sort": sorts[each.sort]}))
        for c, demo in pairs
        for each in demo.tags
    )
