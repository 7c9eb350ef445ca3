"""The map of real ways: what follows what, how long it waited, who passed it to whom, drawn by hand first."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta
from html import unescape
from itertools import pairwise
from typing import Any
from urllib.parse import parse_qsl, urlencode

import pytest
from django.db import transaction
from django.test import Client

from servicedesk.desk.models import Case
from servicedesk.reports.paths.asked import MarkForm, PathsForm
from servicedesk.reports.paths.graph import Edge, Graph, Node, graph_of
from servicedesk.reports.paths.layout import drawing
from servicedesk.reports.paths.marks import marks_of
from servicedesk.reports.paths.reading import BEGIN, END
from servicedesk.reports.paths.shown import Shown, Stop, office_names, read, shown, stops_of
from servicedesk.reports.paths.tally import median
from servicedesk.reports.readers import reader_of
from servicedesk.reports.scope import Scope
from servicedesk.reports.tables import Number
from tests import make
from tests.desk.staff import INLINE, enter
from tests.people import Cast
from tests.reports.month import MARCH, NOW, at
from tests.reports.ways import FOLLOWS, PLAIN, Ways, ways

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("on_10_april")]

PATHS, LISTS = "/desk/reports/paths/", "/desk/reports/paths/cases/"
ASKED = urlencode(MARCH)
LINK = re.compile(r'href="(/desk/reports/paths/cases/\?[^"]+)"')
MINUTE, HOUR = 60, 3600


@pytest.fixture
def six(people: Cast) -> Iterator[Ways]:
    yield ways(people)


def scope_of(user: Any, **asked: str) -> Scope:
    form = PathsForm(MARCH | asked, reader_of(user, NOW), NOW)
    assert form.is_valid(), form.errors
    return form.scope()


def found_by(user: Any, show: str = "all", by: str = "submitted", **asked: str) -> Shown:
    return shown(scope_of(user, **asked), by, show)


# --- what follows what -------------------------------------------------------------------------------


@pytest.mark.sqlite
def test_the_map_counts_what_directly_follows_what(six: Ways) -> None:
    tally = found_by(six.people.grace).tally
    edges = {mark for mark in tally.cases if mark.startswith("edge:")}
    assert edges == {f"edge:{one}>{other}" for one, other in FOLLOWS}
    for (one, other), numbers in FOLLOWS.items():
        mark = f"edge:{one}>{other}"
        assert (tally.times[mark], tally.cases[mark]) == numbers, mark
    here = {mark: n for mark, n in tally.cases.items() if mark.startswith("here:")}
    assert here == {"here:solve": 1, "here:contact": 1}
    assert (tally.cases["all"], tally.cases["closed"], tally.cases["open"]) == (6, 4, 2)


def test_waiting_ends_with_the_claim_and_the_rest_is_in_hand(six: Ways) -> None:
    tally = found_by(six.people.grace).tally
    # Six claims ten minutes after a dispatch; the seventh matter waits still, nobody knows how long.
    assert tally.waited["edge:dispatch>contact"] == [10 * MINUTE] * 6
    assert median(tally.waited["edge:contact>opinion"]) == 0
    # At the water office nobody claimed what was transferred; at housing it waited half an hour.
    assert sorted(tally.waited["edge:contact>contact"]) == [0, 30 * MINUTE]
    # The centre claims nothing: its ten minutes (and the twenty after the return) are in hand.
    assert sorted(tally.touched["step:dispatch"]) == [10 * MINUTE] * 6 + [20 * MINUTE]
    water = six.people.office("swuj").pk
    assert tally.cases[f"unclaimed:contact@{water}"] == 1
    assert tally.cases[f"queue:contact@{water}"] == 1
    # 15:00 to 17:00 and 09:00 to 10:00.
    assert tally.touched["step:solve"].count(3 * HOUR) == 3
    # What waits for the applicant runs by day and night: 24 hours.
    assert tally.touched["step:confirm"].count(24 * HOUR) == 3


def test_ways_are_told_apart_and_timed(six: Ways) -> None:
    tally = found_by(six.people.grace).tally
    digests = {way: digest for digest, way in tally.ways.items()}
    plain = digests[PLAIN]
    assert tally.cases[f"path:{plain}"] == 2
    assert len(tally.ways) == 5
    # From Monday 09:00 to Wednesday 10:00, and from Tuesday to Thursday: two office days and an hour.
    assert tally.lasted[f"path:{plain}"] == [2 * 6.5 * HOUR + HOUR] * 2
    assert (tally.cases[f"kept:{plain}"], tally.cases[f"judged:{plain}"]) == (2, 2)


def test_the_commonest_ways_leave_the_rare_ones_out(six: Ways, people: Cast) -> None:
    more = Ways(people)
    for place in range(6):
        more.claimed(f"more {place}", at(16, "09:00") + timedelta(minutes=place))
        more.contacted(f"more {place}", at(16, "10:20"), at(16, "15:00"))
        more.answered(f"more {place}", at(17, "10:00"))
        more.confirmed(f"more {place}", at(18, "10:00"))
    found = found_by(people.grace, show="common")
    # Eight plain ones of twelve are two thirds; the four others are equally rare: none goes first.
    assert (found.tally.cases["all"], found.rare) == (12, 0)
    for name in ("waiting", "returned"):
        Case.objects.filter(pk=more.cases.get(name, six.cases[name]).pk).update(
            submitted_at=at(1, "09:00", 2)
        )
    found = found_by(people.grace, show="common")
    assert (found.tally.cases["all"], found.rare) == (8, 2)
    assert set(found.tally.ways.values()) == {PLAIN}


def test_cases_may_be_those_closed_in_the_period(six: Ways) -> None:
    grace = six.people.grace
    assert found_by(grace, by="closed").tally.cases["all"] == 4
    assert found_by(grace, by="closed", until="2026-03-05").tally.cases["all"] == 2


def test_only_the_newest_are_read_and_the_others_are_counted(six: Ways) -> None:
    paths, left_out, _rare = read(scope_of(six.people.grace), "submitted", "all", most=2)
    assert {path.pk for path in paths} == {six["waiting"].pk, six["taken up again"].pk}
    assert left_out == 4


# --- to and fro --------------------------------------------------------------------------------------


def test_to_and_fro_returns_and_rework_are_told_office_by_office(six: Ways) -> None:
    tally, people = found_by(six.people.grace).tally, six.people
    housing, water = people.office("zjj").pk, people.office("swuj").pk
    told = {mark: n for mark, n in tally.cases.items() if mark.split(":")[0] in REWORK}
    low, high = sorted((housing, water))
    assert told == {
        f"had:{housing}": 5,
        f"had:{water}": 3,
        f"hand:{housing}>{water}": 1,
        f"hand:{water}>{housing}": 2,
        f"pair:{low}+{high}": 1,
        f"back:{housing}": 1,
        f"returned:{water}": 1,
        f"transferred:{housing}": 1,
        f"transferred:{water}": 1,
        f"redo:{housing}": 1,
        f"rounds:{housing}": 3,
        f"rounds:{water}": 1,
        "came-back": 1,
        "returned": 1,
        "transferred": 1,
        "redo": 1,
        "again": 3,
    }
    assert tally.times["transferred"] == 2


REWORK = {
    *("had", "hand", "pair", "back", "returned", "transferred", "redo", "rounds", "came-back", "again"),
    *("supplement", "supplement-again"),
}


# --- pages -------------------------------------------------------------------------------------------


def listed(client: Client, url: str) -> tuple[int, set[int]]:
    page = client.get(url)
    assert page.status_code == 200, url
    return page.context["counted"], {case.pk for case, _kind in page.context["rows"]}


def test_every_number_of_the_page_lists_exactly_its_cases(client: Client, six: Ways) -> None:
    enter(client, six.people.grace)
    page = client.get(f"{PATHS}?{ASKED}")
    found = page.context["found"]
    links = {unescape(link) for link in LINK.findall(page.content.decode())}
    assert len(links) > 50
    for link in links:
        asked = dict(parse_qsl(link.partition("?")[2]))
        form = MarkForm(asked, reader_of(six.people.grace, NOW), NOW)
        assert form.is_valid(), link
        paths, *_rest = read(form.scope(), form.chosen_by(), form.chosen_show())
        keys = {path.pk for path in paths if asked["mark"] in marks_of(path, found.codes)}
        assert len(keys) == found.tally.cases[asked["mark"]], link
    names = {
        "edge:contact>dispatch": {"returned"},
        "edge:contact>contact": {"to and fro"},
        "edge:confirm>solve": {"taken up again"},
        "here:contact": {"waiting"},
        "step:opinion": {"plain", "as plain", "returned", "to and fro", "taken up again"},
        "came-back": {"to and fro"},
        f"hand:{six.people.office('swuj').pk}>{six.people.office('zjj').pk}": {"returned", "to and fro"},
    }
    for mark, cases in names.items():
        url = f"{LISTS}?{ASKED}&{urlencode({'mark': mark})}"
        assert listed(client, url) == (len(cases), {six[name].pk for name in cases}), mark


def test_the_list_says_which_number_it_is(client: Client, six: Ways) -> None:
    enter(client, six.people.grace)
    body = client.get(f"{LISTS}?{ASKED}&{urlencode({'mark': 'edge:contact>opinion'})}").content.decode()
    assert "Directly followed: Contact the company → Give the opinion" in body
    plain = next(digest for digest, way in found_by(six.people.grace).tally.ways.items() if way == PLAIN)
    body = client.get(f"{LISTS}?{ASKED}&mark=path:{plain}").content.decode()
    assert "Dispatch → Contact the company → Give the opinion → Handle and answer → You confirm" in body
    assert client.get(f"{LISTS}?{ASKED}&mark=nothing:of-the-kind").context["counted"] == 0
    for wrong in ("", "Ä", "a" * 200, "edge:<script>"):
        assert client.get(LISTS, MARCH | {"mark": wrong}).status_code == 422, wrong


def test_a_complaint_about_their_office_is_in_nothing_the_reader_gets(client: Client, six: Ways) -> None:
    people = six.people
    hidden = six["to and fro"]
    Case.objects.filter(pk=hidden.pk).update(against=people.office("fwzx"))
    enter(client, people.grace)
    page = client.get(f"{PATHS}?{ASKED}")
    assert page.context["found"].tally.cases["all"] == 5
    assert page.context["found"].tally.cases["came-back"] == 0
    counted, keys = listed(client, f"{LISTS}?{ASKED}&mark=all")
    assert (counted, hidden.pk in keys) == (5, False)
    for form in ("xes", "csv"):
        body = b"".join(client.get(f"{PATHS}log.{form}?{ASKED}")).decode()
        assert hidden.number not in body
        assert six["plain"].number in body
    enter(client, people.frank)
    assert client.get(f"{PATHS}?{ASKED}").context["found"].tally.cases["all"] == 6


def test_heads_read_the_ways_of_their_own_matters(client: Client, six: Ways) -> None:
    enter(client, six.people.bob)
    assert client.get(f"{PATHS}?{ASKED}").context["found"].tally.cases["all"] == 5
    enter(client, six.people.alice)
    for path in (f"{PATHS}?{ASKED}", f"{LISTS}?{ASKED}&mark=all", f"{PATHS}log.xes?{ASKED}"):
        assert client.get(path).status_code == 403


def test_without_a_kind_the_commonest_one_is_drawn_and_nonsense_gets_a_sentence(
    client: Client, six: Ways
) -> None:
    enter(client, six.people.grace)
    days = {name: MARCH[name] for name in ("period", "since", "until")}
    page = client.get(PATHS, days)
    assert page.context["scope"].kind.code == "direct-line"
    assert client.get(PATHS, days | {"kind": "complaint"}).context["drawing"] is None
    for wrong in ({"by": "x"}, {"show": "x"}, {"kind": "x"}, {"since": "2026-02-30"}, {"office": "x"}):
        answer = client.get(PATHS, MARCH | wrong)
        assert answer.status_code == 422, wrong
        assert "error-summary" in answer.content.decode() or "problem" in answer.content.decode()
        assert client.get(f"{PATHS}log.xes", MARCH | wrong).status_code == 422
    assert client.get(f"{PATHS}log.pdf", MARCH).status_code == 404
    # Where there is no case at all, a kind that anybody may start.
    empty = client.get(PATHS, days | {"since": "2011-01-01", "until": "2011-01-02"})
    assert (empty.status_code, empty.context["drawing"]) == (200, None)


def test_the_map_needs_no_style_and_no_script(client: Client, six: Ways) -> None:
    enter(client, six.people.grace)
    body = client.get(f"{PATHS}?{ASKED}").content.decode()
    map_ = body[body.index("<svg class=") : body.index("</svg></div>")]
    assert not INLINE.search(body)
    assert "style" not in map_
    assert map_.count('class="way"') == len(FOLLOWS)
    assert "Contact the company" in map_ and 'aria-label="Dispatch, then Contact the company: 6 cases' in map_
    assert map_.count("<title") == 1
    assert re.search(r'class="back"[^>]*aria-label="Contact the company, then Dispatch', map_)
    table = body[body.index('id="table-edges"') :]
    assert "Contact the company → Give the opinion" in table


@pytest.mark.parametrize("form", ["page", "list"])
def test_the_pages_cost_the_same_few_queries_however_much_there_is(
    client: Client, people: Cast, django_assert_max_num_queries: Any, form: str
) -> None:
    enter(client, people.grace)
    url = f"{PATHS}?{ASKED}" if form == "page" else f"{LISTS}?{ASKED}&mark=all"
    for size in (3, 12):
        with transaction.atomic():
            for place in range(size):
                make.dispatched(people, at=at(16, "09:00") + timedelta(minutes=place + size))
        client.get(url)
        with django_assert_max_num_queries(14):
            client.get(url)


# --- the drawing -------------------------------------------------------------------------------------


def graph(after: dict[str, tuple[str, ...]], follows: dict[tuple[str, str], int]) -> Graph:
    """A graph of these steps (code: what it waits for) and of what follows what, how often."""
    nodes = [
        Node(Stop(code, code, before, place, "office"), Number(1), 1, "", Number(0), "—")
        for place, (code, before) in enumerate(after.items())
    ]
    edges = [Edge(one, other, Number(n), n, 0, "") for (one, other), n in follows.items()]
    return Graph(nodes, edges, Number(1), Number(1))


@pytest.mark.parametrize("narrow", [False, True])
def test_steps_stand_below_what_they_wait_for_and_lanes_never_overlap(narrow: bool) -> None:
    after = {"a": (), "b": ("a",), "c": ("a",), "d": ("b", "c"), "consult": ()}
    follows = {
        (BEGIN, "a"): 9,
        **{("a", "b"): 5, ("a", "c"): 4, ("b", "c"): 5, ("c", "b"): 3, ("c", "d"): 6, ("b", "d"): 3},
        **{("d", "consult"): 2, ("d", END): 6, ("consult", END): 2, ("d", "a"): 1, ("d", "d"): 1},
        **{("a", END): 1, ("d", "b"): 1},
    }
    drawn = drawing(graph(after, follows), narrow=narrow)
    rows = {box.code: box.row for box in drawn.boxes}
    assert rows == {BEGIN: 0, "a": 1, "b": 2, "c": 2, "d": 3, "consult": 4, END: 5}
    # What follows by chance among steps side by side is not drawn, everything else is.
    assert {(line.edge.one, line.edge.other) for line in drawn.lines} == set(follows) - {
        ("b", "c"),
        ("c", "b"),
    }
    looks = {(line.edge.one, line.edge.other): line.look for line in drawn.lines}
    assert {way for way, look in looks.items() if look == "back"} == {("d", "a"), ("d", "d"), ("d", "b")}
    places = [(box.x, box.y) for box in drawn.boxes]
    assert len(set(places)) == len(places)
    # No two lines run in one lane where they overlap, so no words stand on each other.
    assert not narrow or min(box.x for box in drawn.boxes) < 20
    spots = sorted(
        (line.x, line.y) for line in drawn.lines if abs(rows[line.edge.other] - rows[line.edge.one]) != 1
    )
    assert all(one != other for one, other in pairwise(spots))
    assert all(0 <= line.x <= drawn.width and 0 <= line.y <= drawn.height for line in drawn.lines)


def test_a_graph_with_circles_and_one_of_a_single_step_are_drawn(six: Ways) -> None:
    assert drawing(graph({"a": ("b",), "b": ("a",)}, {(BEGIN, "a"): 1, ("a", "b"): 1})).boxes
    assert drawing(graph({"a": ()}, {(BEGIN, "a"): 1, ("a", END): 1})).lines
    found = found_by(six.people.grace)
    stops = stops_of(found.scope, "submitted")
    assert list(stops) == ["dispatch", "contact", "opinion", "solve", "confirm"]
    real = drawing(graph_of(found, stops, office_names()))
    assert [box.row for box in real.boxes] == [0, 1, 2, 3, 4, 5, 6]
