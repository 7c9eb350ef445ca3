"""The pieces as HTML: what a screen reader hears, what a stranger may not see, what nobody may inject."""

from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from django import forms
from django.template import Context, Template
from django.utils import translation

from servicedesk.desk import pieces
from servicedesk.desk.models import Clock
from servicedesk.desk.reckon import Reading, statement
from tests import make
from tests.make import moment
from tests.people import Cast, cast

NOW = moment("2026-03-04 15:00")


@pytest.fixture(autouse=True)
def english() -> Any:
    with translation.override("en"):
        yield


def shown(source: str, **context: Any) -> str:
    page = Template("{% load desk %}" + source).render(Context({"now": NOW, **context}))
    assert "style=" not in page and "<script" not in page
    return page


def clock_of(people: Cast, code: str) -> Clock:
    return make.answered(people).clocks.get(code=code)


def test_the_badge_says_when_it_is_due_to_eyes_and_ears(people: Cast) -> None:
    clock = make.claimed(people).clocks.get(code="resolve")
    page = shown("{% clock_badge clock %}", clock=clock)
    assert 'class="clock running"' in page
    assert page.count("Due 23 March 2026, 17:00") == 2
    assert "data-live" not in page


def test_a_badge_in_its_last_hours_counts_down(people: Cast) -> None:
    clock = make.dispatched(people).clocks.get(code="contact")
    page = shown("{% clock_badge clock at %}", clock=clock, at=moment("2026-03-02 10:30"))
    assert "30 minutes left" in page and 'data-frame="{} left"' in page
    over_lunch = Reading("soon", seconds=3600, due_at=moment("2026-03-02 14:00"))
    assert not pieces.badge_of(clock, moment("2026-03-02 11:30"), over_lunch)["live"]


def test_a_provisional_date_is_marked(people: Cast) -> None:
    clock = make.claimed(people).clocks.get(code="resolve")
    clock.provisional = True
    assert "provisional" in shown("{% clock_badge clock %}", clock=clock)


def test_promises_and_steps_of_a_matter(people: Cast) -> None:
    case = make.claimed(people)
    clocks = list(case.clocks.all())
    page = shown("{% promise_bars clocks %}{% tracker steps clocks %}", clocks=clocks, steps=case.steps.all())
    assert page.count("<progress") == len(clocks)
    assert page.count('aria-current="step"') == 1
    assert 'class="done"' in page and 'class="todo"' in page


def test_the_statement_sums_up(people: Cast) -> None:
    clock = clock_of(people, "company")
    rows = statement(clock, moment("2026-03-10 12:00"))
    assert "<table" in shown("{% statement rows clock.unit 7 %}", rows=rows, clock=clock)


def test_internal_entries_are_left_out_unless_for_staff() -> None:
    said = SimpleNamespace(at=NOW, title="Opinion", body="<b>bold</b>", public=True, office="Housing")
    note = SimpleNamespace(at=NOW, title="Note", body="not for the company", public=False, who="Alice")
    public = shown("{% timeline entries %}", entries=[said, note])
    assert "&lt;b&gt;bold" in public and "not for the company" not in public
    staff = shown("{% timeline entries staff=True %}", entries=[said, note])
    assert 'class="internal"' in staff and "Alice" in staff


class Complaint(forms.Form):
    text = forms.CharField(label="What is wrong?", help_text="In a sentence.")
    place = forms.CharField(label="Where?", required=False)
    rating = forms.ChoiceField(label="How content?", choices=[("1", "very")], widget=forms.RadioSelect)
    agree = forms.BooleanField(label="I agree")


def test_a_field_ties_its_hint_and_its_error_to_the_control() -> None:
    form = Complaint({"text": "", "place": '"><script>'})
    page = shown("{% error_summary form %}{% for f in form %}{% field f %}{% endfor %}", form=form)
    assert 'aria-describedby="id_text_hint id_text_error"' in page and 'aria-invalid="true"' in page
    assert 'href="#id_text"' in page and 'href="#id_rating_0"' in page and 'id="id_rating_0"' in page
    assert "&quot;&gt;&lt;script&gt;" in page
    assert page.count("(optional)") == 1
    assert "<fieldset" in page and "<legend>How content?" in page


def test_a_form_without_errors_has_no_summary() -> None:
    assert shown("{% error_summary form %}", form=Complaint()).strip() == ""


def test_files_and_empty_states() -> None:
    file = SimpleNamespace(name="报告.pdf", size=1_258_291, url="/files/1/")
    assert "· 1.2 MB" in shown("{% files found %}", found=[file])
    page = shown('{% empty "Nothing yet." "/start/" "Tell us" %}')
    assert 'href="/start/"' in page and "Nothing yet." in page


@pytest.mark.django_db
def test_a_kept_clock_shows_the_share_it_used_and_a_late_one_all_of_it() -> None:
    case = make.claimed(cast())
    clock = case.clocks.get(code="dispatch")
    clock.started_at = clock.due_at - timedelta(minutes=30)
    clock.stopped_at = clock.started_at + timedelta(minutes=6)
    assert pieces._percent(clock, "kept", clock.stopped_at) == 20
    assert pieces._percent(clock, "missed", clock.stopped_at) == 100


def test_before_the_office_opens_on_day_zero_no_more_than_the_term_is_left(people: Cast) -> None:
    clock = make.dispatched(people, at=moment("2026-03-02 00:30")).clocks.get(code="resolve")
    page = shown("{% clock_badge clock at %}", clock=clock, at=moment("2026-03-02 00:40"))
    assert "15 working days left" in page
