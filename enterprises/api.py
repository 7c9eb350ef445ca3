"""/companies/: the register, for whom it is open; everybody else finds their own companies in it."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db.models import Q
from django.shortcuts import get_object_or_404
from django.urls import URLPattern, URLResolver, path, reverse
from django.utils import timezone
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.serializers import Serializer

from enterprises.models import Company, method_on
from enterprises.models.company import CompanyQuerySet
from enterprises.size import Method
from servicedesk.accounts.models import User
from servicedesk.desk.api import telling
from servicedesk.desk.api.answers import PAGING, answers
from servicedesk.desk.api.cases import refuse_misspelt
from servicedesk.desk.api.door import ApiView, person
from servicedesk.desk.api.paging import page_of
from servicedesk.desk.permissions import may_register

Text = serializers.CharField


class Named(Serializer[Any]):
    code = Text()
    name = Text()


class CompanyShape(Serializer[Any]):
    number = Text(help_text="Unified social credit code.")
    url = Text()
    party = serializers.IntegerField(help_text="The `applicant` of a submission.")
    name = Text()
    town = Named(allow_null=True)
    industry = Named(allow_null=True)
    size = Text()
    registered_on = serializers.DateField(allow_null=True)
    registered_address = Text(allow_blank=True)
    business_address = Text(allow_blank=True)
    legal_representative = Text(allow_blank=True, help_text="Masked.")


class CompanyPage(Serializer[Any]):
    next = Text(allow_null=True)
    results = CompanyShape(many=True)


def open_to(user: User, at: datetime) -> CompanyQuerySet:
    """Companies the user may look up: the register for who serves at the desk, their own for a member."""
    known = Company.objects.filter(~Q(party__number=None))
    if may_register(user, "view", at):
        return known
    return known.filter(party__in=telling.parties(user, at))


class Companies(ApiView):
    @extend_schema(
        operation_id="companies",
        summary="Companies of the register",
        description="The whole register for who serves at the desk, for everybody else their own.",
        parameters=[
            OpenApiParameter("q", str, description="Words of the name, or the beginning of the code."),
            OpenApiParameter("town", str, description="Code of a town."),
            OpenApiParameter("section", str, description="Section of the industry, a letter."),
            *PAGING,
        ],
        responses=answers(CompanyPage, 400),
    )
    def get(self, request: Request) -> Response:
        at = timezone.now()
        asked = request.query_params
        refuse_misspelt(asked.dict(), dict.fromkeys(("q", "town", "section")))
        found = open_to(person(request), at).named().prefetch_related("years")
        if words := asked.get("q", "")[:100]:
            found = found.search(words)
        for name, lookup in (("town", "town__code"), ("section", "industry__section")):
            found = found.filter(**{lookup: asked[name]}) if name in asked else found
        method = method_on(timezone.localdate(at))
        return Response(page_of(request, found, lambda rows: [told(each, method) for each in rows]))


class OneCompany(ApiView):
    @extend_schema(
        operation_id="company",
        summary="One company",
        description="By its unified social credit code.",
        responses=answers(CompanyShape, 404),
    )
    def get(self, request: Request, number: str) -> Response:
        at = timezone.now()
        found = open_to(person(request), at).named().prefetch_related("years").of_number(number)
        return Response(told(get_object_or_404(found), method_on(timezone.localdate(at))))


def told(company: Company, method: Method) -> dict[str, Any]:
    town, industry = company.town, company.industry
    return {
        "number": company.number,
        "url": reverse("api-company", args=[company.number]),
        "party": company.party_id,
        "name": company.name,
        "town": {"code": town.code, "name": str(town)} if town is not None else None,
        "industry": {"code": industry.code, "name": str(industry)} if industry is not None else None,
        "size": str(company.size(method).label),
        "registered_on": company.registered_on.isoformat() if company.registered_on else None,
        "registered_address": company.registered_address,
        "business_address": company.business_address,
        "legal_representative": company.masked_representative,
    }


urlpatterns: list[URLPattern | URLResolver] = [
    # /api/v1/companies/…
    path("companies/", Companies.as_view(), name="api-companies"),
    path("companies/<slug:number>/", OneCompany.as_view(), name="api-company"),
]
