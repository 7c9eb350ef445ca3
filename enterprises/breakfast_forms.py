"""Forms of the breakfast: a company signs up; in the room topics, promises and minutes are written down."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import Any

from django import forms
from django.db.models import Model
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from enterprises.models import BreakfastPromise, Company, LookBackMatter, PromiseMatter, RaisedTopic, SignUp
from enterprises.models.breakfast_sign_up import MOST_PEOPLE
from servicedesk.accounts.models import Office
from servicedesk.desk.admin.register import print_of
from servicedesk.desk.errors import DeskError
from servicedesk.desk.verb_fields import Offices

OVERTAKEN = _("Somebody else changed this after you opened it. What you typed stands below, unsaved.")


def people() -> list[tuple[int, str]]:
    """How many may come, in the language of the page and not of the start."""
    return [(n, ngettext("%(n)d person", "%(n)d people", n) % {"n": n}) for n in range(1, MOST_PEOPLE + 1)]


def refuse(form: forms.BaseForm, error: DeskError) -> None:
    """Show what a rule refused, at the field it names where the form has it."""
    form.add_error(error.field if error.field in form.fields else None, str(error))


class SignUpForm(forms.Form):
    company = forms.ModelChoiceField(
        Company.objects.none(),
        label=_("For which company?"),
        empty_label=None,
        error_messages={"required": _("Choose a company."), "invalid_choice": _("Choose a company.")},
    )
    topics = forms.CharField(
        label=_("What do you want to talk about?"),
        help_text=_("One or two topics, each in a sentence. The offices concerned prepare for them."),
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 5}),
        error_messages={"required": _("Name at least one topic.")},
    )
    people = forms.TypedChoiceField(
        label=_("How many of you come?"), choices=people, coerce=int, initial=1, widget=forms.RadioSelect
    )
    consent = forms.BooleanField(
        label=_("Our company may be named with topic and promise on this website afterwards"),
        help_text=_("Without your consent nothing of yours is shown. You can take it back at any time."),
        required=False,
    )

    def __init__(self, companies: Sequence[Company], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["company"]
        assert isinstance(field, forms.ModelChoiceField)
        rows = Company.objects.select_related("party").filter(pk__in=[row.pk for row in companies])
        field.queryset = rows.order_by("party__name", "pk")
        if len(companies) == 1:
            field.initial = companies[0].pk
            field.widget = forms.HiddenInput()

    @staticmethod
    def of(sign_up: SignUp) -> dict[str, Any]:
        """First values from what was handed in before."""
        return {
            "company": sign_up.company_id,
            "topics": sign_up.topics,
            "people": sign_up.people,
            "consent": sign_up.consent,
        }


class Unseen(forms.Form):
    """Knows which state of a row its page was made from, and refuses to overwrite another unseen."""

    row_print = forms.CharField(label="", required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, row: Model | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.row = row
        self.initial["row_print"] = self.print() if row is not None else ""

    def print(self) -> str:
        assert self.row is not None
        return print_of(self.row)

    def clean(self) -> dict[str, Any]:
        given = super().clean() or self.cleaned_data
        if self.row is not None and given.get("row_print") != self.print():
            # What was typed stays; sent once more, knowingly, it holds.
            typed: Any = self.data.copy()  # type: ignore[attr-defined]
            typed[self.add_prefix("row_print")] = self.print()
            self.data = typed
            changed = _(
                "Somebody else changed this after you opened it. What you typed stands below, unsaved."
            )
            self.add_error(None, changed)
        return given

    def words(self) -> dict[str, Any]:
        """What was given, without what only guards it."""
        return {name: value for name, value in self.cleaned_data.items() if name != "row_print"}


class TopicForm(Unseen):
    words_said = forms.CharField(
        label=_("What the company says"), max_length=2000, widget=forms.Textarea(attrs={"rows": 3})
    )
    answer = forms.CharField(
        label=_("What is answered"), max_length=2000, required=False, widget=forms.Textarea(attrs={"rows": 3})
    )

    @staticmethod
    def of(topic: RaisedTopic) -> dict[str, Any]:
        return {"words_said": topic.words, "answer": topic.answer}


class MinutesForm(Unseen):
    minutes = forms.CharField(
        label=_("What was said and agreed"), max_length=20_000, widget=forms.Textarea(attrs={"rows": 10})
    )

    def print(self) -> str:
        """Only the minutes themselves: a tick or a topic written meanwhile overwrites nothing here."""
        assert self.row is not None
        return hashlib.sha256(self.row.minutes.encode()).hexdigest()[:32]  # type: ignore[attr-defined]


class PromiseForm(Unseen):
    text = forms.CharField(
        label=_("What is promised"), max_length=2000, widget=forms.Textarea(attrs={"rows": 4})
    )
    leader = forms.CharField(
        label=_("Leader who promised"), max_length=80, help_text=_("Office and name, as in the minutes.")
    )
    office = Offices(label=_("Main office"))
    deadline = forms.DateField(
        label=_("Deadline"), widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d")
    )
    topic = forms.ModelChoiceField(
        RaisedTopic.objects.none(), label=_("On which topic"), required=False, empty_label=_("none of them")
    )
    cooperating = forms.ModelMultipleChoiceField(
        Office.objects.none(),
        label=_("Cooperating offices"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )

    def __init__(self, *args: Any, topics: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["topic"].queryset = topics  # type: ignore[attr-defined]
        open_ = Office.objects.filter(is_open=True).order_by("sort", "code")
        self.fields["cooperating"].queryset = open_  # type: ignore[attr-defined]

    @staticmethod
    def of(promise: BreakfastPromise) -> dict[str, Any]:
        names = ("text", "leader", "deadline")
        return {name: getattr(promise, name) for name in names} | {
            "office": promise.office_id,
            "topic": promise.topic_id,
            "cooperating": list(promise.cooperating.values_list("pk", flat=True)),
        }


class PromiseMatterForm(forms.ModelForm):
    """What the case of a promise shows of the minutes. Nobody fills it in: the signature does."""

    class Meta:
        model = PromiseMatter
        fields = ("text", "raised", "leader", "cooperating", "deadline", "breakfast")


class LookBackForm(forms.ModelForm):
    """What a look-back shows of the promise it looks at. Nobody fills it in."""

    class Meta:
        model = LookBackMatter
        fields = ("text", "turn", "promise")
