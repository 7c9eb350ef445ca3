"""What a clock says."""

from datetime import UTC, datetime
from types import SimpleNamespace

import pytest
from django.utils import translation

from servicedesk.clock.statement import Reason
from servicedesk.desk import masks, words
from servicedesk.desk.pieces import statement_rows

HOUR = 3600


@pytest.fixture(autouse=True)
def english() -> object:
    with translation.override("en"):
        yield


@pytest.mark.parametrize(
    ("days", "seconds", "said"),
    [
        (11, 3 * HOUR, "11 working days"),
        (3, 0, "3 working days"),
        (2, 3 * HOUR, "2 working days 3 hours"),
        (1, 3 * HOUR + 1200, "1 working day 3 hours"),
        (1, 59 * 60, "1 working day"),
        (0, 3 * HOUR + 1200, "3 hours 20 minutes"),
        (0, HOUR, "1 hour"),
        (0, 61, "1 minute"),
        (0, 5, "1 minute"),
        (0, 0, "1 minute"),
    ],
)
def test_an_amount_has_two_measures_at_most(days: int, seconds: int, said: str) -> None:
    assert words.amount_words(days, seconds) == said


@pytest.mark.parametrize(
    ("state", "amounts", "said"),
    [
        ("running", {"days": 4}, "4 working days left"),
        ("soon", {"days": 1, "seconds": 3 * HOUR}, "1 working day 3 hours left"),
        ("late", {"seconds": 2 * HOUR}, "Late by 2 hours"),
        ("late", {"seconds": 0}, "Late"),
        ("paused", {"category": "expert_review"}, "Paused: expert review"),
        ("paused", {"category": "expert-review"}, "Paused: expert review"),
        ("paused", {"category": "something_new"}, "Paused: something new"),
        ("paused", {}, "Paused"),
        ("kept", {"used": 72 * 60}, "On time · took 1 hour 12 minutes"),
        ("kept", {"used": 60 * HOUR}, "On time"),
        ("missed", {"used": 60 * HOUR}, "Finished late"),
    ],
)
def test_every_state_has_its_sentence(state: str, amounts: dict[str, object], said: str) -> None:
    assert words.badge_words(state, **amounts) == said  # type: ignore[arg-type]


def test_an_unknown_state_is_refused() -> None:
    with pytest.raises(ValueError, match="melting"):
        words.badge_words("melting")


def test_calendar_terms_count_plain_days() -> None:
    assert words.badge_words("running", "calendar_days", days=20) == "20 days left"


@pytest.mark.parametrize(
    ("term", "unit", "said"),
    [
        (120, "working_minutes", "2 hours"),
        (30, "working_minutes", "30 minutes"),
        (1, "working_days", "1 working day"),
        (15, "working_days", "15 working days"),
        (1, "months", "1 month"),
        (2, "years", "2 years"),
    ],
)
def test_a_term_reads_as_it_is_promised(term: int, unit: str, said: str) -> None:
    assert words.term_words(term, unit) == said


def test_the_statement_says_why_only_where_that_says_more() -> None:
    assert words.row_words("weekend", "weekend") == "Weekend"
    holiday = words.row_words("holiday", "holiday", {"name": "春节", "source": "国办发明电〔2025〕7号"})
    assert holiday == "Public holiday: Spring Festival (国办发明电〔2025〕7号)"
    assert words.row_words("pause", "pause", {"reason": "expert_review"}) == "Clock stopped: expert review"


@pytest.mark.parametrize(
    ("language", "said"),
    [("en", "National Day, Mid-Autumn Festival"), ("zh-hans", "国庆节、中秋节")],
)
def test_holidays_are_told_in_the_language_of_the_page(language: str, said: str) -> None:
    with translation.override(language):
        assert words.shipped_words("国庆节、中秋节") == said
        assert words.shipped_words("市民节") == "市民节", "what the city entered stays as it is"


def day(number: int) -> datetime:
    return datetime(2026, 3, number, tzinfo=UTC)


def test_days_alike_become_one_row_with_a_running_sum() -> None:
    rows = [
        SimpleNamespace(start=day(n), end=day(n + 1), kind=kind, units=units, reason=Reason(kind))
        for n, kind, units in [(5, "counted", 1), (6, "counted", 1), (7, "weekend", 0), (8, "weekend", 0)]
    ]
    counted, weekend = statement_rows(rows, by_days=True)
    assert (counted["start"], counted["last"].date(), counted["units"]) == (day(5), day(6).date(), 2)
    assert (weekend["total"], weekend["look"], weekend["last"].date()) == (2, "off", day(8).date())


def test_a_standing_pause_has_no_end() -> None:
    row = {"from": "2026-03-05T09:00:00+08:00", "to": None, "kind": "pause", "units": 0, "reason": "hearing"}
    (shown,) = statement_rows([row], by_days=True)
    assert shown["end"] is None and shown["last"] is None and shown["said"] == "hearing"


@pytest.mark.parametrize(
    ("value", "kind", "shown"),
    [
        ("13812342671", "phone", "138****2671"),
        ("8412", "phone", "****"),
        ("王建国", "name", "王 *"),
        ("zhang@example.cn", "email", "z***@example.cn"),
        ("370281199001011234", "number", "3702******1234"),
        ("", "phone", ""),
    ],
)
def test_personal_data_are_masked(value: str, kind: str, shown: str) -> None:
    assert masks.masked(value, kind) == shown


def test_sizes_are_short() -> None:
    assert [words.size_words(n) for n in (10, 839_680, 1_258_291, 20_971_520)] == [
        "1 KB",
        "820 KB",
        "1.2 MB",
        "20 MB",
    ]


def test_a_term_that_ends_at_midnight_is_told_as_the_end_of_its_last_day() -> None:
    midnight, morning = datetime(2026, 12, 4, 16, tzinfo=UTC), datetime(2026, 12, 4, 2, 30, tzinfo=UTC)
    assert words.due_moment(midnight, "DATETIME_FORMAT") == "4 December 2026, 24:00"
    assert words.due_moment(midnight, "l") == "Friday"
    assert words.due_moment(morning, "DATETIME_FORMAT") == "4 December 2026, 10:30"
    with translation.override("ru"):
        assert words.due_moment(midnight, "SHORT_DATETIME_FORMAT") == "04.12.2026, 24:00"
