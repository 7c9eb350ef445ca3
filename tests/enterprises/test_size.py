from datetime import date
from decimal import Decimal

import pytest

from enterprises.models import CompanyYear, Industry, SizeBound, method_on
from enterprises.size import Size
from tests.enterprises.make import make_company

pytestmark = pytest.mark.django_db
L, M, S, X, U, N = Size.LARGE, Size.MEDIUM, Size.SMALL, Size.MICRO, Size.UNKNOWN, Size.NOT_APPLICABLE

# industry, staff, income, assets (万元), size by 国统字〔2017〕213号
TABLE = [
    ("0111", None, 20000, None, L),
    ("0111", None, 19999, None, M),
    ("0111", None, 49, None, X),
    ("3311", 1000, 40000, None, L),
    ("3311", 999, 40000, None, M),
    ("3311", 1000, 39999, None, M),
    ("3311", 300, 2000, None, M),
    ("3311", 300, 1999, None, S),
    ("3311", 19, 50000, None, X),
    ("3311", 5000, 299, None, X),
    ("4411", 20, 300, None, S),
    ("4710", None, 80000, 80000, L),
    ("4710", None, 80000, 4999, S),
    ("4710", None, 300, 299, X),
    ("5171", 200, 40000, None, L),
    ("5211", 200, 40000, None, M),
    ("5171", 20, 5000, None, M),
    ("5211", 20, 5000, None, S),
    ("5310", 5000, 900000, None, N),
    ("5431", 1000, 30000, None, L),
    ("5910", 200, 30000, None, S),
    ("5920", 200, 30000, None, L),
    ("5931", 100, 1000, None, U),
    ("6010", 1000, 30000, None, L),
    ("6110", 300, 10000, None, L),
    ("6210", 10, 100, None, S),
    ("6311", 300, 10000, None, M),
    ("6410", 2000, 100000, None, L),
    ("6511", 300, 10000, None, L),
    ("6511", 300, 49, None, X),
    ("6621", 300, 10000, 10000, N),
    ("7010", None, 200000, 10000, L),
    ("7010", None, 200000, 9999, M),
    ("7020", 1000, 5000, None, L),
    ("7030", 300, None, None, L),
    ("7040", 300, 1000, 1000, N),
    ("7090", 9, None, None, X),
    ("7111", 300, None, 120000, L),
    ("7211", 300, None, 99, X),
    ("7320", 300, None, None, L),
    ("7721", 100, None, None, M),
    ("8010", 10, None, None, S),
    ("8310", 300, 9999, 9999, N),
    ("8411", 300, 9999, 9999, N),
    ("8512", 300, None, None, L),
    ("9011", 99, None, None, S),
    ("9221", 300, None, None, N),
    ("9700", 300, None, None, N),
]


@pytest.mark.parametrize(("code", "staff", "income", "assets", "size"), TABLE)
def test_the_size_is_the_lowest_tier_of_all_its_indicators(
    code: str, staff: int | None, income: int | None, assets: int | None, size: Size
) -> None:
    industry = Industry.objects.filter(code=code).first()
    path = industry.path() if industry else [code, code[:3], code[:2], "G"]
    figures = {"staff": staff, "income": income and Decimal(income), "assets": assets and Decimal(assets)}
    if size is U:
        figures["staff"] = None
    assert method_on(date(2026, 1, 1)).size(path, figures) is size


@pytest.mark.parametrize("missing", ["staff", "income"])
def test_a_missing_figure_is_unknown_and_never_micro(missing: str) -> None:
    figures = {"staff": 5, "income": Decimal(5)} | {missing: None}
    assert method_on(date(2026, 1, 1)).size(["3311", "331", "33", "C"], figures) is U


def test_every_industry_has_a_sector_or_is_expressly_outside() -> None:
    sectors = method_on(date(2026, 1, 1)).sectors
    paths = [industry.path() for industry in Industry.objects.filter(level=Industry.Level.CLASS)]
    assert all(any(code in sectors for code in path) for path in paths)


def test_before_the_method_was_issued_there_is_none() -> None:
    assert method_on(date(2017, 1, 1)).size(["3311", "C"], {"staff": 5, "income": 5}) is N


def test_a_later_row_changes_the_bounds_from_its_day_on() -> None:
    SizeBound.objects.create(
        sector="工业", indicator="staff", large=10, medium=5, small=2, basis="…", valid_from=date(2027, 1, 1)
    )
    path, figures = ["3311", "C"], {"staff": 10, "income": 40000}
    assert method_on(date(2026, 12, 31)).size(path, figures) is X
    assert method_on(date(2027, 1, 1)).size(path, figures) is L


def test_a_company_is_sized_by_its_latest_known_year() -> None:
    company = make_company()
    CompanyYear.objects.create(company=company, year=2024, staff=1000, income=40000)
    CompanyYear.objects.create(company=company, year=2025, staff=300, income=2000)
    CompanyYear.objects.create(company=company, year=2026)
    assert company.size(method_on(date(2026, 1, 1))) is M


def test_without_figures_or_industry_the_size_is_unknown() -> None:
    method = method_on(date(2026, 1, 1))
    assert make_company().size(method) is U
    assert make_company(industry=None).size(method) is U
