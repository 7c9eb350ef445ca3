"""manage.py appoint USER ROLE [--office CODE]: the first posts of a new desk, from the machine itself.

From then on the security administrator grants posts in the register."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction
from django.utils import timezone

from servicedesk.accounts.models import Office, Post, User
from servicedesk.desk.permissions import today
from servicedesk.desk.registry import CENTRE
from servicedesk.desk.trail import chain_of_user, record


class Command(BaseCommand):
    help = "Give a user a post; meant for the first security administrator of a new desk."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("user", help="log-in name")
        parser.add_argument("role", choices=Post.Role.values)
        parser.add_argument(
            "--office", default=CENTRE, help="code of the office; the service centre by default"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            post = appoint(options["user"], options["role"], options["office"])
        except (User.DoesNotExist, Office.DoesNotExist) as error:
            raise CommandError(str(error)) from error
        except ValidationError as error:
            raise CommandError(" ".join(error.messages)) from error
        self.stdout.write(str(post))


@transaction.atomic
def appoint(username: str, role: str, office: str) -> Post:
    """Grant the post from today on, and log it. Raises ValidationError where it clashes with another."""
    now = timezone.now()
    user = User.objects.select_for_update().get(username=username)
    post = Post(user=user, office=Office.objects.get(code=office), role=role, since=today(now))
    post.full_clean()
    post.save()
    record(chain_of_user(user), "appoint", at=now, params={"role": role, "office": office})
    return post
