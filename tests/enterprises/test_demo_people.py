from __future__ import annotations

import re
from collections import Counter
from datetime import date
from random import Random

import pytest

from enterprises.demo.companies import companies, words
from enterprises.demo.grievances import grievances
from enterprises.demo.register import enrol
from enterprises.models import Company, CompanyYear, Contact, Industry, Tag, Topic, Town, method_on
from enterprises.size import Size
from enterprises.uscc import Verdict, check
from servicedesk.accounts.models import Office
from servicedesk.accounts.offices import load_offices


def test_the_same_seed_makes_the_same_companies() -> None:
    assert companies(40, Random(7)) == companies(40, Random(7))
    assert companies(40, Random(7)) != companies(40, Random(8))
    assert grievances(Random(7)) == grievances(Random(7))


def test_names_and_codes_are_distinct_and_codes_valid() -> None:
    found = companies(600, Random(1))
    assert len({company.name for company in found}) == len({company.uscc for company in found}) == 600
    assert all(check(company.uscc) is Verdict.GOOD and company.uscc[2:8] == "370281" for company in found)


def test_telephones_have_the_shape_of_a_mobile_number() -> None:
    phones = [contact.phone for company in companies(100, Random(1)) for contact in company.contacts]
    assert all(re.fullmatch(r"154\d{8}", phone) for phone in phones)


def test_a_company_is_younger_than_its_figures_and_tags_fit_its_day() -> None:
    on = date(2026, 3, 1)
    for company in companies(200, Random(3), on):
        assert company.registered_on < on
        assert all(company.registered_on.year <= year.year < on.year for year in company.years)
        assert all(tag.valid_from < on for tag in company.tags)


@pytest.mark.django_db
def test_the_demo_enters_the_register_once_and_whole() -> None:
    found = companies(200, Random(5))
    made = enrol(found)
    assert [company.number for company in made] == [company.uscc for company in found]
    enrol(found)
    assert Company.objects.count() == 200
    assert Contact.objects.count() == sum(len(company.contacts) for company in found)
    assert CompanyYear.objects.count() == sum(len(company.years) for company in found)
    assert Tag.objects.count() == sum(len(company.tags) for company in found)
    for company in Company.objects.named()[:20]:
        company.full_clean()


@pytest.mark.django_db
def test_the_demo_has_companies_of_every_size_most_of_them_small() -> None:
    enrol(companies(400, Random(5)))
    method = method_on(date(2026, 1, 1))
    sizes = Counter(company.size(method) for company in Company.objects.named().prefetch_related("years"))
    assert set(sizes) == set(Size)
    assert sizes[Size.SMALL] > sizes[Size.MEDIUM] > sizes[Size.LARGE]


@pytest.mark.django_db
def test_every_grievance_names_a_topic_an_office_and_a_town_that_exist() -> None:
    load_offices()
    offices = set(Office.objects.values_list("code", flat=True))
    topics = set(Topic.objects.values_list("code", flat=True))
    texts = grievances(Random(2))
    assert len(texts) >= 60 and len({text.title for text in texts}) == len(texts)
    assert {text.topic for text in texts} == topics
    for text in texts:
        placed = text.placed("jiaoxi", "胶西街道")
        assert placed.office in offices and Town.objects.filter(code=placed.town).exists()
        assert "{" not in placed.place
        assert len(text.title) <= 30 and min(len(text.text), len(text.answer)) >= 30
        assert text.urgency in {"normal", "urgent", "critical"}


def test_there_are_words_for_every_turn_a_matter_may_take() -> None:
    sorts = (
        "unsolved",
        "withdrawn",
        "returned",
        "extension",
        "contacted",
        "unanswered",
        "praise",
        "fair",
        "complaint",
    )
    assert all(len(words(sort)) >= 3 for sort in sorts)


@pytest.mark.django_db
def test_every_trade_names_an_industry_that_exists() -> None:
    codes = {company.industry for company in companies(600, Random(1))}
    assert codes == set(Industry.objects.filter(code__in=codes, level=4).values_list("code", flat=True))
