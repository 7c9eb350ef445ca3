"""The figures of a month worked out by hand: what is counted, what stands apart, and when it is “—”."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest
from django.utils.translation import override

from servicedesk.accounts.models import Office
from servicedesk.desk import actions, registry
from servicedesk.desk.models import Case
from servicedesk.reports import counting
from servicedesk.reports.percentiles import Times, percentile, times_by, used_words
from servicedesk.reports.promises import leading
from servicedesk.reports.shares import Share
from servicedesk.reports.standing import borders
from servicedesk.reports.trend import trend
from tests import kinds
from tests.desk import permits
from tests.make import moment
from tests.people import Cast
from tests.reports.month import Month, scope_of

pytestmark = [pytest.mark.django_db, pytest.mark.sqlite]

HOUR = 3600


def test_what_came_in_was_closed_and_is_open(march: Month) -> None:
    total = counting.counted(scope_of(march.people.grace)).total
    assert (total["received"], total["closed"], total["open"], total["late"]) == (8, 5, 3, 2)
    assert (total["paused"], total["parked"], total["unreached"]) == (0, 0, 1)


def test_withdrawn_and_unreached_matters_neither_keep_nor_break(march: Month) -> None:
    """Six of eight had a promise due; late contact, the returned and the overdue broke one of theirs."""
    total = counting.counted(scope_of(march.people.grace)).total
    assert (total["due"], total["broken"]) == (6, 3)


def test_the_first_promise_is_judged_beside_the_last(march: Month) -> None:
    """The extended one kept the last date it told, and not the first."""
    total = counting.counted(scope_of(march.people.grace)).total
    assert total["broken_first"] == 4
    limits = {limit.code: limit.numbers for limit in counting.counted(scope_of(march.people.grace)).limits}
    assert {
        code: (row["due"], row["broken"], row.get("broken_first", 0)) for code, row in limits.items()
    } == {
        "dispatch": (6, 0, 0),
        "not_ours": (6, 0, 0),
        "contact": (6, 1, 1),
        "opinion": (6, 0, 0),
        "resolve": (5, 1, 2),
        "company": (5, 2, 3),
    }
    assert list(limits) == ["dispatch", "not_ours", "contact", "opinion", "resolve", "company"]


def test_a_returned_promise_was_not_kept_and_stands_apart(march: Month) -> None:
    rows = counting.counted(scope_of(march.people.grace)).rows
    water = rows[march.people.office("swuj").pk]
    assert (water["due"], water["broken"], water["passed_on"]) == (0, 0, 1)
    assert Share(water["due"] - water["broken"], water["due"]).percent is None
    contact = next(
        each for each in counting.counted(scope_of(march.people.grace)).limits if each.code == "contact"
    )
    assert contact.numbers["passed_on"] == 1


def test_what_was_late_when_it_was_returned_stays_late(people: Cast) -> None:
    found = Month(people)
    case = found.claimed("late return", moment("2026-03-04 09:00"), to="swuj")
    actions.return_to_centre(case, by=people.charlie, at=moment("2026-03-04 15:00"), reason="不属我局职责。")
    water = counting.counted(scope_of(people.grace)).rows[people.office("swuj").pk]
    assert (water["due"], water["broken"]) == (1, 1)


def test_a_breach_stays_with_the_office_that_answers_for_it(march: Month) -> None:
    rows = counting.counted(scope_of(march.people.grace)).rows
    housing, centre = (rows[march.people.office(code).pk] for code in ("zjj", "fwzx"))
    assert (housing["due"], housing["broken"], housing["broken_first"]) == (6, 2, 3)
    assert (centre["due"], centre["broken"], centre["broken_first"]) == (6, 2, 3)
    assert (housing["received"], centre.get("received", 0)) == (8, 0)


def test_results_are_what_applicants_said_and_silence_is_nothing(march: Month) -> None:
    """Of five that answered or were solved three were solved; the last word counts; two of four rated."""
    total = counting.counted(scope_of(march.people.grace)).total
    assert (total["answers"], total["solved"]) == (4, 3)
    assert (total["rated"], total["satisfied"]) == (2, 1)
    assert str(Share(total["solved"], total["answers"])) == "75.0%"


def test_a_kind_without_a_rating_has_no_share_of_the_satisfied(people: Cast) -> None:
    with permits.known():
        permits.accepted(people)
        found = counting.counted(scope_of(people.grace, kind="test-permit"))
        assert not found.has_ratings and found.total["received"] == 1
        assert found.total.get("rated", 0) == 0


def test_how_long_it_took(march: Month) -> None:
    """Contact: 25, 40, 50, 50, 50 and 230 minutes. The whole: 20.5, 46.5 and 109.5 office hours."""
    scope = scope_of(march.people.grace)
    contact = next(each.times for each in counting.counted(scope).limits if each.code == "contact")
    assert [contact.n, *contact.all] == [6, 50 * 60, 50 * 60, pytest.approx(185 * 60)]
    whole = counting.times_of_all(scope)
    expected = [46.5 * HOUR, (46.5 + 0.6 * 63) * HOUR, (46.5 + 0.9 * 63) * HOUR]
    assert [whole.n, *whole.all] == [3, *map(pytest.approx, expected)]


@pytest.mark.parametrize(
    "values, fraction, expected",
    [([7], 0.95, 7), ([1, 2], 0.5, 1.5), ([1, 2, 3, 4, 10], 0.8, 5.2), ([0, 100], 0.8, 80)],
)
def test_a_percentile_lies_between_the_nearest_ranks(
    values: list[int], fraction: float, expected: float
) -> None:
    assert percentile(values, fraction) == pytest.approx(expected)


@pytest.mark.postgres
def test_the_database_interpolates_as_we_do(march: Month) -> None:
    clocks = leading(scope_of(march.people.grace))
    used = sorted(clocks.values_list("used", flat=True))
    expected = [percentile(used, fraction) for fraction in (0.5, 0.8, 0.95)]
    assert times_by(clocks)[()].all == [pytest.approx(each) for each in expected]


def test_times_are_said_in_the_measures_of_the_office() -> None:
    said = {None: "—", 30: "under a minute", 5400: "1 hour 30 minutes", 23400: "1.0 working day"}
    with override("en"):
        assert {seconds: used_words(seconds) for seconds in said} == said
        assert used_words(46.5 * HOUR) == "7.2 working days"


def test_open_matters_by_their_age(march: Month) -> None:
    """On the evening of 31 March 19, 15 and 1 working days had passed since the three submissions."""
    total = counting.counted(scope_of(march.people.grace)).total
    assert [total[f"age_{band}"] for band in range(6)] == [1, 0, 0, 1, 1, 0]


def test_the_borders_of_age_lie_on_working_days() -> None:
    found = [f"{mark:%m-%d %H:%M}" for mark in borders(moment("2026-04-01 00:00"))]
    # Two working days (30 and 31) have passed for whoever came by Sunday the 29th, six for the 23rd…; and
    # 31 since 10 February, for the Spring Festival lies between.
    assert found == ["03-29 23:59", "03-23 23:59", "03-16 23:59", "03-09 23:59", "02-10 23:59"]


def only(case: Case, code: str) -> None:
    """Leave the case no other clock."""
    case.clocks.exclude(code=code).update(stopped_at=case.submitted_at, late=False, used=0, public=False)


def test_a_paused_promise_is_neither_due_nor_late_and_stands_apart(people: Cast) -> None:
    with permits.known():
        case = permits.accepted(people)
        only(case, "decide")
        actions.pause(
            case,
            by=people.alice,
            at=moment("2026-03-03 10:00"),
            category="expert_review",
            reason="专家评审",
            basis=permits.LAW,
        )
        total = counting.counted(scope_of(people.grace, kind="test-permit")).total
        assert (total["due"], total["paused"], total["open"]) == (0, 1, 1)
        assert total["late"] == 0


def test_a_term_of_the_applicants_own_is_no_promise_and_no_lateness(people: Cast) -> None:
    own = replace(
        kinds.PERMIT,
        code="test-own",
        subject="test-permit",
        clocks=tuple(replace(each, holder="applicant") for each in permits.MOVABLE.clocks_of({})),
    )
    with permits.known():
        registry.register(own)
        permits.accepted(people, kind="test-own")
        total = counting.counted(scope_of(people.grace, kind="test-own")).total
        registry.unregister("test-own")
    assert (total["open"], total["due"], total["late"]) == (1, 0, 0)


def test_a_parked_matter_is_counted_apart(people: Cast) -> None:
    with permits.known():
        case = permits.accepted(people)
        only(case, "decide")
        actions.park(
            case,
            by=people.diana,
            at=moment("2026-03-03 10:00"),
            reason="待规划",
            basis="市政府会议纪要",
            until=moment("2026-06-01 09:00"),
        )
        total = counting.counted(scope_of(people.grace, kind="test-permit")).total
        assert (total["parked"], total["broken"], total["late"]) == (1, 0, 0)


def test_without_cases_nothing_is_a_hundred_percent(people: Cast) -> None:
    found = counting.counted(scope_of(people.grace))
    assert found.rows == {} and found.time == Times() and list(found.limits) == []
    assert str(Share(0, 0)) == "—"


@pytest.mark.parametrize(
    "part, whole, said",
    [(0, 9, "0.0%"), (9, 9, "100.0%"), (1, 3, "33.3%"), (4999, 5000, "99.9%"), (1, 5000, "0.1%")],
)
def test_a_hundred_percent_leaves_nobody_out(part: int, whole: int, said: str) -> None:
    assert str(Share(part, whole)) == said


def test_the_trend_counts_each_month_by_itself(march: Month) -> None:
    months = {f"{each.first:%Y-%m}": each for each in trend(scope_of(march.people.grace))}
    assert min(months) == "2025-04" and max(months) == "2026-03" and len(months) == 12
    february, last = months["2026-02"], months["2026-03"]
    assert (february.received, february.closed) == (1, 1)
    assert (last.received, last.closed, last.kept) == (8, 5, Share(3, 6))
    assert months["2025-12"].kept.percent is None


def offices(people: Cast) -> Iterator[Office]:
    """A section below the housing office."""
    yield Office.objects.create(
        code="zjj-1", name="质量安全科", sort=Office.Sort.BUREAU, parent=people.office("zjj")
    )


def test_an_office_is_asked_for_with_everything_below_it(march: Month) -> None:
    [section] = offices(march.people)
    case = march["young"]
    actions.transfer(
        case, by=march.people.bob, at=moment("2026-03-31 09:00"), office=section, reason="由科室办理。"
    )
    found = counting.counted(scope_of(march.people.grace, office="zjj"))
    assert found.total["received"] == 8
    assert found.rows[section.pk]["received"] == 1
    assert counting.counted(scope_of(march.people.grace, office="zjj-1")).total["received"] == 1
