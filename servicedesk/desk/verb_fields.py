"""What verb forms are made of: their common frame and their fields."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from datetime import date, datetime
from itertools import groupby
from operator import attrgetter
from typing import Any

from django import forms
from django.db.models import Count, Q
from django.forms.models import ModelChoiceIterator
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from servicedesk.accounts.models import Office, Post, User
from servicedesk.desk.errors import DeskError
from servicedesk.desk.models import Case
from servicedesk.desk.registry import Words, kind_of
from servicedesk.desk.serving import all_offices, today

# A text larger than any honest one; the event's body itself has no limit.
LONGEST = 10_000


class VerbForm(forms.Form):
    """What a verb needs to be told. `detail` is the kind's own form that travels along, where it has one."""

    def __init__(self, *args: Any, case: Case, user: User, at: datetime, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.case, self.user, self.at = case, user, at
        self.detail: forms.ModelForm[Any] | None = None
        # What somebody must have before their eyes while they fill it in.
        self.beside = ""
        for each in self.fields.values():
            if isinstance(each, Offices):
                each.known = self.offices
        self.prepare()

    def offices(self) -> Iterable[Office]:
        return all_offices(self.user, today(self.at)).values()

    def prepare(self) -> None:
        """Fill in choices and first values from the case."""

    def offer(self, named: str) -> None:
        """Fill the choices of “verb.field” with what the case's kind offers; without an offer, do not ask."""
        name = named.partition(".")[2]
        offers = kind_of(self.case.kind).offers.get(named)
        if offers is None:
            del self.fields[name]
        else:
            self.fields[name].choices = [("", "---------"), *offers(self.case)]  # type: ignore[attr-defined]

    def suggest(self, said: tuple[dict[str, Any], Words] | None) -> None:
        """Put first values into the form, and the reason for them under the first of them."""
        if said is None:
            return
        values, why = said
        for name, value in values.items():
            self.fields[name].initial = value
        self.fields[next(iter(values))].help_text = str(why)

    def is_valid(self) -> bool:
        fits = self.detail is None or self.detail.is_valid()
        return super().is_valid() and fits

    def arguments(self) -> dict[str, Any]:
        return dict(self.cleaned_data)

    def refuse(self, error: DeskError) -> None:
        """Show what the verb refused, at the field it names where this form or its detail has it."""
        if self.detail is not None and error.field in self.detail.fields:
            self.detail.add_error(error.field, str(error.message))
        else:
            self.add_error(error.field if error.field in self.fields else None, str(error.message))


class Text(forms.CharField):
    """Several lines, kept as written but for blank ends."""

    def __init__(self, *, rows: int = 4, **kwargs: Any) -> None:
        kwargs.setdefault("max_length", LONGEST)
        super().__init__(widget=forms.Textarea(attrs={"rows": rows}), **kwargs)


class Reason(Text):
    def __init__(self, **kwargs: Any) -> None:
        super().__init__(rows=3, **kwargs)


class Sentence(forms.CharField):
    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("max_length", 500)
        super().__init__(**kwargs)


class Suggested(forms.TextInput):
    """A line with suggestions: anything may be typed, some are offered by the browser itself."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.rows: list[tuple[str, str]] = []

    def render(self, name: str, value: Any, attrs: Any = None, renderer: Any = None) -> SafeString:
        listed = f"{(attrs or {}).get('id', name)}_list"
        given = (attrs or {}) | ({"list": listed} if self.rows else {})
        control = super().render(name, value, given, renderer)
        if not self.rows:
            return control
        options = format_html_join("", '<option value="{}">{}</option>', self.rows)
        return format_html('{}<datalist id="{}">{}</datalist>', control, listed, options)


class Day(forms.DateTimeField):
    """A moment in local time, by the browser's own picker."""

    def __init__(self, **kwargs: Any) -> None:
        widget = forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M")
        super().__init__(widget=widget, **kwargs)


class BySort(ModelChoiceIterator):
    def __iter__(self) -> Iterator[tuple[Any, Any]]:
        if self.field.empty_label is not None:
            yield "", self.field.empty_label
        known: Callable[[], Iterable[Office]] | None = getattr(self.field, "known", None)
        rows = self.queryset if known is None else in_order(known())
        for sort, offices in groupby(rows, key=attrgetter("sort")):
            yield Office.Sort(sort).label, [self.choice(office) for office in offices]


def in_order(offices: Iterable[Office]) -> list[Office]:
    """Those that receive matters, as the list shows them."""
    return sorted((each for each in offices if each.is_open), key=attrgetter("sort", "code"))


class Offices(forms.ModelChoiceField):
    """Offices that receive matters, grouped by what they are."""

    iterator = BySort
    # Where the offices are known already: every form of a page shows the same.
    known: Callable[[], Iterable[Office]] | None = None

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(Office.objects.filter(is_open=True).order_by("sort", "code"), **kwargs)


class People(forms.ModelChoiceField):
    """Who serves at an office, with how much each has in hand."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(User.objects.none(), **kwargs)

    def serve(self, office: int, roles: Iterable[str], on: date) -> None:
        posts = Post.objects.current(on).filter(office=office, role__in=list(roles))
        in_hand = Count("cases", filter=~Q(cases__state__in=["draft", "closed"]))
        found = User.objects.filter(is_active=True, pk__in=posts.values("user"))
        self.queryset = found.annotate(in_hand=in_hand).order_by("in_hand", "pk")

    def show(self, users: Iterable[Any]) -> None:
        """Offer those the page has read already; what is sent is judged by the rows themselves."""
        rows = sorted(users, key=attrgetter("in_hand", "pk"))
        self.choices = [("", self.empty_label), *((each.pk, self.label_from_instance(each)) for each in rows)]

    def label_from_instance(self, user: User) -> str:
        n: int = user.in_hand  # type: ignore[attr-defined]
        return f"{user} · " + ngettext("%(n)d in hand", "%(n)d in hand", n) % {"n": n}


class Pick(forms.ChoiceField):
    """One of some rows at hand; the cleaned value is the row itself."""

    default_error_messages = {"invalid_choice": _("This is no longer possible. Choose again.")}

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.rows: dict[str, Any] = {}

    def offer(self, rows: Iterable[Any], words: Callable[[Any], str]) -> None:
        self.rows = {str(row.pk): row for row in rows}
        none = [] if self.required and len(self.rows) == 1 else [("", "---------")]
        self.choices = [*none, *((key, words(row)) for key, row in self.rows.items())]

    def clean(self, value: Any) -> Any:
        return self.rows.get(super().clean(value))
