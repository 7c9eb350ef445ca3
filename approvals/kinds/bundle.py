"""A bundle 套餐: several items in one form, sent once; each becomes a case of its own at its office as soon
as what it waits for is granted, and one promise stands over the whole."""

from __future__ import annotations

from collections.abc import Mapping

from django.forms import BaseForm
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from approvals.bundles.birth import ask_for
from approvals.bundles.offered import LICENCE, choice, contents, current
from approvals.bundles.panel import progress
from approvals.bundles.waiting import BUNDLE, PAPERS
from approvals.documents.giving import give, with_papers
from approvals.forms import form_for
from approvals.forms.builder import said
from approvals.models import BundleApplication
from enterprises.card import company_card
from enterprises.models import Company
from servicedesk.desk.errors import BadInput
from servicedesk.desk.models import Case, Party
from servicedesk.desk.registry import CaseKind, ClockDef, Opening, StepDef, register
from servicedesk.desk.wording import spoken

VERBS = frozenset(
    {
        "submit",
        "claim",
        "assign",
        "pause",
        "resume",
        "withdraw",
        "nudge",
        "escalate",
        "note",
        "message",
        "attach",
        "link",
    }
)
NOBODY: frozenset[str] = frozenset()


def opens(asked: Mapping[str, list[str]]) -> Opening:
    """`?bundle=company-opening&take=company-setup&take=…`; without `take` everything. Raises LookupError for
    what is not offered."""
    code = (asked.get("bundle") or [""])[0]
    found = current(code, timezone.localdate())
    if found is None:
        raise LookupError(code)
    return {"bundle_code": code, "chosen": choice(found[0], asked.get("take", []))}


def steps_of(opening: Opening) -> tuple[StepDef, ...]:
    return tuple(
        StepDef(
            part["code"],
            said(part["name"]),
            office=part["office"],
            after=tuple(part["after"]),
            child="approval",
        )
        for part in contents(opening).parts
    )


CLOCKS = (
    ClockDef(
        "whole",
        gettext_lazy("Everything is done"),
        starts=frozenset({"submit"}),
        stops=frozenset({"close"}),
        limit="promised",
        pauses=frozenset({PAPERS}),
        optional=True,
    ),
)


def form(opening: Opening) -> type[BaseForm]:
    """One form for all that was chosen: each fact is asked once, each paper handed in once."""
    found = contents(opening)
    wanted = [found.items[part["code"]] for part in found.parts]
    made = form_for(wanted, found.bundle["sections"], title=found.bundle["name"])
    return ask_for(made, [part["code"] for part in found.parts])


def freeze(case: Case) -> None:
    """Keep what the bundle and its items are on this day with the case. Raises BadInput where the bundle is
    no longer offered, or where somebody without a company leaves out the licence that makes one."""
    found = current(case.opening["bundle_code"], timezone.localdate())
    if found is None:
        raise BadInput("not-in-force", _("This bundle can no longer be applied for."))
    bundle, items = found
    taken = [code for code in case.opening["chosen"] if code in items]
    may_leave_out_the_licence(case, items, taken)
    case.opening = case.opening | {
        "bundle": bundle,
        "chosen": taken,
        "items": {code: items[code] for code in taken},
    }
    told = {"bundle_code": bundle["code"]}
    kept, _new = BundleApplication.objects.update_or_create(case=case, defaults=told)
    case.title = (str(kept) or spoken(bundle["name"], "zh-hans"))[:200]


def applicants(opening: Opening) -> frozenset[str]:
    """Everybody may found a company; what comes after that is for those that are there."""
    found = contents(opening)
    leaves_it_out = LICENCE not in opening["chosen"] and LICENCE in {
        part["code"] for part in found.bundle["items"]
    }
    return frozenset({Party.Sort.COMPANY}) if leaves_it_out else frozenset(Party.Sort.values)


def may_leave_out_the_licence(case: Case, items: Mapping[str, object], taken: list[str]) -> None:
    left_out = LICENCE in items and LICENCE not in taken
    if left_out and not Company.objects.filter(party=case.applicant_id).exists():
        raise BadInput(
            "no-company",
            _(
                "Only a company that is in the register already can leave out the licence. Take the licence"
                " as well, or apply for your registered company."
            ),
        )


BUNDLE_KIND = register(
    CaseKind(
        code=BUNDLE,
        label=gettext_lazy("Bundle"),
        lead=gettext_lazy("One form for everything: each fact is asked once, each paper handed in once."),
        prefix="TC",
        form=form,
        opens=opens,
        applicants=applicants,
        detail="approvals.BundleApplication",
        accessor="bundle_application",
        verbs=VERBS,
        steps=steps_of,
        clocks=CLOCKS,
        subject=lambda opening: str(opening.get("bundle_code", BUNDLE)),
        receives=lambda opening: str(contents(opening).bundle["office"]),
        # The promise over the whole stands still by itself, while a part waits for papers.
        rights={"pause": NOBODY, "resume": NOBODY},
        on_submit=freeze,
        heading=lambda case: spoken(contents(case.opening).bundle["name"]),
        panel=with_papers(progress),
        on_done=give,
        card=company_card,
        tells={
            "pause": gettext_lazy(
                "The time promised for the whole stands still until you hand in what is missing. The reason:"
            ),
            "resume": gettext_lazy("The time promised for the whole runs again."),
        },
    )
)
