"""Makers for the register's tests."""

from __future__ import annotations

from datetime import date
from typing import Any

from enterprises.models import Company, Industry, Town
from enterprises.uscc import make_uscc
from servicedesk.accounts.models import Office, Post, User
from servicedesk.desk.models import Party


def make_company(name: str = "青岛试制钢结构有限公司", number: str | None = None, **fields: Any) -> Company:
    serial = Party.objects.count() + 1
    party = Party.objects.create(name=name, number=number or make_uscc(serial))
    fields.setdefault("town", Town.objects.get(code="jiaoxi"))
    fields.setdefault("industry", Industry.objects.get(code="3311"))
    return Company.objects.create(party=party, **fields)


def make_staff(role: str, username: str = "bob") -> User:
    """Somebody who holds `role` at the service centre, for as long as any test looks."""
    centre, _ = Office.objects.get_or_create(
        code="fwzx", defaults={"name": "企业发展服务中心", "sort": "centre"}
    )
    user = User.objects.create_user(username, "pw", name=username.title(), is_staff=True)
    Post.objects.create(user=user, office=centre, role=role, since=date(2020, 1, 1))
    return user
