"""A dispatcher's shift of sixty matters: most go out by two keys, the odd ones by a few more, and the next
dispatcher finds on paper what the database holds."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime, timedelta
from itertools import cycle
from pathlib import Path
from typing import Any

import openpyxl  # type: ignore[import-untyped]
import pytest
from django.db.models import QuerySet
from django.utils import timezone

from enterprises.models import HandOver, Ruling
from servicedesk.accounts.models import Post, User
from servicedesk.desk import tasks
from servicedesk.desk.invariants import broken
from servicedesk.desk.models import Case, Event, Link, Step
from tests import make
from tests.browser.by_keyboard import choose, enter_on, strike, tab_to, type_into
from tests.browser.conftest import Enter, able
from tests.browser.sixty import NOT_OURS, NOT_OURS_EITHER, NUMBER, SECOND_THING, Sixty, sixty_matters
from tests.browser.walking import Walker
from tests.people import Cast

pytestmark = [pytest.mark.browser, pytest.mark.once, pytest.mark.django_db(transaction=True)]

BOARD = "/desk/board/"
RULED = "厂区排水由住建局牵头，水务局配合。"
URGED = "请今天联系企业。"
NOTE = "长江路两件留给下一班，先联系企业问清地址。"
# Of the sixty these many are left to the next shift on purpose.
LEFT = 2


def test_sixty_matters_are_dispatched_and_the_shift_handed_over(
    people: Cast, enter: Enter, tmp_path: Path
) -> None:
    at = timezone.now()
    since = (at - timedelta(minutes=90)).replace(second=0, microsecond=0)
    sixty = sixty_matters(people, at)
    dora = able("dora", "fwzx", Post.Role.DISPATCHER)
    tasks.look(at)
    diana = enter(people.diana)
    diana.visit(BOARD)
    assert waiting(diana) == NUMBER
    rules(diana, sixty, people)
    urges(diana, sixty)
    dispatches_all(diana, sixty, people)
    sheet = hands_over(diana, since)
    takes_over(enter(dora), sheet, tmp_path, since, dora)
    every_matter_went_once(sixty)
    tasks.look(timezone.now())
    assert broken(timezone.now()) == []


def waiting(diana: Walker) -> int:
    return int(diana.page.locator("#tab-dispatch b").inner_text())


# The dispute


def rules(diana: Walker, sixty: Sixty, people: Cast) -> None:
    """First of all, for it is the oldest: both arguments in sight, neither office suggested again."""
    page, number = diana.page, sixty.disputed.number
    enter_on(diana, "#tab-disputes", "/disputes/$")
    said = page.locator(f"#m-{number}").inner_text()
    assert NOT_OURS in said and NOT_OURS_EITHER in said
    form = f"form[name='rule-{number}']"
    choose(diana, f"{form} [name=office]", str(people.office("zhzfj").pk))
    type_into(diana, f"{form} [name=reason]", RULED)
    enter_on(diana, f"{form} button.primary", "/disputes/$")
    ruling = Ruling.objects.get()
    assert (ruling.case, ruling.office.code, ruling.reason) == (sixty.disputed, "zhzfj", RULED)
    assert not page.locator(f"#m-{number}").count()
    diana.go(BOARD)


# The board


def dispatches_all(diana: Walker, sixty: Sixty, people: Cast) -> None:
    """Down the board, with the suggested office but for what is odd; the last ones stay."""
    odd: dict[str, Callable[[], None]] = {
        sixty.mistaken.number: lambda: dispatches_anew(diana, sixty, people),
        sixty.unlike.number: lambda: dispatches_what_nothing_is_like(diana, sixty, people),
        sixty.younger.number: lambda: merges(diana, sixty),
        sixty.whole.number: lambda: odd.update(splits(diana, sixty, people)),
    }
    keys = cycle(["d", "Enter", "Enter"])
    while waiting(diana) > LEFT:
        number = row_at(diana)
        if number in sixty.left:
            diana.page.keyboard.press("j")
            continue
        if number in odd:
            odd.pop(number)()
        else:
            strikes(diana, next(keys))
    assert not odd, "each odd matter was met"
    diana.arrive()


def strikes(diana: Walker, key: str) -> None:
    """One key: the matter is at the suggested office, the next row is where one stands."""
    strike(diana, key, "done=", look=False)


def row_at(diana: Walker) -> str:
    """The number of the matter one stands at, going down to the first that waits where one stands at none."""
    row = diana.page.locator("li.board-row.at")
    for _step in range(30):
        if row.count():
            return str(row.get_attribute("id")).removeprefix("m-")
        diana.page.keyboard.press("j")
    raise AssertionError("no row is reached")


def dispatches_anew(diana: Walker, sixty: Sixty, people: Cast) -> None:
    """Gone to the suggested office by mistake, undone by a key, and sent elsewhere."""
    number = sixty.mistaken.number
    strikes(diana, "d")
    gone = make.again(sixty.mistaken)
    assert (gone.state, gone.office.code) == ("accepted", "gsgs"), "as those ended that are like it"
    strike(diana, "u", "done=")
    assert make.again(sixty.mistaken).state == Case.State.SUBMITTED
    diana.page.keyboard.press("k")
    assert row_at(diana) == number
    dispatches_to(diana, number, people.office("swuj").pk)
    assert make.again(sixty.mistaken).office.code == "swuj"


def dispatches_to(diana: Walker, number: str, office: int) -> None:
    form = f"form[name='dispatch-{number}']"
    choose(diana, f"{form} [name=office]", str(office))
    enter_on(diana, f"{form} button.primary", "done=")


def dispatches_what_nothing_is_like(diana: Walker, sixty: Sixty, people: Cast) -> None:
    """Nothing is suggested: without an office it does not go."""
    number = sixty.unlike.number
    diana.page.keyboard.press("Enter")
    assert diana.page.locator(f"form[name='dispatch-{number}'] select:invalid").count() == 1
    assert make.again(sixty.unlike).state == Case.State.SUBMITTED
    # The browser has gone to the list that wants a choice; from before it the tabulator comes to it again.
    diana.page.keyboard.press("Shift+Tab")
    dispatches_to(diana, number, people.office("jtj").pk)


def splits(diana: Walker, sixty: Sixty, people: Cast) -> dict[str, Callable[[], None]]:
    """Two things in one letter: the first goes on here, the second becomes a matter of its own, whose place
    among the others its limit decides: what is done when it is met."""
    strike(diana, "s", "/split/$")
    type_into(diana, "#do-split [name=parts]", SECOND_THING)
    type_into(diana, "#do-split [name=reason]", "分属不同单位，分开办理。")
    enter_on(diana, "#do-split button.primary", "done=")
    part = Link.objects.get(to=sixty.whole, sort=Link.Sort.SPLIT).case
    assert (part.title, part.submitted_at) == (SECOND_THING, sixty.whole.submitted_at)
    diana.page.keyboard.press("k")
    assert row_at(diana) == sixty.whole.number
    strikes(diana, "d")
    sixty.offices[str(part.number)] = "gaj"
    sixty.every.append(part)
    return {str(part.number): lambda: dispatches_to(diana, str(part.number), people.office("gaj").pk)}


def merges(diana: Walker, sixty: Sixty) -> None:
    """Told twice by one company: the younger goes into the older, which is at its office already."""
    assert str(sixty.older.number) in diana.page.locator("li.at .double").inner_text()
    strike(diana, "m", "done=")
    younger = make.again(sixty.younger)
    assert (younger.state, younger.outcome) == ("closed", "merged")
    assert make.again(sixty.older).state == Case.State.ACCEPTED


# Urging, and the hand-over


def urges(diana: Walker, sixty: Sixty) -> None:
    """What has waited for days, in one press; the second time the boxes cannot be ticked."""
    enter_on(diana, "#tab-urge", "/urge/$")
    boxes = diana.page.locator("#urge [name=number]").evaluate_all("all => all.map((each) => each.value)")
    long = [str(case.number) for case in sixty.waiting_long]
    numbers = [number for number in boxes if number in long]
    assert len(numbers) == len(long)
    type_into(diana, "#urge [name=note]", URGED)
    for number in numbers:
        tab_to(diana, f"#urge [name=number][value='{number}']")
        diana.page.keyboard.press("Space")
    enter_on(diana, "#urge button.primary", "/urge/$", back=True)
    told = Event.objects.filter(verb="nudge", body=URGED, by=diana.user)
    assert sorted(numbers_in(told, "case__number")) == sorted(numbers)
    assert diana.page.locator("#urge [name=number][disabled]").count() == len(numbers)
    diana.go(BOARD)


def hands_over(diana: Walker, since: datetime) -> HandOver:
    diana.go(BOARD)
    enter_on(diana, "#tab-hand-over", "/hand-over/$")
    diana.write("#hand-over", since=picked(since), until=picked(timezone.now() + timedelta(minutes=1)))
    type_into(diana, "#hand-over [name=note]", NOTE)
    enter_on(diana, "#keep-sheet", r"/hand-over/\d+/$")
    sheet = HandOver.objects.get()
    assert (sheet.by, sheet.taken_by, sheet.note) == (diana.user, None, NOTE)
    assert not diana.page.locator("#take-over").count(), "one's own shift is taken over by somebody else"
    return sheet


def picked(moment: datetime) -> str:
    """As the picker of the browser gives it."""
    return f"{timezone.localtime(moment):%Y-%m-%dT%H:%M}"


def takes_over(dora: Walker, sheet: HandOver, folder: Path, since: datetime, user: User) -> None:
    """The next dispatcher reads it, confirms it, and takes the workbook along: on all three the same."""
    dora.visit(f"{BOARD}hand-over/{sheet.pk}/")
    assert NOTE in dora.text()
    enter_on(dora, "#take-over button", r"/hand-over/\d+/$")
    sheet.refresh_from_db()
    assert sheet.taken_by == user
    counted = by_the_database(since, sheet.until)
    assert on_the_page(dora) == {part: len(numbers) for part, numbers in counted.items()}
    with dora.page.expect_download() as coming:
        tab_to(dora, "#workbook")
        dora.page.keyboard.press("Enter")
    path = folder / "sheet.xlsx"
    coming.value.save_as(path)
    front, *parts = openpyxl.load_workbook(path).worksheets
    numbers = [row[1] for row in front.iter_rows(min_row=6, values_only=True)]
    assert numbers == [len(found) for found in counted.values()]
    for part, found in zip(parts, counted.values(), strict=True):
        assert sorted(row[0] for row in part.iter_rows(min_row=2, values_only=True)) == sorted(found)


def on_the_page(dora: Walker) -> dict[str, int]:
    parts = dora.page.locator("section[class*='part-']")
    found = {}
    for section in parts.all():
        name = re.search(r"part-(\w+)", section.get_attribute("class") or "")
        assert name
        found[name[1]] = int(section.locator("h2 span").inner_text())
    return found


def by_the_database(since: datetime, until: datetime) -> dict[str, list[str]]:
    """Numbers of matters in the order of the sheet's parts, as plain rows tell them."""
    events = Event.objects.filter(case__kind="direct-line", at__gte=since, at__lt=until)
    came = Case.objects.filter(kind="direct-line", submitted_at__gte=since, submitted_at__lt=until)
    left = Case.objects.filter(kind="direct-line", state="submitted")
    sent = events.filter(verb__in=["dispatch", "rule"])
    return {
        "came_in": numbers_in(came),
        "dispatched": numbers_in(sent, "case__number"),
        "returned": numbers_in(events.filter(verb="return_to_centre"), "case__number"),
        "waiting": numbers_in(left),
        "calls": [],
    }


def numbers_in(rows: QuerySet[Any], name: str = "number") -> list[str]:
    return [str(number) for number in rows.values_list(name, flat=True)]


# What came of it


def every_matter_went_once(sixty: Sixty) -> None:
    """At the office meant for it, with one receipt; what was undone or ruled went on from there."""
    rows = Case.objects.filter(pk__in=[case.pk for case in sixty.every])
    left = {str(case.number) for case in rows if case.state == Case.State.SUBMITTED}
    assert left == set(sixty.left)
    merged = make.again(sixty.younger)
    for case in rows.exclude(number__in=left).exclude(pk=merged.pk).select_related("office"):
        sent = Event.objects.filter(case=case, verb="dispatch").count()
        undone = Event.objects.filter(case=case, verb="recall").count()
        if case == sixty.disputed:
            assert (sent, undone) == (2, 0)
        else:
            assert sent - undone == 1, case
        assert Step.objects.filter(case=case, code="contact", state=Step.State.RUNNING).count() == 1, case
        expected = sixty.offices.get(str(case.number))
        assert expected is None or case.office.code == expected, case
