from io import StringIO

import pytest
from django.core.management import call_command

from servicedesk.accounts.models import Office
from servicedesk.accounts.offices import load_offices, rows

pytestmark = pytest.mark.django_db


def test_loading_the_offices_twice_adds_nothing_the_second_time() -> None:
    # Those that carry out service items came with the first rows of the catalogue.
    there = Office.objects.count()
    assert load_offices() == len(rows()) - there
    assert Office.objects.count() == len(rows())
    assert load_offices() == 0


def test_every_office_stands_under_the_city_and_has_its_names_and_duties() -> None:
    load_offices()
    city = Office.objects.get(code="city")
    others = Office.objects.exclude(pk=city.pk)
    assert set(others.exclude(parent=None).values_list("parent", flat=True)) == {city.pk}
    # The offices of party committee, people's congress and consultative conference are no part of government.
    assert set(others.filter(parent=None).values_list("code", flat=True)) == {"swb", "rdb", "zxb"}
    assert not Office.objects.filter(name_en="").exists()
    assert not Office.objects.filter(name_ru="").exists()
    assert not Office.objects.filter(duties="").exists()


def test_no_telephone_number_is_invented() -> None:
    load_offices()
    assert not Office.objects.exclude(phone="").exists()


def test_bodies_led_from_above_are_marked() -> None:
    load_offices()
    marked = Office.objects.filter(is_vertical=True).values_list("code", flat=True)
    assert set(marked) == {"swj", "hg", "xfdd", "sthjj", "gjj", "gdgs"}


def test_what_an_official_has_changed_stays_changed() -> None:
    load_offices()
    Office.objects.filter(code="zjj").update(name="住房城乡建设局")
    call_command("load_offices", stdout=StringIO())
    assert Office.objects.get(code="zjj").name == "住房城乡建设局"


def test_sorts_are_those_of_the_model() -> None:
    assert {row["sort"] for row in rows()} <= set(Office.Sort.values)
