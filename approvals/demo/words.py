"""What the people of the demo write, from one YAML file: answers to questions, words of offices."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

import yaml

FILE = Path(__file__).resolve().parent.parent / "data" / "demo.yaml"


@cache
def table(name: str) -> dict[str, Any]:
    """One part of the file: popularity, texts, numbers, days, words, projects."""
    found: dict[str, Any] = yaml.safe_load(FILE.read_text(encoding="utf-8"))[name]
    return found


def words(name: str) -> Any:
    return table("words")[name]
