"""What the API tells of the house, for its schema: who asks, the offices, the calendar."""

# Fields are called what the answers call them, also where a serializer has a word of its own by that name.
# mypy: disable-error-code="assignment"

from __future__ import annotations

from typing import Any

from rest_framework import serializers
from rest_framework.serializers import Serializer

from servicedesk.desk.api.shapes import Flag, Moment, PartyShape, Place, Text, Whole


class TokenShape(Serializer[Any]):
    name = Text()
    scopes = serializers.ListField(child=Text())
    expires_at = Moment()


class PostShape(Serializer[Any]):
    office = Place()
    role = Text()


class Me(Serializer[Any]):
    name = Text()
    language = Text()
    token = TokenShape(allow_null=True)
    parties = PartyShape(many=True)
    posts = PostShape(many=True)


class WholeOffice(Place):
    url = Text()
    sort = Text()
    parent = Text(allow_null=True)
    is_vertical = Flag()
    is_open = Flag()
    duties = Text(allow_blank=True)
    phone = Text(allow_blank=True)


class OfficeList(Serializer[Any]):
    results = WholeOffice(many=True)


class NoticeDay(Serializer[Any]):
    day = serializers.DateField()
    works = Flag()
    name = Text(allow_blank=True)


class NoticeShape(Serializer[Any]):
    version = Whole()
    year = Whole(allow_null=True)
    number = Text(allow_blank=True)
    title = Text()
    source = Text()
    published_on = serializers.DateField()
    provisional = Flag()
    days = NoticeDay(many=True)


class Calendar(Serializer[Any]):
    version = Whole()
    notices = NoticeShape(many=True)


class Day(Serializer[Any]):
    day = serializers.DateField()
    works = Flag()
    kind = serializers.ChoiceField(["working", "weekend", "holiday", "closed"])
    name = Text(allow_blank=True)
    source = Text(allow_blank=True)
    provisional = Flag()
    opens_at = Moment(allow_null=True)
    closes_at = Moment(allow_null=True)


class DayList(Serializer[Any]):
    results = Day(many=True)
