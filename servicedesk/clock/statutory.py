"""The days off that law itself names (《全国年节及纪念日放假办法》 art. 2), for years without a notice."""

import csv
from datetime import date, timedelta
from functools import lru_cache
from pathlib import Path

from servicedesk.clock.errors import ClockError

SOURCE = "《全国年节及纪念日放假办法》第二条"
DATA = Path(__file__).parent / "data"


@lru_cache(maxsize=1)
def moon_table() -> dict[int, dict[str, date]]:
    """Spring Festival, Qingming, Dragon Boat and Mid-Autumn of 2000-2060; `script/lunar_days` wrote them."""
    with (DATA / "lunar.csv").open(encoding="utf-8", newline="") as file:
        return {
            int(row.pop("year")): {name: date.fromisoformat(day) for name, day in row.items()}
            for row in csv.DictReader(file)
        }


@lru_cache(maxsize=128)
def statutory_days(year: int) -> dict[date, str]:
    """The statutory days off of that year with their names. Raises ClockError outside 2000-2060."""
    if year not in moon_table():
        raise ClockError("out-of-range")
    moon = moon_table()[year]
    named = [
        ("元旦", date(year, 1, 1), 1),
        ("春节", *_spring_festival(year, moon["spring_festival"])),
        ("清明节", moon["qingming"], 1),
        ("劳动节", date(year, 5, 1), 2 if year >= 2025 else 1),
        ("端午节", moon["dragon_boat"], 1),
        ("中秋节", moon["mid_autumn"], 1),
        ("国庆节", date(year, 10, 1), 3),
    ]
    days: dict[date, str] = {}
    for name, first, length in named:
        for offset in range(length):
            day = first + timedelta(days=offset)
            days[day] = f"{days[day]}、{name}" if day in days else name
    return days


def _spring_festival(year: int, new_year: date) -> tuple[date, int]:
    """First day and length: New Year's Eve was no day off from 2014 to 2024; a fourth day came in 2025."""
    eve = new_year - timedelta(days=1)
    if year >= 2025:
        return eve, 4
    return (new_year, 3) if year >= 2014 else (eve, 3)
