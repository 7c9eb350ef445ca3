"""The log of events: its files agree with the database and with the map, and hold nothing private."""

from __future__ import annotations

import csv
import io
import xml.etree.ElementTree as xml
from collections import Counter
from datetime import datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.test import Client

from servicedesk.accounts.models import Office
from servicedesk.desk.models import Case, Event, Step
from servicedesk.reports.paths.log import VERBS
from servicedesk.reports.paths.xes import quoted
from tests.desk.staff import administrator, enter
from tests.people import Cast
from tests.reports.month import MARCH
from tests.reports.ways import FOLLOWS, Ways, ways

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("on_10_april")]

LOG = "/desk/reports/paths/log."
SPACE = "{http://www.xes-standard.org/}"
MARCH_SAID = ("--since", "2026-03-01", "--until", "2026-03-31", "--kind", "direct-line")


@pytest.fixture
def six(people: Cast) -> Ways:
    return ways(people)


def fetched(client: Client, form: str, **more: str) -> str:
    answer = client.get(f"{LOG}{form}", MARCH | more)
    assert answer.status_code == 200
    return b"".join(answer).decode()


def facts(element: Any) -> dict[str, str]:
    """Key and value of the attributes directly under an element."""
    return {each.get("key"): each.get("value") for each in element if each.get("key")}


def traces(text: str) -> dict[str, list[dict[str, str]]]:
    found = {}
    for trace in xml.fromstring(text).iter(f"{SPACE}trace"):
        found[facts(trace)["concept:name"]] = [facts(each) for each in trace.iter(f"{SPACE}event")]
    return found


def test_the_xes_file_holds_what_the_database_and_the_map_hold(client: Client, six: Ways) -> None:
    enter(client, six.people.grace)
    text = fetched(client, "xes")
    log = xml.fromstring(text)
    assert log.tag == f"{SPACE}log" and log.get("xes.version") == "1849.2016"
    assert {each.get("prefix") for each in log.iter(f"{SPACE}extension")} == {
        *("concept", "lifecycle", "time", "org")
    }
    keys = {each.get("name"): each.get("keys") for each in log.iter(f"{SPACE}classifier")}
    assert keys["Activity"] == "concept:name"
    found = traces(text)
    assert set(found) == set(Case.objects.values_list("number", flat=True))
    everything = [event for events in found.values() for event in events]
    # What every event has is declared for every event, and every event has it.
    declared = {
        each.get("key")
        for scope in log.iter(f"{SPACE}global")
        if scope.get("scope") == "event"
        for each in scope
    }
    assert all(declared <= set(event) for event in everything)
    steps = Counter((event["code"], event["lifecycle:transition"]) for event in everything if is_step(event))
    begun, done = Step.objects.exclude(started_at=None), Step.objects.exclude(started_at=None, done_at=None)
    assert sum(n for (_code, way), n in steps.items() if way == "start") == begun.count()
    for state, way in (("done", "complete"), ("returned", "ate_abort")):
        stands = Counter(done.filter(state=state, started_at__isnull=False).values_list("code", flat=True))
        assert {code: n for (code, said), n in steps.items() if said == way} == stands
    verbs = Counter(event["code"] for event in everything if event["sort"] == "verb")
    assert verbs == Counter(
        Event.objects.filter(verb__in=VERBS, case__isnull=False).values_list("verb", flat=True)
    )
    assert follows(found) == {way: times for way, (times, _cases) in FOLLOWS.items()}


def is_step(event: dict[str, str]) -> bool:
    return event["sort"] == "step"


def follows(found: dict[str, list[dict[str, str]]]) -> dict[tuple[str, str], int]:
    """What directly follows what, of the steps' beginnings alone, as a process mining program counts it."""
    counted: Counter[tuple[str, str]] = Counter()
    closed = set(Case.objects.filter(state="closed").values_list("number", flat=True))
    for number, events in found.items():
        codes = [each["code"] for each in events if is_step(each) and each["lifecycle:transition"] == "start"]
        counted.update(pairwise(["^", *codes, *(["$"] if number in closed else [])]))
    return dict(counted)


def test_moments_offices_and_times_stand_as_they_were(client: Client, six: Ways) -> None:
    enter(client, six.people.grace)
    events = traces(fetched(client, "xes"))[six["returned"].number]
    told = [
        (each["code"], each["lifecycle:transition"], each["time:timestamp"][:19], each.get("office", ""))
        for each in events[:9]
    ]
    assert told == [
        ("submit", "complete", "2026-03-04T09:00:00", ""),
        ("dispatch", "start", "2026-03-04T09:00:00", "fwzx"),
        ("dispatch", "complete", "2026-03-04T09:10:00", "fwzx"),
        ("dispatch", "complete", "2026-03-04T09:10:00", "fwzx"),
        ("contact", "start", "2026-03-04T09:10:00", "swuj"),
        ("claim", "complete", "2026-03-04T09:20:00", "swuj"),
        ("contact", "ate_abort", "2026-03-04T10:00:00", "swuj"),
        ("return_to_centre", "complete", "2026-03-04T10:00:00", "swuj"),
        ("dispatch", "start", "2026-03-04T10:00:00", "fwzx"),
    ]
    assert [each["sort"] for each in events[:4]] == ["verb", "step", "step", "verb"]
    assert events[0]["org:group"] == "applicant" and events[0]["concept:name"] == "Submitted"
    assert events[1]["concept:name"] == "Dispatch"
    assert (events[6]["waited"], events[6]["worked"], events[6]["round"]) == ("600", "2400", "1")
    assert {each["time:timestamp"][-6:] for each in events} == {"+08:00"}
    assert [each["time:timestamp"] for each in events] == sorted(each["time:timestamp"] for each in events)


def test_no_name_and_no_text_is_in_the_files(client: Client, six: Ways) -> None:
    people = six.people
    enter(client, people.grace)
    people.company.refresh_from_db()
    Case.objects.filter(pk=six["plain"].pk).update(title="绝密标题")
    private = [
        people.company.name,
        people.company.number,
        "绝密标题",
        "不属我局职责",
        "职责交叉",
        "又积水了",
        "先抽排",
    ]
    for form in ("xes", "csv"):
        text = fetched(client, form, officers="1")
        assert not [word for word in private if word and word in text]
        assert not [name for name in ("Alice", "alice", "Charlie", "Diana", "Wang") if name in text]


def test_an_officer_is_a_pseudonym_at_most_and_only_for_those_who_read_of_every_office(
    client: Client, six: Ways
) -> None:
    enter(client, six.people.grace)
    events = [event for trace in traces(fetched(client, "xes", officers="1")).values() for event in trace]
    claims = {event["org:resource"] for event in events if event["code"] == "claim"}
    assert len(claims) == 2 and all(len(name) == 10 for name in claims)
    assert "org:resource" not in fetched(client, "xes")
    enter(client, six.people.bob)
    assert "org:resource" not in fetched(client, "xes", officers="1")


def test_the_log_holds_only_cases_the_reader_may_open(client: Client, six: Ways) -> None:
    enter(client, six.people.bob)
    assert six["waiting"].number not in traces(fetched(client, "xes"))
    assert six["to and fro"].number in traces(fetched(client, "xes"))
    taken = Event.objects.filter(chain=f"user:{six.people.bob.pk}", verb="export")
    assert [each.params["of"] for each in taken] == ["event-log", "event-log"]
    # Who only counts may open none.
    henry = administrator("statistician")
    enter(client, henry)
    assert traces(fetched(client, "xes")) == {}
    assert len(list(csv.reader(io.StringIO(fetched(client, "csv"))))) == 1


def test_the_csv_file_tells_the_same_and_runs_nothing(client: Client, six: Ways) -> None:
    enter(client, six.people.grace)
    Office.objects.filter(code="swuj").update(name_en='=HYPERLINK("http://x")')
    text = fetched(client, "csv", holds="steps")
    assert text.startswith("\ufeff")
    head, *lines = csv.reader(io.StringIO(text.removeprefix("\ufeff")))
    rows = [dict(zip(head, line, strict=True)) for line in lines]
    assert {
        "case:concept:name",
        "concept:name",
        "time:timestamp",
        "lifecycle:transition",
        "org:group",
    } <= set(head)
    assert {"case:kind", "case:outcome", "case:topic", "case:town", "case:industry"} <= set(head)
    begun = Step.objects.exclude(started_at=None)
    assert len(rows) == begun.count() + begun.exclude(done_at=None).count()
    assert {row["sort"] for row in rows} == {"step"}
    assert {row["case:outcome"] for row in rows} == {"", "solved"}
    assert all(
        datetime.fromisoformat(row["time:timestamp"]).utcoffset() == timedelta(hours=8) for row in rows
    )
    groups = {row["org:group"] for row in rows}
    assert '\'=HYPERLINK("http://x")' in groups and "applicant" in groups


def test_the_command_writes_the_same_file_and_says_what_it_does_not_know(
    client: Client, six: Ways, tmp_path: Path
) -> None:
    out, told = tmp_path / "log.xes", io.StringIO()
    call_command("event_log", *MARCH_SAID, "--language", "en", "--out", str(out), stdout=told)
    enter(client, six.people.grace)
    assert out.read_text("utf-8") == fetched(client, "xes")
    assert told.getvalue() == f"{out.stat().st_size} bytes in log.xes.\n"
    printed = io.StringIO()
    call_command("event_log", *MARCH_SAID, "--language", "en", "--format", "csv", stdout=printed)
    assert printed.getvalue() == fetched(client, "csv")
    closed = io.StringIO()
    call_command("event_log", *MARCH_SAID, "--by", "closed", "--steps", stdout=closed)
    assert len(traces(closed.getvalue())) == 4
    for wrong in (
        ("--since", "2026-03-02", "--until", "2026-03-01", "--kind", "direct-line"),
        ("--since", "2026-03-01", "--until", "2026-03-31", "--kind", "nothing"),
        (*MARCH_SAID, "--out", str(tmp_path / "no" / "where.xes")),
    ):
        with pytest.raises(CommandError):
            call_command("event_log", *wrong, stdout=io.StringIO())


@pytest.mark.django_db
def test_a_log_costs_the_same_few_queries_however_long_it_is(
    client: Client, six: Ways, django_assert_max_num_queries: Any
) -> None:
    enter(client, six.people.grace)
    fetched(client, "xes")
    with django_assert_max_num_queries(24):
        fetched(client, "xes", until="2026-03-02")
    with django_assert_max_num_queries(24):
        fetched(client, "xes")


def test_what_xml_cannot_hold_is_left_out_and_the_rest_is_escaped() -> None:
    odd = "a\x00b\x0bc\ud800d\ufffee<&>\"'\n\t中"
    element = xml.fromstring(f"<x v={quoted(odd)}/>")
    assert element.get("v") == "abcde<&>\"'\n\t中"
