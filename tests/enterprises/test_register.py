from datetime import date

import pytest
from django.apps import apps
from django.core.exceptions import ValidationError
from django.db import IntegrityError
from django.utils import timezone
from django.utils.translation import override

from enterprises.data import load_all
from enterprises.models import Company, CompanyYear, DirectLineMatter, Industry, Tag, TagSort, Topic, Town
from servicedesk.accounts.models import Office
from servicedesk.desk.models import Case
from tests.enterprises.make import make_company

pytestmark = pytest.mark.django_db


def test_the_industries_are_those_of_gbt_4754_2017() -> None:
    counts = [Industry.objects.filter(level=level).count() for level in (1, 2, 3, 4)]
    assert counts == [20, 97, 473, 1380]
    assert Industry.objects.filter(parent=None).count() == 20
    steel = Industry.objects.get(code="3311")
    assert steel.path() == ["3311", "331", "33", "C"]
    assert [steel.parent.code, steel.parent.parent.code, steel.parent.parent.parent.code] == [
        "331",
        "33",
        "C",
    ]


def test_an_industry_is_found_within_what_stands_above_it() -> None:
    assert Industry.objects.within("331").filter(code="3311").exists()
    assert Industry.objects.within("C").filter(code="3311").exists()
    assert not Industry.objects.within("B").filter(code="3311").exists()


def test_the_first_rows_load_once_and_leave_what_was_edited() -> None:
    Town.objects.filter(code="fuan").update(name="阜安")
    assert load_all(apps) == 0
    assert Town.objects.get(code="fuan").name == "阜安"


def test_towns_bear_their_region_codes_and_zones_may_have_none() -> None:
    assert Town.objects.get(code="ligezhuang").region == "370281102"
    assert Town.objects.get(code="shsfq").region is None
    assert Town.objects.filter(region=None).count() == 2


def test_a_row_is_called_by_the_language_of_the_page() -> None:
    topic = Topic.objects.get(code="land")
    with override("zh-hans"):
        assert topic.title() == "用地"
    assert topic.title("en") == "Land"
    assert topic.title("ru") == "Земля"


def test_an_expired_tag_is_no_tag() -> None:
    sort = TagSort.objects.get(code="high-tech")
    tag = Tag.objects.create(
        company=make_company(),
        sort=sort,
        issuer="…",
        valid_from=date(2023, 1, 1),
        valid_until=date(2025, 12, 31),
    )
    assert list(Tag.objects.current(date(2025, 12, 31))) == [tag]
    assert not Tag.objects.current(date(2026, 1, 1)).exists()
    assert not Tag.objects.current(date(2022, 12, 31)).exists()
    assert Tag.objects.current(date(2023, 1, 1)).exists()


def test_an_early_code_needs_its_reason_in_the_register() -> None:
    company = make_company(number="91350211M00013FA1N")
    with pytest.raises(ValidationError):
        company.full_clean()
    company.uscc_override_reason = "as printed on the licence"
    company.full_clean()


def test_the_legal_representative_is_masked() -> None:
    assert "建国" not in make_company(legal_representative="王建国").masked_representative


def test_a_company_is_found_by_words_of_its_name_or_the_head_of_its_code() -> None:
    company = make_company("青岛试制钢结构有限公司", "91370281MA0000015W")
    make_company("青岛试制食品有限公司")
    assert list(Company.objects.search("青岛 钢结构")) == [company]
    assert list(Company.objects.search("91370281ma0000015")) == [company]


def test_figures_of_a_year_stand_once_and_are_never_negative() -> None:
    company = make_company()
    CompanyYear.objects.create(company=company, year=2025, staff=3)
    with pytest.raises(ValidationError):
        CompanyYear(company=company, year=2025).full_clean()
    with pytest.raises(IntegrityError):
        CompanyYear.objects.create(company=company, year=2024, income=-1)


def test_a_matter_is_unrated_until_somebody_rates_it() -> None:
    centre = Office.objects.create(code="fwzx", name="企业发展服务中心")
    case = Case.objects.create(
        kind="direct-line", applicant=make_company().party, office=centre, opened_at=timezone.now()
    )
    matter = DirectLineMatter.objects.create(case=case, text="门口道路破损")
    assert case.direct_line.rating is None
    matter.rating = 5
    with pytest.raises(IntegrityError):
        matter.save()
