"""A legal person's log-in through the provider confirms the membership at once, end to end."""

from __future__ import annotations

import pytest
from django.test import Client

from enterprises.models import Company
from enterprises.uscc import make_uscc
from servicedesk.accounts.models import User
from servicedesk.desk.models import Membership
from tests.accounts.oidc_provider import Provider
from tests.accounts.test_provider import come, li, link, provider, server  # noqa: F401 (fixtures)

pytestmark = pytest.mark.django_db
CODE = make_uscc(77)
TOLD = {"companies": [{"uscc": CODE, "name": "青岛某公司", "role": "legal_person"}]}


def test_the_token_names_the_company_and_the_member_is_in(
    client: Client,
    li: User,  # noqa: F811
    provider: Provider,  # noqa: F811
) -> None:
    provider.claims = TOLD
    come(client, provider)
    come(client, provider)
    [member] = Membership.objects.filter(user=li, party__number=CODE)
    assert (member.role, member.is_confirmed) == ("owner", True)
    assert Company.objects.get(party__number=CODE).name == "青岛某公司"
    assert "青岛某公司" in client.get("/companies/").content.decode()


def test_of_a_member_of_staff_the_provider_says_nothing_of_companies(
    client: Client,
    provider: Provider,  # noqa: F811
) -> None:
    staff = User.objects.create_user("staff", None, name="工作人员", is_staff=True)
    link(staff, provider)
    provider.claims = TOLD
    come(client, provider)
    assert not Membership.objects.filter(user=staff).exists()
