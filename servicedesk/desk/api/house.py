"""/me/, /offices/, /calendar/: who is asking, who works here, and when."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.http import Http404
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.dateparse import parse_date
from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from servicedesk.accounts.models import Office
from servicedesk.clock import ClockError
from servicedesk.desk import words
from servicedesk.desk.api import house_shapes as shapes
from servicedesk.desk.api import telling
from servicedesk.desk.api.answers import answers
from servicedesk.desk.api.door import ApiView, OpenView, now, person
from servicedesk.desk.api.problems import wrong
from servicedesk.desk.calendars import calendar_of, current_version
from servicedesk.desk.models import ApiToken, CalendarNotice
from servicedesk.desk.permissions import posts_of, today

Told = dict[str, Any]
MOST_DAYS = 400
DAY = OpenApiParameter("day", date, OpenApiParameter.PATH)


class Me(ApiView):
    @extend_schema(
        operation_id="me",
        summary="Who is asking, and what they may act for",
        description="The token, its scopes, the parties and posts it reaches.",
        responses=answers(shapes.Me),
    )
    def get(self, request: Request) -> Response:
        user, on = person(request), today(now())
        token = request.auth if isinstance(request.auth, ApiToken) else None
        return Response(
            {
                "name": str(user),
                "language": user.language,
                "token": _token(token) if token is not None else None,
                "parties": [telling.party(each) for each in telling.parties(user, now())],
                "posts": [{"office": telling.place(p.office), "role": p.role} for p in posts_of(user, on)],
            }
        )


def _token(token: ApiToken) -> Told:
    scopes = [name for name in ("read", "submit", "act") if getattr(token, f"may_{name}")]
    return {"name": token.name, "scopes": scopes, "expires_at": telling.moment(token.expires_at)}


# --- offices ---------------------------------------------------------------------------------------------


class Offices(OpenView):
    @extend_schema(
        operation_id="offices",
        summary="The offices of the city",
        description="With their place in the tree.",
        responses=answers(shapes.OfficeList, anonymous=True),
    )
    def get(self, request: Request) -> Response:
        offices = Office.objects.select_related("parent").order_by("sort", "code")
        return Response({"results": [office(each) for each in offices]})


class OneOffice(OpenView):
    @extend_schema(
        operation_id="office",
        summary="One office",
        description="By its code.",
        responses=answers(shapes.WholeOffice, 404, anonymous=True),
    )
    def get(self, request: Request, code: str) -> Response:
        return Response(office(get_object_or_404(Office.objects.select_related("parent"), code=code)))


def office(row: Office) -> Told:
    return telling.place(row) | {
        "url": reverse("api-office", args=[row.code]),
        "sort": row.sort,
        "parent": row.parent.code if row.parent is not None else None,
        "is_vertical": row.is_vertical,
        "is_open": row.is_open,
        "duties": row.duties,
        "phone": row.phone,
    }


# --- calendar --------------------------------------------------------------------------------------------


class Calendar(OpenView):
    @extend_schema(
        operation_id="calendar",
        summary="Notices of days off and make-up days, the newest first",
        description="Calendar version N is the fold of all notices up to N, a later one winning day by day.",
        responses=answers(shapes.Calendar, anonymous=True),
    )
    def get(self, request: Request) -> Response:
        notices = CalendarNotice.objects.prefetch_related("days").order_by("-version")
        return Response({"version": current_version(), "notices": [notice(each) for each in notices]})


def notice(row: CalendarNotice) -> Told:
    return {
        "version": row.version,
        "year": row.year,
        "number": row.number,
        "title": row.title,
        "source": row.source,
        "published_on": row.published_on.isoformat(),
        "provisional": row.provisional,
        "days": [{"day": each.day, "works": each.works, "name": each.name} for each in row.days.all()],
    }


class Days(OpenView):
    @extend_schema(
        operation_id="days",
        summary="Days of the calendar, working or not, and why",
        description=f"From `since` (today) to `until` (the same day), {MOST_DAYS} days at most.",
        parameters=[OpenApiParameter("since", date), OpenApiParameter("until", date)],
        responses=answers(shapes.DayList, 400, anonymous=True),
    )
    def get(self, request: Request) -> Response:
        since = day_in(request, "since") or timezone.localdate(now())
        until = day_in(request, "until") or since
        if not 0 <= (until - since).days < MOST_DAYS:
            most = _("From one day to %(most)d days.") % {"most": MOST_DAYS}
            raise wrong("until", most, "span", status=400)
        first = since.toordinal()
        found = [date.fromordinal(first + n) for n in range((until - since).days + 1)]
        try:
            return Response({"results": days(found)})
        except ClockError as error:
            raise wrong("since", str(error), error.code, status=400) from error


class OneDay(OpenView):
    @extend_schema(
        operation_id="day",
        summary="Is this a working day?",
        description="With its name and the notice or law it rests on.",
        parameters=[DAY],
        responses=answers(shapes.Day, 404, anonymous=True),
    )
    def get(self, request: Request, day: str) -> Response:
        try:
            asked = parse_date(day)
            found = days([asked] if asked is not None else [])
        except (ValueError, ClockError):
            found = []
        if not found:
            raise Http404
        return Response(found[0])


def day_in(request: Request, name: str) -> date | None:
    """The day of that parameter, None without one. Raises Refused (400)."""
    given = request.query_params.get(name)
    if given is None:
        return None
    try:
        found = parse_date(given)
    except ValueError:
        found = None
    if found is None:
        raise wrong(name, _("Write a day such as 2026-03-05."), status=400)
    return found


def days(asked: list[date]) -> list[Told]:
    """What the calendar of today says of these days. Raises ClockError outside what it knows."""
    calendar = calendar_of(None, current_version())
    found = [calendar.day(each) for each in asked]
    return [
        {
            "day": each.date.isoformat(),
            "works": each.works,
            "kind": each.kind,
            "name": words.shipped_words(each.name) if each.name else "",
            "source": each.source,
            "provisional": each.provisional,
            "opens_at": telling.moment(each.opening),
            "closes_at": telling.moment(each.close) if each.works else None,
        }
        for each in found
    ]
