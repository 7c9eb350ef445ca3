"""Who in the house may see a case, so that whoever writes a note may name them. One query offers them;
whether somebody may see it is `permissions.visible_to`'s to say, and is asked before anybody is told."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce

from servicedesk.accounts.models import Office, Post, User
from servicedesk.desk.models import Case, Membership, Step, Watch
from servicedesk.desk.queue import cases_of_desk
from servicedesk.desk.registry import CENTRE
from servicedesk.desk.serving import Role, above, below

WORKING = frozenset({Role.OFFICER, Role.HEAD, Role.LEADER})
ABOVE = frozenset({Role.HEAD, Role.LEADER})
EVERYWHERE = frozenset({Role.MANAGER, Role.SUPERVISOR})
# A step in these states has been with its office.
BEGUN = frozenset({Step.State.RUNNING, Step.State.PAUSED, Step.State.DONE, Step.State.SKIPPED})


def colleagues(case: Case, steps: Iterable[Step], offices: Iterable[Office], on: date) -> list[Any]:
    """Members of staff whose own posts let them see the case, by office and name, each with `office_title`
    of the post, `in_hand` (open matters), `handles` (serves where the case is) and `is_watching` (it)."""
    tree = list(offices)
    with_case = {case.office_id} | {step.office_id for step in steps if step.state in BEGUN}
    posts = Post.objects.current(on).filter(user=OuterRef("pk"))
    fits = (
        Q(role__in=WORKING, office__in=with_case)
        | Q(role__in=ABOVE, office__in=above(with_case, tree))
        | Q(role__in=EVERYWHERE)
        | Q(role=Role.DISPATCHER, office__code=CENTRE)
    )
    found: Any = _without_the_kept_out(case, posts, tree, on).filter(Exists(posts.filter(fits)))
    held = Case.objects.open().filter(officer=OuterRef("pk")).order_by().values("officer")
    found = found.annotate(
        office_id=Subquery(posts.filter(fits).order_by("pk").values("office")[:1]),
        in_hand=Coalesce(Subquery(held.annotate(n=Count("pk")).values("n")), 0),
        handles=Exists(posts.filter(office=case.office_id, role__in=[Role.OFFICER, Role.HEAD])),
        is_watching=Exists(Watch.objects.filter(case=case, user=OuterRef("pk"))),
    )
    titles = {office.pk: office.title() for office in tree}
    rows = list(found.order_by(F("office_id"), "name", "pk"))
    for row in rows:
        row.office_title = titles.get(row.office_id, "")
    return rows


def _without_the_kept_out(case: Case, posts: Any, tree: list[Office], on: date) -> QuerySet[User]:
    """Active staff that neither keep the machine, nor are on the applicant's side, nor serve where a
    complaint is about."""
    parties = [key for key in (case.applicant_id, case.about_id) if key is not None]
    own = Membership.objects.current(on).filter(party__in=parties, is_confirmed=True, user=OuterRef("pk"))
    found = User.objects.filter(is_active=True, is_staff=True, is_superuser=False)
    found = found.exclude(Exists(posts.filter(role__in=Post.WITHOUT_CASES))).exclude(Exists(own))
    if case.against_id is not None:
        found = found.exclude(Exists(posts.filter(office__in=below({case.against_id}, tree))))
    return found


def sees(user: User, case: Case, at: datetime) -> bool:
    """Whether this member of staff meets the case on the desk."""
    return cases_of_desk(user, at).filter(pk=case.pk).exists()
