"""What the API tells of figures, for its schema."""

# Fields are called what the answers call them, also where a serializer has a word of its own by that name.
# mypy: disable-error-code="assignment"

from __future__ import annotations

from typing import Any

from rest_framework import serializers
from rest_framework.serializers import Serializer

from servicedesk.desk.api.shapes import Moment, Text, Whole


class Definition(Serializer[Any]):
    name = Text()
    label = Text()
    meaning = Text()


class SectionShape(Serializer[Any]):
    name = Text()
    title = Text()
    lead = Text()
    url = Text()
    page = Text(help_text="The same for the eye.")
    definitions = Definition(many=True)


class SectionList(Serializer[Any]):
    results = SectionShape(many=True)


class CellShape(Serializer[Any]):
    value = serializers.FloatField(allow_null=True, help_text="The number; of a rate the percentage.")
    text = Text(allow_blank=True, help_text="As the page shows it; “—” where there was nothing to count.")
    part = Whole(allow_null=True)
    whole = Whole(allow_null=True)
    link = Text(allow_null=True, help_text="The cases counted; of a rate those of its part.")
    whole_link = Text(allow_null=True)


class FigureShape(CellShape):
    name = Text()
    label = Text()


class RateShape(CellShape):
    label = Text()


class RowShape(Serializer[Any]):
    label = Text(allow_blank=True)
    sub = Text(allow_blank=True, help_text="What stands small below the label.")
    link = Text(allow_null=True)
    cells = CellShape(many=True)


class ColumnShape(Serializer[Any]):
    label = Text()
    part = Text(allow_null=True)
    whole = Text(allow_null=True)


class TableShape(Serializer[Any]):
    name = Text()
    title = Text()
    note = Text(allow_blank=True)
    first = Text()
    columns = ColumnShape(many=True)
    rows = RowShape(many=True)
    total = RowShape(allow_null=True)


class WholeReport(Serializer[Any]):
    name = Text()
    title = Text()
    since = Moment()
    until = Moment()
    counted_at = Moment()
    remarks = serializers.ListField(child=Text())
    figures = FigureShape(many=True)
    rates = RateShape(many=True)
    tables = TableShape(many=True)
    definitions = Definition(many=True)
