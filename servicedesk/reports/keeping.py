"""What it means that a promise was kept: the one place that says so. All of it is derived into the facts.

A promise is a clock shown to the applicant. It is judged in the period its last date fell into, and it was
kept when it stopped by then; one that still runs past its date is broken."""

from __future__ import annotations

from django.db.models import Q

from servicedesk.desk.models import Case

# Ended by the applicant, by another matter or by a telephone nobody answered: these neither keep nor break.
APART = (Case.Outcome.WITHDRAWN, Case.Outcome.MERGED, Case.Outcome.UNREACHED)
# Given back to the centre, passed on, dropped, or broken off to ask for papers and begun anew with them: the
# office did not do what was promised. The clock of the check itself is kept by asking (行政许可法 32).
PASSED_ON = (
    Q(stopped_by__in=["return_to_centre", "transfer", "recall"])
    | (Q(stopped_by="ask_supplement") & ~Q(code="check"))
    | Q(stopped_by__endswith=":returned")
    | Q(stopped_by__endswith=":skipped")
)
# A dispatch that was undone never made a promise of the office's, which passed nothing on either.
UNDONE = Q(stopped_by="recall")
# In time it is nobody's breach, for the next office's promise runs; what was late by then stays late.
RELEASED = (PASSED_ON & Q(late=False)) | UNDONE
BROKEN_LAST = Q(stopped_at=None) | Q(late=True)
OURS = ~Q(case__outcome__in=APART)
