"""Bringing a file into the catalogue: all of it or nothing, checked as it would stand, the changes of every
code in a chain of its own. A dry run does the same and takes it back."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django.db import Error, transaction
from django.utils.translation import gettext as _

from approvals.catalogue import editions, limit_rows, shape
from approvals.catalogue.checking import catalogue_faults
from approvals.catalogue.editions import BUNDLES, ITEMS, Change, Refused
from approvals.catalogue.facts import Catalogue, Facts
from approvals.models import Bundle, ServiceItem, Stage
from servicedesk.accounts.models import User
from servicedesk.desk.permissions import today as day_of
from servicedesk.desk.trail import changes as told
from servicedesk.desk.trail import record

log = logging.getLogger(__name__)


@dataclass
class Report:
    """What a file does, or would do; with faults it does nothing."""

    faults: list[str] = field(default_factory=list)
    changes: list[Change] = field(default_factory=list)
    unchanged: int = 0


@dataclass(frozen=True)
class Moment:
    """`today`, and the day from which rows hold that name none of their own."""

    today: date
    on: date


class _TakeBack(Exception):
    """Ends the transaction of a dry run or of a file with faults."""


def bring(
    catalogue: Catalogue,
    *,
    at: datetime,
    on: date | None = None,
    by: User | None = None,
    sha256: str = "",
    dry_run: bool = False,
) -> Report:
    """Write the file into the catalogue and return what it did. `on` is today by default."""
    moment = Moment(day_of(at), on or day_of(at))
    report = Report(list(_unfit(catalogue, moment)))
    if not report.faults:
        _carry_out(report, lambda: _written(catalogue, report, moment), moment, at, by, sha256, dry_run)
    return report


def publish(row: ServiceItem | Bundle, *, at: datetime, by: User | None = None) -> Report:
    """Make a draft the edition in force from its day, from today where that has passed."""
    shelf = ITEMS if isinstance(row, ServiceItem) else BUNDLES
    moment = Moment(day_of(at), max(row.valid_from, day_of(at)))
    facts = {**shelf.facts_of(row), "valid_from": moment.on}
    report = Report()
    _carry_out(report, lambda: _each(report, facts, shelf, moment), moment, at, by, "", False)
    return report


def _carry_out(
    report: Report,
    work: Callable[[], None],
    moment: Moment,
    at: datetime,
    by: User | None,
    sha256: str,
    dry_run: bool,
) -> None:
    try:
        with transaction.atomic():
            # What was wrong before is no reason to refuse a file that does not touch it.
            before = set(catalogue_faults(moment.today))
            work()
            if not report.faults:
                report.faults += [each for each in catalogue_faults(moment.today) if each not in before]
            if dry_run or report.faults:
                raise _TakeBack
            _record(report.changes, at, by, sha256)
    except _TakeBack:
        pass
    except Error:
        log.exception("The catalogue was not written.")
        report.faults.append(_("The catalogue could not be written. Please try again."))


def _unfit(catalogue: Catalogue, moment: Moment) -> Iterator[str]:
    """What is wrong with the file before anything is looked up."""
    if moment.on < moment.today:
        yield _("The day from which the changes hold cannot lie in the past.")
    found = shape.faults(catalogue)
    yield from found
    if found:
        return
    for part in ("items", "bundles"):
        keys = [(row["code"], row.get("stage") == Stage.DRAFT) for row in catalogue[part]]
        for code in sorted({key[0] for key in keys if keys.count(key) > 1}):
            yield _("%(code)s stands there twice.") % {"code": code}
    limits = [(row["subject"], row["clock"], row.get("valid_from")) for row in catalogue["limits"]]
    for subject, clock, _day in sorted({key for key in limits if limits.count(key) > 1}, key=str):
        yield _("%(code)s stands there twice.") % {"code": f"{subject}.{clock}"}


def _written(catalogue: Catalogue, report: Report, moment: Moment) -> None:
    for part, shelf in (("items", ITEMS), ("bundles", BUNDLES)):
        for row in catalogue[part]:
            if editions.only_edition(row) and "valid_until" not in row:
                continue
            _each(report, row, shelf, moment)
    for row in catalogue["limits"]:
        _limit(report, row, catalogue, moment)


def _each(report: Report, row: Facts, shelf: editions.Shelf, moment: Moment) -> None:
    _keep(report, lambda: editions.write(shelf, row, moment.on, moment.today))


def _keep(report: Report, write: Callable[[], Change | None]) -> None:
    try:
        change = write()
    except Refused as refused:
        report.faults.append(str(refused))
        return
    if change is None:
        report.unchanged += 1
    else:
        report.changes.append(change)


def _limit(report: Report, row: Facts, catalogue: Catalogue, moment: Moment) -> None:
    owner = row["subject"].partition("/")[0]
    mine = [each for each in catalogue["items"] + catalogue["bundles"] if each["code"] == owner]

    def write() -> Change | None:
        if not _is_known(row["subject"]):
            words = _("There is no item or bundle “%(code)s”.") % {"code": row["subject"]}
            raise Refused(shape.said(row["subject"], row["clock"], words))
        change = limit_rows.write(row, _begins(mine, report, moment), moment.today)
        if change and mine and all(each.get("stage") == Stage.DRAFT for each in mine) and _in_use(owner):
            words = _(
                "A draft cannot change the limits of what is published; they come with its publication."
            )
            raise Refused(shape.said(row["subject"], row["clock"], words))
        return change

    _keep(report, write)


def _begins(mine: list[Facts], report: Report, moment: Moment) -> date:
    """From when a limit holds that names no day: with the edition it comes with, where that is new."""
    for row in mine:
        stated = row.get("valid_from")
        added = any(each.code == row["code"] and each.did == "add" for each in report.changes)
        if stated and (stated >= moment.today or added):
            return date.fromordinal(stated.toordinal())
    return moment.on


def _is_known(subject: str) -> bool:
    bundle, within, item = subject.partition("/")
    if within:
        return Bundle.objects.filter(code=bundle, items__item_code=item).exists()
    known: tuple[Any, ...] = (ServiceItem, Bundle)
    return any(model.objects.filter(code=subject).exists() for model in known)


def _in_use(code: str) -> bool:
    known: tuple[Any, ...] = (ServiceItem, Bundle)
    return any(model.objects.filter(code=code).exclude(stage=Stage.DRAFT).exists() for model in known)


def chain_of(code: str) -> str:
    """The chain of everything that was done to an item or a bundle, whatever its edition."""
    return f"register:catalogue:{code}"


def _record(changes: list[Change], at: datetime, by: User | None, sha256: str) -> None:
    """One event for each code: who, from which file, what was and what is."""
    for owner in dict.fromkeys(change.owner for change in changes):
        mine = [change for change in changes if change.owner == owner]
        verb = "register_add" if any(change.did == "add" for change in mine) else "register_change"
        rows = [_event_row(change) for change in mine]
        record(chain_of(owner), verb, at=at, by=by, params={"file": sha256, "rows": rows})


def _event_row(change: Change) -> Facts:
    pairs = {name: (change.before.get(name), change.after.get(name)) for name in change.fields}
    return {
        "model": change.shelf,
        "code": change.code,
        "did": change.did,
        "edition": change.edition,
        "day": change.day.isoformat() if change.day else None,
        "fields": told(pairs, ()),
    }
