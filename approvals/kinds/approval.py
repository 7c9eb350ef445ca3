"""An application for a service item of the catalogue: steps, limits, office and form are the item's, so a new
approval is rows and no code."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime

from django.forms import BaseForm
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from approvals.bundles import inheriting
from approvals.bundles.birth import ask_for, bear
from approvals.bundles.panel import of_part
from approvals.bundles.waiting import keep_time
from approvals.catalogue.snapshot import Snapshot
from approvals.documents.giving import give, with_papers
from approvals.forms import form_for
from approvals.items import in_force, item_of
from approvals.models import Application, NamedItem, ServiceItem
from approvals.procedures import CHECK, REVIEW, VERBS, clocks_of, steps_of
from enterprises.card import company_card
from servicedesk.accounts.models import Office
from servicedesk.desk.actions.frame import Work
from servicedesk.desk.actions.limits import limits_of
from servicedesk.desk.errors import BadInput
from servicedesk.desk.models import Case, Event, Limit, Party
from servicedesk.desk.permissions import HEAD
from servicedesk.desk.registry import CaseKind, Opening, StepDef, register
from servicedesk.desk.wording import spoken

State = Case.State
BEFORE_DECISION = frozenset({State.SUBMITTED, State.SUPPLEMENTING, State.ACCEPTED})


def opens(asked: Mapping[str, list[str]]) -> Opening:
    """`?item=food-licence`. Raises LookupError for what may not be applied for here."""
    code = (asked.get("item") or [""])[0]
    opening = {"item_code": code}
    item = item_of(opening)
    if not in_force(opening) or not item["is_online"] or item["is_part_only"]:
        raise LookupError(code)
    return opening


# Sorts of party an item may be applied for by.
SORTS = {
    ServiceItem.For.COMPANY: frozenset({Party.Sort.COMPANY}),
    ServiceItem.For.PERSON: frozenset({Party.Sort.PERSON}),
    ServiceItem.For.ANY: frozenset(Party.Sort.values),
}


def applicants(opening: Opening) -> frozenset[str]:
    return frozenset(SORTS[item_of(opening)["applicants"]])


def child_opening(parent: Case, step: StepDef) -> Opening:
    """What an item of a bundle opens with: the snapshot that was taken when the bundle was submitted."""
    return {
        "item_code": step.code,
        "item": parent.opening["items"][step.code],
        "bundle": parent.opening["bundle_code"],
    }


def limits(opening: Opening, at: datetime) -> dict[str, Limit]:
    """The item's limits; within a bundle, what the bundle promises for it goes before."""
    found = limits_of(opening["item_code"], at)
    if "bundle" in opening:
        found |= limits_of(f"{opening['bundle']}/{opening['item_code']}", at)
    return found


def freeze(case: Case) -> None:
    """Keep the edition of this day with the case. Raises BadInput where the item is no longer in force, or is
    not for such an applicant."""
    if "item" not in case.opening and not in_force(case.opening):
        raise BadInput("not-in-force", _("This service item can no longer be applied for."))
    item = item_of(case.opening)
    if case.parent_id is None and case.applicant.sort not in applicants(case.opening):
        raise BadInput("not-for-them", _("This service item is not for applicants of this sort."))
    case.opening = case.opening | {"item": item}
    name = spoken(item["name"], "zh-hans")
    case.title = (f"{name} · {case.title}" if case.parent_id and case.title else name)[:200]
    if case.parent_id is None:
        case.office = Office.objects.get(code=item["office"])
    named = _named(item)
    told = {"answers": inheriting.answers_of(case, item)} if case.parent_id else {}
    Application.objects.update_or_create(case=case, defaults={"item": named, **told})
    if case.parent_id:
        inheriting.hand_on_papers(case, item)


def _named(item: Snapshot) -> NamedItem:
    """The item's name for figures. Written only when it changes: a rush on one item must not wait in line."""
    named, _new = NamedItem.objects.get_or_create(code=item["code"], defaults={"name": item["name"]})
    if named.name != item["name"]:
        NamedItem.objects.filter(pk=named.pk).update(name=item["name"])
    return named


# What a verb brings about elsewhere, in its transaction: the company first, for papers name it.
DOINGS: tuple[Callable[[Work, Event], None], ...] = (bear, give, keep_time)


def done(work: Work, event: Event) -> None:
    for doing in DOINGS:
        doing(work, event)


def form(opening: Opening) -> type[BaseForm]:
    item = item_of(opening)
    return ask_for(form_for([item], item["sections"]), [item["code"]])


APPROVAL = register(
    CaseKind(
        code="approval",
        label=gettext_lazy("Approval"),
        lead=gettext_lazy("Fill in what is asked; what the desk knows already is filled in for you."),
        prefix="SP",
        form=form,
        opens=opens,
        applicants=applicants,
        detail="approvals.Application",
        accessor="application",
        verbs=VERBS | {"accept", "pause", "resume", "extend"},
        steps=steps_of,
        clocks=clocks_of,
        subject=lambda opening: str(opening.get("item_code", "approval")),
        limits=limits,
        receives=lambda opening: str(item_of(opening)["office"]),
        child_opening=child_opening,
        at_step={"accept": CHECK, "decide": REVIEW},
        states={
            # Missing papers are asked for before acceptance, all at once (行政许可法 32).
            "ask_supplement": frozenset({State.SUBMITTED}),
            "complete": frozenset({State.DECIDED}),
            "withdraw": BEFORE_DECISION,
        },
        by_law={CHECK: "deem_accepted"},
        ends_with_steps=True,
        rights={"extend": frozenset({HEAD})},
        on_submit=freeze,
        on_done=done,
        panel=with_papers(of_part),
        heading=lambda case: spoken(item_of(case.opening)["name"]),
        card=company_card,
        detail_forms={"decide": "approvals.decision_forms.GrantForm"},
        searched=("application__result_number",),
        tells={"complete": gettext_lazy("The decision has been delivered to you.")},
        dimensions=(("item", "application__item", gettext_lazy("Service item")),),
    )
)
