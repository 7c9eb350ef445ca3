"""Service managers 服务企业经理人: they read the matters of the firms they look after, and nothing more."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.test import Client
from django.utils import timezone

from enterprises.models import Company, ServiceManager
from servicedesk.accounts.models import User
from servicedesk.desk.permissions import actions_for, may_unmask, visible_to
from tests import make
from tests.desk.staff import bench, enter, post
from tests.enterprises import overseeing
from tests.people import SINCE, Cast, cast

pytestmark = pytest.mark.django_db


@pytest.fixture
def people() -> Cast:
    return cast()


@pytest.fixture
def manager(people: Cast) -> User:
    """Charlie serves elsewhere and looks after Wang's company."""
    company, _made = Company.objects.get_or_create(party=people.company)
    ServiceManager.objects.create(company=company, user=people.charlie, since=SINCE)
    return User.objects.get(pk=people.charlie.pk)


def test_they_read_what_the_company_handed_in_and_may_do_nothing(
    client: Client, people: Cast, manager: User
) -> None:
    now = timezone.now()
    case = make.claimed(people, at=now - timedelta(minutes=5))
    assert visible_to(manager, now).filter(pk=case.pk).exists()
    assert actions_for(manager, case, now) == [] and not may_unmask(manager, case, now)
    enter(client, manager)
    html = client.get(bench(case)).content.decode()
    assert str(case.number) in html and "13800000001" not in html and "There is nothing for you to do" in html
    assert post(client, case, "note", text="x").status_code == 403
    assert not visible_to(manager, now).filter(pk=make.draft(people).pk).exists()


def test_never_a_complaint_and_never_another_firm(people: Cast, manager: User) -> None:
    now = timezone.now()
    complaint = overseeing.complaint(people)
    assert not visible_to(manager, now).filter(pk=complaint.pk).exists()
    ServiceManager.objects.update(company=Company.objects.get_or_create(party=people.other)[0])
    case = make.claimed(people, at=now)
    assert not visible_to(User.objects.get(pk=manager.pk), now).filter(pk=case.pk).exists()


def test_it_ends_with_the_service(people: Cast, manager: User) -> None:
    case = make.claimed(people, at=timezone.now())
    ServiceManager.objects.update(until=date(2021, 1, 1))
    fresh = User.objects.get(pk=manager.pk)
    assert not visible_to(fresh, timezone.now()).filter(pk=case.pk).exists()
