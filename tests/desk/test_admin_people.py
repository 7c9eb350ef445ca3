"""Users and posts: the security administrator's alone, never granted to oneself, never rewritten."""

from __future__ import annotations

from datetime import date

import pytest
from django.core.management import CommandError, call_command
from django.test import Client

from servicedesk.accounts.models import Post, User
from servicedesk.desk.models import Event, Party
from tests.desk.staff import administrator, enter, form_of
from tests.people import Cast, person

pytestmark = pytest.mark.django_db
DESK = "/desk/desk/"
PEOPLE = "/desk/accounts/"


def test_security_grants_posts_in_their_own_name_and_never_to_themselves(
    client: Client, people: Cast
) -> None:
    security, newcomer = administrator("security"), person("newcomer")
    enter(client, security)
    data = {"user": newcomer.pk, "office": people.office().pk, "role": "officer", "since": "2026-01-01"}
    assert client.post(f"{PEOPLE}post/add/", data).status_code == 302
    post = Post.objects.get(user=newcomer)
    assert post.granted_by == security
    assert Event.objects.get(verb="register_add").chain == f"user:{newcomer.pk}"
    refused = client.post(f"{PEOPLE}post/add/", data | {"user": security.pk, "role": "manager"})
    assert "Nobody may grant a post to themselves." in refused.content.decode()
    assert security.posts.count() == 1


def test_a_post_is_ended_and_never_rewritten(client: Client, people: Cast) -> None:
    security = administrator("security")
    enter(client, security)
    post = people.alice.posts.get()
    path = f"{PEOPLE}post/{post.pk}/change/"
    assert client.post(path, form_of(client, path, until="2026-05-01", role="dispatcher")).status_code == 302
    post.refresh_from_db()
    assert (post.until, post.role) == (date(2026, 5, 1), "officer")
    assert client.post(f"{PEOPLE}post/{post.pk}/delete/", {"post": "yes"}).status_code == 403
    own = f"{PEOPLE}post/{security.posts.get().pk}/change/"
    assert client.post(own, {"until": "2030-01-01"}).status_code == 403


@pytest.mark.parametrize("role", ["manager", "dispatcher", "system", "auditor", "head"])
def test_nobody_but_security_touches_users_and_posts(client: Client, people: Cast, role: str) -> None:
    enter(client, administrator(role))
    data = {"user": people.charlie.pk, "office": people.office().pk, "role": "manager", "since": "2026-01-01"}
    assert client.post(f"{PEOPLE}post/add/", data).status_code == 403
    assert client.post(f"{PEOPLE}user/add/", {"username": "x", "name": "x"}).status_code == 403
    assert client.post(f"{PEOPLE}user/{people.alice.pk}/change/", {"is_active": ""}).status_code == 403
    assert Post.objects.filter(user=people.charlie).count() == 1


def test_a_user_is_made_without_a_password_and_logged_without_personal_data(
    client: Client, people: Cast
) -> None:
    enter(client, administrator("security"))
    data = {
        "username": "sun",
        "name": "孙悦",
        "phone": "",
        "language": "zh-hans",
        "is_staff": "on",
        "is_active": "on",
    }
    assert client.post(f"{PEOPLE}user/add/", data | {"email": "sun@example.cn"}).status_code == 302
    user = User.objects.get(username="sun")
    assert not user.has_usable_password() and user.phone is None and not user.is_superuser
    event = Event.objects.get(chain=f"user:{user.pk}")
    assert event.params["fields"]["name"] is None and "孙悦" not in str(event.params)
    html = client.get(f"{PEOPLE}user/{user.pk}/change/").content.decode()
    assert "password" not in html.lower().replace("forgotten password", "").split("<main")[-1]


def test_nobody_locks_themselves_out_or_raises_themselves(client: Client, people: Cast) -> None:
    security = administrator("security")
    enter(client, security)
    path = f"{PEOPLE}user/{security.pk}/change/"
    data = form_of(client, path, name="新名字") | {"is_superuser": "on"}
    data.pop("is_active", None)
    assert client.post(path, data).status_code == 302
    security.refresh_from_db()
    assert (security.name, security.is_active, security.is_superuser) == ("新名字", True, False)


def test_who_may_look_but_not_keep_sees_masked_numbers(client: Client, people: Cast) -> None:
    User.objects.filter(pk=people.alice.pk).update(phone="13800001234")
    Party.objects.filter(pk=people.company.pk).update(phone="13900005678", email="office@company.cn")
    enter(client, administrator("system"))
    html = client.get(f"{PEOPLE}user/{people.alice.pk}/change/").content.decode()
    assert "13800001234" not in html and "138****1234" in html and "alice@example.cn" not in html
    enter(client, people.alice)
    html = client.get(f"{DESK}party/{people.company.pk}/change/").content.decode()
    assert "13900005678" not in html and "office@company.cn" not in html


def test_a_lost_telephone_is_asked_for_by_one_and_never_settled_by_one(client: Client, people: Cast) -> None:
    security = administrator("security")
    enter(client, security)
    data = {"action": "ask_recovery", "_selected_action": [people.alice.pk]}
    asked = client.post(f"{PEOPLE}user/", data).headers["Location"]
    assert asked == f"{PEOPLE}recovery/add/?user={people.alice.pk}"
    assert client.get(asked).status_code == 200
    assert not Event.objects.filter(verb__startswith="recovery").exists()


def test_the_first_security_administrator_is_appointed_from_the_machine(people: Cast) -> None:
    person("first")
    call_command("appoint", "first", "security")
    assert Post.objects.get(user__username="first").role == "security"
    assert Event.objects.get(verb="appoint").params == {"role": "security", "office": "fwzx"}
    for wrong in (["nobody", "security"], ["first", "manager"], ["alice", "auditor"]):
        with pytest.raises(CommandError):
            call_command("appoint", *wrong)
