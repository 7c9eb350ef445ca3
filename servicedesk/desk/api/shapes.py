"""What the API's answers look like, for its schema. Nothing is computed here; the tests hold every answer
against it."""

# Fields are called what the answers call them, also where a serializer has a word of its own by that name.
# mypy: disable-error-code="assignment"

from __future__ import annotations

from typing import Any

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers
from rest_framework.serializers import Serializer

Text, Flag, Whole, Moment = (
    serializers.CharField,
    serializers.BooleanField,
    serializers.IntegerField,
    serializers.DateTimeField,
)


@extend_schema_field(OpenApiTypes.OBJECT)
class AnyObject(serializers.JSONField):
    """An object whose fields the kind or the verb decides."""


class Fault(Serializer[Any]):
    field = Text(allow_blank=True, help_text="Where it stands; empty for the whole.")
    message = Text()
    code = Text()


class Problem(Serializer[Any]):
    """RFC 9457."""

    type = Text()
    title = Text()
    status = Whole()
    code = Text()
    detail = Text()
    errors = Fault(many=True, required=False)


class KindName(Serializer[Any]):
    code = Text()
    label = Text()


class PartyShape(Serializer[Any]):
    id = Whole()
    name = Text()
    sort = Text()
    number = Text(allow_null=True)


class Place(Serializer[Any]):
    code = Text()
    name = Text()


# --- kinds -----------------------------------------------------------------------------------------------


class Dimension(Serializer[Any]):
    name = Text()
    label = Text()


class KindRow(Serializer[Any]):
    code = Text()
    label = Text()
    lead = Text(allow_blank=True)
    url = Text()
    can_start = Flag()
    is_chosen = Flag(help_text="Whether its form depends on what is applied for.")
    dimensions = Dimension(many=True)


class KindList(Serializer[Any]):
    results = KindRow(many=True)


class FileAsked(Serializer[Any]):
    name = Text()
    label = Text(allow_blank=True)
    required = Flag()
    many = Flag()


class Form(Serializer[Any]):
    fields_ = AnyObject(help_text="JSON Schema 2020-12 of what is to be sent.")
    files = FileAsked(many=True)

    def get_fields(self) -> dict[str, Any]:
        # `fields` is what a serializer calls its own.
        found = super().get_fields()
        return {name.rstrip("_"): field for name, field in found.items()}


class KindVerb(Serializer[Any]):
    verb = Text()
    label = Text()
    needs_version = Flag()
    states = serializers.ListField(child=Text())
    desk = Form(allow_null=True)
    applicant = Form(allow_null=True)


class WholeKind(KindRow):
    form = Form(allow_null=True)
    verbs = KindVerb(many=True)


# --- cases -----------------------------------------------------------------------------------------------


class ClockBrief(Serializer[Any]):
    id = Whole()
    code = Text()
    round = Whole()
    label = Text(allow_blank=True)
    state = serializers.ChoiceField(["running", "soon", "late", "paused", "kept", "missed"])
    words = Text()
    due_at = Moment(allow_null=True)
    last_day = serializers.DateField(allow_null=True)
    provisional = Flag()


class CaseHead(Serializer[Any]):
    number = Text()
    url = Text()
    kind = KindName()
    title = Text(allow_blank=True)
    state = Text()
    state_label = Text()
    outcome = Text(allow_blank=True)
    outcome_label = Text(allow_blank=True)
    version = Whole()
    applicant = PartyShape()
    office = Place()
    officer = Text(allow_null=True)
    submitted_at = Moment(allow_null=True)
    accepted_at = Moment(allow_null=True)
    closed_at = Moment(allow_null=True)


class CaseRow(CaseHead):
    step = Text(allow_blank=True)
    clock = ClockBrief(allow_null=True)


class CasePage(Serializer[Any]):
    next = Text(allow_null=True)
    results = CaseRow(many=True)


class Stretch(Serializer[Any]):
    start = Moment()
    end = Moment(allow_null=True)
    kind = Text()
    units = serializers.FloatField()
    words = Text()


class ClockWhole(ClockBrief):
    term = Text()
    basis = Text(allow_blank=True)
    office = Place()
    public = Flag()
    started_at = Moment()
    stopped_at = Moment(allow_null=True)
    late = Flag(allow_null=True)
    remaining = serializers.FloatField(allow_null=True, help_text="Days, or minutes of a limit in minutes.")
    statement = Stretch(many=True)


class StepShape(Serializer[Any]):
    id = Whole()
    code = Text()
    label = Text(allow_blank=True)
    round = Whole()
    state = Text()
    state_label = Text()
    holder = Text()
    office = Place()
    started_at = Moment(allow_null=True)
    done_at = Moment(allow_null=True)
    outcome = Text(allow_blank=True)


class EntryShape(Serializer[Any]):
    at = Moment()
    office = Text(allow_blank=True)
    who = Text(allow_blank=True)
    title = Text(allow_blank=True)
    text = Text(allow_blank=True)
    public = Flag()
    erased = Flag()
    files = serializers.ListField(child=Whole())


class AnswerShape(Serializer[Any]):
    label = Text(allow_blank=True)
    value = Text(allow_blank=True)


class FileShape(Serializer[Any]):
    id = Whole()
    name = Text()
    type = Text()
    size = Whole()
    sha256 = Text()
    public = Flag()
    at = Moment()
    url = Text()


class FileList(Serializer[Any]):
    results = FileShape(many=True)


class Action(Form):
    verb = Text()
    label = Text()
    url = Text()
    needs_version = Flag()


class WholeCase(CaseHead):
    about = PartyShape(allow_null=True)
    parent = Text(allow_null=True)
    clocks = ClockWhole(many=True)
    steps = StepShape(many=True)
    timeline = EntryShape(many=True)
    answers = AnswerShape(many=True)
    attachments = FileShape(many=True)
    actions = Action(many=True)


class Sent(Serializer[Any]):
    kind = Text(help_text="Code of a kind that can be started.")
    applicant = serializers.JSONField(
        required=False, help_text="Key of a party, or a company's code; may be left out where there is one."
    )
    opening = AnyObject(required=False, help_text="What is applied for, as the kind says.")
    answers = AnyObject(required=False, help_text="By the names of the kind's form.")


class SentWithFiles(Serializer[Any]):
    case = Text(help_text="The matter as JSON.")
    files = serializers.ListField(child=serializers.FileField(), required=False)


class Receipt(Serializer[Any]):
    number = Text()
    secret = Text(help_text="With the number it lets the matter be looked up without a log-in.")
    kind = Text()
    submitted_at = Moment()
    url = Text()


class WordsWithFiles(Serializer[Any]):
    files = serializers.ListField(child=serializers.FileField(), required=False)


class Done(Serializer[Any]):
    number = Text()
    verb = Text()
    said = Text()
    state = Text()
    state_label = Text()
    outcome = Text(allow_blank=True)
    version = Whole()
    is_visible = Flag(help_text="Whether the caller still sees the matter.")
