"""The ladder: who may raise a matter how high, with a brief of one page, and whom it reaches."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from enterprises.models import EscalationBrief, EscalationLevel
from enterprises.oversight.escalation import MOST, paper
from servicedesk.accounts.models import Post, User
from servicedesk.desk import actions
from servicedesk.desk.errors import BadInput, NotAllowed
from servicedesk.desk.models import Case, Notice
from servicedesk.desk.ringing import ring
from servicedesk.desk.verb_forms import form_for, perform
from tests.enterprises.overseeing import client_of
from tests.make import MONDAY, again, claimed
from tests.pdf_reading import pages
from tests.people import Cast, cast, person, posted

pytestmark = pytest.mark.django_db
BRIEF = {"title": "厂门口积水", "background": "三次清淤无效。", "done": "已清淤。", "asked": "请协调水务。"}


@pytest.fixture
def people() -> Cast:
    return cast()


@pytest.fixture
def mayor(people: Cast) -> User:
    return posted(person("mayor"), "city", Post.Role.LEADER)


def raised(case: Case, by: User | None, level: str, **more: object) -> None:
    actions.escalate(case, by=by, at=MONDAY, reason="久拖不决。", level=level, **more)  # type: ignore[arg-type]


def heard(case: Case) -> set[int | None]:
    told = Notice.objects.filter(event__case=case, event__verb="escalate", channel="app")
    return set(told.values_list("recipient", flat=True))


def test_five_levels_ship_as_rows_the_upper_two_for_named_persons_with_a_brief() -> None:
    rows = EscalationLevel.objects.values_list("code", "needs_brief", "named_only")
    assert list(rows) == [
        ("l1", False, False),
        ("l2", False, False),
        ("l3", False, False),
        ("l4", True, True),
        ("l5", True, True),
    ]


def test_each_level_reaches_whom_its_row_names(people: Cast, mayor: User) -> None:
    case = claimed(people)
    raised(case, people.diana, "l1")
    assert heard(case) == {people.bob.pk}
    raised(case, people.diana, "l3")
    assert heard(case) == {people.bob.pk, people.erin.pk}
    raised(case, people.diana, "l4", brief=BRIEF)
    assert heard(case) == {people.bob.pk, people.erin.pk, mayor.pk}


def test_without_a_level_it_goes_to_the_leader_in_charge_as_ever(people: Cast) -> None:
    case = claimed(people)
    raised(case, people.diana, "")
    assert heard(case) == {people.erin.pk}


def test_the_principal_leaders_are_called_by_no_rule(people: Cast, mayor: User) -> None:
    case = claimed(people)
    with pytest.raises(NotAllowed):
        raised(case, None, "l4", brief=BRIEF)
    assert not again(case).events.filter(verb="escalate").exists()


def test_alarms_never_reach_beyond_the_leader_in_charge(people: Cast, mayor: User) -> None:
    case = claimed(people)
    at = MONDAY
    for _ in range(60):
        at += timedelta(days=1)
        ring(at)
    told = set(Notice.objects.filter(event__case=case).values_list("recipient", flat=True))
    assert people.erin.pk in told
    assert mayor.pk not in told
    assert not EscalationBrief.objects.exists()


@pytest.mark.parametrize(("who", "level"), [("bob", "l4"), ("diana", "l5")])
def test_whoever_the_row_does_not_name_may_not_raise_so_high(
    people: Cast, mayor: User, who: str, level: str
) -> None:
    posted(person("convener"), "city", Post.Role.HEAD)
    with pytest.raises(BadInput) as refused:
        raised(claimed(people), getattr(people, who), level, brief=BRIEF)
    assert refused.value.code == "not-yours"


@pytest.mark.parametrize("missing", sorted(BRIEF))
def test_the_upper_levels_need_a_whole_brief(people: Cast, mayor: User, missing: str) -> None:
    brief = {name: text for name, text in BRIEF.items() if name != missing}
    with pytest.raises(BadInput) as refused:
        raised(claimed(people), people.diana, "l4", brief=brief)
    assert refused.value.field == missing
    assert not EscalationBrief.objects.exists()


def test_where_nobody_serves_it_is_said(people: Cast) -> None:
    with pytest.raises(BadInput) as refused:
        raised(claimed(people), people.frank, "l5", brief=BRIEF)
    assert refused.value.code == "nobody"


def test_the_form_takes_level_and_brief(people: Cast, mayor: User) -> None:
    case = claimed(people)
    said = {"level": "l4", "reason": "久拖不决。", **BRIEF}
    form = form_for("escalate", case, people.diana, MONDAY, said)
    assert form.is_valid(), form.errors
    perform(form, "escalate", version=again(case).version)
    brief = EscalationBrief.objects.get()
    assert (brief.level.code, brief.by, brief.asked, brief.disputed) == (
        "l4",
        people.diana,
        BRIEF["asked"],
        "",
    )
    long = form_for("escalate", case, people.diana, MONDAY, said | {"background": "长" * 181})
    assert "background" in long.errors


def test_the_longest_brief_fits_on_one_page(people: Cast) -> None:
    most = {name: "字" * length for name, length in MOST.items()}
    for name, length in MOST.items():
        assert getattr(EscalationBrief._meta.get_field(name), "max_length", None) == length
    case = claimed(people)
    Case.objects.filter(pk=case.pk).update(title="题" * 200)
    level = EscalationLevel.objects.get(code="l4")
    row = EscalationBrief.objects.create(case=again(case), level=level, by=people.diana, at=MONDAY, **most)
    assert len(pages(paper(row))) == 1


def test_the_brief_is_read_by_those_who_see_the_matter(people: Cast, mayor: User) -> None:
    case = claimed(people, at=timezone.now() - timedelta(hours=1))
    actions.escalate(case, by=people.diana, at=timezone.now(), reason="久拖不决。", level="l4", brief=BRIEF)
    brief = EscalationBrief.objects.get()
    place = reverse("admin:enterprises_escalationbrief_paper", args=[brief.pk])
    page = client_of(mayor).get(reverse("admin:desk_case_change", args=[case.pk])).content.decode()
    assert place in page
    got = client_of(mayor).get(place)
    assert got.headers["Content-Type"] == "application/pdf"
    assert client_of(people.charlie).get(place).status_code == 404
    day = client_of(mayor).get(reverse("admin:index")).content.decode()
    assert str(case.number) in day
