"""The sections of the reports: pages with the same choices above, the same tables in every form."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from servicedesk.desk.registry import Words
from servicedesk.reports.figures import Figure, definitions
from servicedesk.reports.overview import overview
from servicedesk.reports.report import Asked, Report
from servicedesk.reports.sections.again import FIGURES as AGAIN
from servicedesk.reports.sections.again import again
from servicedesk.reports.sections.ageing import FIGURES as AGEING
from servicedesk.reports.sections.ageing import ageing
from servicedesk.reports.sections.breaches import FIGURES as BREACHES
from servicedesk.reports.sections.breaches import breaches
from servicedesk.reports.sections.keeping import FIGURES as KEEPING
from servicedesk.reports.sections.keeping import keeping
from servicedesk.reports.sections.officers import FIGURES as OFFICERS
from servicedesk.reports.sections.officers import officers
from servicedesk.reports.sections.results import FIGURES as RESULTS
from servicedesk.reports.sections.results import results
from servicedesk.reports.sections.signs import FIGURES as SIGNS
from servicedesk.reports.sections.signs import signs


@dataclass(frozen=True)
class Section:
    """`lead` says what the page answers; one `of_people` is read by who leads them, and nobody else."""

    name: str
    title: Words
    lead: Words
    build: Callable[[Asked], Report]
    of_people: bool = False
    # Whether rows are made as one chooses, and whether its definitions lie open.
    is_grouped: bool = True
    is_explained: bool = False
    # Names of what it counts; None for what the overview counts.
    figures: tuple[str, ...] | None = None

    def definitions(self) -> list[Figure]:
        return definitions(self.figures)

    @property
    def url(self) -> str:
        return reverse(f"reports:{self.name}")


def _overview(asked: Asked) -> Report:
    return overview(asked.scope, asked.first)


OVERVIEW = Section(
    "sla", _("SLA report"), _("What came in, what was closed, what is late, and what was kept."), _overview
)
SECTIONS = (
    OVERVIEW,
    Section(
        "results",
        _("Time and results"),
        _("Whether things were done in time, and apart from it what came of them."),
        results,
        figures=RESULTS,
    ),
    Section(
        "promises",
        _("Promise keeping"),
        _("How often dates told to applicants moved, and by how much they were missed."),
        keeping,
        figures=KEEPING,
    ),
    Section(
        "breaches",
        _("Broken promises"),
        _("Which promises were broken, and what the record says of why."),
        breaches,
        figures=BREACHES,
    ),
    Section(
        "officers",
        _("Officer load"),
        _("What each officer has in hand, what is due today, what is late."),
        officers,
        figures=OFFICERS,
        of_people=True,
        is_grouped=False,
    ),
    Section("ageing", _("Ageing"), _("How old what is open has become."), ageing, figures=AGEING),
    Section(
        "signs",
        _("Signs of gaming"),
        _("Whether dates are worked for rather than matters: where to look, and what cannot be said."),
        signs,
        figures=SIGNS,
        is_explained=True,
    ),
    Section(
        "again",
        _("Repeated problems"),
        _("Who had to come again, and which topics rise."),
        again,
        figures=AGAIN,
    ),
)
BY_NAME = {section.name: section for section in SECTIONS}
