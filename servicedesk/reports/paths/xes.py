"""The log as XES (IEEE 1849-2016), which process mining programs read; written out case by case."""

from __future__ import annotations

import re
from collections.abc import Iterator
from xml.sax.saxutils import quoteattr

from servicedesk.reports.paths.log import Entry, Log, Trace, written

# What XML 1.0 knows no way to write.
UNWRITABLE = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
EXTENSIONS = (
    ("Concept", "concept", "http://www.xes-standard.org/concept.xesext"),
    ("Lifecycle", "lifecycle", "http://www.xes-standard.org/lifecycle.xesext"),
    ("Time", "time", "http://www.xes-standard.org/time.xesext"),
    ("Organizational", "org", "http://www.xes-standard.org/org.xesext"),
)
NAME, WHEN, TRANSITION, GROUP = "concept:name", "time:timestamp", "lifecycle:transition", "org:group"
TIMELESS = "1970-01-01T00:00:00.000+08:00"
CLASSIFIERS = (("Activity", NAME), ("ActivityAndTransition", f"{NAME} {TRANSITION}"), ("Resource", GROUP))


def pieces(log: Log) -> Iterator[str]:
    """The file in pieces: its head, a piece for each case, its end."""
    yield "\n".join(_head(log)) + "\n"
    for trace in log.traces():
        yield "\n".join(_trace(trace)) + "\n"
    yield "</log>\n"


def _head(log: Log) -> Iterator[str]:
    yield '<?xml version="1.0" encoding="UTF-8"?>'
    yield '<log xes.version="1849.2016" xes.features="" xmlns="http://www.xes-standard.org/">'
    for name, prefix, uri in EXTENSIONS:
        yield f'  <extension name="{name}" prefix="{prefix}" uri="{uri}"/>'
    yield '  <global scope="trace">'
    yield "    " + _string(NAME, "")
    yield "  </global>"
    yield '  <global scope="event">'
    yield from ("    " + _string(key, "") for key in (NAME, TRANSITION, GROUP, "code", "sort"))
    yield "    " + _date(WHEN, TIMELESS)
    yield "  </global>"
    for name, keys in CLASSIFIERS:
        yield f'  <classifier name="{name}" scope="event" keys="{keys}"/>'
    yield "  " + _string(NAME, log.title)
    yield "  " + _string("lifecycle:model", "standard")


def _trace(trace: Trace) -> Iterator[str]:
    yield "  <trace>"
    yield "    " + _string(NAME, trace.number)
    for name, value in trace.facts.items():
        if value:
            yield "    " + (_date if name in {"submitted", "closed"} else _string)(name, value)
    for entry in trace.entries:
        yield "    <event>"
        yield from (f"      {line}" for line in _event(entry))
        yield "    </event>"
    yield "  </trace>"


def _event(entry: Entry) -> Iterator[str]:
    yield _string(NAME, entry.activity)
    yield _string("code", entry.code)
    yield _string("sort", entry.sort)
    yield _string(TRANSITION, entry.transition)
    yield _date(WHEN, written(entry.at))
    yield _string(GROUP, entry.group)
    if entry.office:
        yield _string("office", entry.office)
    if entry.officer:
        yield _string("org:resource", entry.officer)
    for key, number in (("round", entry.round), ("waited", entry.waited), ("worked", entry.worked)):
        if number is not None:
            yield f'<int key="{key}" value="{number}"/>'


def _string(key: str, value: str) -> str:
    return f'<string key="{key}" value={quoted(value)}/>'


def _date(key: str, value: str) -> str:
    return f'<date key="{key}" value="{value}"/>'


def quoted(value: str) -> str:
    """The value as an attribute, without what XML cannot hold."""
    return quoteattr(UNWRITABLE.sub("", value), {"\n": "&#10;", "\r": "&#13;", "\t": "&#9;"})
