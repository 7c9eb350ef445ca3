"""One verb to many matters: a page says what will be done to which of them and which stay as they are; then
each is done by itself, and what was typed is kept for those that were refused."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.db.models import Count, Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from servicedesk.accounts.models import Post, User
from servicedesk.desk import actions
from servicedesk.desk.admin.register import who
from servicedesk.desk.errors import DeskError
from servicedesk.desk.models import Case
from servicedesk.desk.permissions import Role, may, ready, refusal, today
from servicedesk.desk.registry import kind_of
from servicedesk.desk.verb_fields import Offices, People, Reason, Text
from servicedesk.desk.verbs import button_words

# Each is a transaction of its own, and somebody reads their names before.
MOST_AT_ONCE = 200


class BulkForm(forms.Form):
    """What a verb needs to be told once for all of the cases."""

    def prepare(self, cases: Iterable[Case], at: datetime) -> None:
        """Fill in the choices from the cases."""


class AssignManyForm(BulkForm):
    officer = People(label=gettext_lazy("Officer"))

    def prepare(self, cases: Iterable[Case], at: datetime) -> None:
        """Offer who serves at any of their offices; the verb refuses what is not of theirs."""
        offices = {case.office_id for case in cases}
        posts = Post.objects.current(today(at)).filter(office__in=offices, role__in=[Role.OFFICER, Role.HEAD])
        in_hand = Count("cases", filter=~Q(cases__state__in=["draft", "closed"]))
        found = User.objects.filter(is_active=True, pk__in=posts.values("user")).annotate(in_hand=in_hand)
        self.fields["officer"].queryset = found.order_by("in_hand", "pk")  # type: ignore[attr-defined]


class TransferManyForm(BulkForm):
    office = Offices(label=gettext_lazy("To which office"))
    reason = Reason(label=gettext_lazy("Reason"), help_text=gettext_lazy("The applicants read this."))


class NudgeManyForm(BulkForm):
    text = Text(label=gettext_lazy("Words"), required=False, rows=3)


@dataclass(frozen=True)
class Bulk:
    """A verb that may be done to many: its function takes what the form holds."""

    verb: str
    form: type[BulkForm] = BulkForm
    # Whether one matter alone needs no page: there is nothing to say but the verb.
    at_once: bool = False


BULK = {
    "claim": Bulk("claim", at_once=True),
    "assign": Bulk("assign", AssignManyForm),
    "transfer": Bulk("transfer", TransferManyForm),
    "nudge": Bulk("nudge", NudgeManyForm),
}


@dataclass
class Chosen:
    """The matters somebody chose: those the verb is possible for, and why not for the others."""

    possible: list[Case]
    refused: list[tuple[Case, str]] = field(default_factory=list)
    more: bool = False


def do_many(request: HttpRequest, queryset: QuerySet[Case], name: str) -> HttpResponse | None:
    """The page of a bulk verb, or what came of it; None to go back to the queue."""
    bulk, at, user = BULK[name], timezone.now(), who(request)
    chosen = choose(queryset, bulk, user, at)
    single = bulk.at_once and len(chosen.possible) == 1 and not chosen.refused and not chosen.more
    sent = "confirmed" in request.POST
    form = bulk.form(request.POST if sent else None)
    form.prepare([*chosen.possible, *(case for case, _said in chosen.refused)], at)
    if not (sent or single):
        return _page(request, bulk, form, chosen)
    if sent and not form.is_valid():
        return _page(request, bulk, form, chosen, status=422)
    given = form.cleaned_data if sent else {}
    versions = _versions(request, chosen.possible) if sent else {}
    done, refused = _done(bulk, chosen.possible, user, at, given, versions)
    if done:
        said = ngettext("Done for %(n)d matter.", "Done for %(n)d matters.", done) % {"n": done}
        messages.success(request, said)
    if refused and sent and any(given.values()):
        # What was typed stands in the form for another try.
        return _page(request, bulk, form, choose_again(refused, bulk, user, at), status=409)
    for case, said in [*refused, *chosen.refused]:
        messages.warning(request, _("%(number)s: %(said)s") % {"number": case, "said": said})
    return None


def choose(queryset: QuerySet[Case], bulk: Bulk, user: User, at: datetime) -> Chosen:
    rows = queryset.select_related("applicant", "office", "officer").prefetch_related("steps", "pauses")
    found = list(rows[: MOST_AT_ONCE + 1])
    chosen = Chosen([], more=len(found) > MOST_AT_ONCE)
    for case in found[:MOST_AT_ONCE]:
        said = why_not(bulk.verb, case, user, at)
        if said:
            chosen.refused.append((case, said))
        else:
            chosen.possible.append(case)
    return chosen


def choose_again(refused: list[tuple[Case, str]], bulk: Bulk, user: User, at: datetime) -> Chosen:
    """Those that were refused, as they stand now, each with what was said to it."""
    keys = [case.pk for case, _said in refused]
    now = choose(Case.objects.filter(pk__in=keys), bulk, user, at)
    now.refused = refused
    return now


def why_not(verb: str, case: Case, user: User, at: datetime) -> str:
    """Why the verb is not this person's to do on the case now; "" where it is."""
    if may(user, verb, case, at):
        return ""
    kind = kind_of(case.kind)
    if verb == "claim" and case.officer_id is not None:
        return _("It is with %(officer)s already.") % {"officer": case.officer}
    if not ready(case, verb, kind):
        return _("This is not possible where the matter stands now.")
    return refusal(case, verb, kind, at) or _("This is not yours to do on this matter.")


def _versions(request: HttpRequest, cases: Iterable[Case]) -> dict[int, int]:
    """The versions the page was made from."""
    given = {case.pk: request.POST.get(f"version_{case.pk}", "") for case in cases}
    return {
        pk: int(text) for pk, text in given.items() if text.isascii() and text.isdigit() and len(text) < 10
    }


def _done(
    bulk: Bulk,
    cases: Iterable[Case],
    user: User,
    at: datetime,
    given: dict[str, Any],
    versions: dict[int, int],
) -> tuple[int, list[tuple[Case, str]]]:
    """Do the verb to each, in a transaction of its own; how many were done, and what refused the others."""
    verb: Callable[..., Any] = getattr(actions, bulk.verb)
    done, refused = 0, []
    for case in cases:
        told = given if bulk.verb == "nudge" else given | {"version": versions.get(case.pk, case.version)}
        try:
            verb(case, by=user, at=at, **told)
            done += 1
        except DeskError as error:
            refused.append((case, str(error)))
    return done, refused


def _page(
    request: HttpRequest, bulk: Bulk, form: BulkForm, chosen: Chosen, status: int = 200
) -> TemplateResponse:
    label = button_words(bulk.verb)
    context = {
        **admin.site.each_context(request),
        "title": label,
        "action": bulk.verb,
        "label": label,
        "form": form,
        "chosen": chosen,
        "typed": _typed(form),
        "most": MOST_AT_ONCE,
        "box": ACTION_CHECKBOX_NAME,
        "back": request.get_full_path(),
    }
    return TemplateResponse(request, "admin/desk/case/bulk.html", context, status=status)


def _typed(form: BulkForm) -> list[tuple[str, str]]:
    """Label and words of what was written, for a page on which nothing can be done any more."""
    written = [(each, str(each.value() or "")) for each in form if isinstance(each.field, forms.CharField)]
    return [(str(each.label), words) for each, words in written if words.strip()]
