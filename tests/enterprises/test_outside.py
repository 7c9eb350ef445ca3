"""What is not this desk's to do ends as not accepted, with the body named whose matter it is."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import override

from enterprises.models import OutsideBody
from servicedesk.desk import actions
from servicedesk.desk.models import Case, Clock
from servicedesk.desk.verb_forms import form_for, perform
from servicedesk.reports import counting
from tests.enterprises.overseeing import client_of, complaint
from tests.make import MONDAY, again, submitted
from tests.people import Cast, cast
from tests.reports.month import scope_of

pytestmark = pytest.mark.django_db
REASON = "合同纠纷，不属本平台受理范围。"


@pytest.fixture
def people() -> Cast:
    return cast()


def refused(people: Cast, body: str = "court", *, at: object = MONDAY) -> Case:
    case = submitted(people, at=at)  # type: ignore[arg-type]
    actions.refuse_acceptance(case, by=people.diana, at=at, reason=REASON, rightful=body)  # type: ignore[arg-type]
    return again(case)


def test_the_bodies_the_law_knows_ship_as_rows_in_three_languages() -> None:
    rows = OutsideBody.objects.all()
    assert {"court", "arbitration", "review", "petition", "discipline", "12315", "labour-inspection"} <= {
        row.code for row in rows
    }
    for row in rows:
        said = set()
        for language in ("zh-hans", "en", "ru"):
            with override(language):
                said.add((row.title(), row.purpose))
        assert len(said) == 3, row.code


def test_the_form_asks_for_one_of_them(people: Cast) -> None:
    case = submitted(people)
    asked = {"reason": REASON, "rightful": "法院"}
    assert "rightful" in form_for("refuse_acceptance", case, people.diana, MONDAY, asked).errors
    form = form_for("refuse_acceptance", case, people.diana, MONDAY, asked | {"rightful": "court"})
    assert form.is_valid(), form.errors
    perform(form, "refuse_acceptance", version=case.version)
    assert (again(case).state, again(case).outcome) == ("closed", "not_accepted")


def test_a_body_no_longer_valid_is_not_offered_and_stays_readable(people: Cast) -> None:
    case = refused(people)
    OutsideBody.objects.filter(code="court").update(valid_until=timezone.localdate() - timedelta(days=1))
    form = form_for("refuse_acceptance", submitted(people), people.diana, MONDAY)
    assert "court" not in dict(form.fields["rightful"].choices)  # type: ignore[attr-defined]
    page = client_of(people.wang).get(reverse("desk:matter", args=[case.number]))
    assert "人民法院" in page.content.decode()


def test_it_is_told_within_one_working_day(people: Cast) -> None:
    case = submitted(people)
    clock = Clock.objects.get(case=case, code="not_ours")
    assert (clock.term, clock.unit, clock.public) == (1, "working_days", True)
    actions.refuse_acceptance(
        case, by=people.diana, at=MONDAY + timedelta(hours=1), reason=REASON, rightful="court"
    )
    clock.refresh_from_db()
    assert clock.late is False


def test_a_dispatch_says_as_much(people: Cast) -> None:
    case = submitted(people)
    actions.dispatch(case, by=people.diana, at=MONDAY, office=people.office(), title="积水")
    assert Clock.objects.get(case=case, code="not_ours").stopped_at is not None


@pytest.mark.parametrize(
    ("language", "name"), [("zh-hans", "人民法院"), ("en", "People’s Court"), ("ru", "Народный суд")]
)
def test_the_portal_says_where_to_go_in_ones_language(people: Cast, language: str, name: str) -> None:
    case = refused(people, at=timezone.now() - timedelta(hours=1))
    client = client_of(people.wang)
    client.cookies["django_language"] = language
    page = client.get(reverse("desk:matter", args=[case.number])).content.decode()
    assert name in page
    assert "tel:12368" in page


def test_it_counts_in_no_result_rate(people: Cast) -> None:
    refused(people)
    total = counting.counted(scope_of(people.grace, MONDAY + timedelta(days=1), period="month")).total
    assert total["closed"] == 1
    assert (total.get("answers", 0), total.get("solved", 0)) == (0, 0)


def test_a_complaint_that_belongs_elsewhere_names_the_body_too(people: Cast) -> None:
    case = complaint(people, at=timezone.now() - timedelta(hours=1))
    actions.refuse_acceptance(
        case, by=people.frank, at=timezone.now(), reason="涉嫌违纪。", rightful="discipline"
    )
    page = client_of(people.wang).get(reverse("desk:matter", args=[case.number])).content.decode()
    assert "纪检监察机关" in page
    assert "tel:12388" in page
