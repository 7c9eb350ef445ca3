"""What applicants said when they were asked 回访: solved or not, content or not. Of several answers in the
period the last one counts; a call nobody answered is no answer. Kept apart from 好差评, always."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import Any

from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from servicedesk.desk.followups import PARTLY, SOLVED, UNREACHED, UNSOLVED, VALID, FollowUps
from servicedesk.desk.registry import CaseKind, kinds
from servicedesk.reports.countable import Found, Tally, figure
from servicedesk.reports.scope import Scope

# 基本满意 and better (GB/T 39735-2020: the last two of five levels are bad).
SATISFIED = 3


def asking(scope: Scope) -> list[tuple[CaseKind, FollowUps]]:
    """The kinds in scope whose applicants are asked, with where the answers are."""
    found = [scope.kind] if scope.kind else list(kinds())
    return [(kind, kind.follow_ups) for kind in found if kind.follow_ups]


def _said(scope: Scope, kind: CaseKind, kept: FollowUps) -> QuerySet[Any]:
    case = f"{kept.case}__"
    found = kept.all().filter(scope.within(kept.at), scope.near(case), scope.about(case))
    named = found.annotate(told_result=F(kept.result), told_level=F(kept.level))
    return named.filter(**{f"{case}kind": kind.code})


def _last(scope: Scope, kept: FollowUps, rows: QuerySet[Any], **where: Any) -> QuerySet[Any]:
    """Of the rows of each case for which that holds the last one in the period."""
    same = kept.all().filter(scope.within(kept.at), **where, **{kept.case: OuterRef(kept.case)})
    later = Q((f"{kept.at}__gt", OuterRef(kept.at))) | Q((kept.at, OuterRef(kept.at)), pk__gt=OuterRef("pk"))
    return rows.filter(~Exists(same.filter(later)), **where)


def _valid(scope: Scope) -> list[Found]:
    return [
        Found(_last(scope, kept, _said(scope, kind, kept), **{f"{kept.result}__in": VALID}), kept.case)
        for kind, kept in asking(scope)
    ]


def _rated(scope: Scope) -> list[Found]:
    return [
        Found(_last(scope, kept, _said(scope, kind, kept), **{f"{kept.level}__isnull": False}), kept.case)
        for kind, kept in asking(scope)
    ]


def _in_vain(scope: Scope) -> list[Found]:
    return list(_unanswered(scope))


def _unanswered(scope: Scope) -> Iterator[Found]:
    for kind, kept in asking(scope):
        same = {kept.case: OuterRef(kept.case), f"{kept.result}__in": VALID}
        answered = kept.all().filter(scope.within(kept.at), **same)
        yield Found(_said(scope, kind, kept).filter(~Exists(answered), told_result=UNREACHED), kept.case)


def said(result: str) -> Tally:
    return Tally(_valid, partial(_is, result))


def _is(result: str, scope: Scope) -> Q:
    return Q(told_result=result)


def _is_satisfied(scope: Scope) -> Q:
    return Q(told_level__gte=SATISFIED)


TALLIES = {
    "asked_valid": Tally(_valid),
    "asked_solved": said(SOLVED),
    "asked_partly": said(PARTLY),
    "asked_unsolved": said(UNSOLVED),
    "asked_in_vain": Tally(_in_vain),
    "asked_rated": Tally(_rated),
    "asked_satisfied": Tally(_rated, _is_satisfied),
}

FIGURES = (
    figure(
        "asked-valid",
        pgettext_lazy("follow-ups", "Valid answers"),
        _(
            "Asked after the answer, the applicant said in the period: solved, partly or not. Their own "
            "confirmation counts as one. Of several answers the last one counts."
        ),
        TALLIES["asked_valid"],
    ),
    figure(
        "asked-solved",
        pgettext_lazy("follow-ups", "Solved"),
        _("Of the valid answers: solved. Partly solved is not solved."),
        TALLIES["asked_solved"],
    ),
    figure(
        "asked-partly",
        pgettext_lazy("follow-ups", "Partly solved"),
        _("Of the valid answers: solved in part. Shown apart; it never counts as solved."),
        TALLIES["asked_partly"],
    ),
    figure(
        "asked-unsolved",
        pgettext_lazy("follow-ups", "Not solved"),
        _("Of the valid answers: not solved."),
        TALLIES["asked_unsolved"],
    ),
    figure(
        "asked-in-vain",
        pgettext_lazy("follow-ups", "Nobody answered"),
        _("Called in the period after the answer, and never reached: counted apart, in no rate."),
        TALLIES["asked_in_vain"],
    ),
    figure(
        "asked-rated",
        pgettext_lazy("follow-ups", "Said how content"),
        _("Asked after the answer, the applicant said how content they are. Silence is no opinion."),
        TALLIES["asked_rated"],
    ),
    figure(
        "asked-satisfied",
        pgettext_lazy("follow-ups", "Content"),
        _("Of those who said so when asked: basically satisfied or better."),
        TALLIES["asked_satisfied"],
    ),
)
