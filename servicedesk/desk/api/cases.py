"""/cases/: the list with the queue's filters, one case whole, and handing a new one in."""

from __future__ import annotations

import json
import uuid
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.http import Http404
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from servicedesk.accounts.models import Office, User
from servicedesk.desk import drafting, sieve
from servicedesk.desk.actions.law import caught_up
from servicedesk.desk.api import shapes, telling
from servicedesk.desk.api.answers import CASE_FILTERS, KEY, answers
from servicedesk.desk.api.bodies import as_posted, refuse_unkeepable
from servicedesk.desk.api.door import SUBMIT, ApiView, now, person
from servicedesk.desk.api.kinds import startable
from servicedesk.desk.api.paging import page_of
from servicedesk.desk.api.problems import Refused, fault, faults_of, wrong
from servicedesk.desk.models import Case, Party
from servicedesk.desk.models.case import CaseQuerySet
from servicedesk.desk.permissions import is_dispatcher, today
from servicedesk.desk.queue import tabs_of
from servicedesk.desk.registry import CaseKind, kinds
from servicedesk.desk.submission import Files, Incomplete, facts_of, found_before, submit_whole

PARTS = frozenset({"kind", "applicant", "opening", "answers"})
PAGING = frozenset({"limit", "cursor", "lang"})


def case_of(request: Request, number: str, at: datetime) -> Case:
    """The case of that number with all that is told of it; 404 alike for a foreign and for a missing one."""
    found = get_object_or_404(telling.for_one(telling.seen_by(person(request), at)), number=number)
    if not caught_up(found, at):
        return found
    return get_object_or_404(telling.for_one(telling.seen_by(person(request), at)), pk=found.pk)


def tag_of(case: Case) -> str:
    """What `If-Match` names: the version."""
    return f'"{case.version}"'


class CaseList(ApiView):
    scopes = {"POST": SUBMIT}

    @extend_schema(
        operation_id="cases",
        summary="Matters, the newest first",
        description="Whatever the caller may know of: on the desk, or as their own. The filters are the "
        "queue's.",
        parameters=CASE_FILTERS,
        responses=answers(shapes.CasePage, 400),
    )
    def get(self, request: Request) -> Response:
        at, user = now(), person(request)
        found = sifted(telling.for_rows(telling.seen_by(user, at)), request, user, at)
        return Response(page_of(request, found, lambda rows: telling.rows(rows, user, at), "submitted_at"))

    @extend_schema(
        operation_id="submit",
        summary="Hand in a matter",
        description="In one go: opened, filled in and submitted, or nothing of it. The same key with the "
        "same body gives the same answer again. `kind` and `opening` are as in `/kinds/`; files come as "
        "parts of a form (`multipart/form-data`) beside the part `case`, which then holds the JSON.",
        parameters=[KEY],
        request={"application/json": shapes.Sent, "multipart/form-data": shapes.SentWithFiles},
        responses=answers(shapes.Receipt, 400, 409, 413, 415, 422, 503, status=201),
    )
    def post(self, request: Request) -> Response:
        at, user = now(), person(request)
        key, said, files = key_in(request), said_in(request), files_in(request)
        facts = facts_of(said, files)
        case = found_before(key, by=user, facts=facts)
        if case is None:
            case = handed_in(request, said, files, key, facts, at)
        elif not telling.seen_by(user, at).filter(pk=case.pk).exists():
            raise Http404
        told = receipt(case)
        return Response(told, status=201, headers={"Location": told["url"], "ETag": tag_of(case)})


class OneCase(ApiView):
    @extend_schema(
        operation_id="case",
        summary="One matter whole",
        description="With its clocks and their statements, steps, timeline, answers, files, and what the "
        "caller may do now. `ETag` is the version, which a verb names in `If-Match`.",
        responses=answers(shapes.WholeCase, 404),
    )
    def get(self, request: Request, number: str) -> Response:
        at = now()
        case = case_of(request, number, at)
        return Response(telling.whole(case, person(request), at), headers={"ETag": tag_of(case)})


# --- sifting ---------------------------------------------------------------------------------------------


def sifted(cases: CaseQuerySet, request: Request, user: User, at: datetime) -> CaseQuerySet:
    """The cases the filters leave. Raises Refused (400): a filter that was misspelt must not show more."""
    asked: dict[str, str] = request.query_params.dict()
    paths = sieve.dimensions()
    tabs = {tab.code: tab.holds for tab in tabs_of(user, at)}
    states = frozenset(Case.State.values) - {Case.State.DRAFT}
    codes = frozenset(kind.code for kind in kinds())
    known: Mapping[str, frozenset[str] | None] = {
        "tab": frozenset(tabs),
        "officer": None,
        "overdue": frozenset({"0", "1"}),
        "kind": codes,
        "state": states,
        "office": None,
        "q": None,
        **dict.fromkeys(paths),
    }
    refuse_misspelt(asked, known)
    if tab := asked.get("tab"):
        cases = cases.filter(tabs[tab])
    for name in ("kind", "state"):
        cases = cases.filter(**{name: asked[name]}) if name in asked else cases
    if "office" in asked:
        cases = cases.filter(office__code=code_in(asked["office"]))
    for name, path in paths.items():
        cases = sieve.by_dimension(cases, path, whole_number(name, asked)) if name in asked else cases
    if "officer" in asked and asked["officer"] != sieve.NOBODY:
        whole_number("officer", asked)
    cases = sieve.by_officer(cases, asked.get("officer"))
    cases = sieve.by_limits(cases, asked.get("overdue"), at)
    return sieve.with_words(cases, asked.get("q", "")[:100])


def refuse_misspelt(asked: Mapping[str, str], known: Mapping[str, frozenset[str] | None]) -> None:
    """Raise Refused (400) for parameters there are not, and for values there are not."""
    found = [fault(name, _("There is no such filter."), "unknown") for name in asked if name not in known]
    found = [each for each in found if each["field"] not in PAGING]
    for name, values in known.items():
        if values is not None and name in asked and asked[name] not in values:
            found.append(fault(name, _("There is no such value."), "invalid_choice"))
    if found:
        raise Refused(400, "invalid", _("Something in the request is wrong."), found)


def whole_number(name: str, asked: Mapping[str, str]) -> str:
    if sieve.key_in(asked[name]) is None:
        raise wrong(name, _("Enter a whole number."), status=400)
    return asked[name]


def code_in(value: str) -> str:
    if not Office.objects.filter(code=value).exists():
        raise wrong("office", _("There is no such value."), "invalid_choice", status=400)
    return value


# --- handing in ------------------------------------------------------------------------------------------


def key_in(request: Request) -> uuid.UUID:
    """The key of this submission. Raises Refused (400) where there is none."""
    given = request.headers.get("Idempotency-Key", "").strip().strip('"')
    try:
        return uuid.UUID(given)
    except ValueError:
        raise wrong(
            "Idempotency-Key", _("Send a UUID of your own with each new matter."), "key", status=400
        ) from None


def said_in(request: Request) -> dict[str, Any]:
    """The object that was sent, as the body or as the part `case`. Raises Refused (422)."""
    data: Any = request.data
    if request.content_type.startswith("multipart/"):
        try:
            data = json.loads(data.get("case", ""))
        except (ValueError, RecursionError) as error:
            raise wrong("case", _("The part “case” holds the matter as JSON.")) from error
        refuse_unkeepable(data)
    if not isinstance(data, dict):
        raise wrong("", _("Send an object."))
    odd = [fault(name, _("There is no such field."), "unknown") for name in data if name not in PARTS]
    odd += [
        fault(name, _("Send an object."), "invalid")
        for name in ("opening", "answers")
        if not isinstance(data.get(name, {}), dict)
    ]
    if odd:
        raise Refused(422, "invalid", _("Something in the request is wrong."), odd)
    return data


def files_in(request: Request) -> Files:
    return request.FILES


def handed_in(
    request: Request,
    said: dict[str, Any],
    files: Files,
    key: uuid.UUID,
    facts: dict[str, Any],
    at: datetime,
) -> Case:
    user = person(request)
    kind = kind_named(said.get("kind"))
    opening = opening_named(kind, said.get("opening") or {})
    whom = applicant_of(request, kind, said.get("applicant"), opening, at)
    form = kind.form_of(opening)
    given: dict[str, Any] = said.get("answers") or {}
    fields = form.base_fields  # type: ignore[attr-defined]
    posted, odd = as_posted(given)
    unknown = sorted(given.keys() - fields.keys())
    wrongs = [fault(f"answers.{name}", _("There is no such field."), "unknown") for name in unknown]
    wrongs += [fault(f"answers.{name}", _("This is no answer to a field."), "invalid") for name in odd]
    if wrongs:
        raise Refused(422, "invalid", _("Something in the request is wrong."), wrongs)
    try:
        return submit_whole(
            kind, whom, by=user, at=at, key=key, opening=opening, posted=posted, files=files, facts=facts
        )
    except Incomplete as error:
        told = faults_of(error.form, "answers.")
        told += [fault(name, each, "file") for name, some in error.problems.items() for each in some]
        raise Refused(422, "incomplete", _("Something is missing or cannot stand."), told) from error


def kind_named(code: Any) -> CaseKind:
    try:
        return startable(str(code))
    except Http404:
        raise wrong("kind", _("There is no such kind of matter to hand in."), "invalid_choice") from None


def opening_named(kind: CaseKind, asked: Mapping[str, Any]) -> dict[str, Any]:
    lists = {
        str(name): [str(each) for each in (given if isinstance(given, list) else [given])]
        for name, given in asked.items()
    }
    try:
        return drafting.opening_for(kind, lists)
    except LookupError:
        raise wrong("opening", _("This is not offered."), "invalid_choice") from None


def applicant_of(
    request: Request, kind: CaseKind, given: Any, opening: dict[str, Any], at: datetime
) -> Party:
    """For whom it is handed in: the party of that key or code, or the only one there is. A stranger's party
    and none at all are told alike."""
    user = person(request)
    own = telling.parties(user, at)
    open_to = Party.objects.all() if is_dispatcher(user, today(at)) else own
    if given is None:
        found = list(own[:2])
    elif isinstance(given, str):
        found = list(open_to.filter(number=given, sort=Party.Sort.COMPANY))
    else:
        found = list(open_to.filter(pk=sieve.key_in(str(given)) or 0))
    if len(found) != 1 or not kind.is_for(opening, found[0].sort):
        raise wrong("applicant", _("Name a company or person you may act for here."), "invalid_choice")
    return found[0]


def receipt(case: Case) -> dict[str, Any]:
    """What stays true of a submission: the same for every request with its key."""
    return {
        "number": case.number,
        "secret": case.secret,
        "kind": case.kind,
        "submitted_at": telling.moment(case.submitted_at),
        "url": reverse("api-case", args=[case.number]),
    }
