"""The JSON lines: what is answered, what is refused, and that every line gets its own line."""

import io
import json
from collections.abc import Callable
from typing import Any

import pytest

from servicedesk.clock import ClockError, asked
from servicedesk.clock.lines import answer, answer_line, answer_stream

EXAMPLE = {
    "start": "2026-03-03T09:00:00",
    "term": 180,
    "unit": "working_minutes",
    "pauses": [["2026-03-03T10:00:00", "2026-03-03T11:00:00"]],
    "hours": ["09:00-12:00", "13:30-17:00"],
}
DAY = {"start": "2026-03-03T09:00:00", "term": 3, "unit": "working_days"}


def ask(**question: object) -> dict[str, Any]:
    return answer_line(json.dumps(question))


def test_the_example_is_answered_as_promised() -> None:
    found = ask(**EXAMPLE)
    assert list(found) == ["due", "provisional", "statement"]
    assert (found["due"], found["provisional"]) == ("2026-03-03T14:30:00+08:00", False)
    assert found["statement"][0] == {
        "from": "2026-03-03T09:00:00+08:00",
        "to": "2026-03-03T10:00:00+08:00",
        "kind": "counted",
        "units": 60,
        "reason": "",
    }
    kinds = [(row["kind"], row["units"]) for row in found["statement"]]
    assert kinds == [("counted", 60), ("pause", 0), ("counted", 60), ("lunch", 0), ("counted", 60)]


def test_a_pause_that_runs_leaves_no_due_moment_but_what_remains() -> None:
    found = ask(**EXAMPLE | {"pauses": [["2026-03-03T10:00:15", None]]})
    assert (found["due"], found["remaining"]) == (None, 119.75)
    assert found["statement"][-1] == {
        "from": "2026-03-03T10:00:15+08:00",
        "to": None,
        "kind": "pause",
        "units": 0,
        "reason": "",
    }


@pytest.mark.parametrize(
    ("question", "due"),
    [
        (DAY, "2026-03-06T17:00:00+08:00"),
        (DAY | {"start": "2026-03-03T01:00:00Z"}, "2026-03-06T17:00:00+08:00"),
        (DAY | {"start": "2026-03-02T20:00:00-05:00"}, "2026-03-06T17:00:00+08:00"),
        (DAY | {"start": "2026-03-03"}, "2026-03-06T17:00:00+08:00"),
        (DAY | {"off": ["2026-03-04"]}, "2026-03-09T17:00:00+08:00"),
        (DAY | {"on": ["2026-03-07"], "off": ["2026-03-04"]}, "2026-03-07T17:00:00+08:00"),
        (DAY | {"hours": ["10:00-24:00"]}, "2026-03-07T00:00:00+08:00"),
        (DAY | {"hours": {"tue": ["09:00-10:00"], "sat": ["09:00-10:00"]}}, "2026-03-24T10:00:00+08:00"),
        (
            DAY | {"hours": {"tue": ["09:00-10:00"], "sat": ["09:00-10:00"]}, "on": ["2026-03-07"]},
            "2026-03-17T10:00:00+08:00",
        ),
        (
            DAY | {"hours": {"tue": ["09:00-10:00"], "sat": ["09:00-10:00"]}, "calendar": "plain"},
            "2026-03-14T10:00:00+08:00",
        ),
        (
            DAY | {"hours": {"mon": ["09:00-11:00"]}, "on": ["2026-03-04"]},
            "2026-03-16T11:00:00+08:00",
        ),
        (DAY | {"start": "2026-02-14T09:00:00", "calendar": "plain"}, "2026-02-18T17:00:00+08:00"),
        (DAY | {"unit": "calendar_days", "term": 4, "ends": "midnight"}, "2026-03-10T00:00:00+08:00"),
        (DAY | {"unit": "calendar_days", "term": 4, "roll": False}, "2026-03-08T00:00:00+08:00"),
        (DAY | {"unit": "months", "term": 1}, "2026-04-03T17:00:00+08:00"),
        (DAY | {"unit": "years", "term": 10, "roll": False, "ends": "midnight"}, "2036-03-04T00:00:00+08:00"),
        (DAY | {"tz": "America/New_York", "calendar": "plain"}, "2026-03-06T17:00:00-05:00"),
        (DAY | {"ends": "midnight", "roll": False}, "2026-03-06T17:00:00+08:00"),
    ],
)
def test_every_option_bends_the_date(question: dict[str, object], due: str) -> None:
    assert ask(**question)["due"] == due


@pytest.mark.parametrize(
    ("calendar", "start", "provisional"),
    [
        ("official", "2026-12-25T09:00:00", False),
        ("official", "2026-12-30T09:00:00", True),
        ("official", "2017-12-20T09:00:00", True),
        ("plain", "2026-12-30T09:00:00", False),
    ],
)
def test_a_date_says_whether_its_year_is_settled(calendar: str, start: str, provisional: bool) -> None:
    assert ask(**DAY | {"start": start, "calendar": calendar})["provisional"] == provisional


@pytest.mark.parametrize(
    ("question", "found"),
    [
        ({"until": "2026-03-04T10:00:00"}, {"elapsed_seconds": 450 * 60}),
        ({"until": "2026-03-03T09:00:00"}, {"elapsed_seconds": 0}),
        ({"until": "2026-03-03T09:00:00.5", "unit": "working_days"}, {"elapsed_seconds": 0.5}),
        (
            {"until": "2026-03-04T10:00:00", "pauses": [["2026-03-03T16:00:00", "2026-03-04T09:30:00"]]},
            {"elapsed_seconds": 360 * 60},
        ),
        (
            {"until": "2026-03-04T10:00:00", "pauses": [["2026-03-03T16:00:00", None]]},
            {"elapsed_seconds": 330 * 60},
        ),
        ({"back": True, "term": 240, "unit": "working_minutes"}, {"at": "2026-03-02T11:30:00+08:00"}),
        ({"back": True, "term": 390, "unit": "working_minutes"}, {"at": "2026-03-02T09:00:00+08:00"}),
        ({"back": True, "term": 1, "unit": "working_days"}, {"at": "2026-03-01T23:59:59.999999+08:00"}),
    ],
)
def test_time_is_measured_and_walked_back(question: dict[str, object], found: dict[str, object]) -> None:
    assert ask(start="2026-03-03T09:00:00", **question) == found


THOUSAND = [
    f"20{20 + number // 336}-{number % 336 // 28 + 1:02d}-{number % 28 + 1:02d}" for number in range(1001)
]
BAD: list[tuple[dict[str, object], str]] = [
    ({"colour": "red"}, "The key colour is unknown."),
    ({"start": None}, "start must be a date and time"),
    ({"start": "yesterday"}, "start must be a date and time"),
    ({"start": "2026-02-30T09:00:00"}, "start must be a date and time"),
    ({"start": 20260303}, "start must be a date and time"),
    ({"start": "1999-12-31T23:59:59"}, "2000 to 2060"),
    ({"start": "2061-01-01T00:00:00"}, "2000 to 2060"),
    ({"start": "0001-01-01T00:00:00+14:00"}, "2000 to 2060"),
    ({"start": "9999-12-31T23:59:59-14:00"}, "2000 to 2060"),
    ({"start": "2060-12-31T09:00:00"}, "2000 to 2060"),
    ({"term": 0}, "at least 1"),
    ({"term": -5}, "at least 1"),
    ({"term": True}, "whole number"),
    ({"term": 1.5}, "whole number"),
    ({"term": 3.0}, "whole number"),
    ({"term": "3"}, "whole number"),
    ({"term": None}, "whole number"),
    ({"term": 10**30}, "too long"),
    ({"term": 3654}, "too long"),
    ({"term": 11, "unit": "years"}, "too long"),
    ({"unit": "weeks"}, "The unit weeks"),
    ({"unit": ["working_days"]}, "The unit"),
    ({"pauses": "none"}, "Pauses are a list"),
    ({"pauses": [["2026-03-03T10:00:00"]]}, "Pauses are a list"),
    ({"pauses": {"a": 1}}, "Pauses are a list"),
    ({"pauses": [[None, "2026-03-03T10:00:00"]]}, "pauses must be a date and time"),
    ({"pauses": [["2026-03-03T11:00:00", "2026-03-03T10:00:00"]]}, "cannot end before it begins"),
    ({"pauses": [["2026-03-03T11:00:00", "2026-03-03T10:00:00"]] * 1001}, "At most 1000 pauses"),
    ({"hours": []}, "without any office hours"),
    ({"hours": {}}, "without any office hours"),
    ({"hours": {"mon": []}}, "without any office hours"),
    ({"hours": {"monday": ["09:00-12:00"]}}, "Office hours are"),
    ({"hours": {"mon": "09:00-12:00"}}, "Office hours are"),
    ({"hours": "09:00-12:00"}, "Office hours are"),
    ({"hours": ["9-12"]}, "Office hours are"),
    ({"hours": [9]}, "Office hours are"),
    ({"hours": ["09:60-12:00"]}, "Office hours are"),
    ({"hours": ["12:00-09:00"]}, "not a stretch"),
    ({"hours": ["09:00-09:00"]}, "not a stretch"),
    ({"hours": ["09:00-24:01"]}, "not a stretch"),
    ({"hours": ["24:00-25:00"]}, "not a stretch"),
    ({"hours": ["09:00-12:00", "11:00-13:00"]}, "overlap"),
    ({"tz": "Mars/Olympus"}, "The time zone Mars/Olympus is unknown."),
    ({"tz": "../etc/passwd"}, "The time zone"),
    ({"tz": "America"}, "The time zone"),
    ({"tz": "\x00"}, "The time zone"),
    ({"tz": ""}, "The time zone"),
    ({"tz": 8}, "tz must be a text"),
    ({"calendar": "lunar"}, "The calendar lunar"),
    ({"calendar": {}}, "The calendar"),
    ({"off": "2026-03-04"}, "off must be a list of dates"),
    ({"off": ["20260304"]}, "off must be a list of dates"),
    ({"off": ["2026-W10-3"]}, "off must be a list of dates"),
    ({"on": [1]}, "on must be a list of dates"),
    ({"on": ["1999-01-01"]}, "2000 to 2060"),
    ({"off": ["2026-03-04"], "on": ["2026-03-04"]}, "cannot be both off and on"),
    ({"off": THOUSAND}, "At most 1000 days"),
    ({"roll": 1}, "roll must be true or false"),
    ({"roll": "yes"}, "roll must be true or false"),
    ({"ends": "noon"}, "at close or at midnight, not at noon"),
    ({"ends": None}, "at close or at midnight"),
    ({"back": "true"}, "back must be true or false"),
    ({"back": True, "pauses": [["2026-03-02T09:00:00", None]]}, "takes no pauses"),
    ({"until": "2026-03-04T09:00:00"}, "not both"),
]


@pytest.mark.parametrize(("change", "sentence"), BAD)
def test_a_bad_line_is_answered_with_a_sentence(change: dict[str, object], sentence: str) -> None:
    found = ask(**DAY | change)
    assert list(found) == ["error"]
    assert sentence in found["error"] and found["error"].endswith(".") and len(found["error"]) < 200


@pytest.mark.parametrize("missing", ["start", "term", "unit"])
def test_a_missing_key_is_named(missing: str) -> None:
    question = {key: value for key, value in DAY.items() if key != missing}
    assert ask(**question) == {"error": f"The key {missing} is missing."}


@pytest.mark.parametrize(
    ("question", "sentence"),
    [
        ({"start": "2026-03-03T09:00:00", "until": "2026-03-02T09:00:00"}, "lies before its start"),
        ({"start": "2026-03-03T09:00:00", "until": "2026-03-04T09:00:00", "back": True}, "walked back"),
        ({"start": "2026-03-03T09:00:00", "until": "2026-03-04T09:00:00", "unit": "weeks"}, "The unit weeks"),
        ({"until": "2026-03-04T09:00:00"}, "start is missing"),
    ],
)
def test_a_bad_measurement_is_answered_with_a_sentence(question: dict[str, object], sentence: str) -> None:
    assert sentence in ask(**question)["error"]


@pytest.mark.parametrize(
    ("line", "error"),
    [
        ("", "The line is empty."),
        ("   ", "The line is empty."),
        ("{", "The line is not valid JSON."),
        ("[1]", "The line must hold one JSON object."),
        ("null", "The line must hold one JSON object."),
        ('{"start": NaN}', "The line is not valid JSON."),
        ('{"term": Infinity}', "The line is not valid JSON."),
        ('{"term": ' + "9" * 5000 + "}", "The line is not valid JSON."),
        ("[" * 100_000, "The line is not valid JSON."),
        (" " * 1_000_001, "The line is too long."),
    ],
)
def test_a_line_that_is_no_question_is_answered_too(line: str, error: str) -> None:
    assert answer_line(line) == {"error": error}


def test_there_is_one_answer_to_each_line_in_order() -> None:
    lines = [
        json.dumps(EXAMPLE).encode(),
        b"",
        b"\xff\xfe",
        b'{"start": "\\ud800"}',
        json.dumps(DAY).encode(),
    ]
    out = io.BytesIO()
    answer_stream(io.BytesIO(b"\xef\xbb\xbf" + b"\r\n".join(lines)), out)
    found = [json.loads(line) for line in out.getvalue().decode().splitlines()]
    assert [next(iter(each)) for each in found] == ["due", "error", "error", "error", "due"]


def test_a_quoted_surrogate_does_not_break_the_answer() -> None:
    out = io.BytesIO()
    answer_stream([b'{"\\ud800": 1}\n'], out)
    assert json.loads(out.getvalue()) == {"error": "The key \ud800 is unknown."}


def test_calendars_that_are_equal_share_one_index() -> None:
    off = {"off": ["2026-03-04"], "hours": ["09:00-12:00"]}
    one = asked.calendar(DAY | off)
    other = asked.calendar(EXAMPLE | off)
    assert one is other and one.index is other.index


@pytest.mark.parametrize("make", [lambda: object(), lambda: {1: 2}, lambda: b"x"])
def test_values_no_json_can_hold_are_refused_as_well(make: Callable[[], object]) -> None:
    for key in asked.KEYS:
        with pytest.raises(ClockError):
            answer(DAY | {key: make()})
