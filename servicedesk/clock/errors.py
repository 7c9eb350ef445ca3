"""The one error of the clock, and every sentence it can say."""

# code -> English sentence. The code is stable: the web layers translate by it and fill in `params`.
SENTENCES = {
    # terms and pauses
    "unknown-unit": "The unit {unit} is none of working_days, working_minutes, calendar_days, months, years.",
    "term-not-whole": "The term must be a whole number.",
    "term-too-short": "The term must be at least 1.",
    "term-too-long": "The term is too long; at most {limit} {unit} can be counted.",
    "unknown-ends": "A term ends at close or at midnight, not at {ends}.",
    "rolls-not-bool": "Whether a term rolls is said with true or false.",
    "extension-unit": "An extension in {extension} cannot lengthen a term in {term}.",
    "pause-backwards": "A pause cannot end before it begins.",
    "until-before-start": "The end of the time asked for lies before its start.",
    # calendars
    "no-hours": "A week without any office hours has no working days.",
    "bad-weekday": "The weekday {weekday} is unknown; weekdays are numbered from 0, Monday, to 6, Sunday.",
    "bad-segment": "The office hours {segment} are not a stretch of one day that ends after it begins.",
    "segments-overlap": "The office hours of one day overlap at {at}.",
    "hours-twice": "Two sets of office hours are valid from the same date.",
    "no-working-days": "The calendar has no working days.",
    "unknown-zone": "The time zone {zone} is unknown.",
    "bad-years": "The noticed years must run from the first to the last.",
    "unknown-version": "The calendar version {version} is unknown.",
    "out-of-range": "Only dates from 2000 to 2060 can be counted.",
    "naive-time": "A moment needs a time zone.",
    # the JSON lines
    "empty-line": "The line is empty.",
    "line-too-long": "The line is too long.",
    "not-json": "The line is not valid JSON.",
    "not-object": "The line must hold one JSON object.",
    "unknown-key": "The key {key} is unknown.",
    "missing-key": "The key {key} is missing.",
    "bad-time": "The value of {key} must be a date and time such as 2026-03-03T09:00:00.",
    "bad-date": "The value of {key} must be a list of dates such as 2026-03-03.",
    "bad-flag": "The value of {key} must be true or false.",
    "bad-text": "The value of {key} must be a text.",
    "bad-calendar": "The calendar {calendar} is unknown; use official or plain.",
    "bad-hours": "Office hours are a list such as 09:00-12:00, or such lists by weekday from mon to sun.",
    "bad-pauses": "Pauses are a list of pairs of a beginning and an end; the end may be null.",
    "too-many-days": "At most {limit} days may be switched off or on.",
    "too-many-pauses": "At most {limit} pauses may be given.",
    "off-and-on": "The day {day} cannot be both off and on.",
    "term-and-until": "Give either a term or the end of the time asked for, not both.",
    "back-and-until": "Only a term can be walked back, not the time until a moment.",
    "back-and-pauses": "Walking back takes no pauses.",
}


def shown(value: object) -> str:
    """A value of the asker's as it may stand in a sentence: short."""
    text = str(value)
    return text if len(text) <= 40 else f"{text[:40]}…"


class ClockError(ValueError):
    """A question the clock refuses, as one English sentence.

    `code` is stable and in kebab-case; `params` fill the sentence, in English and in any translation of it.
    """

    def __init__(self, code: str, **params: object) -> None:
        self.code = code
        self.params = params
        super().__init__(SENTENCES[code].format(**params))

    def __reduce__(self) -> tuple[object, ...]:
        return _revive, (self.code, self.params)


def _revive(code: str, params: dict[str, object]) -> ClockError:
    return ClockError(code, **params)
